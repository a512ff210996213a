use std::borrow::Cow;
use std::fmt;

use memchr::memmem;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// What a line of a log has for an auditor.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Part<'l> {
    /// A record, by its very bytes.
    Record(Cow<'l, str>),
    /// What was one, or part of one.
    Torn,
}

/// How deep a record may stand in the objects that a log wraps around it: OTLP has it within seven.
const MOST_DEPTH: u32 = 10;

/// The members in which records are looked for. In no other: a header that a client sent shall not pass for a record.
const WRAPPERS: [&str; 13] = [
    "record",
    "outwork",
    "message",
    "Message",
    "log",
    "logs",
    "Logs",
    "body",
    "Body",
    "stringValue",
    "resourceLogs",
    "scopeLogs",
    "logRecords",
];

/// Members of a record itself, of which it has several.
const OWN: [&str; 9] = [
    "unmapped",
    "class_uid",
    "category_uid",
    "type_uid",
    "http_request",
    "risk_level_id",
    "@timestamp",
    "ecs",
    "outwork",
];

/// Every record in a line: the line itself, or what stands in its wrapping, as an object or as text. A log that wraps records as
/// they are, or as text, keeps their bytes; one that writes their JSON anew does not.
pub(crate) fn parts(line: &[u8]) -> Vec<Part<'_>> {
    let mut found = Vec::new();
    let read = std::str::from_utf8(line).ok().and_then(|line| walk(line, MOST_DEPTH, &mut found));
    // A log of JSON has no line that is none, unless somebody changed it.
    if read.is_none() && (line.starts_with(b"{") || line.ends_with(b"}")) && looks_sealed(line) {
        found.push(Part::Torn);
    }
    found
}

/// Whether there is a trace of a chained record in what is none, as an object or as text: most of the words that each of ours has.
/// Other products have a `mac` or a `chain`, too.
fn looks_sealed(text: &[u8]) -> bool {
    let words = ["verdict", "dropped_reasons", "pseudonym_key", "chain", "sequence", "mac"];
    words.into_iter().filter(|word| memmem::find(text, word.as_bytes()).is_some()).count() >= 3
}

/// Adds the records of a JSON value; none where it is not one.
fn walk<'l>(json: &'l str, depth: u32, found: &mut Vec<Part<'l>>) -> Option<()> {
    match json.as_bytes().first()? {
        b'{' => {
            let members = serde_json::from_str::<Members<'_>>(json).ok()?;
            if members.is_record() {
                found.push(Part::Record(Cow::Borrowed(json)));
            } else if members.was_record() && looks_sealed(json.as_bytes()) {
                found.push(Part::Torn);
            } else if depth > 0 {
                for (_, value) in members.0.iter().filter(|(name, _)| WRAPPERS.contains(&name.as_ref())) {
                    walk(value.get(), depth - 1, found)?;
                }
            }
        }
        b'[' if depth > 0 => {
            for value in serde_json::from_str::<Vec<&RawValue>>(json).ok()? {
                walk(value.get(), depth - 1, found)?;
            }
        }
        b'"' if depth > 0 && json.len() > 2 => {
            let text = serde_json::from_str::<Text<'_>>(json).ok()?.0.into_owned();
            inside(&text, depth - 1, found);
        }
        // It is checked with what it stands in.
        _ => {}
    }
    Some(())
}

/// As [`walk`], of a text that stood in another.
fn inside(text: &str, depth: u32, found: &mut Vec<Part<'_>>) {
    let mut within = Vec::new();
    _ = walk(text.trim_end(), depth, &mut within);
    if within.is_empty() && looks_sealed(text.as_bytes()) {
        within.push(Part::Torn);
    }
    found.extend(within.into_iter().map(|part| match part {
        Part::Record(record) => Part::Record(Cow::Owned(record.into_owned())),
        Part::Torn => Part::Torn,
    }));
}

/// The members of an object, as they are written.
struct Members<'l>(Vec<(Cow<'l, str>, &'l RawValue)>);

impl Members<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.get())
    }

    /// Whether the object is a record: our own object stands in it, under `unmapped` (OCSF) or by itself (ECS).
    fn is_record(&self) -> bool {
        let own = |text: &str| text.starts_with("{\"verdict\":");
        self.get("outwork").is_some_and(own)
            || self.get("unmapped").and_then(|inside| inside.strip_prefix("{\"outwork\":")).is_some_and(own)
    }

    /// Whether it was one before somebody changed it.
    fn was_record(&self) -> bool {
        self.0.iter().filter(|(name, _)| OWN.contains(&name.as_ref())).count() > 1
    }
}

impl<'de: 'l, 'l> Deserialize<'de> for Members<'l> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Read)
    }
}

struct Read;

impl<'de> Visitor<'de> for Read {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
        let mut members = Vec::new();
        while let Some(Text(name)) = map.next_key()? {
            members.push((name, map.next_value()?));
        }
        Ok(Members(members))
    }
}

/// Text that is borrowed where nothing in it is escaped.
#[derive(Deserialize)]
struct Text<'t>(#[serde(borrow)] Cow<'t, str>);

#[cfg(test)]
mod tests {
    use super::*;

    const OCSF: &str =
        r#"{"time":1,"class_uid":4002,"unmapped":{"outwork":{"verdict":"allow","chain":{"sequence":1,"mac":"x"}}}}"#;
    const ECS: &str = r#"{"@timestamp":1,"ecs":{},"outwork":{"verdict":"allow","chain":{"sequence":1,"mac":"x"}}}"#;

    #[test]
    fn a_record_is_found_by_its_bytes_wherever_a_log_has_it() {
        for record in [OCSF, ECS] {
            let text = serde_json::to_string(record).unwrap();
            let lines = [
                record.to_owned(),
                format!("{{\"record\":{record}}}"),
                format!("{{\"a\":1,\"outwork\":{text},\"b\":{{}}}}"),
                format!(
                    r#"{{"resourceLogs":[{{"scopeLogs":[{{"logRecords":[{{"body":{{"stringValue":{text}}}}}]}}]}}]}}"#
                ),
                format!(r#"{{"Logs":[{{"Message":[{text}]}}]}}"#),
            ];
            for line in lines {
                assert_eq!(parts(line.as_bytes()), [Part::Record(Cow::Borrowed(record))], "{line}");
            }
        }
        let two = format!(r#"{{"logs":[{OCSF},{ECS}]}}"#);
        assert_eq!(parts(two.as_bytes()).len(), 2);
    }

    #[test]
    fn what_was_a_record_is_told_from_what_never_was() {
        let text = serde_json::to_string(&OCSF.replace("verdict", "verdicu")).unwrap();
        let torn = [
            OCSF.replace("verdict", "verdicu"),
            OCSF.replace("\"outwork\":", "\"outwork\": "),
            ECS.replace("outwork", "outwurk"),
            OCSF.get(..OCSF.len() - 1).unwrap().to_owned(),
            OCSF.get(1..).unwrap().to_owned(),
            format!("{{\"outwork\":{text}}}"),
        ];
        for line in torn {
            assert_eq!(parts(line.as_bytes()), [Part::Torn], "{line}");
        }
        let sent = serde_json::to_string(OCSF).unwrap();
        for line in [
            "".into(),
            "203.0.113.7 - - \"GET / HTTP/1.1\" 200 \"\\\"mac\\\"\"".into(),
            r#"{"outwork":null,"path":"/"}"#.into(),
            r#"{"@timestamp":"2026-11-22","ecs":{},"outwork":null,"host":{"mac":["00-00-5E-00-53-23"]},"chain":"x"}"#
                .into(),
            format!(r#"{{"outwork":null,"headers":{{"user-agent":{sent}}},"path":{sent}}}"#),
        ] {
            assert_eq!(parts(line.as_bytes()), [], "{line}");
        }
    }
}
