//! What neither OCSF nor ECS has a word for.

use super::{Json, models};
use crate::{decision::Decision, evidence::push_thousandths};

/// Writes it as an object. It is the same in every format.
pub(super) fn write(json: &mut Json, decision: &Decision<'_>) {
    json.raw("{\"verdict\":").plain(decision.verdict.name());
    json.raw(if decision.enforced { ",\"enforced\":true" } else { ",\"enforced\":false" });
    json.raw(",\"band\":").plain(decision.band.name());
    let layers = [
        (",\"device\":", decision.risk.device),
        (",\"behaviour\":", decision.risk.behaviour),
        (",\"context\":", decision.risk.context),
    ];
    for (key, score) in layers {
        if let Some(score) = score {
            json.raw(key).number(u64::from(score));
        }
    }
    json.raw(",\"window\":").plain(decision.window.name()).raw(",\"confidence\":");
    push_thousandths(&mut json.out, decision.risk.confidence);
    json.raw(",\"reasons\":[");
    for (at, reason) in decision.reasons.counted().iter().enumerate() {
        json.raw(if at == 0 { "{\"id\":" } else { ",{\"id\":" }).plain(reason.id).raw(",\"score\":");
        json.raw(if reason.score < 0 { "-" } else { "" }).number(u64::from(reason.score.unsigned_abs())).raw("}");
    }
    json.raw("],\"shadow\":[");
    for (at, id) in decision.reasons.shadowed().iter().enumerate() {
        json.raw(if at == 0 { "" } else { "," }).plain(id);
    }
    json.raw("],\"dropped_reasons\":").number(u64::from(decision.reasons.dropped()));
    models::write(json, decision);
    json.raw(",\"device_id\":").hex(decision.device).raw("}");
}
