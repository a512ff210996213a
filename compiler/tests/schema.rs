//! The schemas that editors read are those of the code, take what is shipped, and refuse what the reader refuses.
//!
//! `OUTWORK_BLESS=1 cargo test -p outwork-compiler --test schema` writes `docs/schema/` anew.
#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use jsonschema::Validator;
use outwork_compiler::{Code, Folder, SchemaKind, compile_files, schema};
use serde_json::Value;
use std::{
    env, fs,
    path::{Path, PathBuf},
};

const KINDS: [(SchemaKind, &str); 2] = [(SchemaKind::Pack, "pack.json"), (SchemaKind::Policy, "policy.json")];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn validator(kind: SchemaKind) -> Validator {
    jsonschema::validator_for(&serde_json::from_str(&schema(kind)).unwrap()).unwrap()
}

/// A TOML file as JSON, dates as text, as editors see it; and which schema is its.
fn document(path: &Path) -> Option<(SchemaKind, Value)> {
    let table: toml::Table = fs::read_to_string(path).ok()?.parse().ok()?;
    let kind = if table.contains_key("pack") { SchemaKind::Pack } else { SchemaKind::Policy };
    Some((kind, json(toml::Value::Table(table))))
}

fn json(value: toml::Value) -> Value {
    match value {
        toml::Value::Datetime(date) => date.to_string().into(),
        toml::Value::Array(items) => items.into_iter().map(json).collect(),
        toml::Value::Table(table) => {
            table.into_iter().map(|(key, value)| (key, json(value))).collect::<serde_json::Map<_, _>>().into()
        }
        plain => serde_json::to_value(plain).unwrap(),
    }
}

#[test]
fn the_committed_schemas_are_those_of_the_code() {
    for (kind, name) in KINDS {
        let file = root().join("docs/schema").join(name);
        if env::var_os("OUTWORK_BLESS").is_some() {
            fs::write(&file, schema(kind)).unwrap();
        }
        let committed = fs::read_to_string(&file).unwrap_or_default();
        assert!(committed == schema(kind), "docs/schema/{name} is not what the code says; OUTWORK_BLESS=1 writes it");
    }
}

#[test]
fn what_is_shipped_is_valid() {
    let rules = root().join("rules");
    let packs = fs::read_dir(rules.join("packs")).unwrap().map(|entry| entry.unwrap().path());
    let others = [
        "rules/outwork.toml",
        "rules/shadow/outwork.toml",
        "rules/demo/outwork.toml",
        "rules/demo/demo.toml",
        "rules/attack/outwork.toml",
        "rules/attack/attack.toml",
        "compiler/tests/everything/pack.toml",
        "compiler/tests/everything/outwork.toml",
    ];
    let files: Vec<PathBuf> = packs.chain(others.iter().map(|name| root().join(name))).collect();
    assert!(files.len() > 12);
    for file in files {
        let (kind, document) = document(&file).unwrap();
        let wrong: Vec<String> =
            validator(kind).iter_errors(&document).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(wrong.is_empty(), "{}:\n{}", file.display(), wrong.join("\n"));
    }
}

/// What a schema can see. Words in places that are not enumerated, such as `absent`, it cannot.
const SEEN: &[Code] =
    &[Code::UnknownKey, Code::MissingKey, Code::WrongType, Code::OutOfRange, Code::BadRefill, Code::BadVersion];

#[test]
fn unknown_keys_and_wrong_types_are_refused_as_the_reader_refuses_them() {
    let mut refused = 0;
    for folder in fs::read_dir(root().join("tests/bad-packs")).unwrap() {
        let folder = folder.unwrap().path();
        let entry = ["outwork.toml", "pack.toml"].into_iter().find(|name| folder.join(name).exists());
        let Some(entry) = entry.filter(|entry| fs::read_to_string(folder.join(entry)).is_ok()) else { continue };
        let Err(report) = compile_files(&Folder(folder.clone()), entry) else { continue };
        if !report.diagnostics().iter().any(|one| SEEN.contains(&one.code)) {
            continue;
        }
        let files = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        let documents: Vec<_> = files
            .filter(|path| path.extension().is_some_and(|end| end == "toml"))
            .filter_map(|path| document(&path))
            .collect();
        let all_valid = documents.iter().all(|(kind, document)| validator(*kind).is_valid(document));
        if all_valid {
            panic!("{}: the reader refuses it, the schema does not:\n{}", folder.display(), report.render(false));
        }
        refused += 1;
    }
    assert!(refused >= 6, "{refused}");
}
