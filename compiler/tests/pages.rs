//! Every code has its page: the first pack on it raises the code, the second raises nothing.
//!
//! `OUTWORK_BLESS=1 cargo test -p outwork-compiler --test pages` writes the index anew.
#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use outwork_compiler::{Code, Options, Report, Severity, compile_files_with};
use std::{collections::BTreeMap, env, fs, path::Path};

/// What a page has no room for: the last block is the only one.
const UNSHOWN: &[Code] = &[Code::TooLarge, Code::NotUtf8, Code::TooMany];

/// The contents of the fenced blocks of TOML.
fn blocks(page: &str) -> Vec<&str> {
    page.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

/// The files of a block: a line `# file: NAME` begins each, or there is one. Models are no text, and are there besides.
fn files(block: &str) -> (BTreeMap<String, Vec<u8>>, String) {
    let mut files: BTreeMap<String, Vec<u8>> = ["behaviour", "device", "reported"].map(model).into();
    let mut name = "pack.toml".to_owned();
    for line in block.split_inclusive('\n') {
        match line.strip_prefix("# file: ") {
            Some(next) => name = next.trim().to_owned(),
            None => files.entry(name.clone()).or_default().extend(line.as_bytes()),
        }
    }
    let entry = if files.contains_key("outwork.toml") { "outwork.toml" } else { "pack.toml" };
    (files, entry.to_owned())
}

fn model(name: &str) -> (String, Vec<u8>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/catboost").join(format!("{name}.model"));
    (format!("models/{name}.model"), fs::read(path).unwrap())
}

fn report(code: Code, block: &str) -> Report {
    let (files, entry) = files(block);
    let options = Options { now: Some(1_793_491_200), untested: code == Code::Untested, ..Options::default() };
    compile_files_with(&files, &entry, &options).map_or_else(|report| report, |compiled| compiled.warnings)
}

#[test]
fn every_page_shows_the_mistake_and_the_remedy() {
    for &code in Code::ALL {
        let page = code.page();
        let head = format!("# {}: {}\n\n", code.id(), code.title());
        assert!(page.starts_with(&head), "{} begins with {head}", code.id());
        let blocks = blocks(page);
        let (wrong, right) = match blocks.as_slice() {
            [wrong, right] => (Some(wrong), right),
            [right] if UNSHOWN.contains(&code) => (None, right),
            _ => panic!("{} has {} blocks", code.id(), blocks.len()),
        };
        if let Some(wrong) = wrong {
            let report = report(code, wrong);
            let raised = report.diagnostics().iter().any(|one| one.code == code);
            assert!(raised, "{}: its first pack says\n{}", code.id(), report.render(false));
        }
        let report = report(code, right);
        assert!(report.is_empty(), "{}: its last pack says\n{}", code.id(), report.render(false));
    }
}

#[test]
fn there_is_no_page_without_a_code() {
    for entry in fs::read_dir(folder()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let known = name == "README.md" || Code::ALL.iter().any(|code| name == format!("{}.md", code.id()));
        assert!(known, "{name}");
    }
}

#[test]
fn the_index_lists_every_page() {
    let path = folder().join("README.md");
    let text = fs::read_to_string(&path).unwrap();
    let (head, _) = text.split_once("| code |").unwrap();
    let mut index = format!("{head}| code | | what it is |\n|---|---|---|\n");
    for code in Code::ALL {
        let severity = if code.severity() == Severity::Warning { "warning" } else { "" };
        index += &format!("| [{0}]({0}.md) | {severity} | {1} |\n", code.id(), code.title());
    }
    if env::var_os("OUTWORK_BLESS").is_some() {
        fs::write(&path, &index).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), index, "OUTWORK_BLESS=1 writes it anew");
}

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/diagnostics")
}
