//! The page on which visitors see what is seen of them. A batch that is sent here counts as one that is sent to the beacon's
//! endpoint does, and is answered with what became of it. Only where a policy asks for it: it tells a bot as much.

use super::{Answer, Context, beacon, problem::Problem};
use crate::{
    assets::LAB_PAGE,
    beacon::FEATURES,
    decision::{Judgement, Reply, push_number},
    fact::Fact,
    facts::{Facts, Session},
    limits::Charged,
    rules::Scratch,
    session::Presented,
    window::Window,
};
use alloc::{string::String, vec, vec::Vec};

/// The page loads its own script and style, and talks to this site alone.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

pub(super) fn serve<'a>(context: Context<'a>, session: Presented) -> Answer<'a> {
    if !context.policy.settings().lab {
        return Problem::MISSING.reply(&context).into();
    }
    if context.facts.request.method == b"POST" {
        return beacon::observe(context, session, tell);
    }
    page().into()
}

fn page() -> Reply {
    let headers = Vec::from([
        ("content-type", String::from("text/html; charset=utf-8")),
        ("content-security-policy", POLICY.into()),
    ]);
    Reply { status: 200, headers, body: LAB_PAGE.into() }
}

/// What the next request would be told of this window: `docs/beacon.md` has the shape.
fn tell(context: &Context<'_>, window: &Window) -> Reply {
    let facts = Facts { session: Session::Window(window, context.clearance), ..*context.facts };
    let assessment = context.policy.assess(&facts, context.keys, &mut Scratch::default());
    // Nothing is charged for a look: no limit refuses here.
    let charged = vec![Charged::Unknown; assessment.charges().len()];
    let judgement = assessment.judge(&charged);
    let headers = Vec::from([("content-type", String::from("application/json"))]);
    Reply { status: 200, headers, body: json(context, window, &judgement) }
}

fn json(context: &Context<'_>, window: &Window, judgement: &Judgement<'_>) -> String {
    let (decay, now) = (context.policy.settings().behaviour, context.facts.now);
    let mut out = String::from("{\"v\":1,\"risk\":");
    push_number(&mut out, judgement.risk.total.into());
    push_text(&mut out, "band", judgement.band.name());
    push_value(&mut out, "behaviour", judgement.risk.behaviour.map(u64::from));
    push_value(&mut out, "confidence", Some(window.confidence(decay, now).into()));
    push_text(&mut out, "window", window.state(decay, now).name());
    push_value(&mut out, "observations", Some(window.observations.into()));
    out.push_str(",\"reasons\":[");
    for (place, reason) in judgement.reasons.counted().iter().enumerate() {
        out.push_str(if place == 0 { "\"" } else { ",\"" });
        // A rule's id has only letters, digits, dots and hyphens.
        out.push_str(reason.id);
        out.push('"');
    }
    out.push_str("],\"features\":[");
    for (place, &feature) in FEATURES.iter().enumerate() {
        out.push_str(if place == 0 { "{\"name\":\"" } else { "},{\"name\":\"" });
        out.push_str(feature.name());
        out.push('"');
        push_text(&mut out, "unit", feature.unit());
        push_text(&mut out, "formula", feature.formula());
        let Fact::Known(value) = window.features.get(feature) else {
            push_value(&mut out, "value", None);
            continue;
        };
        push_value(&mut out, "value", Some(value.into()));
    }
    out.push_str("}]}");
    out
}

/// A member whose text is ours, and needs no escapes.
fn push_text(out: &mut String, name: &str, text: &str) {
    for part in [",\"", name, "\":\"", text, "\""] {
        out.push_str(part);
    }
}

fn push_value(out: &mut String, name: &str, value: Option<u64>) {
    for part in [",\"", name, "\":"] {
        out.push_str(part);
    }
    match value {
        Some(value) => push_number(out, value),
        None => out.push_str("null"),
    }
}
