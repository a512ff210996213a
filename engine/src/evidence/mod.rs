//! What the origin is told, and how it knows that it was us.
//!
//! `Outwork-Risk` is one Structured Field Dictionary (RFC 9651). An RFC 9421 signature with label `outwork`
//! (`hmac-sha256`) binds it to this request: a score alone binds to nothing. Every inbound `outwork-*` field and every
//! inbound signature under our label is removed first.

mod digest;

pub(crate) use digest::ContentDigest;

use crate::{
    decision::{Decision, Edit, push_number},
    facts::{Facts, Request},
    httpsig::{authority, path},
    keys::Keyring,
    structured::{Dictionary, Edition, Member},
    transaction::Carried,
};
use alloc::{string::String, vec::Vec};
use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use hmac::Mac;

/// The label under which our signature stands.
pub const LABEL: &str = "outwork";

/// How long a signature is good for, in seconds.
pub const LIFETIME_SECONDS: u64 = 60;

const RISK: &str = "outwork-risk";
const INPUT: &str = "signature-input";
const SIGNATURE: &str = "signature";

/// Removes what only we may say from the request: every `outwork-*` field, and signatures under our label. Signatures
/// of others stay; a signature field that is no dictionary is dropped whole, as its readers would (RFC 9651, 4.2): left
/// in place it would make ours unreadable.
///
/// `_` counts as `-` in a name: CGI and its heirs show an origin both as one variable.
pub fn strip<'a>(facts: &Facts<'a>, edits: &mut Vec<Edit<'a>>) {
    strip_lines(facts.headers.list, edits);
}

/// The same of any lines, such as trailers.
pub fn strip_lines<'a>(lines: &[(&'a [u8], &'a [u8])], edits: &mut Vec<Edit<'a>>) {
    let names = lines.iter().map(|&(name, _)| name);
    edits.extend(names.filter(|name| is_ours(name)).map(Edit::Remove));
    for field in [INPUT, SIGNATURE] {
        strip_label(lines, field, edits);
    }
}

fn is_ours(name: &[u8]) -> bool {
    name == b"signature_input" || name.strip_prefix(b"outwork").is_some_and(|rest| matches!(rest, [b'-' | b'_', ..]))
}

fn strip_label<'a>(lines: &[(&'a [u8], &'a [u8])], field: &'static str, edits: &mut Vec<Edit<'a>>) {
    let values = || lines.iter().filter(|(name, _)| *name == field.as_bytes()).map(|&(_, value)| value);
    let is_ours = |member: &Member<'_>| member.key == LABEL;
    // By the older edition: a reader of it knows neither dates nor display strings, and no signature holds one.
    let members = |value| Dictionary::read(value, Edition::Rfc8941).map(|dictionary| dictionary.sent);
    // An empty line is a dictionary, but not beside others: joined with ours it would be a comma too many.
    let is_clean = |value| members(value).is_some_and(|all| !all.is_empty() && !all.iter().any(is_ours));
    if values().all(is_clean) {
        return;
    }
    edits.push(Edit::Remove(field.as_bytes()));
    for value in values() {
        let all = members(value).unwrap_or_default();
        let kept: Vec<&[u8]> = all.into_iter().filter(|member| !is_ours(member)).map(|member| member.text).collect();
        if !kept.is_empty() {
            edits.push(Edit::Append(field, kept.join(&b", "[..])));
        }
    }
}

/// Adds the evidence for a decision: the risk field and a signature over it, the request line, and the digest of a body
/// that is bound.
pub(crate) fn add<'a>(
    decision: &mut Decision<'a>,
    facts: &Facts<'a>,
    keys: &Keyring,
    digest: Option<ContentDigest<'a>>,
) {
    let risk = risk_field(decision);
    let input = signature_input(facts, keys.signing_id(), digest.is_some());
    let content = digest.as_ref().map(ContentDigest::value);
    let signature = sign(&facts.request, &risk, content, input.get(LABEL.len() + 1..).unwrap_or_default(), keys);
    if let Some(digest) = digest {
        digest.write(facts, &mut decision.edits);
    }
    decision.edits.extend([
        Edit::Append(RISK, risk.into_bytes()),
        Edit::Append(INPUT, input.into_bytes()),
        Edit::Append(SIGNATURE, signature.into_bytes()),
    ]);
}

fn risk_field(decision: &Decision<'_>) -> String {
    let mut out = String::with_capacity(320);
    out.push_str("risk=");
    push_number(&mut out, u64::from(decision.risk.total));
    push_all(&mut out, &[", band=", decision.band.name(), ", verdict=", decision.verdict.name()]);
    let layers = [
        (", device=", decision.risk.device),
        (", behaviour=", decision.risk.behaviour),
        (", context=", decision.risk.context),
    ];
    for (key, score) in layers {
        if let Some(score) = score {
            out.push_str(key);
            push_number(&mut out, u64::from(score));
        }
    }
    push_all(&mut out, &[", window=", decision.window.name(), ", confidence="]);
    push_thousandths(&mut out, decision.risk.confidence);
    if let Some(Carried { id, body, demand }) = &decision.transaction {
        push_all(&mut out, &[", transaction=\"", id, "\";body=", body.name()]);
        if let Some(demand) = demand {
            push_all(&mut out, &[";demand=", demand.name()]);
        }
    }
    out.push_str(", reasons=(");
    for (at, reason) in decision.reasons.counted().iter().enumerate() {
        push_all(&mut out, &[if at == 0 { "\"" } else { " \"" }, reason.id, "\""]);
    }
    out.push(')');
    if let Some(verified) = decision.agent {
        push_all(&mut out, &[", agent=\"", &verified.agent.id, "\""]);
    }
    if !decision.enforced {
        out.push_str(", enforced=?0");
    }
    push_all(&mut out, &[", bundle=\"", decision.bundle, "\", id=\"", decision.id.as_str(), "\""]);
    out
}

/// A decimal in its canonical form (RFC 9651, 4.1.5): at least one and at most three digits after the point.
pub(crate) fn push_thousandths(out: &mut String, thousandths: u16) {
    push_number(out, u64::from(thousandths / 1_000));
    out.push('.');
    let (mut rest, mut unit) = (thousandths % 1_000, 100);
    loop {
        push_number(out, u64::from(rest / unit));
        rest %= unit;
        unit /= 10;
        if rest == 0 || unit == 0 {
            break;
        }
    }
}

/// Our label, `=`, and the signature's parameters.
fn signature_input(facts: &Facts<'_>, key_id: &str, is_bound: bool) -> String {
    let mut nonce = [0; 24];
    let nonce = Base64UrlUnpadded::encode(&facts.entropy, &mut nonce).unwrap_or_default();
    let created = facts.now.seconds();
    let mut out = String::with_capacity(256);
    push_all(&mut out, &[LABEL, "="]);
    out.push_str("(\"@method\" \"@authority\" \"@path\" \"@query\" \"outwork-risk\"");
    out.push_str(if is_bound { " \"content-digest\");created=" } else { ");created=" });
    push_number(&mut out, created);
    out.push_str(";expires=");
    push_number(&mut out, created.saturating_add(LIFETIME_SECONDS));
    // Any order is right by RFC 9421. The `httpsig` crate signs and verifies in this one, whatever order arrives.
    push_all(&mut out, &[";nonce=\"", nonce, "\";alg=\"hmac-sha256\";keyid=\"", key_id, "\";tag=\"outwork-evidence\""]);
    out
}

/// Our label with the MAC of the signature base (RFC 9421, 2.5).
fn sign(request: &Request<'_>, risk: &str, content: Option<&[u8]>, parameters: &str, keys: &Keyring) -> String {
    let mut base: Vec<u8> = Vec::with_capacity(1_024);
    base.extend_from_slice(b"\"@method\": ");
    base.extend_from_slice(request.method);
    base.extend_from_slice(b"\n\"@authority\": ");
    base.extend(authority(request).iter().map(u8::to_ascii_lowercase));
    let mut put = |parts: &[&[u8]]| parts.iter().for_each(|part| base.extend_from_slice(part));
    put(&[b"\n\"@path\": ", path(request)]);
    put(&[b"\n\"@query\": ?", request.query().unwrap_or_default()]);
    put(&[b"\n\"outwork-risk\": ", risk.as_bytes()]);
    if let Some(content) = content {
        put(&[b"\n\"content-digest\": ", content]);
    }
    put(&[b"\n\"@signature-params\": ", parameters.as_bytes()]);
    let mut mac = keys.evidence_mac();
    mac.update(&base);
    let mut text = [0; 44];
    let text = Base64::encode(&mac.finalize().into_bytes(), &mut text).unwrap_or_default();
    [LABEL, "=:", text, ":"].concat()
}

fn push_all(out: &mut String, parts: &[&str]) {
    parts.iter().for_each(|part| out.push_str(part));
}
