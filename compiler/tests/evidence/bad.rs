//! Requests that no origin may take, each with the reason.

use crate::{
    good::{NOW, RISK, WITH_DIGEST, checkout, message, risk_of, signed},
    message::{Case, Expected, Message, Settings},
    signer::{COMPONENTS, Plan, content_digest},
};

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = fields();
    cases.extend(labels());
    cases.extend(components());
    cases.extend(parameters());
    cases.extend(times());
    cases.extend(changed());
    cases.extend(signatures());
    cases.extend(bodies());
    cases.extend(risks());
    cases
}

fn refused(name: impl Into<String>, request: Message, reason: &'static str) -> Case {
    Case { name: name.into(), request, now: NOW, settings: Settings::default(), expected: Expected::Refused(reason) }
}

/// An honest request that somebody changed.
fn after(change: impl FnOnce(&mut Message)) -> Message {
    let mut request = signed(&Plan::new(NOW));
    change(&mut request);
    request
}

/// An honest request but for what is signed.
fn with_risk(risk: &str) -> Message {
    let mut request = message("GET", "shop.example", "/a?b");
    request.push("outwork-risk", risk);
    Plan::new(NOW).sign(&mut request);
    request
}

fn fields() -> Vec<Case> {
    vec![
        refused("nothing", message("GET", "shop.example", "/"), "missing"),
        refused("a signature without a risk", after(|message| message.remove("outwork-risk")), "missing"),
        refused(
            "a risk without a signature",
            after(|message| {
                message.remove("signature");
                message.remove("signature-input");
            }),
            "unsigned",
        ),
        refused("a risk without the signature itself", after(|message| message.remove("signature")), "unsigned"),
        refused("a risk without what was signed", after(|message| message.remove("signature-input")), "unsigned"),
        refused("two risks", after(|message| message.push("outwork-risk", "risk=0")), "duplicate"),
        refused("the same risk twice", after(|message| message.push("outwork-risk", RISK)), "duplicate"),
        refused("a risk in capitals beside", after(|message| message.push("OUTWORK-RISK", "risk=0")), "duplicate"),
        refused(
            "a risk of 20,000 bytes",
            after(|message| message.line("outwork-risk").push_str(&"a".repeat(20_000))),
            "malformed",
        ),
        refused(
            "signatures of 20,000 bytes",
            after(|message| message.push("signature", &format!("a=\"{}\"", "a".repeat(20_000)))),
            "malformed",
        ),
    ]
}

fn labels() -> Vec<Case> {
    let renamed = |to: &'static str| {
        after(move |message| {
            for name in ["signature", "signature-input"] {
                let line = message.line(name);
                *line = line.replacen("outwork", to, 1);
            }
        })
    };
    let mut cases = vec![
        refused("a label in capitals", renamed("Outwork"), "malformed"),
        refused("another label", renamed("outworks"), "unsigned"),
        refused("a label that a parameter has", renamed("a=1;outwork"), "malformed"),
    ];
    for name in ["signature", "signature-input"] {
        cases.push(refused(
            format!("our label twice in one line of {name}"),
            after(|message| {
                let line = message.line(name);
                *line = format!("{line}, {line}");
            }),
            "duplicate",
        ));
        cases.push(refused(
            format!("our label in two lines of {name}"),
            after(|message| {
                let line = message.line(name).clone();
                message.push(name, &line);
            }),
            "duplicate",
        ));
        cases.push(refused(
            format!("our label once more as a flag in {name}"),
            after(|message| message.push(name, "outwork")),
            "duplicate",
        ));
        for (what, text) in [
            ("no dictionary", "a=("),
            ("a comma at its end", "a=1,"),
            ("a member without a key", "=1"),
            ("a byte beyond ASCII", "a=\"\u{e9}\""),
            ("base64 that is none", "a=:*:"),
            ("an empty line beside", ""),
        ] {
            cases.push(refused(format!("{name} with {what}"), after(|message| message.push(name, text)), "malformed"));
        }
    }
    cases
}

fn components() -> Vec<Case> {
    let quoted = COMPONENTS.map(|name| format!("\"{name}\""));
    let plan = |components: &[&str]| signed(&Plan::new(NOW).covering(components));
    let all: Vec<&str> = quoted.iter().map(String::as_str).collect();
    let mut cases = Vec::new();
    for (place, name) in COMPONENTS.iter().enumerate() {
        let mut fewer = all.clone();
        fewer.remove(place);
        cases.push(refused(format!("{name} is not covered"), plan(&fewer), "components"));
    }
    cases.push(refused("nothing is covered", plan(&[]), "components"));
    for (what, more) in [
        ("a component twice", "\"@path\""),
        ("a component that we cannot check", "\"date\""),
        ("the target besides", "\"@target-uri\""),
        ("a component that is a token", "date"),
    ] {
        cases.push(refused(what, plan(&[&all[..], &[more]].concat()), "components"));
    }
    for (place, with) in [
        (4, "\"outwork-risk\";sf"),
        (4, "\"outwork-risk\";key=\"risk\""),
        (2, "\"@path\";req"),
        (4, "\"Outwork-Risk\""),
    ] {
        let mut others = all.clone();
        others[place] = with;
        cases.push(refused(format!("the component {with}"), plan(&others), "components"));
    }
    cases
}

fn parameters() -> Vec<Case> {
    let plan = |old: &str, new: &str| signed(&Plan::new(NOW).with(old, new));
    let (created, expires) = (format!(";created={NOW}"), format!(";expires={}", NOW + 60));
    let nonce = "nonce=\"MDEyMzQ1Njc4OWFiY2RlZg\"";
    vec![
        refused("no created", plan(&created, ""), "parameters"),
        refused("no expires", plan(&expires, ""), "parameters"),
        refused("no keyid", plan(";keyid=\"2026-11\"", ""), "parameters"),
        refused("no nonce", plan(&format!(";{nonce}"), ""), "parameters"),
        refused("no alg", plan(";alg=\"hmac-sha256\"", ""), "parameters"),
        refused("no tag", plan(";tag=\"outwork-evidence\"", ""), "parameters"),
        refused("created is a string", plan(&created, ";created=\"1\""), "parameters"),
        refused("created is a decimal", plan(&created, &format!("{created}.0")), "parameters"),
        refused("created is a date", plan(&created, &format!(";created=@{NOW}")), "parameters"),
        refused("created is negative", plan(&created, ";created=-1"), "parameters"),
        refused("expires is true", plan(&expires, ";expires"), "parameters"),
        refused("it ends before it begins", plan(&expires, &format!(";expires={}", NOW - 1)), "parameters"),
        refused("the keyid is a token", plan("\"2026-11\"", "k2026"), "parameters"),
        refused("the keyid is bytes", plan("\"2026-11\"", ":QUFB:"), "parameters"),
        refused("the nonce is empty", plan(nonce, "nonce=\"\""), "parameters"),
        refused("the nonce is too long", plan(nonce, &format!("nonce=\"{}\"", "n".repeat(129))), "parameters"),
        refused("the nonce is a token", plan(nonce, "nonce=abc"), "parameters"),
        refused("another tag", plan("outwork-evidence", "web-bot-auth"), "tag"),
        refused("a tag in capitals", plan("outwork-evidence", "Outwork-Evidence"), "tag"),
        refused("another algorithm", plan("hmac-sha256", "ed25519"), "algorithm"),
        refused("a key that is not known", plan("2026-11", "2025-01"), "key"),
        refused("the id of the other key", plan("2026-11", "2026-08"), "signature"),
        refused("a key with our id", signed(&Plan { key: [b'A'; 32], ..Plan::new(NOW) }), "signature"),
        refused("an empty key", signed(&Plan { key: [0; 32], ..Plan::new(NOW) }), "signature"),
    ]
}

fn times() -> Vec<Case> {
    let at = |name: &str, now, reason| Case { now, ..refused(name, signed(&Plan::new(NOW)), reason) };
    let expires = format!("expires={}", NOW + 60);
    let long = signed(&Plan::new(NOW).with(&expires, &format!("expires={}", NOW + 600)));
    let ever = signed(&Plan::new(NOW).with(&expires, "expires=999999999999999"));
    let short = signed(&Plan::new(NOW).with(&expires, &format!("expires={}", NOW + 10)));
    vec![
        at("six seconds before it was made", NOW - 6, "early"),
        at("six seconds after it ended", NOW + 66, "expired"),
        at("a year later", NOW + 31_536_000, "expired"),
        at("in 1970", 0, "early"),
        Case { now: NOW + 66, ..refused("older than the verifier takes", long, "expired") },
        Case { now: NOW + 66, ..refused("good for ever", ever, "expired") },
        Case { now: NOW + 16, ..refused("a short life", short, "expired") },
        Case {
            settings: Settings { skew: Some(0), ..Settings::default() },
            now: NOW + 61,
            ..refused("without skew", signed(&Plan::new(NOW)), "expired")
        },
        Case {
            settings: Settings { max_age: Some(10), ..Settings::default() },
            now: NOW + 16,
            ..refused("older than this origin takes", signed(&Plan::new(NOW)), "expired")
        },
    ]
}

fn changed() -> Vec<Case> {
    let target = |to: &'static str| after(move |message| message.target = to.into());
    let authority = |to: &'static str| after(move |message| message.authority = to.into());
    vec![
        refused(
            "another risk",
            after(|message| {
                let line = message.line("outwork-risk");
                *line = line.replace("12", "11");
            }),
            "signature",
        ),
        refused(
            "white space inside the risk",
            after(|message| {
                let line = message.line("outwork-risk");
                *line = line.replace(", band", ",  band");
            }),
            "signature",
        ),
        refused("another method", after(|message| message.method = "POST".into()), "signature"),
        refused("a method in lower case", after(|message| message.method = "get".into()), "signature"),
        refused("another path", target("/b?b"), "signature"),
        refused("a path that means the same", target("/./a?b"), "signature"),
        refused("a path that is escaped otherwise", target("/%61?b"), "signature"),
        refused("another query", target("/a?c"), "signature"),
        refused("no query", target("/a"), "signature"),
        refused("a query that moved into the path", target("/a%3Fb"), "signature"),
        refused("a path that brings lines with it", target("/a\n\"@query\": ?b"), "malformed"),
        refused("another authority", authority("shop.example.evil"), "signature"),
        refused("a port besides", authority("shop.example:80"), "signature"),
        refused("no authority", authority(""), "signature"),
        refused(
            "white space in what was signed",
            after(|message| {
                let line = message.line("signature-input");
                *line = line.replace(" \"@path\"", "  \"@path\"");
            }),
            "signature",
        ),
        refused("a parameter besides", after(|message| message.line("signature-input").push_str(";x")), "signature"),
        refused(
            "a proxy wrote an authority that nobody expects",
            after(|message| message.authority = "127.0.0.1:3000".into()),
            "signature",
        ),
        Case {
            settings: Settings { authority: Some("other.example"), ..Settings::default() },
            ..refused("meant for another origin", after(|_| {}), "signature")
        },
    ]
}

fn signatures() -> Vec<Case> {
    let written = |change: &dyn Fn(&str) -> String| {
        after(|message| {
            let line = message.line("signature");
            *line = change(line);
        })
    };
    // Of the 32 bytes' last base64 character only the upper four bits count.
    let bits = |text: &str| {
        const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let at = text.len() - 3;
        let place = ALPHABET.iter().position(|&one| one == text.as_bytes()[at]).unwrap();
        format!("{}{}=:", &text[..at], char::from(ALPHABET[place | 1]))
    };
    vec![
        refused("a signature with bits behind its end", written(&bits), "malformed"),
        refused(
            "a signature without padding",
            written(&|text| text.replace("=:", ":").replacen("outwork:", "outwork=:", 1)),
            "malformed",
        ),
        refused("a signature with a parameter", written(&|text| format!("{text};x")), "malformed"),
        refused(
            "a signature that is a string",
            written(&|text| text.replacen("=:", "=\"", 1).replace("=:", "=\"")),
            "malformed",
        ),
        refused("a signature that is a list", written(&|text| text.replacen("=:", "=(:", 1) + ")"), "malformed"),
        refused("a signature that is a flag", written(&|_| "outwork".into()), "malformed"),
        refused(
            "what was signed is no list",
            after(|message| *message.line("signature-input") = "outwork=1;created=1".into()),
            "malformed",
        ),
        refused("an empty signature", written(&|_| "outwork=::".into()), "signature"),
        refused("half a signature", written(&|text| text[..text.len() - 25].to_owned() + ":"), "signature"),
        refused(
            "a longer signature",
            written(&|text| text.replace("=:", "E:").replacen("outworkE:", "outwork=:", 1)),
            "signature",
        ),
        refused("a signature of nothing", written(&|_| format!("outwork=:{}=:", "A".repeat(43))), "signature"),
    ]
}

fn bodies() -> Vec<Case> {
    let bound = |change: &dyn Fn(&mut Message)| {
        let mut request = checkout("\"checkout\";body=bound", b"count=1");
        Plan::new(NOW).covering(&WITH_DIGEST).sign(&mut request);
        change(&mut request);
        request
    };
    let digest_of = |text: &str| {
        let mut request = checkout("\"checkout\";body=bound", b"count=1");
        *request.line("content-digest") = text.into();
        Plan::new(NOW).covering(&WITH_DIGEST).sign(&mut request);
        request
    };
    let says = |transaction: &str, covered: bool| {
        let mut request = checkout(transaction, b"x");
        if covered { Plan::new(NOW).covering(&WITH_DIGEST) } else { Plan::new(NOW) }.sign(&mut request);
        request
    };
    vec![
        refused("another body", bound(&|message| message.body = b"count=9".into()), "digest"),
        refused("a longer body", bound(&|message| message.body.push(b'0')), "digest"),
        refused("no body", bound(&|message| message.body.clear()), "digest"),
        refused(
            "another body with its digest",
            bound(&|message| {
                message.body = b"count=9".into();
                *message.line("content-digest") = content_digest(b"count=9");
            }),
            "signature",
        ),
        refused("no digest", bound(&|message| message.remove("content-digest")), "digest"),
        refused("two digests", bound(&|message| message.push("content-digest", "sha-256=:AAAA:")), "duplicate"),
        refused(
            "a digest that nobody signed",
            bound(&|message| message.line("content-digest").push_str(", a=1")),
            "signature",
        ),
        refused("a digest by another function", digest_of("sha-512=:AAAA:"), "digest"),
        refused(
            "a digest that comes twice in one line",
            digest_of(&format!("{0}, {0}", content_digest(b"count=1"))),
            "digest",
        ),
        refused("a digest that is a string", digest_of("sha-256=\"a\""), "digest"),
        refused("a digest that is too short", digest_of("sha-256=:AAAA:"), "digest"),
        refused("a digest field that is no dictionary", digest_of("sha-256=:"), "digest"),
        refused("said to be bound, and not covered", says("\"checkout\";body=bound", false), "malformed"),
        refused("said to be unbound, and covered", says("\"checkout\";body=unbound", true), "malformed"),
        refused("said to be none, and covered", says("\"checkout\";body=none", true), "malformed"),
        refused("a body of another kind", says("\"checkout\";body=maybe", false), "malformed"),
        refused("a body in quotation marks", says("\"checkout\";body=\"unbound\"", false), "malformed"),
        refused("a demand of another kind", says("\"checkout\";body=none;demand=maybe", false), "malformed"),
        refused("a demand in quotation marks", says("\"checkout\";body=none;demand=\"met\"", false), "malformed"),
        refused("a transaction that is a number", says("1;body=none", false), "malformed"),
    ]
}

/// Signed by who has the key, and yet not what this version reads.
fn risks() -> Vec<Case> {
    let says = |old: &str, new: &str| {
        assert!(RISK.contains(old), "{old}");
        with_risk(&RISK.replace(old, new))
    };
    vec![
        refused("a risk that is no dictionary", with_risk("risk=("), "malformed"),
        refused("an empty risk", with_risk(""), "malformed"),
        refused("a risk without a number", says("risk=12, ", ""), "malformed"),
        refused("a risk of 101", says("risk=12", "risk=101"), "malformed"),
        refused("a risk below nothing", says("risk=12", "risk=-1"), "malformed"),
        refused("a risk with a fraction", says("risk=12", "risk=12.0"), "malformed"),
        refused("a layer that is true", says("device=12", "device"), "malformed"),
        refused("a band that is a string", says("band=low", "band=\"low\""), "malformed"),
        refused("no verdict", says("verdict=allow, ", ""), "malformed"),
        refused("a confidence of 2", says("0.82", "2.0"), "malformed"),
        refused("reasons that are no list", says("reasons=()", "reasons=\"\""), "malformed"),
        refused("a reason that is a token", says("reasons=()", "reasons=(a)"), "malformed"),
        refused("an agent that is a token", says("bundle=", "agent=a, bundle="), "malformed"),
        refused("enforced is a token", says("bundle=", "enforced=no, bundle="), "malformed"),
        refused("no id", says(", id=\"06H2M4KK6GSP6TSC\"", ""), "malformed"),
        refused("a key twice in the risk", with_risk(&format!("{RISK}, risk=0")), "malformed"),
        refused(
            "two transactions",
            with_risk(&format!("{}, transaction=\"b\"", risk_of("\"a\";body=none"))),
            "malformed",
        ),
    ]
}
