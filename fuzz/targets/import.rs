//! A policy or list of another project of any bytes: imported, or refused; what is imported compiles or is refused with places.
#![no_main]

use libfuzzer_sys::fuzz_target;
use outwork_compiler::compile_files;
use outwork_import::{anubis, crawlers};
use std::collections::BTreeMap;

fuzz_target!(|data: &[u8]| {
    let files = BTreeMap::from([("a.yaml".to_owned(), data.to_vec())]);
    if let Ok(imported) = anubis::import(&files, &["a.yaml".to_owned()], None) {
        check(&imported.pack);
    }
    let effect = crawlers::Effect { action: "tag".into(), score: None };
    if let Ok(imported) = crawlers::import(&files, "a.yaml", crawlers::Grouping::Tag, &effect) {
        check(&imported.pack);
    }
});

/// A pack that was made is laid out already, and shown with its mistakes where it has any.
fn check(pack: &str) {
    assert_eq!(outwork_compiler::format("pack.toml", pack).ok().as_deref(), Some(pack));
    let files = BTreeMap::from([("pack.toml".to_owned(), pack.as_bytes().to_vec())]);
    if let Err(report) = compile_files(&files, "pack.toml") {
        report.render(false);
    }
}
