//! Actions, layers, modes: what packs and overrides share.

use crate::{
    context::Context,
    diagnostic::{Code, Diagnostic},
    read::{Keys, Text, choose},
};
use outwork_engine::rules::{Action, Layer, Mode};
use toml::de::DeValue;

pub(crate) const CANARY: &[&str] = &["canary"];

pub(crate) const ACTIONS: &[(&str, Action)] = &[
    ("score", Action::Score),
    ("allow", Action::Allow),
    ("excuse", Action::Excuse),
    ("tag", Action::Tag),
    ("throttle", Action::Throttle),
    ("challenge", Action::Challenge),
    ("block", Action::Block),
    ("decoy", Action::Decoy),
];

pub(crate) const LAYERS: &[(&str, Layer)] =
    &[("device", Layer::Device), ("behaviour", Layer::Behaviour), ("context", Layer::Context)];

pub(crate) const MODES: &[(&str, Mode)] = &[("enforce", Mode::Enforce), ("shadow", Mode::Shadow), ("off", Mode::Off)];

pub(super) fn action(cx: &mut Context<'_>, keys: &Keys<'_, '_>) -> Option<Action> {
    let text = keys.text(cx, "action")?;
    choose(cx, &text, "action", ACTIONS)
}

pub(super) fn layer(cx: &mut Context<'_>, keys: &Keys<'_, '_>) -> Option<Layer> {
    keys.word(cx, "layer", LAYERS)
}

pub(super) fn score(cx: &mut Context<'_>, keys: &Keys<'_, '_>) -> Option<i16> {
    keys.integer(cx, "score", -100..=100).and_then(|score| i16::try_from(score).ok())
}

/// `"enforce"`, `"shadow"`, `"off"`, or `{ canary = 5 }`, in percent.
pub(super) fn mode(cx: &mut Context<'_>, keys: &Keys<'_, '_>) -> Option<Mode> {
    let value = keys.get("mode")?;
    match value.get_ref() {
        DeValue::String(word) => {
            let text = Text { value: word.clone().into_owned(), span: keys.at(value.span()) };
            if text.value == "canary" {
                let message = "a canary needs a share of clients";
                cx.report(
                    Diagnostic::new(Code::UnknownWord, text.span, message)
                        .help("write `mode = { canary = 5 }` for 5 percent"),
                );
                return None;
            }
            choose(cx, &text, "mode", MODES)
        }
        DeValue::Table(table) => {
            let canary = Keys::open(cx, keys.file(), (table, value.span()), "a mode", CANARY);
            if !canary.has("canary") {
                canary.missing(cx, "canary");
            }
            canary.percent(cx, "canary").map(Mode::Canary)
        }
        _ => keys.wrong_type(cx, value, "mode", "a string or `{ canary = 5 }`"),
    }
}
