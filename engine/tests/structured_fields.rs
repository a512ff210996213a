//! The HTTP working group's vectors for RFC 9651: what is read is written in its one form, what is to fail fails.
#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use outwork_engine::structured::{Dictionary, Value, item, list};
use serde::Deserialize;
use std::{fs, path::Path};

#[derive(Deserialize)]
struct Case {
    name: String,
    raw: Vec<String>,
    header_type: String,
    #[serde(default)]
    must_fail: bool,
    #[serde(default)]
    can_fail: bool,
    canonical: Option<Vec<String>>,
}

fn written(text: &str, kind: &str) -> Option<String> {
    let mut out = String::new();
    let value = |value: &Value<'_>| {
        let mut out = String::new();
        value.write(&mut out);
        out
    };
    match kind {
        "item" => item(text.as_bytes())?.write(&mut out),
        "list" => out = list(text.as_bytes())?.iter().map(value).collect::<Vec<_>>().join(", "),
        _ => {
            let read = Dictionary::read(text.as_bytes())?;
            let mut keys: Vec<&str> = Vec::new();
            read.sent.iter().for_each(|member| {
                if !keys.contains(&member.key) {
                    keys.push(member.key);
                }
            });
            let member = |key: &&str| {
                let value = value(read.get(key).unwrap());
                value.strip_prefix("?1").map_or_else(|| format!("{key}={value}"), |rest| format!("{key}{rest}"))
            };
            out = keys.iter().map(member).collect::<Vec<_>>().join(", ");
        }
    }
    Some(out)
}

#[test]
fn the_working_groups_vectors_are_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/structured-fields");
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let cases: Vec<Case> = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        for case in cases {
            let what = format!("{}: {}", path.display(), case.name);
            let ours = written(&case.raw.join(", "), &case.header_type);
            count += 1;
            match ours {
                None => assert!(case.must_fail || case.can_fail, "{what} is not read"),
                Some(ours) => {
                    assert!(!case.must_fail, "{what} is read");
                    assert_eq!(ours, case.canonical.unwrap_or(case.raw).join(", "), "{what}");
                }
            }
        }
    }
    assert_eq!(count, 235);
}
