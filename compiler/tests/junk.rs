//! Damaged packs are refused in words, damaged bundles are refused or decide: nothing panics.
//!
//! The fuzz targets `pack` and `bundle` ask the same with coverage; this runs wherever tests run. `PROPTEST_CASES` says
//! for how long.
#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use outwork_compiler::{Folder, compile_files};
use outwork_engine::{
    bundle::{Bundle, Section, write},
    keys::Keyring,
    limits::Word,
    policy::Policy,
    rules::Scratch,
    signals::Sample,
};
use proptest::{prelude::*, sample::Index};
use std::{collections::BTreeMap, fs, path::Path, sync::LazyLock};

/// Every TOML file of the bad packs.
static PACKS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/bad-packs");
    let mut paths: Vec<_> =
        fs::read_dir(root).unwrap().flat_map(|folder| fs::read_dir(folder.unwrap().path()).unwrap()).collect();
    paths.sort_by_key(|path| path.as_ref().unwrap().path());
    let paths = paths.into_iter().map(|path| path.unwrap().path());
    paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .map(|path| fs::read(path).unwrap())
        .collect()
});

/// Every condition in them that stands on one line.
static CONDITIONS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let text = |pack: &Vec<u8>| String::from_utf8_lossy(pack).into_owned();
    let lines: Vec<String> =
        PACKS.iter().map(text).flat_map(|pack| pack.lines().map(String::from).collect::<Vec<_>>()).collect();
    let conditions = lines.iter().filter_map(|line| line.strip_prefix("when = "));
    conditions.map(|condition| condition.trim_matches('\'').as_bytes().to_vec()).collect()
});

/// The sections of a bundle that has some of everything.
static SECTIONS: LazyLock<Vec<(Section, Vec<u8>)>> = LazyLock::new(|| {
    let folder = Folder(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/everything"));
    let compiled = compile_files(&folder, "outwork.toml").map_err(|report| report.render(false)).unwrap();
    let bundle = Bundle::open(&compiled.bundle).unwrap();
    Section::OF_HOSTS.into_iter().map(|section| (section, bundle.section(section).unwrap().to_vec())).collect()
});

/// What the damage is made of.
const PIECES: &[&str] = &[
    "",
    "\"",
    "'",
    "'''",
    "\"\"\"",
    "\\",
    "[",
    "]",
    "{",
    "}",
    "(",
    ")",
    "=",
    "==",
    "&&",
    "||",
    "!",
    "-",
    ".",
    ",",
    "?",
    ":",
    "\n",
    "#",
    "0",
    "-9223372036854775808",
    "1e400",
    "0x",
    "true",
    "null",
    "in",
    "has(",
    "lists.",
    "request.headers[",
    ".known",
    ".matches(\"(a+)+$\")",
    "é",
    "\u{0}",
    "\u{1F600}",
    "\\u00e9",
    "when = ",
    "macros.",
    "[macros]\na = 'macros.b'\n",
    "request.header_names.exists(e, ",
    "[1, 2].all(e, e == ",
    "e.contains(e)",
    " ? ",
    "until = 2026-12-31\n",
    "[[rule]]\n",
    "[lists.a]\n",
    "cidr = [\"::/0\"]\n",
];

#[derive(Clone, Debug)]
struct Damage {
    at: Index,
    cut: usize,
    insert: Vec<u8>,
}

fn damage() -> impl Strategy<Value = Damage> {
    let insert = prop_oneof![
        4 => prop::sample::select(PIECES).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..4),
    ];
    (any::<Index>(), 0_usize..6, insert).prop_map(|(at, cut, insert)| Damage { at, cut, insert })
}

/// Whether a report has an error with its code; warnings may stand before it.
fn names_an_error(report: &str) -> bool {
    report.lines().any(|line| line.starts_with("error[OW"))
}

fn damaged(bytes: &[u8], damages: &[Damage]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for Damage { at, cut, insert } in damages {
        let at = at.index(bytes.len() + 1);
        let end = (at + cut).min(bytes.len());
        bytes.splice(at..end, insert.iter().copied());
    }
    bytes
}

proptest! {
    #[test]
    fn a_damaged_pack_is_compiled_or_refused_in_words(
        pack in any::<Index>(), damages in prop::collection::vec(damage(), 1..6),
    ) {
        let files = BTreeMap::from([("pack.toml".to_owned(), damaged(&PACKS[pack.index(PACKS.len())], &damages))]);
        match compile_files(&files, "pack.toml") {
            Ok(compiled) => prop_assert!(Policy::load(&compiled.bundle).is_ok()),
            Err(report) => prop_assert!(names_an_error(&report.render(false))),
        }
    }

    #[test]
    fn a_damaged_condition_is_compiled_or_refused_in_words(
        condition in any::<Index>(), damages in prop::collection::vec(damage(), 1..4),
    ) {
        let condition = damaged(&CONDITIONS[condition.index(CONDITIONS.len())], &damages);
        let condition = toml::Value::from(String::from_utf8_lossy(&condition).into_owned());
        let pack = format!("[pack]\nid = \"p\"\nversion = \"1\"\nwhy = \"x\"\n[[rule]]\nid = \"r\"\nwhy = \"x\"\nscore = 1\nwhen = {condition}\n");
        let files = BTreeMap::from([("pack.toml".to_owned(), pack.into_bytes())]);
        if let Err(report) = compile_files(&files, "pack.toml") {
            prop_assert!(names_an_error(&report.render(false)));
        }
    }

    #[test]
    fn a_damaged_bundle_is_refused_or_decides(
        section in any::<Index>(), damages in prop::collection::vec(damage(), 1..4),
    ) {
        let mut sections = SECTIONS.clone();
        let at = section.index(sections.len());
        sections[at].1 = damaged(&sections[at].1, &damages);
        let borrowed: Vec<(Section, &[u8])> = sections.iter().map(|(section, bytes)| (*section, bytes.as_slice())).collect();
        let Ok(policy) = Policy::load(&write("junk", &borrowed).unwrap()) else { return Ok(()) };
        let keys = Keyring::parse("k:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=").unwrap();
        let headers: &[(&[u8], &[u8])] = &[(b"user-agent", b"curl/8.5.0 aab"), (b"cookie", b"sid=abc"), (b"x-a", b"\xff ab"), (b"accept", b"\"a, b\", ,aab"), (b"accept", b"q")];
        let facts = Sample { target: "/login?q=ab", ..Sample::GET }.facts(headers);
        let mut scratch = Scratch::default();
        let assessment = policy.assess(&facts, &keys, &mut scratch);
        let charged: Vec<_> = assessment.charges().iter().map(|charge| charge.step(Word::default(), facts.now).0).collect();
        prop_assert!(assessment.decide(&charged).risk.total <= 100);
    }
}
