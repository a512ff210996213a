//! A pack of any bytes, and a condition of any text: compiled, or refused with places that lie inside it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use outwork_compiler::compile_files;
use outwork_engine::policy::Policy;
use std::collections::BTreeMap;

fuzz_target!(|data: &[u8]| {
    compile(data.to_vec());
    if let Ok(condition) = std::str::from_utf8(data)
        && !condition.contains("'''")
    {
        let pack = format!(
            "[pack]\nid = \"p\"\nversion = \"1\"\nwhy = \"x\"\n[[rule]]\nid = \"r\"\nwhy = \"x\"\nscore = 1\nwhen = '''{condition}'''\n"
        );
        compile(pack.into_bytes());
        let pack = format!(
            "[pack]\nid = \"p\"\nversion = \"1\"\nwhy = \"x\"\n[macros]\na = '''{condition}'''\n\
             b = 'macros.a && !macros.a'\n[[rule]]\nid = \"r\"\nwhy = \"x\"\nscore = 1\nwhen = 'macros.b || macros.a'\n"
        );
        compile(pack.into_bytes());
    }
});

/// What compiles must load; what does not must be shown.
fn compile(pack: Vec<u8>) {
    let files = BTreeMap::from([("pack.toml".to_owned(), pack)]);
    match compile_files(&files, "pack.toml") {
        Ok(compiled) => assert_eq!(Policy::load(&compiled.bundle).unwrap().name(), compiled.name),
        Err(report) => {
            assert!(!report.diagnostics().is_empty());
            report.render(true);
        }
    }
}
