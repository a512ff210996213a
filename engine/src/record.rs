//! The record of a decision: one line of JSON, an OCSF HTTP Activity (class 4002) with the security_control profile.
//!
//! What OCSF has no word for stands under `unmapped.outwork`. Addresses are pseudonyms, queries are left out: they hold
//! what people typed. <https://schema.ocsf.io/1.6.0/classes/http_activity>

mod models;

use crate::{
    decision::{Decision, Verdict, push_number},
    evidence::push_thousandths,
    fact::Fact,
    facts::Facts,
    identity,
    keys::Keyring,
    risk::Band,
};
use alloc::string::String;

/// The longest text of a client that a record repeats, in bytes.
const MAX_TEXT: usize = 512;

const PRODUCT: &str = concat!(
    "\",\"product\":{\"name\":\"Outwork\",\"vendor_name\":\"Outwork\",\"version\":\"",
    env!("CARGO_PKG_VERSION"),
    "\"}},\"policy\":{\"name\":\"outwork\",\"version\":"
);

/// Writes the record, without a line end.
pub fn write(decision: &Decision<'_>, facts: &Facts<'_>, keys: &Keyring) -> String {
    let mut json = Json { out: String::with_capacity(1_280) };
    json.raw("{\"time\":").number(facts.now.millis());
    classify(&mut json, decision, facts.request.method);
    json.raw(",\"metadata\":{\"version\":\"1.6.0\",\"profiles\":[\"security_control\"],\"uid\":\"");
    json.raw(decision.id.as_str()).raw(PRODUCT).plain(decision.bundle).raw("}");
    request(&mut json, facts, keys);
    verdict(&mut json, decision);
    json.raw("}");
    json.out
}

/// The codes of the class: activity by method, action and disposition by verdict, severity and risk level by band.
fn classify(json: &mut Json, decision: &Decision<'_>, method: &[u8]) {
    let activity = match method {
        b"CONNECT" => 1,
        b"DELETE" => 2,
        b"GET" => 3,
        b"HEAD" => 4,
        b"OPTIONS" => 5,
        b"POST" => 6,
        b"PUT" => 7,
        b"TRACE" => 8,
        b"PATCH" => 9,
        _ => 99,
    };
    let (action, disposition) = match (decision.enforced, decision.verdict) {
        (false, _) => (3, 17),
        (true, Verdict::Allow) => (1, 1),
        (true, Verdict::Tag) => (1, 18),
        (true, Verdict::Throttle) => (2, 25),
        (true, Verdict::Challenge) => (2, 23),
        (true, Verdict::Block) => (2, 2),
    };
    let level = match decision.band {
        Band::Low => 1,
        Band::Medium => 2,
        Band::High => 3,
    };
    json.raw(",\"category_uid\":4,\"class_uid\":4002,\"activity_id\":").number(activity);
    json.raw(",\"type_uid\":").number(400_200 + activity);
    json.raw(",\"severity_id\":1,\"action_id\":").number(action).raw(",\"disposition_id\":").number(disposition);
    json.raw(",\"risk_level_id\":").number(level).raw(",\"risk_score\":").number(u64::from(decision.risk.total));
}

fn request(json: &mut Json, facts: &Facts<'_>, keys: &Keyring) {
    json.raw(",\"http_request\":{\"http_method\":").bytes(facts.request.method);
    json.raw(",\"url\":{\"scheme\":").bytes(facts.request.scheme);
    json.raw(",\"hostname\":").bytes(facts.request.authority).raw(",\"path\":").bytes(facts.request.path()).raw("}");
    let agent = facts.headers.list.iter().find(|(name, _)| *name == b"user-agent");
    if let Some((_, agent)) = agent {
        json.raw(",\"user_agent\":").bytes(agent);
    }
    if let Fact::Known(protocol) = facts.request.protocol {
        json.raw(",\"version\":").plain(protocol.name());
    }
    json.raw("}");
    if let Fact::Known(client) = identity::pseudonym(facts.connection.address, keys) {
        json.raw(",\"src_endpoint\":{\"uid\":").hex(client).raw("}");
    }
    if let Fact::Known(version) = facts.connection.tls_version {
        json.raw(",\"tls\":{\"version\":").bytes(version);
        if let Fact::Known(name) = facts.connection.sni {
            json.raw(",\"sni\":").bytes(name);
        }
        json.raw("}");
    }
    if let Fact::Known(ja4) = facts.connection.ja4 {
        json.raw(",\"ja4_fingerprint_list\":[{\"type_id\":1,\"value\":").bytes(ja4).raw("}]");
    }
}

fn verdict(json: &mut Json, decision: &Decision<'_>) {
    json.raw(",\"unmapped\":{\"outwork\":{\"verdict\":").plain(decision.verdict.name());
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
    json.raw(",\"device_id\":").hex(decision.device).raw("}}");
}

/// A writer of JSON that knows only what a record needs.
struct Json {
    out: String,
}

impl Json {
    fn raw(&mut self, text: &str) -> &mut Self {
        self.out.push_str(text);
        self
    }

    fn number(&mut self, n: u64) -> &mut Self {
        push_number(&mut self.out, n);
        self
    }

    /// So many parts of a whole, which is a power of ten.
    fn decimal(&mut self, parts: u32, whole: u32) -> &mut Self {
        self.number(u64::from(parts / whole)).raw(".");
        let (mut rest, mut unit) = (parts % whole, whole / 10);
        while unit > 0 {
            self.number(u64::from(rest / unit));
            rest %= unit;
            unit /= 10;
        }
        self
    }

    fn hex(&mut self, n: u64) -> &mut Self {
        self.out.push('"');
        for nibble in (0..16).rev() {
            let digit = u32::try_from(n >> (4 * nibble) & 15).unwrap_or(0);
            self.out.push(char::from_digit(digit, 16).unwrap_or('0'));
        }
        self.out.push('"');
        self
    }

    /// Text of ours, which has nothing to escape: names, and ids that a policy checked when it was loaded.
    fn plain(&mut self, text: &str) -> &mut Self {
        self.out.push('"');
        self.out.push_str(text);
        self.out.push('"');
        self
    }

    fn text(&mut self, text: &str) -> &mut Self {
        self.out.push('"');
        self.escape(text);
        self.out.push('"');
        self
    }

    /// Text of a client: cut at [`MAX_TEXT`], with U+FFFD for what is not UTF-8.
    fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        let bytes = bytes.get(..MAX_TEXT).unwrap_or(bytes);
        if let Ok(text) = core::str::from_utf8(bytes) {
            return self.text(text);
        }
        self.out.push('"');
        for chunk in bytes.utf8_chunks() {
            self.escape(chunk.valid());
            if !chunk.invalid().is_empty() {
                self.out.push('\u{fffd}');
            }
        }
        self.out.push('"');
        self
    }

    fn escape(&mut self, text: &str) {
        let needs = |c: char| matches!(c, '"' | '\\') || c < ' ' || c == '\u{7f}';
        // All of them are ASCII, whose bytes occur in no other character.
        let special = |byte| (byte == b'"') | (byte == b'\\') | (byte < b' ') | (byte == 0x7f);
        // Without a way out of the loop it runs on vectors.
        if !text.bytes().fold(false, |found, byte| found | special(byte)) {
            self.out.push_str(text);
            return;
        }
        for c in text.chars() {
            if matches!(c, '"' | '\\') {
                self.out.extend(['\\', c]);
            } else if needs(c) {
                self.out.push_str("\\u00");
                let code = u32::from(c);
                self.out.extend([code >> 4, code & 15].map(|digit| char::from_digit(digit, 16).unwrap_or('0')));
            } else {
                self.out.push(c);
            }
        }
    }
}
