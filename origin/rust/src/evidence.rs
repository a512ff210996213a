//! Verifies the evidence of a request: `Outwork-Risk` and its RFC 9421 signature.
//!
//! Nothing here reads a field of ours as anything but bytes until the signature over these very bytes holds.

use crate::{
    keys::Keys,
    refusal::{Reason, Refusal},
    risk::Risk,
    setting::SettingError,
    structured::{Bare, Entry, Item, Member, Parameters, dictionary},
};
use hmac::Mac;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use subtle::ConstantTimeEq;

const LABEL: &str = "outwork";
const TAG: &str = "outwork-evidence";
const ALGORITHM: &str = "hmac-sha256";
const RISK: &str = "outwork-risk";
const DIGEST: &str = "content-digest";
const REQUIRED: [&str; 5] = ["@method", "@authority", "@path", "@query", RISK];
const MOST_BYTES: usize = 16 * 1024;
const MOST_WORD: usize = 64;
const MOST_NONCE: usize = 128;
const HELP: &str = "docs/origin.md";

/// The most seconds by which clocks may differ.
pub const MOST_SKEW: u64 = 300;

/// The most seconds for which a signature may be good.
pub const MOST_AGE: u64 = 3_600;

/// A request as it arrived.
#[derive(Clone, Copy, Debug)]
pub struct Arrived<'a> {
    /// As sent: `GET`.
    pub method: &'a str,
    /// `Host`, or `:authority`.
    pub authority: &'a [u8],
    /// Path and query as they stood in the request line.
    pub target: &'a [u8],
    /// The client's scheme, whose TLS the edge ended: it decides which port goes without saying.
    pub scheme: Scheme,
}

/// A scheme of HTTP.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scheme {
    /// `https`
    #[default]
    Https,
    /// `http`
    Http,
}

/// Where the lines of a field are found.
pub trait Fields {
    /// The values of all lines with this name, which is in lower case.
    fn lines(&self, name: &str) -> Vec<&[u8]>;
}

impl Fields for http::HeaderMap {
    fn lines(&self, name: &str) -> Vec<&[u8]> {
        self.get_all(name).iter().map(http::HeaderValue::as_bytes).collect()
    }
}

impl<N: AsRef<str>, V: AsRef<[u8]>> Fields for [(N, V)] {
    fn lines(&self, name: &str) -> Vec<&[u8]> {
        let has_name = |(known, _): &&(N, V)| known.as_ref().eq_ignore_ascii_case(name);
        self.iter().filter(has_name).map(|(_, value)| value.as_ref()).collect()
    }
}

/// Verifies evidence with some keys.
#[derive(Clone, Debug)]
pub struct Verifier {
    keys: Keys,
    skew: u64,
    max_age: u64,
    authorities: Vec<Vec<u8>>,
}

impl Verifier {
    /// With 5 seconds between clocks, and signatures no older than a minute.
    pub const fn new(keys: Keys) -> Self {
        Self { keys, skew: 5, max_age: 60, authorities: Vec::new() }
    }

    /// By how many seconds the clocks of edge and origin may differ.
    ///
    /// # Errors
    /// More than [`MOST_SKEW`].
    pub fn skew(self, seconds: u64) -> Result<Self, SettingError> {
        if seconds > MOST_SKEW { Err(SettingError::Skew(seconds)) } else { Ok(Self { skew: seconds, ..self }) }
    }

    /// The oldest signature, in seconds.
    ///
    /// # Errors
    /// None, or more than [`MOST_AGE`].
    pub fn max_age(self, seconds: u64) -> Result<Self, SettingError> {
        match seconds {
            1..=MOST_AGE => Ok(Self { max_age: seconds, ..self }),
            _ => Err(SettingError::MaxAge(seconds)),
        }
    }

    /// A name under which the edge is asked, where a proxy writes another into `Host`; may be said for several.
    ///
    /// # Errors
    /// An empty one.
    pub fn authority(mut self, authority: &str) -> Result<Self, SettingError> {
        if authority.is_empty() {
            return Err(SettingError::Authority);
        }
        self.authorities.push(authority.into());
        Ok(self)
    }

    /// Checks everything but the body. `now` is in seconds since 1970.
    ///
    /// # Errors
    /// Why the evidence does not hold.
    pub fn head(&self, arrived: &Arrived<'_>, fields: &(impl Fields + ?Sized), now: u64) -> Result<Head, Refusal> {
        let risk = only(RISK, &fields.lines(RISK), Reason::Missing)?;
        let (inputs, signatures) = (joined(&fields.lines("signature-input")), joined(&fields.lines("signature")));
        let (input, signature) = (ours("signature-input", &inputs)?, ours("signature", &signatures)?);
        let signed = Signed::read(&input)?;
        let signature = plain_bytes(&signature)?;
        let mac = self.keys.mac(&signed.key_id);
        let mac = mac.ok_or_else(|| self.unknown_key(&signed))?;
        let until = self.until(&signed, now)?;
        let digests = fields.lines(DIGEST);
        let digest = if signed.covers(DIGEST) { only(DIGEST, &digests, Reason::Digest)? } else { b"" };
        let holds = |authority: &[u8]| {
            let derived = derived(&Arrived { authority, ..*arrived });
            let value = |name: &str| match name {
                RISK => risk,
                DIGEST => digest,
                name => derived.iter().find(|(known, _)| *known == name).map_or(&b""[..], |(_, value)| value),
            };
            let base = base(&signed.covered, value, signed.text)?;
            Ok(mac.clone().chain_update(base).verify_slice(signature).is_ok())
        };
        let mut held = self.authorities.is_empty() && holds(arrived.authority)?;
        for authority in &self.authorities {
            held = held || holds(authority)?;
        }
        if !held {
            return Err(self.another_request(&signed, arrived));
        }
        let unread = |_| Refusal::new(Reason::Malformed, "`outwork-risk` is signed, and not what this version reads");
        Ok(Head {
            risk: Risk::read(risk, signed.covers(DIGEST)).map_err(unread)?,
            nonce: [&signed.key_id, ":", &signed.nonce].concat(),
            until,
            digest: if signed.covers(DIGEST) { Some(sha256(digest)?) } else { None },
        })
    }

    fn until(&self, signed: &Signed<'_>, now: u64) -> Result<u64, Refusal> {
        let until = signed.expires.min(signed.created.saturating_add(self.max_age)).saturating_add(self.skew);
        if signed.created > now.saturating_add(self.skew) {
            let ahead = signed.created.saturating_sub(now);
            let detail = format!("the signature is {ahead} seconds from the future: do the clocks agree?");
            return Err(Refusal::told(Reason::Early, detail));
        }
        if now > until {
            let ago = now.saturating_sub(until);
            let remedy = "do the clocks agree, or did somebody keep the request?";
            return Err(Refusal::told(Reason::Expired, format!("the signature ended {ago} seconds ago: {remedy}")));
        }
        Ok(until)
    }

    fn unknown_key(&self, signed: &Signed<'_>) -> Refusal {
        let (wanted, known) = (&signed.key_id, quoted(self.keys.ids().map(str::as_bytes)));
        let remedy = format!("give it what `outwork keys evidence` prints now ({HELP}#keys)");
        Refusal::told(Reason::Key, format!("signed with `{wanted}`, and this origin has {known}: {remedy}"))
    }

    fn another_request(&self, signed: &Signed<'_>, arrived: &Arrived<'_>) -> Refusal {
        let tried = if self.authorities.is_empty() {
            quoted([arrived.authority].into_iter())
        } else {
            quoted(self.authorities.iter().map(Vec::as_slice))
        };
        let key = &signed.key_id;
        let remedy = format!(
            "does a proxy write another Host, path or port ({HELP}#behind-a-proxy), or is this key of `{}` another edge's?",
            crate::keys::VARIABLE
        );
        let detail = format!(
            "the signature is not over this request, tried with the authority {tried} and the key `{key}`: {remedy}"
        );
        Refusal::told(Reason::Signature, detail)
    }
}

/// What the signature over a request's head shows; its body may still have to be checked.
#[derive(Clone, Debug)]
pub struct Head {
    risk: Risk,
    /// Of this request alone, with the key's id: what a replay cache keeps.
    pub nonce: String,
    /// Until when it has to, in seconds since 1970: then the signature has ended.
    pub until: u64,
    digest: Option<Vec<u8>>,
}

impl Head {
    /// Whether the body is bound, and so has to be read.
    pub const fn binds_body(&self) -> bool {
        self.digest.is_some()
    }

    /// The risk, for who has the body: one that is not bound is not looked at.
    ///
    /// # Errors
    /// The body is not the one that was signed.
    pub fn with_body(self, body: &[u8]) -> Result<Risk, Refusal> {
        match &self.digest {
            Some(digest) if !bool::from(Sha256::digest(body).as_slice().ct_eq(digest)) => {
                Err(Refusal::new(Reason::Digest, "the body is not the one that was signed"))
            }
            _ => Ok(self.risk),
        }
    }
}

/// A value without the white space around it (RFC 9110, 5.5).
fn trimmed(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}

/// What somebody else wrote goes into a log: not all of it, and no control characters.
fn quoted<'a>(names: impl Iterator<Item = &'a [u8]>) -> String {
    let quote = |name: &[u8]| format!("{:?}", String::from_utf8_lossy(name.get(..100).unwrap_or(name)));
    names.map(quote).collect::<Vec<_>>().join(", ")
}

fn only<'a>(name: &str, lines: &[&'a [u8]], missing: Reason) -> Result<&'a [u8], Refusal> {
    let refused = |reason, what: &str| Err(Refusal::told(reason, format!("the request has {what} `{name}`")));
    match lines {
        [] if missing == Reason::Missing => {
            let why = "it did not pass the edge, or the policy there is not in force";
            let detail = format!("the request has no `{name}`: {why} ({HELP}#when-the-edge-says-nothing)");
            Err(Refusal::told(missing, detail))
        }
        [] => refused(missing, "no"),
        [line] if trimmed(line).len() <= MOST_BYTES => Ok(trimmed(line)),
        [_] => refused(Reason::Malformed, "too long a"),
        _ => refused(Reason::Duplicate, "more than one line of"),
    }
}

fn joined<'a>(lines: &[&'a [u8]]) -> Cow<'a, [u8]> {
    match lines {
        [] => Cow::Borrowed(b""),
        [line] => Cow::Borrowed(trimmed(line)),
        lines => Cow::Owned(lines.iter().map(|line| trimmed(line)).collect::<Vec<_>>().join(&b", "[..])),
    }
}

/// The one member under our label. Those of others are none of our business, but must be readable.
fn ours<'a>(name: &str, text: &'a [u8]) -> Result<Member<'a>, Refusal> {
    let refused = |reason, what: &str| Refusal::told(reason, format!("`{name}` {what}"));
    if text.len() > MOST_BYTES {
        return Err(refused(Reason::Malformed, "is too long"));
    }
    let all = dictionary(text).map_err(|_| refused(Reason::Malformed, "is no dictionary"))?;
    let mut found = all.into_iter().filter(|member| member.key == LABEL);
    match (found.next(), found.next()) {
        (None, _) => Err(refused(Reason::Unsigned, "has no member `outwork`")),
        (Some(member), None) => Ok(member),
        (Some(_), Some(_)) => Err(refused(Reason::Duplicate, "has more than one member `outwork`")),
    }
}

/// What `Signature-Input` says under our label.
struct Signed<'a> {
    covered: Vec<String>,
    created: u64,
    expires: u64,
    key_id: String,
    nonce: String,
    text: &'a [u8],
}

impl<'a> Signed<'a> {
    fn read(member: &Member<'a>) -> Result<Self, Refusal> {
        let Entry::List(items, parameters) = &member.entry else {
            return Err(Refusal::new(Reason::Malformed, "`signature-input` lists no components"));
        };
        let signed = Self {
            covered: covered(items)?,
            created: time(parameters, "created")?,
            expires: time(parameters, "expires")?,
            key_id: word(parameters, "keyid", MOST_WORD)?,
            nonce: word(parameters, "nonce", MOST_NONCE)?,
            text: member.text,
        };
        if signed.expires < signed.created {
            return Err(PARAMETERS);
        }
        if word(parameters, "tag", MOST_WORD)? != TAG {
            return Err(Refusal::new(Reason::Tag, "the signature is for another purpose"));
        }
        if word(parameters, "alg", MOST_WORD)? != ALGORITHM {
            return Err(Refusal::new(Reason::Algorithm, "the signature is by another algorithm"));
        }
        Ok(signed)
    }

    fn covers(&self, name: &str) -> bool {
        self.covered.iter().any(|known| known == name)
    }
}

const PARAMETERS: Refusal = Refusal::new(Reason::Parameters, "a parameter of the signature is missing, or cannot be");

fn parameter<'p>(parameters: &'p Parameters<'_>, name: &str) -> Option<&'p Bare<'p>> {
    parameters.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
}

fn time(parameters: &Parameters<'_>, name: &str) -> Result<u64, Refusal> {
    match parameter(parameters, name) {
        Some(Bare::Integer(seconds)) => u64::try_from(*seconds).map_err(|_| PARAMETERS),
        _ => Err(PARAMETERS),
    }
}

fn word(parameters: &Parameters<'_>, name: &str, most: usize) -> Result<String, Refusal> {
    match parameter(parameters, name) {
        Some(Bare::String(word)) if (1..=most).contains(&word.len()) => Ok(word.clone().into_owned()),
        _ => Err(PARAMETERS),
    }
}

/// The components: each at most once, none with parameters, all that bind the risk to a request, and none that we cannot
/// check.
fn covered(items: &[Item<'_>]) -> Result<Vec<String>, Refusal> {
    let wrong = || Refusal::new(Reason::Components, "the signature covers too little, or what cannot be checked here");
    let mut names: Vec<String> = Vec::with_capacity(items.len());
    for item in items {
        let Bare::String(name) = &item.value else { return Err(wrong()) };
        let known = REQUIRED.contains(&name.as_ref()) || name == DIGEST;
        if !known || !item.parameters.is_empty() || names.iter().any(|taken| taken == name) {
            return Err(wrong());
        }
        names.push(name.clone().into_owned());
    }
    if REQUIRED.iter().all(|wanted| names.iter().any(|name| name == wanted)) { Ok(names) } else { Err(wrong()) }
}

fn plain_bytes<'m>(member: &'m Member<'_>) -> Result<&'m [u8], Refusal> {
    match &member.entry {
        Entry::Item(Item { value: Bare::Bytes(bytes), parameters }) if parameters.is_empty() => Ok(bytes),
        _ => Err(Refusal::new(Reason::Malformed, "the signature is no plain byte sequence")),
    }
}

/// The components that are no fields (RFC 9421, 2.2).
pub(crate) fn derived<'a>(arrived: &Arrived<'a>) -> [(&'static str, Cow<'a, [u8]>); 4] {
    let mark = arrived.target.iter().position(|&byte| byte == b'?');
    let (path, query) = arrived.target.split_at_checked(mark.unwrap_or(arrived.target.len())).unwrap_or_default();
    let port: &[u8] = if arrived.scheme == Scheme::Https { b":443" } else { b":80" };
    let authority = arrived.authority.to_ascii_lowercase();
    [
        ("@method", Cow::Borrowed(arrived.method.as_bytes())),
        ("@authority", Cow::Owned(authority.strip_suffix(port).unwrap_or(&authority).into())),
        ("@path", Cow::Borrowed(if path.is_empty() { b"/" } else { path })),
        ("@query", Cow::Borrowed(if query.is_empty() { b"?" } else { query })),
    ]
}

/// The signature base (RFC 9421, 2.5). The parameters' line is the text that came: what was written otherwise was not signed.
pub(crate) fn base<'v>(
    covered: &[String],
    value: impl Fn(&str) -> &'v [u8],
    parameters: &[u8],
) -> Result<Vec<u8>, Refusal> {
    let mut base = Vec::with_capacity(1_024);
    for name in covered {
        let value = value(name);
        if value.iter().any(|byte| byte.is_ascii_control() && *byte != b'\t') {
            return Err(Refusal::new(Reason::Malformed, "a component has a control character"));
        }
        [b"\"", name.as_bytes(), b"\": ", value, b"\n"].iter().for_each(|part| base.extend_from_slice(part));
    }
    [&b"\"@signature-params\": "[..], parameters].iter().for_each(|part| base.extend_from_slice(part));
    Ok(base)
}

/// SHA-256 in a `Content-Digest` (RFC 9530).
fn sha256(text: &[u8]) -> Result<Vec<u8>, Refusal> {
    let wrong = || Refusal::new(Reason::Digest, "`content-digest` has not one `sha-256`");
    let mut found = dictionary(text).map_err(|_| wrong())?.into_iter().filter(|member| member.key == "sha-256");
    match (found.next().map(|member| member.entry), found.next()) {
        (Some(Entry::Item(Item { value: Bare::Bytes(digest), .. })), None) => Ok(digest),
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64ct::{Base64, Encoding};
    use hmac::{Hmac, KeyInit};
    use serde_json::Value;

    fn rfc() -> Value {
        serde_json::from_str(include_str!("../../vectors/rfc9421.json")).unwrap()
    }

    #[test]
    fn b_2_5() {
        let vector = &rfc()["hmac"];
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let covered: Vec<String> = vector["covered"].as_array().unwrap().iter().map(text).collect();
        let value = |name: &str| vector["values"][name].as_str().unwrap().as_bytes();
        let key = Base64::decode_vec(vector["key"].as_str().unwrap()).unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        mac.update(&base(&covered, value, vector["parameters"].as_str().unwrap().as_bytes()).unwrap());
        assert_eq!(Base64::encode_string(&mac.finalize().into_bytes()), vector["signature"].as_str().unwrap());
    }

    #[test]
    fn the_examples_of_section_2_2() {
        for example in rfc()["components"].as_array().unwrap() {
            let text = |name: &str| example[name].as_str().unwrap();
            let (authority, target) = (text("authority").as_bytes(), text("target").as_bytes());
            let arrived = Arrived { method: text("method"), authority, target, scheme: Scheme::Https };
            let derived = derived(&arrived);
            let found = derived.iter().find(|(name, _)| *name == text("name")).map(|(_, value)| value.as_ref());
            assert_eq!(found, Some(text("value").as_bytes()), "{}", text("section"));
        }
    }
}
