use super::*;
use crate::{
    container::{ContainerError, DIGEST},
    model::{
        Bins, InputFault, MAX_TREES, Shapley, Tree, TreeFault,
        sample::{any_model, large},
    },
};
use alloc::{format, string::ToString, vec};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

fn small() -> Parts {
    let mut parts = large(2);
    parts.inputs.truncate(3);
    for tree in &mut parts.trees {
        tree.splits.iter_mut().for_each(|split| split.input %= 3);
    }
    parts
}

fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let end = bytes.len() - DIGEST;
    let digest = Sha256::digest(&bytes[..end]);
    bytes[end..].copy_from_slice(&digest);
    bytes
}

fn refused(change: impl FnOnce(&mut Parts)) -> ModelError {
    let mut parts = small();
    change(&mut parts);
    let refused = write(&parts).unwrap_err();
    // What `write` refuses, `read` refuses: also with sections and a checksum that fit.
    let sections = encode::sections(&parts);
    let all: Vec<(u16, &[u8])> = (1..).zip(sections.iter().map(Vec::as_slice)).collect();
    assert!(container::write(KIND, &all).map_err(ModelError::from).and_then(|bytes| read(&bytes)).is_err());
    refused
}

fn fault(change: impl FnOnce(&mut Parts)) -> InputFault {
    match refused(change) {
        ModelError::Input { fault, .. } => fault,
        other => panic!("{other}"),
    }
}

fn tree_fault(change: impl FnOnce(&mut Parts)) -> TreeFault {
    match refused(change) {
        ModelError::Tree { fault, .. } => fault,
        other => panic!("{other}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn what_was_written_is_read(parts in any_model(1..5)) {
        let bytes = write(&parts).unwrap();
        prop_assert_eq!(read(&bytes).unwrap(), parts);
    }

    #[test]
    fn bytes_with_a_right_checksum_are_refused_or_written_the_same(
        parts in any_model(1..3),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut bytes = write(&parts).unwrap();
        let end = bytes.len() - DIGEST;
        bytes[at.index(end)] = byte;
        if let Ok(parts) = read(&sealed(bytes)) {
            prop_assert_eq!(read(&write(&parts).unwrap()).unwrap(), parts);
        }
    }
}

#[test]
fn a_flipped_bit_anywhere_is_refused() {
    let bytes = write(&small()).unwrap();
    for at in 0..bytes.len() {
        let mut flipped = bytes.clone();
        flipped[at] ^= 1 << (at % 8);
        assert!(read(&flipped).is_err(), "byte {at}");
    }
}

#[test]
fn every_truncation_and_extension_is_refused_also_with_a_right_checksum() {
    let bytes = write(&small()).unwrap();
    for end in 0..bytes.len() {
        assert!(read(&bytes[..end]).is_err(), "{end} bytes");
    }
    let mut longer = bytes.clone();
    longer.push(0);
    assert_eq!(read(&longer).unwrap_err(), ModelError::File(ContainerError::Truncated));
    for cut in 0..5 {
        let mut sections = encode::sections(&small());
        let Some(section) = sections.get_mut(cut) else { continue };
        section.pop();
        let all: Vec<(u16, &[u8])> = (1..).zip(sections.iter().map(Vec::as_slice)).collect();
        assert!(matches!(read(&container::write(KIND, &all).unwrap()), Err(ModelError::Section { .. })), "{cut}");
    }
}

#[test]
fn a_model_of_another_kind_format_or_section_is_refused() {
    let bytes = write(&small()).unwrap();
    let with = |at: usize, byte: u8| {
        let mut changed = bytes.clone();
        changed[at] = byte;
        read(&sealed(changed)).unwrap_err()
    };
    assert_eq!(with(0, b'X'), ModelError::File(ContainerError::Magic));
    assert_eq!(with(8, 2), ModelError::File(ContainerError::Format { found: 2 }));
    let sections = encode::sections(&small());
    let mut all: Vec<(u16, &[u8])> = (1..).zip(sections.iter().map(Vec::as_slice)).collect();
    all.push((6, b""));
    assert_eq!(read(&container::write(KIND, &all).unwrap()), Err(ModelError::Section { holds: "something newer" }));
}

#[test]
fn a_million_trees_are_refused_before_they_are_read() {
    let tree = Tree { splits: vec![], leaves: vec![1] };
    assert_eq!(refused(|parts| parts.trees = vec![tree; 1_000_000]), ModelError::Trees { found: 1_000_000 });
    let mut sections = encode::sections(&small());
    sections[2][..4].copy_from_slice(&1_000_000_u32.to_le_bytes());
    let all: Vec<(u16, &[u8])> = (1..).zip(sections.iter().map(Vec::as_slice)).collect();
    assert_eq!(read(&container::write(KIND, &all).unwrap()), Err(ModelError::Trees { found: 1_000_000 }));
}

#[test]
fn the_largest_model_without_texts_is_read() {
    let mut parts = large(MAX_TREES);
    for (place, input) in parts.inputs.iter_mut().enumerate() {
        input.bins = Bins::Number((0..61).map(|border| border * 1_000 + place as u16).collect());
        input.shares = vec![1_000; 63];
    }
    parts.trees.iter_mut().for_each(|tree| tree.leaves.fill(-9));
    parts.contributions = Some(vec![Shapley(vec![[0; 6]; 64]); MAX_TREES]);
    assert_eq!(read(&write(&parts).unwrap()).unwrap(), parts);
}

#[test]
fn a_hundred_trees_take_24_kib_and_300_take_64() {
    let bytes = |trees| write(&large(trees)).unwrap().len();
    assert!(bytes(100) <= 24 << 10, "{}", bytes(100));
    assert!(bytes(300) <= 64 << 10, "{}", bytes(300));
}

#[test]
fn what_is_out_of_bounds_about_the_whole_is_refused() {
    assert_eq!(refused(|parts| parts.id = "a b".into()), ModelError::Id { id: "a b".into() });
    assert_eq!(refused(|parts| parts.id = "x".repeat(65)), ModelError::Id { id: "x".repeat(65) });
    assert_eq!(refused(|parts| parts.inputs.clear()), ModelError::Inputs { found: 0 });
    assert_eq!(refused(|parts| parts.inputs.extend(large(1).inputs)), ModelError::Inputs { found: 67 });
    assert_eq!(refused(|parts| parts.trees.clear()), ModelError::Trees { found: 0 });
    assert_eq!(refused(|parts| parts.bias = i32::MIN), ModelError::Scale);
    assert_eq!(refused(|parts| parts.per_logit = 0), ModelError::Scale);
    for needs in [vec![(3, 1)], vec![(0, 1), (0, 2)]] {
        assert!(matches!(refused(|parts| parts.needs = needs), ModelError::Need { .. }));
    }
}

#[test]
fn what_is_out_of_bounds_about_the_calibration_is_refused() {
    assert_eq!(refused(|parts| _ = parts.calibration.steps.pop()), ModelError::Calibration);
    assert_eq!(refused(|parts| parts.calibration.steps[1023] = 10_001), ModelError::Calibration);
    assert_eq!(refused(|parts| parts.calibration.steps[500] = 9_999), ModelError::Calibration);
    assert_eq!(refused(|parts| parts.calibration.shift = 22), ModelError::Calibration);
    assert_eq!(refused(|parts| parts.calibration.from = i32::MAX), ModelError::Calibration);
}

#[test]
fn what_is_out_of_bounds_about_an_input_is_refused() {
    let number = |borders: &[u16], bins: usize| {
        let (borders, shares) = (borders.to_vec(), vec![0; bins]);
        move |parts: &mut Parts| {
            parts.inputs[0].bins = Bins::Number(borders);
            parts.inputs[0].shares = shares;
        }
    };
    let texts = |known: Vec<(&str, u8)>, other| {
        let known = known.into_iter().map(|(text, bin)| (text.to_string(), bin)).collect();
        move |parts: &mut Parts| {
            parts.needs.clear();
            parts.inputs[0].bins = Bins::Text { known, other };
            parts.inputs[0].shares = vec![0; parts.inputs[0].bins.count()];
        }
    };
    assert_eq!(fault(|parts| parts.inputs[1].signal = parts.inputs[0].signal.clone()), InputFault::Twice);
    assert_eq!(fault(|parts| parts.inputs[0].signal.clear()), InputFault::Token);
    assert_eq!(fault(|parts| parts.inputs[0].reason = "a,b".into()), InputFault::Token);
    assert_eq!(fault(number(&[5, 4], 4)), InputFault::Borders);
    assert_eq!(fault(number(&[5, 5], 4)), InputFault::Borders);
    assert_eq!(fault(number(&(0..62).collect::<Vec<_>>(), 64)), InputFault::Bins);
    assert_eq!(fault(number(&[4, 5], 3)), InputFault::Shares);
    assert_eq!(fault(|parts| parts.inputs[0].shares.fill(u16::MAX)), InputFault::Shares);
    assert_eq!(fault(texts(vec![("b", 1), ("a", 2)], 1)), InputFault::Texts);
    assert_eq!(fault(texts(vec![("a", 1), ("a", 2)], 1)), InputFault::Texts);
    assert_eq!(fault(texts(vec![(&"x".repeat(129), 1)], 1)), InputFault::Texts);
    assert_eq!(fault(texts(vec![("a", 0)], 1)), InputFault::Bin);
    assert_eq!(fault(texts(vec![("a", 1)], 63)), InputFault::Bin);
    assert_eq!(fault(texts(vec![], 0)), InputFault::Bin);
    let many: Vec<_> = (0..257).map(|at| format!("{at:03}")).collect();
    assert_eq!(fault(texts(many.iter().map(|text| (text.as_str(), 1)).collect(), 1)), InputFault::Texts);
}

#[test]
fn what_is_out_of_bounds_about_a_tree_is_refused() {
    let says = |change: fn(&mut Vec<Shapley>)| {
        move |parts: &mut Parts| {
            parts.trees.iter_mut().for_each(|tree| tree.leaves.fill(7));
            let mut tables = vec![Shapley(vec![[0; 6]; 64]); 2];
            change(&mut tables);
            parts.contributions = Some(tables);
        }
    };
    assert_eq!(tree_fault(|parts| parts.trees[1].splits[0].input = 3), TreeFault::Input);
    assert_eq!(tree_fault(|parts| parts.trees[1].splits[0].bin = 32), TreeFault::Bin);
    assert_eq!(tree_fault(|parts| parts.trees[1].splits[0].bin = 0), TreeFault::Bin);
    assert_eq!(tree_fault(|parts| _ = parts.trees[1].leaves.pop()), TreeFault::Leaves);
    let seventh = |parts: &mut Parts| {
        let split = parts.trees[1].splits[0];
        parts.trees[1].splits.push(split);
    };
    assert_eq!(tree_fault(seventh), TreeFault::Depth);
    assert_eq!(tree_fault(says(|tables| _ = tables.pop())), TreeFault::Contributions);
    assert_eq!(tree_fault(says(|tables| tables[1].0[3][0] = 1)), TreeFault::Contributions);
    assert_eq!(tree_fault(says(|tables| _ = tables[1].0.pop())), TreeFault::Contributions);
}
