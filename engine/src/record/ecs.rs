//! ECS: Elastic's Common Schema. What ECS has no word for stands under `outwork`.
//!
//! `tests/siem` holds every record to the published fields. <https://www.elastic.co/docs/reference/ecs>

use super::{
    Ended, Json, Told, own,
    seen::{self, Seen},
    undecided as own_undecided,
};
use crate::{
    decision::{Decision, Id, Verdict},
    facts::Protocol,
};

const VERSION: &str = concat!(
    "\",\"ecs\":{\"version\":\"9.4.0\"},\"observer\":{\"vendor\":\"Outwork\",\"product\":\"Outwork\",\"type\":\"proxy\",\"version\":\"",
    env!("CARGO_PKG_VERSION"),
    "\""
);

const EVENT: &str = "},\"event\":{\"module\":\"outwork\",\"dataset\":\"outwork.decision\",\"id\":";

/// Writes all but what closes it: inside of our own object something may follow.
pub(super) fn write(json: &mut Json, told: &Told<'_>, seen: &Seen<'_>) -> &'static str {
    let decision = told.decision;
    head(json, seen, told.context.node, decision.id);
    event(json, decision);
    if let Some(id) = seen::deciding(decision) {
        json.raw(",\"rule\":{\"id\":")
            .plain(id)
            .raw(",\"ruleset\":\"outwork\",\"version\":")
            .plain(decision.bundle)
            .raw("}");
    }
    request(json, decision.reply.as_ref().map(|reply| reply.status), seen);
    connection(json, seen);
    json.raw(",\"outwork\":");
    own::write(json, told);
    foot(json, seen, decision.bundle)
}

/// The same of a request that ended before a decision.
pub(super) fn undecided(json: &mut Json, ended: &Ended<'_>, seen: &Seen<'_>) -> &'static str {
    let undecided = ended.undecided;
    head(json, seen, ended.context.node, Id::new(&ended.facts.entropy));
    json.raw(UNDECIDED);
    if let Some(details) = undecided.details {
        json.raw(",\"reason\":").bytes(details);
    }
    json.raw("}");
    request(json, undecided.status, seen);
    connection(json, seen);
    json.raw(",\"outwork\":");
    own_undecided::write(json, ended);
    foot(json, seen, undecided.bundle)
}

const UNDECIDED: &str = ",\"kind\":\"event\",\"category\":[\"web\",\"network\"],\"type\":[\"access\",\"error\"],\"outcome\":\"failure\",\
     \"action\":\"undecided\",\"severity\":1";

fn head(json: &mut Json, seen: &Seen<'_>, node: Option<&str>, id: Id) {
    json.raw("{\"@timestamp\":\"").varying(|json| json.instant(seen.millis)).raw(VERSION);
    if let Some(node) = node {
        json.raw(",\"name\":").bytes(node.as_bytes());
    }
    json.raw(EVENT).varying(|json| json.plain(id.as_str()));
}

/// What ECS has no words for and OCSF has.
fn foot(json: &mut Json, seen: &Seen<'_>, bundle: &str) -> &'static str {
    json.raw(",\"bundle\":").plain(bundle);
    if let Some(client) = seen.client {
        json.raw(",\"client_id\":").varying(|json| json.hex(client));
    }
    if let Some(ja4) = seen.ja4 {
        json.raw(",\"ja4\":").bytes(ja4);
    }
    "}}"
}

/// What was done, and what became of it. A request that was passed on succeeded, whatever the origin says later.
fn event(json: &mut Json, decision: &Decision<'_>) {
    let refused = decision.enforced && decision.verdict >= Verdict::Throttle;
    json.raw(if seen::is_alert(decision) { ",\"kind\":\"alert\"" } else { ",\"kind\":\"event\"" });
    json.raw(if refused {
        ",\"category\":[\"web\",\"network\"],\"type\":[\"access\",\"denied\"],\"outcome\":\"failure\""
    } else {
        ",\"category\":[\"web\",\"network\"],\"type\":[\"access\",\"allowed\"],\"outcome\":\"success\""
    });
    json.raw(",\"action\":").plain(decision.verdict.name());
    json.raw(",\"severity\":").number(seen::severity(decision.verdict).0);
    let risk = u64::from(decision.risk.total);
    json.raw(",\"risk_score\":").number(risk).raw(",\"risk_score_norm\":").number(risk);
    if !decision.reasons.counted().is_empty() {
        json.raw(",\"reason\":\"");
        for (at, reason) in decision.reasons.counted().iter().enumerate() {
            json.raw(if at == 0 { "" } else { ", " }).raw(reason.id);
        }
        json.raw("\"");
    }
    json.raw("}");
}

fn request(json: &mut Json, status: Option<u16>, seen: &Seen<'_>) {
    json.raw(",\"http\":{\"request\":{\"method\":").bytes(seen.method).raw("}");
    if let Some(status) = status {
        json.raw(",\"response\":{\"status_code\":").number(status.into()).raw("}");
    }
    if let Some(protocol) = seen.protocol {
        json.raw(",\"version\":").plain(match protocol {
            Protocol::Http10 => "1.0",
            Protocol::Http11 => "1.1",
            Protocol::Http2 => "2",
            Protocol::Http3 => "3",
        });
    }
    json.raw("},\"url\":{\"scheme\":").bytes(seen.scheme).raw(",\"domain\":").bytes(seen.host);
    if let Some(port) = seen.port {
        json.raw(",\"port\":").number(port.into());
    }
    json.raw(",\"path\":").varying(|json| json.bytes(seen.path)).raw("}");
    if let Some(agent) = seen.agent {
        json.raw(",\"user_agent\":{\"original\":").bytes(agent).raw("}");
    }
}

fn connection(json: &mut Json, seen: &Seen<'_>) {
    match (seen.address, seen.client) {
        (Some(address), _) => {
            json.raw(",\"source\":{\"address\":");
            json.varying(|json| json.shown(address).raw(",\"ip\":").shown(address)).raw("}")
        }
        (None, Some(client)) => json.raw(",\"source\":{\"address\":").varying(|json| json.hex(client)).raw("}"),
        (None, None) => json,
    };
    if let Some(version) = seen.tls_version {
        // `TLSv1.3` is two things in ECS; another text is left as it is.
        match version.strip_prefix(b"TLSv") {
            Some(number) => json.raw(",\"tls\":{\"version_protocol\":\"tls\",\"version\":").bytes(number),
            None => json.raw(",\"tls\":{\"version\":").bytes(version),
        };
        if seen.sni.is_some() || seen.ja3.is_some() {
            client(json, seen);
        }
        json.raw("}");
    }
}

fn client(json: &mut Json, seen: &Seen<'_>) {
    json.raw(",\"client\":{");
    if let Some(name) = seen.sni {
        json.raw("\"server_name\":").bytes(name);
    }
    if let Some(ja3) = seen.ja3 {
        json.raw(if seen.sni.is_some() { ",\"ja3\":" } else { "\"ja3\":" }).bytes(ja3);
    }
    json.raw("}");
}
