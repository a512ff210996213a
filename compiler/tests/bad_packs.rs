//! Every mistake, as it is shown: each folder of `tests/bad-packs` holds a policy or a pack, and what is said about it.
//!
//! `OUTWORK_BLESS=1 cargo test -p outwork-compiler --test bad_packs` writes the expectations anew; read them in the diff.
#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use outwork_compiler::{Code, Folder, Options, Report, compile_files_with};
use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
};

fn folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/bad-packs");
    let mut folders: Vec<_> = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.retain(|path| path.is_dir());
    folders.sort();
    folders
}

fn entry(folder: &Path) -> &'static str {
    if folder.join("outwork.toml").exists() { "outwork.toml" } else { "pack.toml" }
}

/// What is said about a policy: its mistakes, or else its warnings, as of 1 November 2026.
fn report(folder: &Path) -> Report {
    let untested = folder.ends_with("untested");
    let options = Options { now: Some(1_793_491_200), untested, ..Options::default() };
    let compiled = compile_files_with(&Folder(folder.to_owned()), entry(folder), &options);
    compiled.map_or_else(|report| report, |compiled| compiled.warnings)
}

#[test]
fn every_mistake_is_shown_as_expected() {
    let bless = env::var_os("OUTWORK_BLESS").is_some();
    let mut wrong = Vec::new();
    for folder in folders() {
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let report = report(&folder);
        if report.is_empty() {
            wrong.push(format!("{name}: no mistake was found"));
            continue;
        }
        let shown = report.render(false);
        let file = folder.join("expected.txt");
        if bless {
            fs::write(&file, &shown).unwrap();
        }
        let expected = fs::read_to_string(&file).unwrap_or_default();
        if shown != expected {
            wrong.push(format!("{name}: expected\n{expected}\nfound\n{shown}"));
        }
    }
    assert!(wrong.is_empty(), "{}\nOUTWORK_BLESS=1 accepts what was found", wrong.join("\n"));
}

/// What no small folder can show.
const UNSHOWN: &[(Code, &str)] = &[
    (Code::TooLarge, "needs a file of more than 16 MiB: tests/compile.rs has one in memory"),
    (Code::TooMany, "needs ten thousand rules: tests/compile.rs has them in memory"),
];

#[test]
fn every_code_has_its_bad_pack() {
    let shown: BTreeSet<Code> = folders()
        .iter()
        .map(|folder| report(folder))
        .flat_map(|report| report.diagnostics().iter().map(|one| one.code).collect::<Vec<_>>())
        .collect();
    for code in Code::ALL {
        let excused = UNSHOWN.iter().any(|(unshown, _)| unshown == code);
        assert!(
            shown.contains(code) != excused,
            "{} ({}) has a bad pack or an excuse, and one of them",
            code.id(),
            code.title()
        );
    }
    assert!(folders().len() >= 25);
}
