//! The served model against the slow reference, for any model and any row.

use super::{
    Bins, Cell, MAX_INPUTS, Model, ModelError, Parts, Shapley, Split, Top, Tree, UNFIT,
    binner::Binner,
    drift::Counts,
    forest::Forest,
    plain,
    reasons::Ranks,
    reference,
    sample::{Owned, any_model, any_row, large},
    vector, write,
};
use crate::{
    fact::Fact,
    signals::{Reading, Signal, Value},
};
use alloc::{string::String, vec, vec::Vec};
use proptest::prelude::*;

type Row = Vec<Option<Owned>>;

fn any_rows(trees: core::ops::Range<usize>) -> impl Strategy<Value = (Parts, Vec<Row>)> {
    any_model(trees).prop_flat_map(|parts| {
        let rows = prop::collection::vec(any_row(&parts), 8);
        (Just(parts), rows)
    })
}

fn cells(row: &Row) -> Vec<Option<Cell<'_>>> {
    row.iter().map(|value| value.as_ref().map(Owned::cell)).collect()
}

/// What a host would read, in the order in which the model asks.
fn readings<'r>(row: &'r Row) -> impl FnMut(&'static Signal) -> Reading<'r> {
    let mut values = row.iter();
    move |_| values.next().and_then(Option::as_ref).map_or(Fact::Absent, Owned::reading)
}

fn agrees(parts: &Parts, rows: &[Row]) {
    let model = Model::load(&write(parts).unwrap()).unwrap();
    for row in rows {
        let cells = cells(row);
        let binned = model.bin(readings(row));
        for ((input, cell), bin) in parts.inputs.iter().zip(&cells).zip(binned.bins()) {
            assert_eq!(*bin, reference::bin(&input.bins, *cell), "{cell:?} in {:?}", input.bins);
        }
        let score = model.score(&binned);
        assert_eq!(score.map(|score| (score.sum, score.probability)), reference::score(parts, &cells));
        let contributions = model.contributions(&binned);
        let slow = reference::contributions(parts, &cells);
        assert_eq!(contributions.map(|these| these.by_input()[..parts.inputs.len()].to_vec()), slow);
        if let (Some(score), Some(slow)) = (score, slow) {
            assert_eq!(slow.iter().sum::<i32>(), score.sum - model.mean());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn the_served_model_agrees_with_the_reference(drawn in any_rows(1..40)) {
        let (parts, rows) = drawn;
        agrees(&parts, &rows);
    }
}

/// Where there are no vectors, other code serves.
fn agrees_without_vectors(parts: &Parts, rows: &[Row]) {
    let model = Model::load(&write(parts).unwrap()).unwrap();
    let (forest, binner) = (Forest::new(&parts.trees, &[]), Binner::new(&parts.inputs));
    for row in rows {
        let numbers = model.row(readings(row)).numbers;
        let bins = vector::bins(vector::Level::detect(), &binner.ranks, &numbers);
        assert_eq!(plain::bins(plain::Level::detect(), &binner.ranks, &numbers), bins);
        let (mut plain, mut vector) = (Vec::new(), Vec::new());
        plain::walk(plain::Level::detect(), &forest.asked, &bins, |places| plain.push(*places));
        vector::walk(vector::Level::detect(), &forest.asked, &bins, |places| vector.push(*places));
        assert_eq!(plain, vector);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn vectors_and_plain_code_agree(drawn in any_rows(1..40)) {
        let (parts, rows) = drawn;
        agrees_without_vectors(&parts, &rows);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2))]
    #[test]
    fn so_it_does_with_as_many_trees_as_there_can_be(drawn in any_rows(1_000..1_025)) {
        let (parts, rows) = drawn;
        agrees(&parts, &rows);
    }
}

fn bound() -> Parts {
    let mut parts = large(20);
    let known = ["pointer.events", "beacon.touch", "ua.family"];
    parts.inputs.truncate(known.len());
    for (input, name) in parts.inputs.iter_mut().zip(known) {
        input.signal = name.into();
    }
    parts.inputs[2].bins = Bins::Text { known: vec![("chrome".into(), 1), ("curl".into(), 31)], other: 2 };
    parts.inputs.iter_mut().for_each(|input| input.shares = vec![1; input.bins.count()]);
    parts.trees.iter_mut().flat_map(|tree| &mut tree.splits).for_each(|split| split.input %= 3);
    parts
}

fn refused(change: impl FnOnce(&mut Parts)) -> ModelError {
    let mut parts = bound();
    change(&mut parts);
    Model::load(&write(&parts).unwrap()).err().unwrap()
}

#[test]
fn signals_that_are_not_known_or_of_another_type_are_refused() {
    assert!(Model::load(&write(&bound()).unwrap()).is_ok());
    let unknown = refused(|parts| parts.inputs[0].signal = "pointer.charm".into());
    assert_eq!(unknown, ModelError::UnknownSignal { name: "pointer.charm".into() });
    for (place, name) in [(0, "client.address"), (0, "ua.platform"), (2, "header.count")] {
        let kind = refused(|parts| parts.inputs[place].signal = name.into());
        assert_eq!(kind, ModelError::Kind { name: name.into() });
    }
}

#[test]
fn text_of_visitors_and_numbers_beyond_those_of_inputs_are_refused() {
    for (name, _) in UNFIT {
        let place = if *name == "network.asn" { 0 } else { 2 };
        let unfit = refused(|parts| parts.inputs[place].signal = (*name).into());
        assert!(matches!(&unfit, ModelError::Unfit { name: refused, .. } if refused == name), "{unfit}");
    }
}

#[test]
fn without_what_it_needs_a_model_says_nothing() {
    let model = Model::load(&write(&bound()).unwrap()).unwrap();
    let score = |events: Fact<Value<'static>>| {
        model.score(&model.bin(|signal| if signal.name == "pointer.events" { events } else { Fact::Absent }))
    };
    assert!(score(Fact::Known(Value::Int(12))).is_some());
    assert!(score(Fact::Known(Value::Int(i64::MAX))).is_some());
    for too_little in [Fact::Known(Value::Int(11)), Fact::Known(Value::Int(-1)), Fact::Absent, Fact::Unavailable] {
        assert_eq!(score(too_little), None);
    }
}

#[test]
fn a_reading_of_another_type_than_its_signal_has_is_missing() {
    let model = Model::load(&write(&bound()).unwrap()).unwrap();
    let binned = model.bin(|signal| match signal.name {
        "ua.family" => Fact::Known(Value::Int(3)),
        _ => Fact::Known(Value::Text(b"7")),
    });
    assert_eq!(binned.bins(), &[0; MAX_INPUTS]);
}

#[test]
fn the_three_reasons_that_moved_a_score_most_are_named() {
    let names = ["a", "b", "c", "d", "e", "f"].map(String::from);
    let top = |adds: &[i32]| Top::new(&names, Ranks::of(adds.iter().copied())).iter().collect::<Vec<_>>();
    let raising = Top::new(&names, Ranks::of([5, -9, 1, -8, 7, 5]));
    assert_eq!(raising.raising().collect::<Vec<_>>(), [("e", 7), ("a", 5), ("f", 5)]);
    assert_eq!(raising.raised(), 18);
    assert_eq!(top(&[5, -9, 1, 0, -1, 9]), [("b", -9), ("f", 9), ("a", 5)]);
    assert_eq!(top(&[0, 3]), [("b", 3)]);
    assert_eq!(top(&[]), []);
}

#[test]
fn inputs_of_one_reason_move_a_score_together() {
    let mut parts = bound();
    let (splits, rows) = (vec![(0, 1), (1, 1), (2, 1)], [1, 2, -3, 0, 0, 0]);
    let splits = splits.into_iter().map(|(input, bin)| Split { input, bin }).collect();
    parts.trees = vec![Tree { splits, leaves: vec![4; 8] }];
    parts.contributions = Some(vec![Shapley(vec![rows; 8])]);
    for (input, reason) in parts.inputs.iter_mut().zip(["a", "b", "a"]) {
        input.reason = reason.into();
    }
    let model = Model::load(&write(&parts).unwrap()).unwrap();
    let binned = model.bin(|_| Fact::Known(Value::Int(12)));
    let contributions = model.contributions(&binned).unwrap();
    assert_eq!(contributions.by_input()[..3], [1, 2, -3]);
    assert_eq!(model.reasons(&contributions).iter().collect::<Vec<_>>(), [("a", -2), ("b", 2)]);
    assert_eq!(model.inputs().map(|(_, reason)| reason).collect::<Vec<_>>(), ["a", "b", "a"]);
}

#[test]
fn requests_like_those_of_training_have_not_drifted() {
    let mut parts = bound();
    parts.inputs[0].bins = Bins::Number((0..30).map(|border| border * 10).collect());
    parts.inputs[0].shares = vec![1_000; 32];
    let model = Model::load(&write(&parts).unwrap()).unwrap();
    let counted = |numbers: &mut dyn Iterator<Item = Option<i64>>| {
        let mut counts = Counts::default();
        for number in numbers {
            let reading = number.map_or(Fact::Absent, |number| Fact::Known(Value::Int(number)));
            counts.add(&model.bin(|signal| if signal.name == "pointer.events" { reading } else { Fact::Absent }));
        }
        counts.index(&model, 0)
    };
    let alike = (0..3_200).map(|row| (row % 32 != 0).then_some(row % 32 * 10 - 10));
    assert!(counted(&mut alike.clone()).unwrap() < 5);
    assert!(counted(&mut alike.clone().map(|_| Some(5))).unwrap() > 1_000);
    assert_eq!(counted(&mut core::iter::empty()), None);
    parts.inputs[0].shares = vec![0; 32];
    let unknown = Model::load(&write(&parts).unwrap()).unwrap();
    let mut counts = Counts::default();
    counts.add(&unknown.bin(|_| Fact::Absent));
    assert_eq!(counts.index(&unknown, 0), None, "its shares are not known");
}
