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
            let before = found.len();
            if let Some(line) = members.original().filter(|_| depth > 0) {
                walk(line, depth - 1, found)?;
            }
            // What a collector parsed is not what was written, where it has that, too.
            if found.len() > before {
                return Some(());
            }
            if members.is_record() {
                found.push(Part::Record(Cow::Borrowed(json)));
                return Some(());
            }
            for (_, value) in members.0.iter().filter(|(name, _)| depth > 0 && WRAPPERS.contains(&name.as_ref())) {
                walk(value.get(), depth - 1, found)?;
            }
            // A collector's own event has a time and a version of ECS, too.
            if found.len() == before && members.was_record() && looks_sealed(json.as_bytes()) {
                found.push(Part::Torn);
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

impl<'l> Members<'l> {
    fn get(&self, name: &str) -> Option<&'l str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.get())
    }

    /// The text that came in, where a collector parsed it and kept it: `event.original` of ECS.
    fn original(&self) -> Option<&'l str> {
        serde_json::from_str::<Members<'l>>(self.get("event")?)
            .ok()?
            .get("original")
            .filter(|text| text.starts_with('"'))
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

    /// As their documentation shows what they write of a line that they did not parse, or parsed and kept.
    #[test]
    fn a_record_is_found_in_what_collectors_write() {
        for record in [OCSF, ECS] {
            let text = serde_json::to_string(record).unwrap();
            let ended = serde_json::to_string(&format!("{record}\n")).unwrap();
            let members = record.get(1..record.len() - 1).unwrap();
            let filebeat = r#""@timestamp":"2026-11-22T10:00:00.000Z","@metadata":{"beat":"filebeat","type":"_doc","version":"8.15.0"},"log":{"offset":0,"file":{"path":"/var/log/records.jsonl"}},"input":{"type":"filestream"},"ecs":{"version":"8.0.0"},"host":{"name":"edge","mac":["00-00-5E-00-53-23"]},"agent":{"type":"filebeat","version":"8.15.0"}"#;
            for line in [
                format!("{{{filebeat},\"message\":{text}}}"),
                format!(
                    r#"{{"@timestamp":"2026-11-22T10:00:00Z","@version":"1","host":{{"name":"edge"}},"log":{{"file":{{"path":"/r"}}}},"message":{text},"event":{{"original":{text}}}}}"#
                ),
                format!(
                    r#"{{"@version":"1","class_uid":4002,{},"event":{{"original":{text}}}}}"#,
                    r#""unmapped":{"outwork":{"verdict":"allow"}}"#
                ),
                format!(r#"{{"date":1795341600.25,"log":{text}}}"#),
                format!(r#"[{{"date":1795341600.25,"log":{text}}}]"#),
                format!(r#"{{"log":{ended},"stream":"stdout","time":"2026-11-22T10:00:00.000000000Z"}}"#),
                format!(
                    r#"{{"time":"2026-11-22T10:00:00Z","stream":"stdout","logtag":"F","message":{text},"kubernetes":{{"pod_name":"edge"}}}}"#
                ),
                format!(
                    r#"{{"file":"/var/log/records.jsonl","host":"edge","message":{text},"source_type":"file","timestamp":"2026-11-22T10:00:00Z"}}"#
                ),
            ] {
                let found = parts(line.as_bytes());
                let [Part::Record(found)] = found.as_slice() else { panic!("{found:?} in {line}") };
                assert_eq!(found.trim_end(), record, "{line}");
            }
            // What parses a record and sorts its members writes another text: nothing verifies it.
            let parsed = format!(
                r#"{{"@timestamp":"2026-11-22T10:00:00Z",{}}}"#,
                members.replace(r#"{"verdict":"allow","chain":"#, r#"{"agent":1,"verdict":"allow","chain":"#)
            );
            assert_eq!(parts(parsed.as_bytes()), [Part::Torn], "{parsed}");
        }
        // What a client sent stays what it is.
        let sent = serde_json::to_string(OCSF).unwrap();
        let line = format!(
            r#"{{"event":{{"action":{sent}}},"user_agent":{{"original":{sent}}},"url":{{"original":{sent}}}}}"#
        );
        assert_eq!(parts(line.as_bytes()), []);
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
