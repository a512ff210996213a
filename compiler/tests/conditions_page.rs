//! Every line of CEL in docs/conditions.md compiles.
#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use outwork_compiler::compile_files;
use std::{collections::BTreeMap, fs, path::Path};

const HEAD: &str = "[pack]\nid = \"p\"\nversion = \"1\"\nwhy = \"x\"\n[lists]\nasns = { numbers = [64500] }\n\
    paths = { strings = [\"/a\"] }\nnames = { strings = [\"bot\"] }\nnetworks = { cidr = [\"203.0.113.0/24\"] }\n";

/// The block of macros on the page, which stands before the lines that use it.
fn macros(page: &str) -> &str {
    page.split("```toml\n")
        .find(|block| block.starts_with("[macros]"))
        .and_then(|rest| rest.split("```").next())
        .unwrap()
}

#[test]
fn every_line_of_the_page_compiles() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/conditions.md")).unwrap();
    let macros = macros(&page);
    let blocks = page.split("```cel\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let lines: Vec<&str> = blocks.flat_map(str::lines).collect();
    assert!(lines.len() > 20, "{} lines", lines.len());
    for line in lines {
        let when = toml::Value::from(line);
        let pack = format!("{HEAD}{macros}[[rule]]\nid = \"r\"\nwhen = {when}\nwhy = \"x\"\nscore = 1\n");
        let files = BTreeMap::from([("p.toml".to_owned(), pack.into_bytes())]);
        compile_files(&files, "p.toml").unwrap_or_else(|report| panic!("{line}\n{}", report.render(false)));
    }
}
