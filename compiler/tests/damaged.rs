//! A bundle with one byte changed, or cut short, is refused whole; one that lies about its lengths costs no memory.
#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use outwork_compiler::{Folder, compile_files};
use outwork_engine::{
    bundle::{Bundle, Section, write},
    policy::Policy,
};
use proptest::{prelude::*, sample::Index};
use std::{collections::BTreeMap, fmt::Write as _, path::Path, sync::LazyLock};

/// A bundle that has some of everything.
static SMALL: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let folder = Folder(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/everything"));
    compile_files(&folder, "outwork.toml").map_err(|report| report.render(false)).unwrap().bundle
});

/// A bundle of more than 100 KB: 300 rules with patterns and words, and lists of 20,000 networks and 5,000 strings.
static LARGE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut pack = String::from("[pack]\nid = \"p\"\nversion = \"1\"\nwhy = \"x\"\n");
    for n in 0..300 {
        let when = match n % 3 {
            0 => format!("request.headers[\"user-agent\"].matches(\"client{n}/[0-9]+\")"),
            1 => format!("request.path.startsWith(\"/made-up/{n}/\") && client.address in lists.networks"),
            _ => format!("request.headers[\"accept\"].contains(\"word-{n}\") || request.path in lists.paths"),
        };
        writeln!(pack, "[[rule]]\nid = \"r{n}\"\nwhy = \"x\"\nscore = 1\nwhen = '{when}'").unwrap();
    }
    let networks: Vec<String> =
        (0..20_000).map(|n| format!("\"{}.{}.{}.0/25\"", 1 + n / 4096, n / 16 % 256, n % 16 * 16)).collect();
    let paths: Vec<String> = (0..5_000).map(|n| format!("\"/p/{}\"", n * 7919)).collect();
    writeln!(pack, "[lists.networks]\ncidr = [{}]\n[lists.paths]\nstrings = [{}]", networks.join(","), paths.join(","))
        .unwrap();
    let files = BTreeMap::from([("pack.toml".to_owned(), pack.into_bytes())]);
    compile_files(&files, "pack.toml").map_err(|report| report.render(false)).unwrap().bundle
});

fn refused(bytes: &[u8]) -> bool {
    Policy::load(bytes).is_err()
}

fn flipped(bundle: &[u8], at: usize, bits: u8) -> Vec<u8> {
    let mut bytes = bundle.to_vec();
    bytes.get_mut(at).into_iter().for_each(|byte| *byte ^= bits);
    bytes
}

#[test]
fn both_are_taken_as_they_are() {
    assert!(!refused(&SMALL) && !refused(&LARGE));
    assert!(LARGE.len() > 100_000, "{}", LARGE.len());
}

#[test]
fn a_byte_flipped_anywhere_is_refused() {
    for at in 0..SMALL.len() {
        assert!(refused(&flipped(&SMALL, at, 1 << (at % 8))), "byte {at}");
        assert!(refused(&flipped(&SMALL, at, 0xff)), "byte {at}");
    }
}

#[test]
fn a_bundle_cut_short_anywhere_is_refused() {
    for end in 0..SMALL.len() {
        assert!(refused(&SMALL[..end]), "{end} bytes");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_large_bundle_is_refused_as_well(at in any::<Index>(), bits in 1..=u8::MAX, end in any::<Index>()) {
        prop_assert!(refused(&flipped(&LARGE, at.index(LARGE.len()), bits)));
        prop_assert!(refused(&LARGE[..end.index(LARGE.len())]));
    }
}

/// Lengths that claim more than there is, as the sections write them: four billion, and two to the sixty-third.
const CLAIMS: [&[u8]; 2] =
    [&[0xff, 0xff, 0xff, 0xff, 0x0f], &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]];

/// What loading may allocate: what serde reserves on a length's word, at each level of nesting, and some of what is there.
fn most_memory(bundle: &[u8]) -> u64 {
    (4 << 20) + 16 * bundle.len() as u64
}

#[test]
fn lengths_that_lie_cost_no_memory() {
    let bundle = Bundle::open(&SMALL).unwrap();
    let sections: Vec<(Section, &[u8])> =
        Section::OF_HOSTS.into_iter().filter_map(|section| Some((section, bundle.section(section)?))).collect();
    for (which, (_, honest)) in sections.iter().enumerate() {
        for at in 0..honest.len() {
            for claim in CLAIMS {
                let lying = [&honest[..at], claim, &honest[(at + 1).min(honest.len())..]].concat();
                let mut sections = sections.clone();
                sections[which].1 = &lying;
                let bytes = write("lies", &sections).unwrap();
                let memory = allocation_counter::measure(|| drop(Policy::load(&bytes)));
                assert!(memory.bytes_max <= most_memory(&bytes), "byte {at} of section {which}: {memory:?}");
            }
        }
    }
}
