//! The ladder of a limit: its rungs, how long they last, and what hitting a decoy does.

use crate::{
    context::Context,
    diagnostic::{Code, Diagnostic},
    read::{Keys, Text, choose, listed},
};
use outwork_engine::limits::{Ladder, Penalty, Rung};

pub(crate) const PENALTY: &[&str] = &["base", "factor", "max", "forgive"];

pub(crate) const RUNGS: &[(&str, Rung)] = &[
    (Rung::Tag.name(), Rung::Tag),
    (Rung::Throttle.name(), Rung::Throttle),
    (Rung::Challenge.name(), Rung::Challenge),
    (Rung::Block.name(), Rung::Block),
];

/// The longest term in seconds, and the longest time to forgive: a day.
const DAY: u32 = 86_400;

/// A factor that is larger leaves one term between the first and the longest.
const MAX_FACTOR: i64 = 10;

/// What a limit says of its ladder.
pub(super) struct Steps {
    pub(super) ladder: Ladder,
    pub(super) penalty: Penalty,
    /// The level that hitting a decoy sets; 0 for none.
    pub(super) decoy: u8,
}

/// Reads it. What is wrong is reported, and something that is right stands in its place.
pub(super) fn read(cx: &mut Context<'_>, keys: &Keys<'_, '_>) -> Steps {
    let ladder = if keys.has("ladder") { ladder(cx, keys) } else { Some(Ladder::NONE) };
    let penalty = penalty(cx, keys).unwrap_or_default();
    let rung = keys.word(cx, "decoy", RUNGS);
    let decoy = ladder.zip(rung).map_or(0, |(ladder, rung)| decoy(cx, keys, ladder, rung));
    Steps { ladder: ladder.unwrap_or(Ladder::NONE), penalty, decoy }
}

fn ladder(cx: &mut Context<'_>, keys: &Keys<'_, '_>) -> Option<Ladder> {
    let texts = keys.texts(cx, "ladder")?;
    if texts.is_empty() {
        let help = "leave it out: then what overflows the bucket waits, and nothing is remembered of it";
        let message = "a ladder has at least one rung";
        cx.report(Diagnostic::new(Code::OutOfRange, keys.key_span("ladder"), message).help(help));
    }
    let rungs: Vec<(&Text, Rung)> =
        texts.iter().filter_map(|text| Some((text, choose(cx, text, "rung of a ladder", RUNGS)?))).collect();
    let ladder = rungs.iter().fold(Ladder::NONE, |ladder, (_, rung)| ladder.with(*rung));
    for pair in rungs.windows(2) {
        let [(_, below), (text, rung)] = pair else { continue };
        if rung <= below {
            descends(cx, text, (*rung, *below), ladder);
        }
    }
    (rungs.len() == texts.len()).then_some(ladder)
}

fn descends(cx: &mut Context<'_>, text: &Text, (rung, below): (Rung, Rung), ladder: Ladder) {
    let message = format!("the rung `{}` does not lie above `{}`", rung.name(), below.name());
    let right: Vec<String> = ladder.rungs().map(|rung| format!("\"{}\"", rung.name())).collect();
    let help = format!("rungs ascend, and each stands there once: write `ladder = [{}]`", right.join(", "));
    cx.report(Diagnostic::new(Code::LadderOrder, text.span.clone(), message).help(help));
}

fn penalty(cx: &mut Context<'_>, keys: &Keys<'_, '_>) -> Option<Penalty> {
    let table = keys.table(cx, "penalty")?;
    if !keys.has("ladder") {
        let help = "add `ladder = [\"throttle\", \"block\"]`, or leave `penalty` out";
        let message = "a penalty says how long the rungs of a ladder last, and there is no ladder";
        cx.report(Diagnostic::new(Code::NoLadder, keys.key_span("penalty"), message).help(help));
    }
    let keys = Keys::open(cx, keys.file(), table, "a penalty", PENALTY);
    let default = Penalty::default();
    let mut micros = |key| keys.duration(cx, key, 1..=DAY).map(|seconds| u64::from(seconds) * 1_000_000);
    let (base, max, forgive) = (micros("base"), micros("max"), micros("forgive"));
    let factor = keys.integer(cx, "factor", 1..=MAX_FACTOR).and_then(|factor| u8::try_from(factor).ok());
    let penalty = Penalty {
        base: base.unwrap_or(default.base),
        factor: factor.unwrap_or(default.factor),
        max: max.unwrap_or(default.max),
        forgive: forgive.unwrap_or(default.forgive),
    };
    if penalty.base > penalty.max {
        let message = "the first term is longer than the longest";
        let help = "`base` goes up to `max`, which is `1h` unless said otherwise; `base` is `30s`";
        let place = keys.key_span(if base.is_some() { "base" } else { "max" });
        cx.report(Diagnostic::new(Code::OutOfRange, place, message).help(help));
    }
    Some(penalty)
}

/// The level of the rung that hitting a decoy sets.
fn decoy(cx: &mut Context<'_>, keys: &Keys<'_, '_>, ladder: Ladder, rung: Rung) -> u8 {
    let level = ladder.level_of(rung);
    if level == 0 {
        let message = format!("the rung `{}` is not on the ladder", rung.name());
        let known: Vec<&str> = ladder.rungs().map(Rung::name).collect();
        let help = match known.as_slice() {
            [] => format!("add `ladder = [\"{}\"]`", rung.name()),
            known => format!("add it to `ladder`, or write one of {}", listed(known)),
        };
        cx.report(Diagnostic::new(Code::NotOnLadder, keys.key_span("decoy"), message).help(help));
    }
    level
}
