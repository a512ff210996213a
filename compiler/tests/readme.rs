//! The pack in the README is a pack that works.

use outwork_compiler::compile;
use std::{fs, path::Path};

#[test]
fn the_readmes_pack_compiles_and_its_test_passes() {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md")).unwrap();
    let pack = readme.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.toml");
    fs::write(&path, pack).unwrap();
    let compiled = compile(&path).unwrap_or_else(|report| panic!("{}", report.render(false)));
    assert_eq!((compiled.rules, compiled.limits, compiled.tests.len()), (1, 1, 1));
}
