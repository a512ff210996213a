//! A module of the engine uses only the modules that `lib.rs` names before it.
#![expect(clippy::expect_used, reason = "a test fails loudly")]

use std::{fs, path::Path};

fn modules() -> Vec<String> {
    let lib = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).expect("lib.rs");
    lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).map(String::from).collect()
}

/// Every source file of a module, with its text up to its tests, where anything may be used; files `tests.rs` and `vectors.rs` are nothing else.
fn sources(module: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut pending = vec![root.join(module), root.join(format!("{module}.rs"))];
    let mut files = Vec::new();
    while let Some(path) = pending.pop() {
        if path.is_dir() {
            let entries = fs::read_dir(&path).expect("a readable folder");
            pending.extend(entries.map(|entry| entry.expect("a readable entry").path()));
        } else if path.is_file() && path.file_name().is_none_or(|name| name != "tests.rs" && name != "vectors.rs") {
            let text = fs::read_to_string(&path).expect("a readable file");
            let code = text.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
            files.push((path.display().to_string(), code));
        }
    }
    files
}

#[test]
fn each_module_uses_only_those_above_it() {
    let modules = modules();
    assert!(modules.len() > 10, "lib.rs names {} modules", modules.len());
    let mut wrong = Vec::new();
    for (place, module) in modules.iter().enumerate() {
        let sources = sources(module);
        assert!(!sources.is_empty(), "module `{module}` has no file");
        for (path, code) in sources {
            let names = |later: &&String| uses(&code, later);
            for later in modules.iter().skip(place + 1).filter(names) {
                wrong.push(format!("{path} uses `{later}`, which comes after `{module}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether code names `crate::module`, alone or in a braced `use crate::{…}`.
fn uses(code: &str, module: &str) -> bool {
    let code: String = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let ends = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
    let direct = code
        .match_indices("crate::")
        .any(|(at, start)| code.get(at + start.len()..).and_then(|rest| rest.strip_prefix(module)).is_some_and(ends));
    let braced = code.split("crate::{").skip(1).any(|rest| top_level(rest).iter().any(|name| name == module));
    direct || braced
}

/// The first path segments of a braced list, up to the brace that closes it.
fn top_level(list: &str) -> Vec<String> {
    let (mut depth, mut names, mut name) = (0_u32, Vec::new(), String::new());
    for c in list.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => names.push(std::mem::take(&mut name)),
            _ if depth == 0 => name.push(c),
            _ => {}
        }
    }
    names.push(name);
    names.iter().map(|name| name.trim().split("::").next().unwrap_or_default().to_owned()).collect()
}
