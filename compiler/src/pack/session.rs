//! The session of a test's request.

use crate::{
    context::Context,
    diagnostic::{Code, Diagnostic, did_you_mean},
    read::{Keys, Text},
    source::FileId,
    visit::{Observed, Place, Visit, WAYS, mistake},
};
use std::{collections::BTreeMap, ops::Range};
use toml::{
    Spanned,
    de::{DeString, DeTable, DeValue},
};

pub(crate) const SESSION: &[&str] =
    &["age", "idle", "confidence", "observations", "skew", "replayed", "clearance", "features"];

/// A session lasts a day.
const DAY: i64 = 86_400;

pub(super) fn read(cx: &mut Context<'_>, file: FileId, table: (&DeTable<'_>, Range<usize>)) -> Visit {
    let keys = Keys::open(cx, file, table, "a session", SESSION);
    let mut visit = Visit::default();
    let number = |cx: &mut Context<'_>, key, most| keys.integer(cx, key, 0..=most);
    visit.age = number(cx, "age", DAY).and_then(|age| u64::try_from(age).ok());
    if let Some(idle) = number(cx, "idle", DAY).and_then(|idle| u64::try_from(idle).ok()) {
        visit.idle = idle;
    }
    if let Some(confidence) = number(cx, "confidence", 1_000).and_then(|sure| u16::try_from(sure).ok()) {
        visit.confidence = confidence;
    }
    if let Some(count) = number(cx, "observations", u16::MAX.into()).and_then(|count| u16::try_from(count).ok()) {
        visit.observations = count;
    }
    if let Some(skew) = keys.integer(cx, "skew", -DAY..=DAY).and_then(|skew| i32::try_from(skew).ok()) {
        visit.skew = skew;
    }
    visit.replayed = keys.boolean(cx, "replayed").unwrap_or(false);
    visit.clearance = keys.word(cx, "clearance", WAYS);
    visit.features = keys.table(cx, "features").map(|table| features(cx, &keys, table.0)).unwrap_or_default();
    visit
}

fn features(cx: &mut Context<'_>, keys: &Keys<'_, '_>, table: &DeTable<'_>) -> BTreeMap<String, Observed> {
    let mut features = BTreeMap::new();
    for (name, value) in table {
        // `pointer.speed` without quotes is a table in a table.
        let DeValue::Table(inner) = value.get_ref() else {
            feature(cx, keys, name.get_ref().to_string(), (name, value), &mut features);
            continue;
        };
        for (rest, value) in inner {
            let whole = format!("{}.{}", name.get_ref(), rest.get_ref());
            feature(cx, keys, whole, (rest, value), &mut features);
        }
    }
    features
}

fn feature(
    cx: &mut Context<'_>,
    keys: &Keys<'_, '_>,
    name: String,
    (key, value): (&Spanned<DeString<'_>>, &Spanned<DeValue<'_>>),
    features: &mut BTreeMap<String, Observed>,
) {
    let observed = match value.get_ref() {
        DeValue::Boolean(truth) => Some(Observed::Truth(*truth)),
        // What is no number of this size is above every feature.
        DeValue::Integer(_) => keys
            .integer_of(cx, value, "a feature")
            .map(|number| Observed::Number(u16::try_from(number).unwrap_or(u16::MAX))),
        _ => keys.wrong_type(cx, value, "a feature", "a whole number, true or false"),
    };
    let Some(observed) = observed else { return };
    match mistake(&name, observed) {
        Some(mistake) => report(cx, &Text { value: name, span: keys.at(key.span()) }, observed, mistake),
        None => {
            features.insert(name, observed);
        }
    }
}

fn report(cx: &mut Context<'_>, name: &Text, observed: Observed, mistake: String) {
    let there = String::from("docs/signals.md has the names and what they are, as `pointer.straightness`");
    let (code, help) = match (Place::of(&name.value), observed) {
        (None, _) => {
            let near = did_you_mean(&name.value, Place::names());
            (Code::UnknownWord, near.map_or(there, |near| format!("did you mean `{near}`?")))
        }
        (Some(Place::Truth(_)), Observed::Number(_)) | (Some(Place::Number(_)), Observed::Truth(_)) => {
            (Code::WrongType, there)
        }
        (Some(_), _) => (Code::OutOfRange, there),
    };
    cx.report(Diagnostic::new(code, name.span.clone(), mistake).help(help));
}
