//! What models said, and what they looked at: parts of a record that only policies with models have.

use super::Json;
use crate::{
    decision::Decision,
    scoring::{Feature, FeatureValue, Scored},
};

pub(super) fn write(json: &mut Json, decision: &Decision<'_>) {
    if !decision.scored.is_empty() {
        json.raw(",\"models\":[");
        for (at, scored) in decision.scored.iter().enumerate() {
            json.raw(if at == 0 { "" } else { "," });
            model(json, scored);
        }
        json.raw("]");
    }
    if !decision.features.is_empty() {
        json.raw(",\"features\":{");
        for (at, feature) in decision.features.iter().enumerate() {
            json.raw(if at == 0 { "" } else { "," });
            value(json, feature);
        }
        json.raw("}");
    }
    if let Some(session) = decision.session {
        json.raw(",\"session\":").varying(|json| json.hex(session));
    }
}

/// Probability and contributions as decimals: a probability has four digits, a contribution is in logits and has three.
fn model(json: &mut Json, scored: &Scored<'_>) {
    json.raw("{\"id\":").plain(scored.slot.model().id()).raw(",\"slot\":").plain(scored.slot.id());
    json.raw(",\"probability\":").decimal(scored.score.probability.into(), 10_000);
    json.raw(if scored.in_force { ",\"in_force\":true" } else { ",\"in_force\":false" });
    if let Some(why) = &scored.why {
        json.raw(",\"reasons\":[");
        for (at, (token, adds)) in why.iter().enumerate() {
            json.raw(if at == 0 { "{\"id\":" } else { ",{\"id\":" }).plain(token).raw(",\"logits\":");
            json.raw(if adds < 0 { "-" } else { "" });
            json.decimal(scored.thousandths(adds), 1_000).raw("}");
        }
        json.raw("]");
    }
    json.raw("}");
}

fn value(json: &mut Json, feature: &Feature) {
    json.plain(feature.signal).raw(":");
    match &feature.value {
        FeatureValue::Number(number) => json.number(u64::from(*number)),
        FeatureValue::Text(text) => json.bytes(text),
    };
}
