//! What a record is, and where in a line of a log one stands. Whoever reads records asks here, so that none counts which the
//! auditor of the log does not see.

use memchr::memmem;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::{borrow::Cow, fmt};

/// A part of a line that is of a record.
#[derive(Debug, PartialEq, Eq)]
pub enum Part<'l> {
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
///
/// A record is an object that has our own object, `unmapped.outwork` (OCSF) or `outwork` (ECS), with a `verdict` or, where its
/// request ended before one, `undecided`, in whatever order its members stand.
pub fn parts(line: &[u8]) -> Vec<Part<'_>> {
    match std::str::from_utf8(line) {
        Ok(line) => parts_of(line),
        // Access logs may have bytes of a client beside a record, which has none.
        Err(_) => parts_of(&String::from_utf8_lossy(line)).into_iter().map(Part::into_owned).collect(),
    }
}

fn parts_of(line: &str) -> Vec<Part<'_>> {
    let mut found = Vec::new();
    let read = line.starts_with(['{', '[', '"']).then(|| walk(line, MOST_DEPTH, &mut found)).flatten();
    // A log of JSON has no line that is none, unless somebody changed it.
    if read.is_none() && (line.starts_with('{') || line.ends_with('}')) && looks_sealed(line.as_bytes()) {
        found.push(Part::Torn);
    }
    found
}

impl Part<'_> {
    /// The same, with nothing borrowed.
    fn into_owned<'b>(self) -> Part<'b> {
        match self {
            Self::Record(record) => Part::Record(Cow::Owned(record.into_owned())),
            Self::Torn => Part::Torn,
        }
    }
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
            // What a collector parsed is not what was written, where it has that, too.
            for texts in [members.originals(), members.texts()] {
                texts.into_iter().for_each(|text| _ = walk(text, depth, found));
                if found.len() > before {
                    return Some(());
                }
            }
            if members.is_record() {
                found.push(Part::Record(Cow::Borrowed(json)));
                return Some(());
            }
            for value in members.wrapped().filter(|_| depth > 0) {
                walk(value, depth - 1, found)?;
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
        b'"' if json.len() > 2 => inside(&serde_json::from_str::<Text<'_>>(json).ok()?.0, found),
        // It is checked with what it stands in.
        _ => {}
    }
    Some(())
}

/// As [`walk`], of a text that stood in another. Each such level at least doubles what escapes its quotes, so that a line has few.
fn inside(text: &str, found: &mut Vec<Part<'_>>) {
    let mut within = Vec::new();
    _ = walk(text.trim_end(), MOST_DEPTH, &mut within);
    if within.is_empty() && looks_sealed(text.as_bytes()) {
        within.push(Part::Torn);
    }
    found.extend(within.into_iter().map(Part::into_owned));
}

/// The members of an object, as they are written.
struct Members<'l>(Vec<(Cow<'l, str>, &'l RawValue)>);

impl<'l> Members<'l> {
    /// Those of an object; none of another value.
    fn of(json: &'l str) -> Option<Self> {
        json.starts_with('{').then(|| serde_json::from_str(json).ok())?
    }

    /// Every value of a name: a name may stand there twice, and who reads it may take either.
    fn all(&self, name: &str) -> impl Iterator<Item = &'l str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.get())
    }

    /// What may be wrapped records.
    fn wrapped(&self) -> impl Iterator<Item = &'l str> {
        self.0.iter().filter(|(name, _)| WRAPPERS.contains(&name.as_ref())).map(|(_, value)| value.get())
    }

    /// Texts as they came in, where a collector parsed and kept them: `event.original` of ECS.
    fn originals(&self) -> Vec<&'l str> {
        let events = self.all("event").filter_map(Members::of);
        events.flat_map(|event| event.all("original").filter(is_text).collect::<Vec<_>>()).collect()
    }

    /// Texts that may be records.
    fn texts(&self) -> Vec<&'l str> {
        self.wrapped().filter(is_text).collect()
    }

    /// Whether the object is a record: our own object stands in it, under `unmapped` (OCSF) or by itself (ECS).
    fn is_record(&self) -> bool {
        let has_own = |members: &Self| members.all("outwork").any(is_own);
        has_own(self) || self.all("unmapped").filter_map(Members::of).any(|inside| has_own(&inside))
    }

    /// Whether it was one before somebody changed it.
    fn was_record(&self) -> bool {
        self.0.iter().filter(|(name, _)| OWN.contains(&name.as_ref())).count() > 1
    }
}

fn is_text(json: &&str) -> bool {
    json.starts_with('"')
}

/// Whether an object is our own; its first member is the verdict where a host wrote it, or what stands there without one.
fn is_own(json: &str) -> bool {
    let is_one = |own: Members<'_>| own.all("verdict").chain(own.all("undecided")).next().is_some();
    json.starts_with("{\"verdict\":") || Members::of(json).is_some_and(is_one)
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
        let ended = OCSF.replace(r#""verdict":"allow""#, r#""undecided":{"stage":"body"}"#);
        assert_eq!(parts(ended.as_bytes()), [Part::Record(Cow::Borrowed(ended.as_str()))]);
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
            // What parses a record and sorts its members writes another text, which no MAC proves. It is a record all the same.
            let parsed = format!(
                r#"{{"@timestamp":"2026-11-22T10:00:00Z",{}}}"#,
                members.replace(r#"{"verdict":"allow","chain":"#, r#"{"agent":1,"verdict":"allow","chain":"#)
            );
            assert_eq!(parts(parsed.as_bytes()), [Part::Record(Cow::Borrowed(parsed.as_str()))]);
            // The text that it came in as speaks for it, where that is kept.
            for kept in ["message", "log"] {
                let both = format!(r#"{{"{kept}":{text},{}}}"#, parsed.get(1..parsed.len() - 1).unwrap());
                assert_eq!(parts(both.as_bytes()), [Part::Record(Cow::Borrowed(record))], "{both}");
            }
        }
        // What a client sent stays what it is.
        let sent = serde_json::to_string(OCSF).unwrap();
        let line = format!(
            r#"{{"event":{{"action":{sent}}},"user_agent":{{"original":{sent}}},"url":{{"original":{sent}}}}}"#
        );
        assert_eq!(parts(line.as_bytes()), []);
    }

    /// The reviewer's forgeries, and more: whatever a reader of JSON takes for a record is one here.
    #[test]
    fn a_record_is_one_in_whatever_order_and_form_its_members_stand() {
        for record in [
            r#"{"unmapped":{"outwork":{"enforced":true,"verdict":"block","band":"low"}},"class_uid":4002,"time":1}"#,
            r#"{"unmapped":{"other":1,"outwork":{"enforced":true,"verdict":"block"}}}"#,
            r#"{ "unmapped" : { "outwork" : { "verdict" : "allow" } } }"#,
            r#"{"unmapped":{"outwork":{"\u0076erdict":"allow"}}}"#,
            r#"{"\u0075nmapped":{"outwork":{"verdict":"allow"}}}"#,
            r#"{"unmapped":1,"unmapped":{"outwork":{"verdict":"allow"}}}"#,
            r#"{"outwork":{"enforced":false,"verdict":"allow"},"@timestamp":"2026-11-22T10:00:00Z"}"#,
            r#"{"ecs":{"version":"9.4.0"},"outwork":{"band":"low","verdict":null}}"#,
        ] {
            assert_eq!(parts(record.as_bytes()), [Part::Record(Cow::Borrowed(record))]);
            let text = serde_json::to_string(record).unwrap();
            for line in [
                format!("{{\"message\":{text}}}"),
                format!("{{\"a\":{{}},\"body\":{{\"stringValue\":{text}}}}}"),
                format!("[{{\"log\":{text}}}]"),
            ] {
                assert_eq!(parts(line.as_bytes()), [Part::Record(Cow::Borrowed(record))], "{line}");
            }
        }
        let bytes = [br#"{"agent":""#, &b"\xff"[..], br#"","outwork":"#, OCSF.as_bytes(), b"}"].concat();
        assert_eq!(parts(&bytes), [Part::Record(Cow::Borrowed(OCSF))], "what a client sent beside it may be no UTF-8");
        for other in [r#"{"unmapped":{"outwork":{}}}"#, r#"{"outwork":"allow"}"#, r#"{"verdict":"allow"}"#] {
            assert_eq!(parts(other.as_bytes()), [], "{other}");
        }
    }

    #[test]
    fn what_was_a_record_is_told_from_what_never_was() {
        let text = serde_json::to_string(&OCSF.replace("verdict", "verdicu")).unwrap();
        let torn = [
            OCSF.replace("verdict", "verdicu"),
            ECS.replace("outwork", "outwurk"),
            OCSF.get(..OCSF.len() - 1).unwrap().to_owned(),
            OCSF.get(1..).unwrap().to_owned(),
            OCSF.get(2..).unwrap().to_owned(),
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
