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
    structured::Dictionary,
    transaction::Carried,
};
use alloc::{borrow::Cow, string::String, vec::Vec};
use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use hmac::Mac;

/// The label under which our signature stands.
pub const LABEL: &str = "outwork";

/// How long a signature is good for, in seconds.
pub const LIFETIME_SECONDS: u64 = 60;

const RISK: &str = "outwork-risk";
const INPUT: &str = "signature-input";
const SIGNATURE: &str = "signature";

/// Removes what only we may say from a request that gets no evidence: every `outwork-*` field, and signatures under our label.
/// Signatures of others stay as they are, and so does what is no dictionary (RFC 9651), unless it names us.
///
/// `_` counts as `-` in a name: CGI and its heirs show an origin both as one variable.
pub fn strip<'a>(lines: &[(&'a [u8], &'a [u8])], edits: &mut Vec<Edit<'a>>) {
    strip_for(lines, Beside::Nothing, edits);
}

/// What will stand beside the signatures of others.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Beside {
    /// Nothing of ours.
    Nothing,
    /// Our signature: a line that is no dictionary would make it unreadable, and an empty one be a comma too many.
    Ours,
}

fn strip_for<'a>(lines: &[(&'a [u8], &'a [u8])], beside: Beside, edits: &mut Vec<Edit<'a>>) {
    let names = lines.iter().map(|&(name, _)| name);
    edits.extend(names.filter(|name| is_ours(name)).map(Edit::Remove));
    for field in [INPUT, SIGNATURE] {
        let values = lines.iter().filter(|(name, _)| *name == field.as_bytes());
        let kept: Vec<Option<Cow<'a, [u8]>>> = values.map(|&(_, value)| others(value, beside)).collect();
        if kept.iter().all(|line| matches!(line, Some(Cow::Borrowed(_)))) {
            continue;
        }
        edits.push(Edit::Remove(field.as_bytes()));
        edits.extend(kept.into_iter().flatten().map(|line| Edit::Append(field, line.into_owned())));
    }
}

fn is_ours(name: &[u8]) -> bool {
    name == b"signature_input" || name.strip_prefix(b"outwork").is_some_and(|rest| matches!(rest, [b'-' | b'_', ..]))
}

/// What stays of a line; borrowed where that is all of it.
fn others(line: &[u8], beside: Beside) -> Option<Cow<'_, [u8]>> {
    let Some(Dictionary { sent }) = Dictionary::read(line) else {
        let names_us = line.windows(LABEL.len()).any(|part| part.eq_ignore_ascii_case(LABEL.as_bytes()));
        return (beside == Beside::Nothing && !names_us).then_some(Cow::Borrowed(line));
    };
    let theirs: Vec<&[u8]> = sent.iter().filter(|member| member.key != LABEL).map(|member| member.text).collect();
    if theirs.len() < sent.len() {
        return (!theirs.is_empty()).then(|| Cow::Owned(theirs.join(&b", "[..])));
    }
    (beside == Beside::Nothing || !theirs.is_empty()).then_some(Cow::Borrowed(line))
}

/// Puts the evidence for a decision in the place of whatever claims to be it: the risk field and a signature over it, the request line,
/// and the digest of a body that is bound.
pub(crate) fn add<'a>(
    decision: &mut Decision<'a>,
    facts: &Facts<'a>,
    keys: &Keyring,
    digest: Option<ContentDigest<'a>>,
) {
    strip_for(facts.headers.list, Beside::Ours, &mut decision.edits);
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
