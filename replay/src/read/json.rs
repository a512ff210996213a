//! JSON lines, by a layout.

use super::{
    layout::{Field, Layout, Names, Node},
    time,
    value::{Any, Name, Scalar, address, known},
};
use crate::{Entry, Part, Rate, Reject, Spare, Text, parts};
use outwork_engine::{decision::Verdict, fact::Fact, facts::Protocol, time::Time};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::{borrow::Cow, fmt, sync::LazyLock};

/// The length at which our records cut a text.
const CUT: usize = 512;
/// For records that stand inside of other lines.
static RECORDS: LazyLock<Layout> = LazyLock::new(|| Layout::of(super::Format::Records));
static ENVOY: LazyLock<Layout> = LazyLock::new(|| Layout::of(super::Format::Envoy));

/// Whether a line of JSON tells of a request as those of an access log do.
pub(super) fn tells(line: &[u8]) -> bool {
    read(line, &ENVOY, Spare::default()).is_ok()
}

pub(super) fn read<'a>(line: &'a [u8], layout: &'a Layout, spare: Spare<'a>) -> Result<Entry<'a>, Reject> {
    // Once for the line, and not for each text in it.
    match std::str::from_utf8(line) {
        Ok(line) => parse(line, layout, spare),
        // Some writers put bytes of a client into JSON as they are.
        Err(_) => parse(&String::from_utf8_lossy(line), layout, Spare::default()).map(Entry::into_owned),
    }
}

fn parse<'a>(line: &'a str, layout: &'a Layout, spare: Spare<'a>) -> Result<Entry<'a>, Reject> {
    let mut draft = Draft::new(layout, spare);
    let mut deserializer = serde_json::Deserializer::from_str(line);
    let object = Object { names: &layout.names, draft: &mut draft, top: true };
    let parsed = object.deserialize(&mut deserializer).and_then(|()| deserializer.end());
    parsed.map_err(|_| Reject::NotJson)?;
    draft.finish()
}

/// An entry in the making.
struct Draft<'a> {
    layout: &'a Layout,
    entry: Entry<'a>,
    /// The path where the log has no query.
    path: Option<Text<'a>>,
    verdict: Option<Verdict>,
    enforced: bool,
    activity: Option<Text<'a>>,
    port: Option<u16>,
    /// What is said not to be there, and is so only on a connection without TLS.
    no_ja4: bool,
    no_ja3: bool,
    wrong: Option<Reject>,
    /// A record, as an object or as text.
    record: Option<&'a RawValue>,
}

impl<'a> Draft<'a> {
    fn new(layout: &'a Layout, spare: Spare<'a>) -> Self {
        Self {
            layout,
            entry: Entry { headers: spare.headers, unsent: spare.unsent, ..Entry::EMPTY },
            path: None,
            verdict: None,
            enforced: false,
            activity: None,
            port: None,
            no_ja4: false,
            no_ja3: false,
            wrong: None,
            record: None,
        }
    }

    fn set(&mut self, field: &'a Field, value: Scalar<'a>) {
        if self.is_nothing(&value) {
            return self.nothing(field);
        }
        match (field, value) {
            (Field::Time, value) => match instant(&value) {
                Ok(time) => self.entry.time = Some(time),
                Err(wrong) => self.wrong = Some(wrong),
            },
            (Field::Status, value) => self.entry.status = number(&value).and_then(|code| u16::try_from(code).ok()),
            (Field::Asn, value) => {
                let asn = number(&value).filter(|&asn| asn > 0).and_then(|asn| u32::try_from(asn).ok());
                self.entry.asn = known(asn);
            }
            (Field::Port, value) => self.port = number(&value).and_then(|port| u16::try_from(port).ok()),
            (Field::Enforced, Scalar::Bool(enforced)) => self.enforced = enforced,
            (Field::Context, _) => self.entry.hidden_address = true,
            (Field::Undecided, _) => self.wrong = Some(Reject::Undecided),
            (Field::Sampled, value) => match rate(&value) {
                Some(rate) => self.entry.rate = rate,
                None => self.wrong = Some(Reject::BadRate),
            },
            (field, value) => {
                if let Some(text) = value.text() {
                    self.text(field, text);
                }
            }
        }
    }

    fn text(&mut self, field: &'a Field, text: Text<'a>) {
        let entry = &mut self.entry;
        match field {
            Field::Method => entry.method = text,
            Field::Target => entry.target = text,
            Field::Path => self.path = Some(text),
            Field::Scheme => entry.scheme = Fact::Known(text),
            Field::Authority => entry.authority = Fact::Known(text),
            Field::Protocol => entry.protocol = known(protocol(&text)),
            Field::Address => match address(&text) {
                Some(address) => entry.address = Fact::Known(address),
                None => self.wrong = Some(Reject::BadAddress),
            },
            Field::Pseudonym => entry.pseudonym = Some(text),
            Field::Header(name) => entry.headers.push((Cow::Borrowed(name), text)),
            Field::Ja4 => entry.ja4 = Fact::Known(text),
            Field::Ja3 => entry.ja3 = Fact::Known(text),
            Field::TlsVersion if text.as_ref() == b"none" => entry.tls_version = Fact::Absent,
            // ECS writes the number alone.
            Field::TlsVersion if self.layout.records && text.first().is_some_and(u8::is_ascii_digit) => {
                entry.tls_version = Fact::Known([b"TLSv", text.as_ref()].concat().into());
            }
            Field::TlsVersion => entry.tls_version = Fact::Known(text),
            Field::Sni => entry.sni = Fact::Known(text),
            Field::Alpn => entry.alpn = Fact::Known(text),
            Field::Country => entry.country = country(text),
            Field::Verdict => self.verdict = Verdict::ALL.into_iter().find(|of| of.name().as_bytes() == text.as_ref()),
            Field::Activity => self.activity = Some(text),
            Field::Time
            | Field::Status
            | Field::Asn
            | Field::Enforced
            | Field::Context
            | Field::Sampled
            | Field::Undecided
            | Field::Port
            | Field::Record
            | Field::Headers => {}
        }
    }

    fn is_nothing(&self, value: &Scalar<'_>) -> bool {
        match value {
            Scalar::Null => true,
            Scalar::Text(text) => (self.layout.dash && text == "-") || (self.layout.empty && text.is_empty()),
            _ => false,
        }
    }

    /// The log says that there was nothing.
    fn nothing(&mut self, field: &'a Field) {
        match field {
            Field::Header(name) => self.entry.unsent.push(Cow::Borrowed(name)),
            Field::Sni => self.entry.sni = Fact::Absent,
            Field::Alpn => self.entry.alpn = Fact::Absent,
            Field::TlsVersion => self.entry.tls_version = Fact::Absent,
            Field::Ja4 => self.no_ja4 = true,
            Field::Ja3 => self.no_ja3 = true,
            _ => {}
        }
    }

    fn finish(mut self) -> Result<Entry<'a>, Reject> {
        if let Some(wrong) = self.wrong {
            return Err(wrong);
        }
        if let Some(verdict) = self.verdict {
            self.entry.recorded = Some((verdict, self.enforced));
        }
        if self.entry.target.is_empty()
            && let Some(path) = self.path.take()
        {
            self.entry.target = path;
            self.entry.query_seen = false;
        }
        if let Some(record) = self.record.take() {
            self.fill_in(record.get().as_bytes())?;
        }
        if self.layout.records {
            self.as_record();
        }
        self.tls();
        match (self.entry.method.is_empty(), self.entry.target.is_empty()) {
            (true, _) => Err(Reject::NoMethod),
            (_, true) => Err(Reject::NoPath),
            (false, false) => Ok(self.entry),
        }
    }

    /// What the other facts say of TLS: a connection without it has no hello, and one with it carries https. What one
    /// without it carries, only a log that is written where the client's own TLS ends can say: before an Envoy there may be
    /// a load balancer that ends it.
    fn tls(&mut self) {
        let ends_tls = self.layout.ends_tls;
        let entry = &mut self.entry;
        if !entry.scheme.is_known() {
            entry.scheme = match &entry.tls_version {
                Fact::Known(_) => Fact::Known(Cow::Borrowed(b"https")),
                Fact::Absent if ends_tls => Fact::Known(Cow::Borrowed(b"http")),
                Fact::Absent | Fact::Unavailable => Fact::Unavailable,
            };
        }
        let plain = matches!(&entry.scheme, Fact::Known(scheme) if scheme.as_ref() == b"http");
        if plain && entry.tls_version == Fact::Unavailable && self.layout.records {
            entry.tls_version = Fact::Absent;
        }
        let is_plain_here = plain || (!ends_tls && !entry.scheme.is_known());
        let no_hello = is_plain_here && entry.tls_version == Fact::Absent;
        if no_hello && (self.no_ja4 || self.layout.records) {
            entry.ja4 = Fact::Absent;
        }
        if no_hello && (self.no_ja3 || self.layout.records) {
            entry.ja3 = Fact::Absent;
        }
    }

    /// A record that stands in the line tells what the line itself does not.
    fn fill_in(&mut self, record: &[u8]) -> Result<(), Reject> {
        let record = parts(record).into_iter().find_map(|part| match part {
            Part::Record(record) => Some(record),
            Part::Torn => None,
        });
        let told = match record.map(|record| read(record.as_bytes(), &RECORDS, Spare::default()).map(Entry::into_owned))
        {
            Some(Ok(told)) => told,
            Some(Err(Reject::Undecided)) => return Err(Reject::Undecided),
            Some(Err(_)) | None => return Ok(()),
        };
        let entry = &mut self.entry;
        entry.recorded = told.recorded;
        // A line that tells of a request by itself is there for each, whether or not its record was kept.
        if entry.method.is_empty() && entry.target.is_empty() {
            entry.rate = told.rate;
        }
        entry.hidden_address = told.hidden_address && !entry.address.is_known();
        entry.time = entry.time.or(told.time);
        if entry.method.is_empty() {
            entry.method = told.method;
        }
        if entry.target.is_empty() {
            (entry.target, entry.path_seen, entry.query_seen) = (told.target, told.path_seen, told.query_seen);
        }
        entry.pseudonym = entry.pseudonym.take().or(told.pseudonym);
        fill(&mut entry.scheme, told.scheme);
        fill(&mut entry.authority, told.authority);
        fill(&mut entry.protocol, told.protocol);
        fill(&mut entry.ja4, told.ja4);
        fill(&mut entry.ja3, told.ja3);
        fill(&mut entry.tls_version, told.tls_version);
        fill(&mut entry.sni, told.sni);
        let names = |name: &[u8], entry: &Entry<'_>| {
            entry.header(name).is_some() || entry.unsent.iter().any(|known| known.as_ref() == name)
        };
        if !names(b"user-agent", entry) {
            entry.headers.extend(told.headers);
            entry.unsent.extend(told.unsent);
        }
        Ok(())
    }

    /// Records cut what is long, and write U+FFFD for what is not UTF-8: such a text is not what was sent.
    fn as_record(&mut self) {
        let entry = &mut self.entry;
        if entry.method.is_empty() {
            entry.method = self.activity.take().unwrap_or_default();
        }
        entry.path_seen = !is_lossy(&entry.target);
        if matches!(&entry.authority, Fact::Known(text) if is_lossy(text)) {
            entry.authority = Fact::Unavailable;
        } else if let (Fact::Known(host), Some(port)) = (&mut entry.authority, self.port) {
            host.to_mut().extend_from_slice(format!(":{port}").as_bytes());
        }
        if entry.headers.is_empty() && entry.unsent.is_empty() {
            entry.unsent.push(Cow::Borrowed(b"user-agent"));
        }
        entry.headers.retain(|(_, value)| !is_lossy(value));
        if matches!(&entry.sni, Fact::Known(text) if is_lossy(text)) {
            entry.sni = Fact::Unavailable;
        } else if entry.tls_version.is_known() && !entry.sni.is_known() {
            entry.sni = Fact::Absent;
        }
    }
}

fn fill<T>(fact: &mut Fact<T>, from: Fact<T>) {
    if matches!(fact, Fact::Unavailable) {
        *fact = from;
    }
}

fn is_lossy(text: &[u8]) -> bool {
    text.len() >= CUT || memchr::memmem::find(text, "\u{fffd}".as_bytes()).is_some()
}

/// In upper case, as the engine has it; `XX` is Cloudflare's for none.
fn country(text: Text<'_>) -> Fact<Text<'_>> {
    if text.eq_ignore_ascii_case(b"xx") || text.is_empty() {
        return Fact::Unavailable;
    }
    Fact::Known(if text.iter().any(u8::is_ascii_lowercase) { Cow::Owned(text.to_ascii_uppercase()) } else { text })
}

/// `HTTP/2`, or the number alone, as ECS has it.
fn protocol(text: &[u8]) -> Option<Protocol> {
    Protocol::parse(text).or_else(|| Protocol::parse(&[b"HTTP/", text].concat()))
}

fn instant(value: &Scalar<'_>) -> Result<Time, Reject> {
    match value {
        Scalar::Text(text) => time::read(text.as_bytes()),
        Scalar::Whole(number) => time::number(number.to_string().as_bytes()).ok_or(Reject::BadTime),
        Scalar::Fraction(seconds) => time::number(format!("{seconds:.6}").as_bytes()).ok_or(Reject::BadTime),
        _ => Err(Reject::BadTime),
    }
}

fn rate(value: &Scalar<'_>) -> Option<Rate> {
    match value {
        Scalar::Whole(number) => u16::try_from(*number).ok().and_then(|number| Rate::of(number.into())),
        Scalar::Fraction(share) => Rate::of(*share),
        Scalar::Text(text) => text.parse().ok().and_then(Rate::of),
        _ => None,
    }
}

fn number(value: &Scalar<'_>) -> Option<u64> {
    match value {
        Scalar::Whole(number) => Some(*number),
        Scalar::Text(text) => text.parse().ok(),
        _ => None,
    }
}

/// Reads an object into a draft.
struct Object<'a, 'd> {
    names: &'a Names,
    draft: &'d mut Draft<'a>,
    top: bool,
}

impl<'a> DeserializeSeed<'a> for Object<'a, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.top { deserializer.deserialize_map(self) } else { deserializer.deserialize_any(self) }
    }
}

impl<'a> Visitor<'a> for Object<'a, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key_seed(Name)? {
            match self.names.get(name.as_bytes()) {
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
                Some(Node::Inside(names)) => {
                    map.next_value_seed(Object { names, draft: &mut *self.draft, top: false })?
                }
                Some(Node::Field(Field::Headers)) => map.next_value_seed(Headers { draft: &mut *self.draft })?,
                Some(Node::Field(Field::Record)) => self.draft.record = Some(map.next_value()?),
                Some(Node::Field(field)) => {
                    let value = map.next_value_seed(Any)?;
                    self.draft.set(field, value);
                }
            }
        }
        Ok(())
    }

    // A list of objects, as of fingerprints: each is read, the last one counts.
    fn visit_seq<A: SeqAccess<'a>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(Object { names: self.names, draft: &mut *self.draft, top: false })?.is_some() {}
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }
}

/// Reads an object of headers: what it names and says is null was not sent.
struct Headers<'a, 'd> {
    draft: &'d mut Draft<'a>,
}

impl<'a> DeserializeSeed<'a> for Headers<'a, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'a> Visitor<'a> for Headers<'a, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of headers")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key_seed(Name)? {
            let value = map.next_value_seed(Any)?;
            let name = lower(name);
            if self.draft.is_nothing(&value) {
                self.draft.entry.unsent.push(name);
            } else if let Some(text) = value.text() {
                self.draft.entry.headers.push((name, text));
            }
        }
        Ok(())
    }
}

fn lower(name: Cow<'_, str>) -> Text<'_> {
    match name {
        Cow::Borrowed(name) if !name.bytes().any(|byte| byte.is_ascii_uppercase()) => Cow::Borrowed(name.as_bytes()),
        name => Cow::Owned(name.to_ascii_lowercase().into_bytes()),
    }
}
