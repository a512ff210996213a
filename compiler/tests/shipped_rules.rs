//! What is shipped in `rules/` compiles: the policies, and each pack by itself, with the tests of its rules.

#![expect(clippy::panic, reason = "a test fails loudly")]

use outwork_compiler::{Compiled, compile};
use std::{fs, path::Path};

#[test]
fn the_baseline_and_its_shadow_hold_the_same_rules() {
    let (enforced, shadow) = (compiled("outwork.toml"), compiled("shadow/outwork.toml"));
    assert_eq!((enforced.rules, enforced.limits), (shadow.rules, shadow.limits));
    assert_eq!(enforced.tests.len(), shadow.tests.len());
    println!("{} rules, {} tests, {} bytes", enforced.rules, enforced.tests.len(), enforced.bundle.len());
    // Every reload hands the whole bundle to each of Envoy's threads, as Base64 in its configuration.
    assert!(enforced.bundle.len() < 1 << 20, "{} bytes", enforced.bundle.len());
}

#[test]
fn what_the_demo_runs_compiles() {
    for folder in ["demo", "attack"] {
        let compiled = compiled(&format!("{folder}/outwork.toml"));
        assert!(compiled.limits > 0 && compiled.warnings.is_empty(), "{folder}: {}", compiled.warnings.render(false));
    }
}

#[test]
fn each_pack_stands_alone() {
    let packs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../rules/packs");
    for entry in fs::read_dir(packs).unwrap() {
        compiled(&format!("packs/{}", entry.unwrap().file_name().into_string().unwrap()));
    }
}

fn compiled(path: &str) -> Compiled {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../rules").join(path);
    compile(&path).unwrap_or_else(|report| panic!("{}", report.render(false)))
}
