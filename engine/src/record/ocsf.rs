//! OCSF: an HTTP Activity (class 4002) with the security_control profile. What OCSF has no word for stands under `unmapped.outwork`.
//!
//! `tests/siem` holds every record to the published schema. <https://schema.ocsf.io/1.8.0/classes/http_activity?profiles=security_control>

use super::{
    Ended, Json, Told, own,
    seen::{self, Seen},
    undecided as own_undecided,
};
use crate::{
    decision::{Decision, Id, Verdict},
    risk::Band,
};

const METADATA: &str = concat!(
    ",\"metadata\":{\"version\":\"1.8.0\",\"profiles\":[\"security_control\"],\"product\":{\"name\":\"Outwork\",\"vendor_name\":\"Outwork\",\"version\":\"",
    env!("CARGO_PKG_VERSION"),
    "\"},\"uid\":"
);

/// Writes all but what closes it: inside of our own object something may follow.
pub(super) fn write(json: &mut Json, told: &Told<'_>, seen: &Seen<'_>) -> &'static str {
    let decision = told.decision;
    json.raw("{\"time\":").varying(|json| json.number(seen.millis));
    activity(json, seen.method);
    control(json, decision);
    json.raw(METADATA).varying(|json| json.plain(decision.id.as_str())).raw("}");
    json.raw(",\"policy\":{\"name\":\"outwork\",\"version\":").plain(decision.bundle);
    json.raw(if decision.enforced { ",\"is_applied\":true}" } else { ",\"is_applied\":false}" });
    if let Some(id) = seen::deciding(decision) {
        json.raw(",\"firewall_rule\":{\"uid\":").plain(id).raw("}");
    }
    request(json, seen);
    if let Some(reply) = &decision.reply {
        json.raw(",\"http_response\":{\"code\":").number(reply.status.into()).raw("}");
    }
    connection(json, seen);
    json.raw(",\"unmapped\":{\"outwork\":");
    own::write(json, told);
    "}}}"
}

/// The same of a request that ended before a decision: what was done about it is nothing that OCSF has a number for.
pub(super) fn undecided(json: &mut Json, ended: &Ended<'_>, seen: &Seen<'_>) -> &'static str {
    let Ended { undecided, facts, .. } = ended;
    json.raw("{\"time\":").varying(|json| json.number(seen.millis));
    activity(json, seen.method);
    json.raw(UNDECIDED);
    if let Some(details) = undecided.details {
        json.raw(",\"status_detail\":").bytes(details);
    }
    json.raw(METADATA).varying(|json| json.plain(Id::new(&facts.entropy).as_str())).raw("}");
    json.raw(",\"policy\":{\"name\":\"outwork\",\"version\":").plain(undecided.bundle);
    json.raw(",\"is_applied\":false}");
    request(json, seen);
    if let Some(status) = undecided.status {
        json.raw(",\"http_response\":{\"code\":").number(status.into()).raw("}");
    }
    connection(json, seen);
    json.raw(",\"unmapped\":{\"outwork\":");
    own_undecided::write(json, ended);
    "}}}"
}

const UNDECIDED: &str = ",\"severity_id\":1,\"severity\":\"Informational\",\"action_id\":99,\"action\":\"Undecided\",\"disposition_id\":99,\
     \"disposition\":\"Undecided\",\"is_alert\":false,\"status_id\":2,\"status\":\"Failure\"";

/// What was done: by the method. Of one that OCSF does not know, the name stands in its place.
fn activity(json: &mut Json, method: &[u8]) {
    let (id, name) = match method {
        b"CONNECT" => (1, "Connect"),
        b"DELETE" => (2, "Delete"),
        b"GET" => (3, "Get"),
        b"HEAD" => (4, "Head"),
        b"OPTIONS" => (5, "Options"),
        b"POST" => (6, "Post"),
        b"PUT" => (7, "Put"),
        b"TRACE" => (8, "Trace"),
        b"PATCH" => (9, "Patch"),
        _ => (OTHER, "Other"),
    };
    json.raw(",\"category_uid\":4,\"category_name\":\"Network Activity\",\"class_uid\":4002,\"class_name\":\"HTTP Activity\"");
    json.raw(",\"activity_id\":").number(id).raw(",\"activity_name\":");
    if id == OTHER {
        json.bytes(method);
    } else {
        json.plain(name);
    }
    json.raw(",\"type_uid\":").number(400_200 + id).raw(",\"type_name\":\"HTTP Activity: ").raw(name).raw("\"");
}

const OTHER: u64 = 99;

/// What was made of it: severity, action and disposition by the verdict, risk level by the band.
fn control(json: &mut Json, decision: &Decision<'_>) {
    let (severity, name) = seen::severity(decision.verdict);
    json.raw(",\"severity_id\":").number(severity).raw(",\"severity\":").plain(name);
    json.raw(match (decision.enforced, decision.verdict) {
        (false, _) => ",\"action_id\":3,\"action\":\"Observed\",\"disposition_id\":17,\"disposition\":\"Logged\"",
        (true, Verdict::Allow) => {
            ",\"action_id\":1,\"action\":\"Allowed\",\"disposition_id\":1,\"disposition\":\"Allowed\""
        }
        (true, Verdict::Tag) => {
            ",\"action_id\":1,\"action\":\"Allowed\",\"disposition_id\":18,\"disposition\":\"Tagged\""
        }
        (true, Verdict::Throttle) => {
            ",\"action_id\":2,\"action\":\"Denied\",\"disposition_id\":25,\"disposition\":\"Rejected\""
        }
        (true, Verdict::Challenge) => {
            ",\"action_id\":2,\"action\":\"Denied\",\"disposition_id\":23,\"disposition\":\"Challenge\""
        }
        (true, Verdict::Block) => {
            ",\"action_id\":2,\"action\":\"Denied\",\"disposition_id\":2,\"disposition\":\"Blocked\""
        }
    });
    json.raw(if seen::is_alert(decision) { ",\"is_alert\":true" } else { ",\"is_alert\":false" });
    json.raw(match decision.band {
        Band::Low => ",\"risk_level_id\":1,\"risk_level\":\"Low\"",
        Band::Medium => ",\"risk_level_id\":2,\"risk_level\":\"Medium\"",
        Band::High => ",\"risk_level_id\":3,\"risk_level\":\"High\"",
    });
    json.raw(",\"risk_score\":").number(u64::from(decision.risk.total));
}

fn request(json: &mut Json, seen: &Seen<'_>) {
    json.raw(",\"http_request\":{");
    if matches!(
        seen.method,
        b"CONNECT" | b"DELETE" | b"GET" | b"HEAD" | b"OPTIONS" | b"POST" | b"PUT" | b"TRACE" | b"PATCH"
    ) {
        json.raw("\"http_method\":").bytes(seen.method).raw(",");
    }
    json.raw("\"url\":{\"scheme\":").bytes(seen.scheme).raw(",\"hostname\":").bytes(seen.host);
    if let Some(port) = seen.port {
        json.raw(",\"port\":").number(port.into());
    }
    json.raw(",\"path\":").varying(|json| json.bytes(seen.path)).raw("}");
    if let Some(agent) = seen.agent {
        json.raw(",\"user_agent\":").bytes(agent);
    }
    if let Some(protocol) = seen.protocol {
        json.raw(",\"version\":").plain(protocol.name());
    }
    json.raw("}");
}

fn connection(json: &mut Json, seen: &Seen<'_>) {
    if let Some(client) = seen.client {
        json.raw(",\"src_endpoint\":{\"uid\":").varying(|json| match seen.address {
            Some(address) => json.hex(client).raw(",\"ip\":").shown(address),
            None => json.hex(client),
        });
        json.raw("}");
    }
    if let Some(version) = seen.tls_version {
        json.raw(",\"tls\":{\"version\":").bytes(version);
        if let Some(name) = seen.sni {
            json.raw(",\"sni\":").bytes(name);
        }
        if let Some(ja3) = seen.ja3 {
            json.raw(",\"ja3_hash\":{\"algorithm_id\":1,\"algorithm\":\"MD5\",\"value\":").bytes(ja3).raw("}");
        }
        json.raw("}");
    }
    if let Some(ja4) = seen.ja4 {
        json.raw(",\"ja4_fingerprint_list\":[{\"type_id\":1,\"type\":\"JA4\",\"value\":").bytes(ja4).raw("}]");
    }
}
