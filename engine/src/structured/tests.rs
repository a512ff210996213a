use super::*;
use alloc::string::ToString;
use proptest::prelude::*;
use sfv::{Dictionary as Theirs, FieldType as _, Parser, Version};

fn canonical(values: impl IntoIterator<Item = (Option<String>, String)>) -> String {
    let texts = values.into_iter().map(|(key, value)| match key {
        Some(key) if value.starts_with("?1") => [key.as_str(), value.get(2..).unwrap()].concat(),
        Some(key) => [key.as_str(), "=", &value].concat(),
        None => value,
    });
    texts.collect::<Vec<_>>().join(", ")
}

fn written(value: &Value<'_>) -> String {
    let mut out = String::new();
    value.write(&mut out);
    out
}

/// The canonical form of a dictionary, where a later member of a key takes the earlier's place.
fn dictionary(text: &[u8]) -> Option<String> {
    let read = Dictionary::read(text)?;
    let mut keys: Vec<&str> = Vec::new();
    read.sent.iter().for_each(|member| {
        if !keys.contains(&member.key) {
            keys.push(member.key);
        }
    });
    Some(canonical(keys.into_iter().map(|key| (Some(key.to_string()), written(read.get(key).unwrap())))))
}

fn read_by_sfv(text: &[u8]) -> Option<String> {
    let dictionary: Theirs = Parser::new(text).with_version(Version::Rfc9651).parse().ok()?;
    Some(dictionary.serialize().unwrap_or_default())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn reads_what_the_sfv_crate_reads(text in "[ab*]{0,2}[=;]?([a1:Q=;,\"\\\\ ()?0@%.*/\\-\t]|:QQ==:|\"a\"|, b=|%\"%c3%bc\"){0,12}") {
        match (dictionary(text.as_bytes()), read_by_sfv(text.as_bytes())) {
            // `sfv` takes base64 without padding, too.
            (None, Some(_)) => prop_assert!(text.contains(':'), "{text:?}"),
            (ours, theirs) => prop_assert_eq!(ours, theirs, "{:?}", text),
        }
    }

    #[test]
    fn any_bytes_are_read(text: Vec<u8>) {
        item(&text);
        list(&text);
        if let Some(read) = Dictionary::read(&text) {
            prop_assert!(read_by_sfv(&text).is_some());
            prop_assert!(read.sent.iter().all(|member| member.text.starts_with(member.key.as_bytes())));
        }
    }
}

#[test]
fn a_member_is_its_whole_text() {
    let text = br#" sig1=("@method" "a";sf);created=1, b;x ,	c=:QQ==:;d=?0 "#;
    let read = Dictionary::read(text).unwrap();
    let texts: Vec<&[u8]> = read.sent.iter().map(|member| member.text).collect();
    assert_eq!(texts, [&br#"sig1=("@method" "a";sf);created=1"#[..], b"b;x", b"c=:QQ==:;d=?0"]);
}

#[test]
fn values_are_what_they_say() {
    let read = Dictionary::read(br#"a="x\"\\";b;c=1;c=2, d=:QQ==:, e=tok, f=(1 "z";q)"#).unwrap();
    let a = read.get("a").and_then(Value::item).unwrap();
    assert_eq!(a.bare.string().as_deref(), Some("x\"\\"));
    assert_eq!(a.parameters.get("b"), Some(Bare::Boolean(true)));
    assert_eq!(a.parameters.get("c"), Some(Bare::Integer(2)), "the last counts");
    assert_eq!(read.get("d").and_then(Value::item).and_then(|item| item.bare.bytes()), Some(b"A".to_vec()));
    assert_eq!(read.get("e").and_then(Value::item).and_then(|item| item.bare.token()), Some("tok"));
    let inner: Vec<_> = read.get("f").and_then(Value::inner).unwrap().items().collect();
    assert_eq!(inner.len(), 2);
    assert!(inner.iter().any(|item| item.parameters.get("q").is_some()));
}

#[test]
fn what_is_too_much_is_nothing() {
    let members = |count: usize| alloc::vec!["a"; count].join(",");
    assert!(list(members(MEMBERS).as_bytes()).is_some());
    assert!(list(members(MEMBERS + 1).as_bytes()).is_none());
    let inner = |count: usize| ["(", &alloc::vec!["a"; count].join(" "), ")"].concat();
    assert!(list(inner(INNER).as_bytes()).is_some());
    assert!(list(inner(INNER + 1).as_bytes()).is_none());
    let parameters = |count: usize| ["a", &";a".repeat(count)].concat();
    assert!(item(parameters(INNER).as_bytes()).is_some());
    assert!(item(parameters(INNER + 1).as_bytes()).is_none());
    assert!(item(&[b"\"", "a".repeat(LONGEST).as_bytes(), b"\""].concat()).is_none());
}
