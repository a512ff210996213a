//! What no vocabulary has a word for: the members of our own object, the same in each.

use super::{Addresses, Context, Told, effects, json::Json, models};
use crate::{
    agents::Verified, decision::Reason, evidence::push_thousandths, fact::Fact, facts::Facts, identity, keys::Keyring,
};

/// Opens the object and writes its members; what follows them closes it.
pub(super) fn write(json: &mut Json, told: &Told<'_>) {
    let Told { decision, context, .. } = *told;
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
    let seen = decision.risk.seen;
    json.raw(",\"seen\":{\"device\":").number(seen.device.into());
    json.raw(",\"behaviour\":").number(seen.behaviour.into()).raw(",\"context\":").number(seen.context.into()).raw("}");
    if let Some(carried) = &decision.transaction {
        json.raw(",\"transaction\":{\"id\":").plain(carried.id);
        json.raw(",\"body\":").plain(carried.body.name());
        if let Some(demand) = carried.demand {
            json.raw(",\"demand\":").plain(demand.name());
        }
        json.raw("}");
    }
    json.raw(",\"reasons\":[");
    for (at, one) in decision.reasons.counted().iter().enumerate() {
        json.raw(if at == 0 { "" } else { "," });
        reason(json, one);
    }
    json.raw("],\"shadow\":[");
    for (at, id) in decision.reasons.shadowed().iter().enumerate() {
        json.raw(if at == 0 { "" } else { "," }).plain(id);
    }
    json.raw("],\"dropped_reasons\":").number(u64::from(decision.reasons.dropped()));
    models::write(json, decision);
    json.raw(",\"device_id\":").hex(decision.device);
    if let Some(verified) = decision.agent {
        agent(json, verified);
    }
    effects::write(json, decision);
    origin(json, told.facts, told.keys, context);
    if let Some(rate) = context.sampled {
        json.raw(",\"sampled\":");
        push_thousandths(&mut json.out, rate);
    }
}

/// Who says it, by which pseudonyms, and how long that took.
pub(super) fn origin(json: &mut Json, facts: &Facts<'_>, keys: &Keyring, context: &Context<'_>) {
    names(json, facts, keys, context.records.addresses);
    json.raw(",\"host\":{\"name\":").plain(context.host.name);
    json.raw(",\"version\":").plain(context.host.version);
    if let Some(node) = context.node {
        json.raw(",\"node\":").bytes(node.as_bytes());
    }
    json.raw("}");
    if let Some(micros) = context.elapsed {
        json.raw(",\"elapsed_us\":").varying(|json| json.number(micros.into()));
    }
}

fn reason(json: &mut Json, reason: &Reason<'_>) {
    json.raw("{\"id\":").plain(reason.id).raw(",\"score\":");
    json.raw(if reason.score < 0 { "-" } else { "" }).number(u64::from(reason.score.unsigned_abs()));
    if let Some(stand) = reason.limit {
        json.raw(",\"rung\":").plain(stand.rung.name()).raw(",\"level\":").number(stand.level.into());
        json.raw(",\"wait\":").number(stand.wait.div_ceil(1_000_000));
    }
    json.raw("}");
}

/// Who it is, where that is proven; OCSF 1.8 and ECS 9.4 have words for agents of an endpoint and of a model, not for one that visits.
fn agent(json: &mut Json, Verified { agent, by }: Verified<'_>) {
    json.raw(",\"agent\":{\"id\":").plain(&agent.id).raw(",\"name\":").bytes(agent.name.as_bytes());
    json.raw(",\"purpose\":").plain(agent.purpose.name()).raw(",\"by\":").plain(by.name()).raw("}");
}

/// With which key pseudonyms were made, so that it shows where others begin, and how the address stands there.
fn names(json: &mut Json, facts: &Facts<'_>, keys: &Keyring, addresses: Addresses) {
    json.raw(",\"pseudonym_key\":").plain(keys.signing_id()).raw(",\"addresses\":").plain(addresses.name());
    if let (Addresses::Truncated, Fact::Known(address)) = (addresses, facts.connection.address) {
        json.raw(",\"network\":").varying(|json| json.shown(identity::network(address)));
    }
}
