//! Honest requests of many shapes.

use crate::{
    dice::Dice,
    message::{Case, Expected, Message, Settings, Told},
    policy::{Sent, policy, shadow},
    signer::{Plan, ROTATED, content_digest, sha512},
};

pub(crate) const NOW: u64 = 1_795_305_600;

/// A request without headers.
pub(crate) fn message(method: &str, authority: &str, target: &str) -> Message {
    Message {
        method: method.into(),
        scheme: "https",
        authority: authority.into(),
        target: target.into(),
        headers: Vec::new(),
        body: Vec::new(),
    }
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = by_the_engine();
    cases.extend(transactions());
    cases.extend(bound());
    cases.extend([with_agent(), in_shadow()]);
    cases.extend(in_time());
    cases.extend(otherwise_written());
    cases
}

fn by_the_engine() -> Vec<Case> {
    let plain = |target: &str| message("GET", "shop.example", target);
    let with = |lines: &[(&str, &str)]| {
        let mut message = plain("/");
        lines.iter().for_each(|(name, value)| message.push(name, value));
        message
    };
    let at = |authority: &str, scheme| Message { scheme, ..message("GET", authority, "/") };
    let shapes = [
        ("a page", plain("/")),
        ("a path and a query", plain("/a/b%2Fc?x=1&y=%20")),
        ("an empty query", plain("/a?")),
        ("question marks in the query", plain("/a?b?c=?")),
        ("an empty path with a query", plain("?x")),
        ("the whole server", message("OPTIONS", "shop.example", "*")),
        ("bytes beyond ASCII in the path", plain("/caf\u{c3}\u{a9}")),
        ("two slashes and dots", plain("//a/./b/../c")),
        ("a form", message("POST", "shop.example", "/login")),
        ("a method of somebody's own", message("M-SEARCH", "shop.example", "/")),
        ("twelve long reasons", plain("/?r0.r1.r2.r3.r4.r5.r6.r7.r8.r9.r10.r11.")),
        ("a layer that nothing was seen in", plain("/?r0.r2.")),
        ("an authority in capitals", at("Shop.EXAMPLE", "https")),
        ("the port of https", at("shop.example:443", "https")),
        ("the port of http", at("shop.example:80", "http")),
        ("the port of http under https", at("shop.example:80", "https")),
        ("another port", at("shop.example:8443", "https")),
        ("an IPv6 address with a port", at("[2001:db8::1]:8443", "https")),
        ("an IPv6 address with the port of https", at("[2001:DB8::1]:443", "https")),
        (
            "a signature of the client's",
            with(&[
                ("signature-input", "sig1=(\"@method\" \"a;b\");created=1;x=\"outwork=()\""),
                ("signature", "sig1=:AAAA:"),
            ]),
        ),
        (
            "two signatures of the client's, in two lines",
            with(&[
                ("signature-input", "a=();x"),
                ("signature-input", "b=(\"@path\");tag=\"web-bot-auth\""),
                ("signature", "a=:QQ==:"),
                ("signature", "b=:QkI=:;y=?0"),
            ]),
        ),
        (
            "what a client says of itself",
            with(&[
                ("outwork-risk", "risk=0"),
                ("outwork-anything", "x"),
                ("signature", "outwork=:AAAA:, c=:QQ==:"),
                ("signature-input", "outwork=(), c=()"),
            ]),
        ),
        ("a signature field that is none", with(&[("signature", "a=:Q:"), ("signature-input", "(")])),
        (
            "many other headers",
            with(&[
                ("accept", "*/*"),
                ("cookie", "a=b"),
                ("outworker", "somebody else's"),
                ("content-digest", "sha-256=:AAAA:"),
            ]),
        ),
    ];
    let (policy, mut dice) = (policy(), Dice(7));
    let mut cases: Vec<Case> = Vec::new();
    for (name, message) in shapes {
        let (request, told) = Sent::new(message, NOW, &mut dice).through(&policy);
        cases.push(verified(name, request, NOW, told));
    }
    let (request, told) =
        Sent { keys: ROTATED, ..Sent::new(message("GET", "shop.example", "/"), NOW, &mut dice) }.through(&policy);
    cases.push(verified("the key of before", request, NOW, told));
    let (request, told) =
        Sent { observed: true, ..Sent::new(message("GET", "shop.example", "/?r1.r4."), NOW, &mut dice) }
            .through(&policy);
    cases.push(verified("inside a window", request, NOW, told));
    let (request, told) = Sent::new(message("POST", "shop.example", "/refund?r1."), NOW, &mut dice).through(&shadow());
    cases.push(verified("what a policy in shadow would do", request, NOW, told));
    let (mut request, told) = Sent::new(message("GET", "shop.example", "/"), NOW, &mut dice).through(&policy);
    request.authority = "127.0.0.1:3000".into();
    let settings = Settings { authority: Some("Shop.example:443"), ..Settings::default() };
    cases.push(Case { settings, ..verified("a proxy wrote another authority", request, NOW, told) });
    let newer = with(&[
        ("signature-input", "sig1=(\"@method\");until=@1795305600, outwork=();x=@1, b=();who=%\"J%c3%bcrgen\""),
        ("signature", "sig1=:AAAA:, outwork=:AAAA:, b=:AAAA:"),
    ]);
    let (request, told) = Sent::new(newer, NOW, &mut dice).through(&policy);
    cases.push(verified("dates and display strings in what others signed", request, NOW, told));
    cases
}

/// As the engine signs them: with a digest of its own, of the client's, beside another, and none.
fn transactions() -> Vec<Case> {
    let (policy, mut dice) = (policy(), Dice(9));
    let post = |target: &str, body: &[u8]| Message { body: body.into(), ..message("POST", "shop.example", target) };
    let digested = |field: &str| {
        let mut message = post("/checkout", b"product=ravelin");
        message.push("content-digest", field);
        message
    };
    let (own, other) = (content_digest(b"product=ravelin"), sha512(b"product=ravelin"));
    let shapes = [
        ("signed: a bound body", post("/checkout?step=2", b"product=ravelin&count=1"), true),
        ("signed: a bound body that is empty", post("/checkout", b""), true),
        ("signed: the client's own digest", digested(&own), true),
        ("signed: the client's own digest beside another", digested(&format!("{other}, {own}")), true),
        ("signed: another digest of the client's", digested(&other), true),
        ("signed: a body that is too large", post("/checkout", &[b'x'; 1_025]), true),
        ("signed: a host without bodies", post("/checkout", b"x"), false),
        ("signed: nobody binds it", post("/refund", b"x"), true),
    ];
    let case = |(name, message, collected)| {
        let sent = Sent { collected, ..Sent::new(message, NOW, &mut dice) };
        let (request, told) = sent.through(&policy);
        assert!(told.transaction.is_some(), "{name}");
        verified(name, request, NOW, told)
    };
    let mut cases: Vec<Case> = shapes.into_iter().map(case).collect();
    for (name, observed, demand) in
        [("signed: a demand that is met", true, "met"), ("signed: a demand that is not met", false, "unmet")]
    {
        let sent = Sent { observed, ..Sent::new(post("/transfer", b"x"), NOW, &mut dice) };
        let (request, told) = sent.through(&policy);
        assert_eq!(told.demand, demand, "{name}");
        cases.push(verified(name, request, NOW, told));
    }
    cases
}

/// What a signature of ours covers where the engine decides nothing: the field, and what it says.
pub(crate) const RISK: &str = "risk=12, band=low, verdict=allow, device=12, window=inside, confidence=0.82, reasons=(), bundle=\"2026.11.22-abcdef\", id=\"06H2M4KK6GSP6TSC\"";

pub(crate) fn told() -> Told {
    Told {
        risk: 12,
        band: "low".into(),
        verdict: "allow".into(),
        device: Some(12),
        behaviour: None,
        context: None,
        window: "inside".into(),
        confidence: 0.82,
        reasons: Vec::new(),
        agent: None,
        bundle: "2026.11.22-abcdef".into(),
        id: "06H2M4KK6GSP6TSC".into(),
        transaction: None,
        body: "none",
        demand: "none",
        enforced: true,
    }
}

/// [`RISK`] with a transaction.
pub(crate) fn risk_of(transaction: &str) -> String {
    RISK.replace(" reasons=", &format!(" transaction={transaction}, reasons="))
}

/// A POST with a body and its digest, not signed yet.
pub(crate) fn checkout(transaction: &str, body: &[u8]) -> Message {
    let mut message = Message { body: body.into(), ..message("POST", "shop.example", "/checkout?step=2") };
    message.push("content-digest", &content_digest(body));
    message.push("outwork-risk", &risk_of(transaction));
    message
}

/// All that a signature of a bound transaction covers.
pub(crate) const WITH_DIGEST: [&str; 6] =
    ["\"@method\"", "\"@authority\"", "\"@path\"", "\"@query\"", "\"outwork-risk\"", "\"content-digest\""];

fn bound() -> Vec<Case> {
    let cases = [
        ("a bound body", checkout("\"checkout\";body=bound", b"product=ravelin&count=1"), true, "bound"),
        ("a bound body that is empty", checkout("\"checkout\";body=bound", b""), true, "bound"),
        (
            "a bound body of all bytes",
            checkout("\"checkout\";body=bound", &(0..=255).collect::<Vec<u8>>()),
            true,
            "bound",
        ),
        ("a body that was too large to bind", checkout("\"checkout\";body=unbound", b"x"), false, "unbound"),
        ("a transaction whose body nobody binds", checkout("\"checkout\";body=none", b"x"), false, "none"),
    ];
    let mut cases: Vec<Case> = cases
        .into_iter()
        .map(|(name, mut request, covered, body)| {
            let plan = Plan::new(NOW);
            if covered { plan.covering(&WITH_DIGEST) } else { plan }.sign(&mut request);
            verified(name, request, NOW, Told { transaction: Some("checkout".into()), body, ..told() })
        })
        .collect();
    for (name, demand) in [
        ("a demand that a challenge stands in for", "cleared"),
        ("a demand that a rule lifts", "exempt"),
        ("a bound body, and no window", "unmet"),
    ] {
        let mut request = checkout(&format!("\"checkout\";body=bound;demand={demand}"), b"x");
        Plan::new(NOW).covering(&WITH_DIGEST).sign(&mut request);
        cases.push(verified(
            name,
            request,
            NOW,
            Told { transaction: Some("checkout".into()), body: "bound", demand, ..told() },
        ));
    }
    let mut request = checkout("\"checkout\";body=bound", b"x");
    let digest = format!("{}, {}", sha512(b"x"), content_digest(b"x"));
    *request.line("content-digest") = digest;
    Plan::new(NOW).covering(&WITH_DIGEST).sign(&mut request);
    cases.push(verified(
        "a digest beside another",
        request,
        NOW,
        Told { transaction: Some("checkout".into()), body: "bound", ..told() },
    ));
    cases
}

/// A signed request, as [`told`] has it.
pub(crate) fn signed(plan: &Plan) -> Message {
    let mut request = message("GET", "shop.example", "/a?b");
    request.push("outwork-risk", RISK);
    plan.sign(&mut request);
    request
}

/// A member that the engine writes where an agent is verified.
fn with_agent() -> Case {
    let mut request = message("GET", "shop.example", "/");
    request.push("outwork-risk", &RISK.replace("bundle=", "agent=\"googlebot\", bundle="));
    Plan::new(NOW).sign(&mut request);
    verified("a verified agent", request, NOW, Told { agent: Some("googlebot".into()), ..told() })
}

/// A member that the engine writes where the policy only watches.
fn in_shadow() -> Case {
    let mut request = message("GET", "shop.example", "/");
    request.push("outwork-risk", &RISK.replace("bundle=", "enforced=?0, bundle="));
    Plan::new(NOW).sign(&mut request);
    verified("a policy that only watches", request, NOW, Told { enforced: false, ..told() })
}

fn in_time() -> Vec<Case> {
    let request = signed(&Plan::new(NOW));
    let wide = Settings { skew: Some(30), ..Settings::default() };
    let long = Plan::new(NOW).with(&format!("expires={}", NOW + 60), &format!("expires={}", NOW + 600));
    vec![
        verified("five seconds before it was made", request.clone(), NOW - 5, told()),
        verified("five seconds after it ended", request.clone(), NOW + 65, told()),
        Case { settings: wide, ..verified("clocks that differ more", request, NOW + 90, told()) },
        Case {
            settings: Settings { max_age: Some(600), ..Settings::default() },
            ..verified("a long life", signed(&long), NOW + 300, told())
        },
        verified("a long life, while it is young", signed(&long), NOW + 60, told()),
    ]
}

/// What says the same in other words.
fn otherwise_written() -> Vec<Case> {
    let request = signed(&Plan::new(NOW));
    let rewritten = |change: &dyn Fn(&mut Message)| {
        let mut request = request.clone();
        change(&mut request);
        request
    };
    let spaced =
        rewritten(&|message| message.headers.iter_mut().for_each(|(_, value)| *value = format!(" \t{value}\t ")));
    let shouted = rewritten(&|message| message.headers.iter_mut().for_each(|(name, _)| *name = name.to_uppercase()));
    let joined = rewritten(&|message| {
        for (name, ours) in [("signature-input", "(\"@method\");created=1"), ("signature", ":QQ==:")] {
            let line = message.line(name);
            *line = format!("sig1={ours}\t ,\t{line} ,sig2={ours}");
        }
    });
    let order =
        Plan::new(NOW).covering(&["\"outwork-risk\"", "\"@query\"", "\"@path\"", "\"@authority\"", "\"@method\""]);
    let more = Plan::new(NOW).with(";tag", ";x=1;y;tag");
    vec![
        verified("white space around values", spaced, NOW, told()),
        verified("names in capitals", shouted, NOW, told()),
        verified("between signatures of others", joined, NOW, told()),
        verified("components in another order", signed(&order), NOW, told()),
        verified("parameters that nobody knows", signed(&more), NOW, told()),
    ]
}

fn verified(name: &str, request: Message, now: u64, told: Told) -> Case {
    Case {
        name: name.into(),
        request,
        now,
        settings: Settings::default(),
        expected: Expected::Verified(Box::new(told)),
    }
}
