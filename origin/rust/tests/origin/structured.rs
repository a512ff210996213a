//! The HTTP working group's tests of Structured Fields, and the generated ones of `OUTWORK_DATA`.

use outwork_origin::structured::{Bare, Entry, Item, Malformed, Parameters, dictionary, item, list};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// What a parser may take or leave, and this one leaves: base64 that is not canonical.
const LEFT: [&str; 2] = ["bad padding", "non-zero pad bits"];

#[test]
fn the_working_groups_tests_pass() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let data = std::env::var_os("OUTWORK_DATA").map_or(root.join("../shared/data"), PathBuf::from);
    let folders = [root.join("tests/fixtures/structured-fields"), data.join("vectors/structured-fields")];
    if !folders[1].is_dir() {
        println!("DID NOT RUN: the generated tests are not there; OUTWORK_DATA names the folder of the data");
    }
    let mut files = BTreeMap::new();
    for folder in folders.iter().filter(|folder| folder.is_dir()) {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.extension().is_some_and(|extension| extension == "json") {
                files.insert(path.file_name().unwrap().to_owned(), path);
            }
        }
    }
    assert!(files.len() >= 15);
    for path in files.values() {
        let tests: Vec<Value> = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        tests.iter().for_each(holds);
    }
}

fn holds(test: &Value) {
    let lines: Vec<&str> = test["raw"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
    let text = lines.join(", ");
    let name = test["name"].as_str().unwrap();
    let may_fail = test["must_fail"] == true || LEFT.contains(&name);
    match read(test["header_type"].as_str().unwrap(), text.as_bytes()) {
        Err(Malformed) => assert!(may_fail, "{name}: {text:?}"),
        Ok(found) => {
            assert!(test["must_fail"] != true, "{name}: {text:?}");
            assert_eq!(found, test["expected"], "{name}");
        }
    }
}

fn read(kind: &str, text: &[u8]) -> Result<Value, Malformed> {
    match kind {
        "item" => Ok(plain_item(&item(text)?)),
        "list" => Ok(list(text)?.iter().map(plain).collect()),
        _ => {
            let mut members: Vec<(&str, Value)> = Vec::new();
            for member in dictionary(text)? {
                let value = plain(&member.entry);
                match members.iter_mut().find(|(key, _)| *key == member.key) {
                    Some((_, known)) => *known = value,
                    None => members.push((member.key, value)),
                }
            }
            Ok(members.into_iter().map(|(key, value)| json!([key, value])).collect())
        }
    }
}

fn plain(entry: &Entry<'_>) -> Value {
    match entry {
        Entry::Item(item) => plain_item(item),
        Entry::List(items, parameters) => {
            json!([items.iter().map(plain_item).collect::<Vec<_>>(), plain_parameters(parameters)])
        }
    }
}

fn plain_item(item: &Item<'_>) -> Value {
    json!([bare(&item.value), plain_parameters(&item.parameters)])
}

fn plain_parameters(parameters: &Parameters<'_>) -> Value {
    parameters.iter().map(|(key, value)| json!([key, bare(value)])).collect()
}

fn bare(value: &Bare<'_>) -> Value {
    match value {
        Bare::Integer(number) => json!(number),
        // As the suite's own files write it: a number with a fraction, also where that is 0.
        Bare::Decimal(thousandths) => json!(*thousandths as f64 / 1_000.0),
        Bare::String(text) => json!(text),
        Bare::Boolean(truth) => json!(truth),
        Bare::Token(word) => json!({"__type": "token", "value": word}),
        Bare::Bytes(bytes) => json!({"__type": "binary", "value": base32(bytes)}),
        Bare::Date(seconds) => json!({"__type": "date", "value": seconds}),
        Bare::Display(text) => json!({"__type": "displaystring", "value": text}),
    }
}

fn base32(bytes: &[u8]) -> String {
    let bits: Vec<u8> = bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)).collect();
    let digit = |five: &[u8]| {
        let number = five.iter().chain(&[0; 4]).take(5).fold(0, |number, bit| number * 2 + bit);
        char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[usize::from(number)])
    };
    let mut text: String = bits.chunks(5).map(digit).collect();
    text.extend(std::iter::repeat_n('=', text.len().next_multiple_of(8) - text.len()));
    text
}

/// Texts at random, most of them nearly right, read by us as by the `sfv` crate.
#[test]
fn reads_what_the_sfv_crate_reads() {
    const PIECES: [&str; 30] = [
        "a",
        "*b",
        "=",
        "=1",
        "=-0.5",
        "=12.3456",
        "=\"x\"",
        "=\"\\\"\"",
        "=\"\\q\"",
        "=:QQ==:",
        "=:QQ:",
        "=?1",
        "=?2",
        "=(",
        ")",
        " ",
        "\t",
        ",",
        ", ",
        ";",
        ";p",
        ";p=tok/en:*",
        "=@1",
        "=@1.0",
        "=%\"a%c3%a9\"",
        "=%\"%C3\"",
        "=1234567890123456",
        "A",
        "\u{e9}",
        "=()",
    ];
    let mut state: u64 = 1;
    let mut next = |sides: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % sides
    };
    let mut read = 0;
    for _ in 0..100_000 {
        let text: String = (0..next(8)).map(|_| PIECES[next(PIECES.len())]).collect();
        let theirs: Result<sfv::Dictionary, _> = sfv::Parser::new(&text).parse();
        match (dictionary(text.as_bytes()), theirs) {
            (Ok(ours), Ok(theirs)) => {
                let known: Vec<&str> = theirs.keys().map(|key| key.as_str()).collect();
                let mut keys: Vec<&str> = Vec::new();
                ours.iter().for_each(|member| {
                    if !keys.contains(&member.key) {
                        keys.push(member.key)
                    }
                });
                assert_eq!(keys, known, "{text:?}");
                read += 1;
            }
            (Err(_), Err(_)) => {}
            // `sfv` takes base64 without padding.
            (Err(_), Ok(_)) => assert!(text.contains(":QQ:"), "{text:?}"),
            (Ok(_), Err(error)) => panic!("{text:?}: {error}"),
        }
    }
    assert!(read > 5_000, "{read}");
}
