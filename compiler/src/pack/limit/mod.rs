//! Limits.

mod bucket;
mod ladder;

pub(crate) use bucket::{COST, SCALE};
pub(crate) use ladder::{PENALTY, RUNGS};

use super::{Accepted, stated::Stated};
use crate::{
    cel::{Condition, Macros, Tree},
    context::Context,
    diagnostic::{Code, Diagnostic},
    lists::Lists,
    read::{Keys, Text, choose},
    source::{FileId, Span},
};
use outwork_engine::limits::{self, KeyPart, Limit, Unreachable};
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
    /// Where it says that it counts accounts.
    pub(crate) account: Option<Span>,
    /// Where it says what hitting a decoy does.
    pub(crate) decoy: Option<Span>,
    /// The warnings that it accepts.
    pub(crate) accepted: Vec<Accepted>,
}

pub(super) const KEYS: &[&str] = &[
    "id",
    "when",
    "key",
    "burst",
    "refill",
    "cost",
    "refill_scale",
    "ladder",
    "penalty",
    "decoy",
    "tarpit",
    "scope",
    "unreachable",
    "why",
    "accept",
];

pub(crate) const PARTS: &[(&str, KeyPart)] = &[
    ("ip", KeyPart::Ip),
    ("device", KeyPart::Device),
    ("asn", KeyPart::Asn),
    ("country", KeyPart::Country),
    ("session", KeyPart::Session),
    ("clearance", KeyPart::Clearance),
    ("account", KeyPart::Account),
    ("path", KeyPart::Path),
    ("agent", KeyPart::Agent),
    ("signature", KeyPart::Signature),
];

pub(crate) const SCOPES: &[(&str, limits::Scope)] =
    &[("local", limits::Scope::Local), ("global", limits::Scope::Global)];

pub(crate) const UNREACHABLE: &[(&str, Unreachable)] =
    &[("open", Unreachable::Open), ("closed", Unreachable::Closed), ("local", Unreachable::Local)];

/// The longest time in seconds that a refusal is held back: a client that waits longer gives up by itself.
const MAX_TARPIT: u32 = 10;

/// Reads one `[[limit]]`. A limit that is wrong somewhere is read as far as possible, so that its id is known.
pub(super) fn read(
    cx: &mut Context<'_>,
    file: FileId,
    text: &str,
    names: (&Lists, &Macros),
    table: (&DeTable<'_>, Range<usize>),
) -> Option<LimitSource> {
    let keys = Keys::open(cx, file, table, "a limit", KEYS);
    let Stated { id, accepted, tree, .. } = Stated::read(cx, &keys, ("a limit", true), text, names);
    let texts = keys.texts(cx, "key");
    let account = texts.iter().flatten().find(|part| part.value == "account").map(|part| part.span.clone());
    let key = key(cx, &keys, texts);
    let bucket = bucket::read(cx, &keys);
    let steps = ladder::read(cx, &keys);
    let tarpit = keys.duration(cx, "tarpit", 1..=MAX_TARPIT);
    let scope = keys.word(cx, "scope", SCOPES);
    let unreachable = keys.word(cx, "unreachable", UNREACHABLE);
    let id = id?;
    let limit = Limit {
        id: id.value.clone(),
        key: key.unwrap_or_default(),
        burst: bucket.burst,
        interval: bucket.interval,
        cost: bucket.cost,
        ladder: steps.ladder,
        penalty: steps.penalty,
        scope: scope.unwrap_or(limits::Scope::Local),
        unreachable: unreachable.unwrap_or(Unreachable::Local),
        decoy: steps.decoy,
        tarpit: tarpit.map_or(0, |seconds| seconds * 1_000),
        conditional: tree.is_some(),
    };
    let decoy = keys.has("decoy").then(|| keys.key_span("decoy"));
    Some(LimitSource { id, limit, condition: tree.as_ref().map(Tree::condition), tree, account, decoy, accepted })
}

fn key(cx: &mut Context<'_>, keys: &Keys<'_, '_>, texts: Option<Vec<Text>>) -> Option<Vec<KeyPart>> {
    if !keys.has("key") {
        keys.missing(cx, "key");
    }
    let texts = texts?;
    let mut parts: Vec<KeyPart> = texts.iter().filter_map(|text| choose(cx, text, "part of a key", PARTS)).collect();
    if texts.is_empty() {
        let help = "write `key = [\"ip\"]`";
        cx.report(Diagnostic::new(Code::OutOfRange, keys.key_span("key"), "a key has at least one part").help(help));
    }
    parts.sort_unstable();
    parts.dedup();
    Some(parts)
}
