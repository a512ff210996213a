//! Models: the `[[model]]` of an `outwork.toml`.

use super::{Accepted, accept, check_id, effect};
use crate::{
    context::Context,
    diagnostic::{Code, Diagnostic},
    files::relative_to,
    read::{Keys, Text},
    source::FileId,
};
use outwork_engine::{
    rules::{Layer, Mode},
    scoring::{Entry, ScoringError, Slot},
};
use std::ops::Range;
use toml::de::DeTable;

/// A model as a policy has it.
pub(crate) struct ModelSource {
    pub(crate) id: Text,
    pub(crate) mode: Mode,
    pub(crate) points: u8,
    /// The file's bytes; none where it cannot be used.
    pub(crate) file: Vec<u8>,
    /// Where its layer is known.
    pub(crate) layer: Option<Layer>,
    /// The warnings that it accepts.
    pub(crate) accepted: Vec<Accepted>,
}

pub(super) const KEYS: &[&str] = &["id", "file", "mode", "points", "why", "accept"];

impl ModelSource {
    /// As the bundle carries it.
    pub(crate) fn entry(&self) -> Entry<'_> {
        Entry { id: &self.id.value, mode: self.mode, points: self.points, file: &self.file }
    }
}

/// Reads one `[[model]]` of the file `entry`. One that is wrong somewhere is read as far as possible, so that its id is known.
pub(super) fn read(
    cx: &mut Context<'_>,
    (file, entry): (FileId, &str),
    table: (&DeTable<'_>, Range<usize>),
) -> Option<ModelSource> {
    let keys = Keys::open(cx, file, table, "a model", KEYS);
    let id = keys.required_text(cx, "id");
    if let Some(id) = &id {
        check_id(cx, id, "a model");
    }
    keys.text(cx, "why");
    let accepted = accept::read(cx, &keys);
    let mode = effect::mode(cx, &keys).unwrap_or(Mode::Enforce);
    let points = keys.integer(cx, "points", 0..=100).and_then(|points| u8::try_from(points).ok()).unwrap_or(100);
    let named = keys.required_text(cx, "file");
    let bytes = named.as_ref().and_then(|named| cx.open_bytes(&relative_to(entry, &named.value), &named.span));
    let (id, is_read) = (id?, bytes.is_some());
    let mut model = ModelSource { id, mode, points, file: bytes.unwrap_or_default(), layer: None, accepted };
    if let Some(named) = named.filter(|_| is_read) {
        match Slot::load(&model.entry()) {
            Ok(slot) => model.layer = Some(slot.model().layer()),
            Err(error) => cx.report(unusable(&named, &error)),
        }
    }
    Some(model)
}

fn unusable(named: &Text, error: &ScoringError) -> Diagnostic {
    match error {
        ScoringError::Reported { signal, .. } => {
            let message = format!("the model `{}` looks at `{signal}` and is not of the behaviour layer", named.value);
            let help = "what pages report never speaks for their clients, as a low score of another layer would: train it \
                        with `layer = \"behaviour\"`, or without that input";
            Diagnostic::new(Code::ReportedInput, named.span.clone(), message).help(help)
        }
        ScoringError::Model { error, .. } => {
            Diagnostic::new(Code::BadModel, named.span.clone(), format!("`{}` cannot be used: {error}", named.value))
                .help("`outwork model import` and `outwork train` make models")
        }
        other => Diagnostic::new(Code::BadModel, named.span.clone(), other.to_string()),
    }
}

/// What only shows when all models are read.
pub(super) fn check(cx: &mut Context<'_>, models: &[ModelSource]) {
    let enforced = |model: &&ModelSource| model.mode == Mode::Enforce && model.layer.is_some();
    for (at, model) in models.iter().enumerate().filter(|(_, model)| enforced(model)) {
        let Some(first) = models.iter().take(at).filter(enforced).find(|first| first.layer == model.layer) else {
            continue;
        };
        let message = format!(
            "the model `{}` never counts where an earlier one of its layer has observed enough",
            model.id.value
        );
        let diagnostic = Diagnostic::new(Code::IdleModel, model.id.span.clone(), message)
            .related(first.id.span.clone(), "this one counts")
            .help("one model of a layer counts: give it `mode = \"shadow\"` or `mode = { canary = 5 }`");
        cx.warn(&model.accepted, diagnostic);
    }
}
