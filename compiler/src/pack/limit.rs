//! Limits.

use super::{Accepted, accept, check_id};
use crate::{
    cel::{self, Condition, Macros, Scope, Tree},
    context::Context,
    diagnostic::{Code, Diagnostic},
    lists::Lists,
    read::{Keys, Text, choose},
    source::FileId,
};
use outwork_engine::limits::{KeyPart, Limit};
use std::ops::Range;
use toml::de::DeTable;

/// A limit as a file has it.
pub(crate) struct LimitSource {
    pub(crate) id: Text,
    pub(crate) limit: Limit,
    /// The condition as written.
    pub(crate) tree: Option<Tree>,
    /// None without a condition: then only rules charge it.
    pub(crate) condition: Option<Condition>,
    /// The warnings that it accepts.
    pub(crate) accepted: Vec<Accepted>,
}

pub(super) const COST: &[&str] = &["low", "medium", "high"];

pub(super) const KEYS: &[&str] = &["id", "when", "key", "burst", "refill", "cost", "why", "accept"];

pub(crate) const PARTS: &[(&str, KeyPart)] = &[
    ("ip", KeyPart::Ip),
    ("device", KeyPart::Device),
    ("asn", KeyPart::Asn),
    ("country", KeyPart::Country),
    ("session", KeyPart::Session),
    ("clearance", KeyPart::Clearance),
];

/// A bucket that holds more is no limit.
const MAX_BURST: i64 = 1_000_000;

/// Reads one `[[limit]]`. A limit that is wrong somewhere is read as far as possible, so that its id is known.
pub(super) fn read(
    cx: &mut Context<'_>,
    file: FileId,
    text: &str,
    (lists, macros): (&Lists, &Macros),
    table: (&DeTable<'_>, Range<usize>),
) -> Option<LimitSource> {
    let keys = Keys::open(cx, file, table, "a limit", KEYS);
    let id = keys.required_text(cx, "id");
    if let Some(id) = &id {
        check_id(cx, id, "a limit");
    }
    keys.text(cx, "why");
    let (when, accepted) = (keys.text(cx, "when"), accept::read(cx, &keys));
    let scope = |when| Scope { lists, macros, source: text, when, accepted: &accepted };
    let tree = when.as_ref().and_then(|when| cel::check(cx, scope(when)));
    let key = key(cx, &keys);
    let burst = required_number(cx, &keys, "burst");
    let interval = keys.required_text(cx, "refill").and_then(|refill| interval(cx, &refill));
    let cost = cost(cx, &keys, burst);
    let id = id?;
    let limit = Limit {
        id: id.value.clone(),
        key: key.unwrap_or_default(),
        burst: burst.unwrap_or(1),
        interval: [interval.unwrap_or(1); 3],
        cost: cost.unwrap_or([1; 3]),
        conditional: tree.is_some(),
        ..Limit::default()
    };
    Some(LimitSource { id, limit, condition: tree.as_ref().map(Tree::condition), tree, accepted })
}

fn required_number(cx: &mut Context<'_>, keys: &Keys<'_, '_>, key: &str) -> Option<u32> {
    if !keys.has(key) {
        keys.missing(cx, key);
    }
    keys.integer(cx, key, 1..=MAX_BURST).and_then(|number| u32::try_from(number).ok())
}

fn key(cx: &mut Context<'_>, keys: &Keys<'_, '_>) -> Option<Vec<KeyPart>> {
    if !keys.has("key") {
        keys.missing(cx, "key");
    }
    let texts = keys.texts(cx, "key")?;
    let mut parts: Vec<KeyPart> = texts.iter().filter_map(|text| choose(cx, text, "part of a key", PARTS)).collect();
    if texts.is_empty() {
        let help = "write `key = [\"ip\"]`";
        cx.report(Diagnostic::new(Code::OutOfRange, keys.key_span("key"), "a key has at least one part").help(help));
    }
    parts.sort_unstable();
    parts.dedup();
    Some(parts)
}

/// `10/min` as microseconds a token.
fn interval(cx: &mut Context<'_>, refill: &Text) -> Option<u64> {
    let parsed = refill.value.split_once('/').and_then(|(count, unit)| {
        let unit: u64 = match unit {
            "s" => 1_000_000,
            "min" => 60_000_000,
            "h" => 3_600_000_000,
            _ => return None,
        };
        let count: u64 = count.parse().ok().filter(|&count| count > 0)?;
        Some(unit.checked_div(count)?).filter(|&interval| interval > 0)
    });
    if parsed.is_none() {
        let message = format!("`{}` is no rate", refill.value);
        let help = "write tokens by time: `5/s`, `10/min`, `100/h`; at most 1,000,000 a second";
        cx.report(Diagnostic::new(Code::BadRefill, refill.span.clone(), message).help(help));
    }
    parsed
}

fn cost(cx: &mut Context<'_>, keys: &Keys<'_, '_>, burst: Option<u32>) -> Option<[u32; 3]> {
    let table = keys.table(cx, "cost")?;
    let bands = Keys::open(cx, keys.file(), table, "costs by band", COST);
    let most = i64::from(burst.unwrap_or(u32::MAX));
    let mut of = |band| bands.integer(cx, band, 0..=most).and_then(|tokens| u32::try_from(tokens).ok()).unwrap_or(1);
    Some([of("low"), of("medium"), of("high")])
}
