//! Honest requests at random, and the same with one change.
//!
//! A change counts only where it says something else than before. These say nothing, so honest requests have them, too: the
//! case of header names, white space around a field's value, signatures of others and the order and lines in which they
//! stand, the case of the authority, its scheme's own port, an empty path for `/`, `?` for no query, a body that is not
//! bound, and any time at which the signature is good.

use crate::{
    dice::Dice,
    good::NOW,
    message::Message,
    policy::{Sent, policy},
    signer::{KEYS, ROTATED, content_digest},
};
use outwork_engine::policy::Policy;
use serde::Serialize;

/// One line of the file.
#[derive(Serialize)]
pub(crate) struct Tried {
    pub(crate) honest: bool,
    pub(crate) how: &'static str,
    request: Message,
    now: u64,
}

/// So many honest ones, each followed by one that somebody changed.
pub(crate) fn both(count: usize) -> impl Iterator<Item = Tried> {
    let (policy, mut dice) = (policy(), Dice(20_261_122));
    let mut other = honest(&policy, &mut dice);
    (0..count).flat_map(move |_| {
        let (request, created) = honest(&policy, &mut dice);
        let (how, mut forged, at) = forged(&request, created, &other.0, &mut dice);
        other = (request.clone(), created);
        let mut spoken = request;
        otherwise_said(&mut spoken, &mut dice);
        otherwise_said(&mut forged, &mut dice);
        let now = created + u64::try_from(dice.below(71)).unwrap() - 5;
        [
            Tried { honest: true, how: "honest", request: spoken, now },
            Tried { honest: false, how, request: forged, now: at },
        ]
    })
}

const PATH: &[u8] = b"abcXYZ019-._~%/:@!$&'()*+,;=";

/// An honest request, and when it was signed.
fn honest(policy: &Policy, dice: &mut Dice) -> (Message, u64) {
    let created = NOW + u64::try_from(dice.below(1_000_000)).unwrap();
    let mut message = sent(dice);
    if dice.once_in(3) {
        message.target = message.target.replacen('/', "/checkout/", 1);
        let length = dice.below(200);
        message.body = (0..length).map(|_| dice.bytes::<1>()[0]).collect();
    }
    let keys = dice.one(&[KEYS, KEYS, ROTATED]);
    let sent = Sent { keys, observed: dice.once_in(2), ..Sent::new(message, created, dice) };
    (sent.through(policy).0, created)
}

fn sent(dice: &mut Dice) -> Message {
    let authority = dice.one(&[
        "shop.example",
        "Shop.Example",
        "shop.example:443",
        "shop.example:8443",
        "[2001:db8::1]",
        "xn--nxasmq6b.example:80",
        "a",
    ]);
    let (length, reason, rest) = (dice.below(30), dice.below(12), dice.below(20));
    let mut target = format!("/{}", dice.text(length, PATH));
    if dice.once_in(2) {
        target += &format!("?r{reason}.{}", dice.text(rest, b"abc019&=%?/"));
    }
    let mut message = Message {
        method: dice.one(&["GET", "GET", "POST", "HEAD", "DELETE", "PATCH"]).into(),
        scheme: dice.one(&["https", "https", "http"]),
        authority: authority.into(),
        target,
        headers: Vec::new(),
        body: Vec::new(),
    };
    for (name, value) in
        [("accept", "*/*"), ("cookie", "a=b; c=\"d\""), ("outwork-risk", "risk=0"), ("user-agent", "curl/8.5.0")]
    {
        if dice.once_in(3) {
            message.push(name, value);
        }
    }
    if dice.once_in(3) {
        message.push("signature-input", "sig1=(\"@method\" \"a,b\");created=1;tag=\"web-bot-auth\"");
        message.push("signature", "sig1=:QUFB:");
    }
    if dice.once_in(4) {
        let length = dice.below(50);
        message.body = dice.text(length, PATH).into_bytes();
    }
    message
}

/// Changes that say nothing.
fn otherwise_said(message: &mut Message, dice: &mut Dice) {
    for (name, value) in &mut message.headers {
        if dice.once_in(4) {
            *name = name.chars().map(|one| if dice.once_in(2) { one.to_ascii_uppercase() } else { one }).collect();
        }
        if dice.once_in(4) {
            *value = format!("{}{value}{}", dice.one(&["", " ", "\t", "  "]), dice.one(&["", " ", " \t"]));
        }
    }
    if dice.once_in(4) {
        message.authority = message.authority.to_uppercase();
    }
    if !message.target.contains('?') && dice.once_in(4) {
        message.target.push('?');
    }
    if dice.once_in(4) {
        message.push("Signature", "sig9=:QUFB:;a=\"b,c\"");
        message.push("Signature-Input", "sig9=(\"@path\")");
    }
}

/// One change that says something, and when the request arrives.
fn forged(honest: &Message, created: u64, other: &Message, dice: &mut Dice) -> (&'static str, Message, u64) {
    loop {
        let mut message = honest.clone();
        let mut now = created + u64::try_from(dice.below(60)).unwrap();
        let how = change(&mut message, &mut now, created, other, dice);
        let in_time = (created - 5..=created + 65).contains(&now);
        if !in_time || said(&message) != said(honest) {
            return (how, message, now);
        }
    }
}

/// Everything that a request says to an origin: what is not in here may change.
fn said(message: &Message) -> impl PartialEq + use<> {
    let trimmed = |name: &str| -> Vec<String> {
        message.lines(name).iter().map(|value| value.trim_matches([' ', '\t']).to_owned()).collect()
    };
    let (path, query) = message.target.split_once('?').unwrap_or((&message.target, ""));
    let authority = message.authority.to_ascii_lowercase();
    let port = if message.scheme == "https" { ":443" } else { ":80" };
    let body =
        message.lines("outwork-risk").iter().any(|risk| risk.contains("body=bound")).then(|| message.body.clone());
    let digest = body.is_some().then(|| trimmed("content-digest"));
    (
        (
            message.method.clone(),
            authority.strip_suffix(port).unwrap_or(&authority).to_owned(),
            if path.is_empty() { "/".into() } else { path.to_owned() },
            query.to_owned(),
        ),
        (trimmed("outwork-risk"), trimmed("signature-input"), trimmed("signature"), body, digest),
    )
}

fn change(message: &mut Message, now: &mut u64, created: u64, other: &Message, dice: &mut Dice) -> &'static str {
    let bound = message.lines("outwork-risk").iter().any(|risk| risk.contains("body=bound"));
    match dice.below(if bound { 29 } else { 24 }) {
        0..=2 => bytes(message, "outwork-risk", dice),
        3 | 4 => bytes(message, "signature-input", dice),
        5 | 6 => bytes(message, "signature", dice),
        7 => drop_one(message, dice),
        8 => twice(message, dice),
        9 => spliced(message, other, dice),
        10 => {
            message.method = dice.one(&["GET", "POST", "PUT", "get", "GETT", "OPTIONS"]).into();
            "another method"
        }
        11 => {
            message.authority = dice
                .one(&[
                    "shop.example",
                    "evil.example",
                    "shop.example.",
                    "shop.example:80",
                    "shop.example:8080",
                    "",
                    "[::1]",
                ])
                .into();
            "another authority"
        }
        12 => {
            message.authority = edited(&message.authority, dice, b"abcxyz019.-:");
            "bytes of the authority"
        }
        13..=15 => {
            message.target = format!("/{}", edited(&message.target[1..], dice, b"abc019/?%&=.;"));
            "bytes of path or query"
        }
        16 => {
            *now = created - 6 - u64::try_from(dice.below(100_000)).unwrap();
            "before its time"
        }
        17 => {
            *now = created + 66 + u64::try_from(dice.below(100_000_000)).unwrap();
            "after its time"
        }
        18 => replaced(
            message,
            "signature-input",
            &[("created=1", "created=2"), ("expires=1", "expires=2"), ("2026-11", "2026-08"), ("2026-08", "2026-11")],
            "another time or key",
            dice,
        ),
        19 => replaced(
            message,
            "signature-input",
            &[
                ("hmac-sha256", "ed25519"),
                ("outwork-evidence", "web-bot-auth"),
                (";nonce=\"", ";nonce=\"A"),
                (";alg", ";x;alg"),
            ],
            "other parameters",
            dice,
        ),
        20 => replaced(
            message,
            "signature-input",
            &[
                ("\"@method\" \"@authority\"", "\"@authority\" \"@method\""),
                ("\"@path\" ", ""),
                (" \"@query\"", ""),
                (" \"outwork-risk\"", ""),
                (" \"outwork-risk\"", " \"outwork-risk\" \"date\""),
            ],
            "other components",
            dice,
        ),
        21 => replaced(
            message,
            "outwork-risk",
            &[
                ("risk=", "risk=1"),
                ("verdict=", "verdict=x"),
                ("window=none", "window=inside"),
                ("band=high", "band=low"),
                ("confidence=0", "confidence=1"),
                ("reasons=(", "reasons=(\"x\" "),
                ("transaction=\"", "transaction=\"x"),
                ("demand=unmet", "demand=met"),
            ],
            "another risk",
            dice,
        ),
        22 => {
            message.push("outwork-risk", "risk=0, band=low, verdict=allow");
            "a risk besides"
        }
        23 => replaced(
            message,
            dice.one(&["signature", "signature-input"]),
            &[("outwork=", "outwork2="), ("outwork=", "sig1="), ("outwork=", "Outwork=")],
            "another label",
            dice,
        ),
        24..=26 => {
            let text = edited(&crate::message::latin1(&message.body), dice, &(0..=255).collect::<Vec<u8>>());
            message.body = crate::message::bytes(&text);
            "bytes of the body"
        }
        27 => bytes(message, "content-digest", dice),
        _ => {
            if dice.once_in(2) {
                message.remove("content-digest");
            } else {
                let body = message.body.iter().rev().copied().chain([0]).collect::<Vec<u8>>();
                *message.line("content-digest") = content_digest(&body);
                message.body = body;
            }
            "another digest"
        }
    }
}

fn bytes(message: &mut Message, name: &'static str, dice: &mut Dice) -> &'static str {
    let visible: Vec<u8> = (b' '..=b'~').chain([b'\t']).chain(0x80..=0xff).collect();
    let line = message.line(name);
    *line = edited(line, dice, &visible);
    match name {
        "outwork-risk" => "bytes of the risk",
        "signature-input" => "bytes of what was signed",
        "signature" => "bytes of the signature",
        _ => "bytes of the digest",
    }
}

/// One small edit, wherever it falls.
fn edited(text: &str, dice: &mut Dice, of: &[u8]) -> String {
    let mut text: Vec<char> = text.chars().collect();
    let (at, new) = (dice.below(text.len()), char::from(dice.one(of)));
    let end = (at + 1 + dice.below(12)).min(text.len());
    match dice.below(7) {
        _ if text.is_empty() => text.push(new),
        0 => text[at] = new,
        1 => text.insert(at, new),
        2 => drop(text.remove(at)),
        3 => text.truncate(at),
        4 => text[at..end].reverse(),
        5 => {
            let copied = text[at..end].to_vec();
            text.splice(at..at, copied);
        }
        _ => {
            text[at] = if text[at].is_ascii_lowercase() {
                text[at].to_ascii_uppercase()
            } else {
                text[at].to_ascii_lowercase()
            }
        }
    }
    text.into_iter().collect()
}

const OURS: [&str; 3] = ["outwork-risk", "signature-input", "signature"];

fn drop_one(message: &mut Message, dice: &mut Dice) -> &'static str {
    message.remove(dice.one(&OURS));
    "a field less"
}

fn twice(message: &mut Message, dice: &mut Dice) -> &'static str {
    let name = dice.one(&OURS);
    let line = message.line(name).clone();
    if name != "outwork-risk" && dice.once_in(2) {
        *message.line(name) = format!("{line}, {line}");
    } else {
        message.push(name, &line);
    }
    "a field twice"
}

fn spliced(message: &mut Message, other: &Message, dice: &mut Dice) -> &'static str {
    let mut other = other.clone();
    let names = dice.one(&[&OURS[..1], &OURS[1..2], &OURS[2..], &OURS[..2], &OURS[1..], &OURS]);
    for name in names {
        *message.line(name) = other.line(name).clone();
    }
    "fields of another request"
}

fn replaced(
    message: &mut Message,
    name: &str,
    pairs: &[(&str, &str)],
    how: &'static str,
    dice: &mut Dice,
) -> &'static str {
    let (old, new) = dice.one(pairs);
    let line = message.line(name);
    *line = line.replacen(old, new, 1);
    how
}
