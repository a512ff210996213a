//! Who is asked, and in which form.

use crate::site::{SETTINGS, Site, Visitor, header, solve};
use outwork_engine::decision::Verdict;
use serde_json::Value;

#[test]
fn a_browser_passes_once_and_goes_on_where_it_was() {
    let (mut site, mut visitor) = (Site::new(SETTINGS), Visitor::new());
    let page = site.get(&visitor, "/login?next=%2Fcart");
    assert_eq!((page.verdict, page.reply().status), (Some(Verdict::Challenge), 403));
    assert_eq!(page.reasons, ["login"]);
    // OCSF: denied, by a challenge.
    let record = page.record.as_ref().unwrap();
    assert_eq!((record["action_id"].as_u64(), record["disposition_id"].as_u64()), (Some(2), Some(23)));
    assert_eq!(header(page.reply(), "cache-control"), Some("no-store"));
    let token = page.token();
    let reply = site.answer(&visitor, &token, &solve(&token, 3));
    assert_eq!((reply.status, reply.body.as_str()), (200, "{\"cleared\":true,\"until\":1795307400}"));
    visitor.keep(&reply);
    let seen = site.get(&visitor, "/login?next=%2Fcart");
    assert_eq!((seen.verdict, seen.reply.is_none()), (Some(Verdict::Tag), true));
    assert_eq!(seen.reasons, ["login", "challenge.cleared"]);
    site.second = 1_799;
    assert_eq!(site.get(&visitor, "/login").verdict, Some(Verdict::Tag));
    site.second = 1_800;
    assert_eq!(site.get(&visitor, "/login").verdict, Some(Verdict::Challenge), "a clearance ends");
}

#[test]
fn a_new_key_takes_neither_challenges_nor_clearances_away() {
    let (mut site, mut visitor) = (Site::new(SETTINGS), Visitor::new());
    let token = site.get(&visitor, "/login").token();
    site.rotate();
    visitor.keep(&site.answer(&visitor.clone(), &token, &solve(&token, 3)));
    assert_eq!(site.get(&visitor, "/login").verdict, Some(Verdict::Tag));
    assert_eq!(site.answer(&visitor, &token, &solve(&token, 3)).status, 409);
}

#[test]
fn a_clearance_holds_for_its_band_and_those_below() {
    let (mut site, mut visitor) = (Site::new(SETTINGS), Visitor::new());
    let token = site.get(&visitor, "/odd").token();
    visitor.keep(&site.answer(&visitor.clone(), &token, &solve(&token, 4)));
    assert_eq!(site.get(&visitor, "/odd").verdict, Some(Verdict::Tag));
    assert_eq!(site.get(&visitor, "/login").verdict, Some(Verdict::Tag));
    let higher = site.get(&visitor, "/very-odd");
    assert_eq!(higher.verdict, Some(Verdict::Challenge));
    let token = higher.token();
    visitor.keep(&site.answer(&visitor.clone(), &token, &solve(&token, 5)));
    assert_eq!(site.get(&visitor, "/very-odd").verdict, Some(Verdict::Tag));
}

#[test]
fn an_exemption_lets_through_and_a_block_stays_one() {
    let (mut site, visitor) = (Site::new(SETTINGS), Visitor::new());
    assert_eq!(site.get(&visitor.clone().with("x-partner", "yes"), "/login").verdict, Some(Verdict::Allow));
    assert_eq!(site.get(&visitor.with("x-bad", "yes"), "/login").verdict, Some(Verdict::Block));
}

#[test]
fn in_shadow_nobody_is_asked() {
    let mut site = Site::new(&SETTINGS.replace("enforce", "shadow"));
    let seen = site.get(&Visitor::new(), "/login");
    assert_eq!((seen.verdict, seen.reply.is_none()), (Some(Verdict::Challenge), true));
}

#[test]
fn the_page_has_nothing_inline_and_says_what_is_needed() {
    let mut site = Site::new(SETTINGS);
    let page = site.get(&Visitor::new().with("sec-fetch-mode", "navigate"), "/login");
    let (reply, body) = (page.reply(), &page.reply().body);
    assert_eq!(header(reply, "content-type"), Some("text/html; charset=utf-8"));
    let policy = header(reply, "content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; ") && !policy.contains("unsafe"), "{policy}");
    for part in [
        "<html lang=\"en\">",
        "<main id=\"outwork\"",
        "<h1>",
        "role=\"status\" aria-live=\"polite\"",
        "The site checks visitors to this page.",
        "<noscript><meta http-equiv=\"refresh\" content=\"5; url=/.well-known/outwork/challenge/wait?c=",
        "<a href=\"https://shop.example/help\">",
        "data-method=\"GET\"",
        "data-bits=\"3\"",
    ] {
        assert!(body.contains(part), "{part}");
    }
    assert!(!body.contains("has not arrived"));
    for inline in ["<script>", "<style", " style=", " onclick=", "javascript:"] {
        assert!(!body.contains(inline), "{inline}");
    }
}

#[test]
fn who_sent_something_is_told_that_it_did_not_arrive() {
    let mut site = Site::new(SETTINGS);
    let page = site.send(&Visitor::new().request("POST", "/login"), b"");
    assert_eq!(page.reply().status, 403);
    let body = &page.reply().body;
    assert!(body.contains("What you sent has not arrived") && body.contains("data-method=\"POST\""), "{body}");
}

#[test]
fn a_program_is_told_in_json() {
    let mut site = Site::new(SETTINGS);
    for visitor in [Visitor::new().with("accept", "application/json"), Visitor::new().with("sec-fetch-mode", "cors")] {
        let asked = site.get(&visitor, "/login");
        assert_eq!(asked.reply().status, 403);
        assert_eq!(header(asked.reply(), "content-type"), Some("application/problem+json"));
        let problem: Value = serde_json::from_str(&asked.reply().body).unwrap();
        let expected = serde_json::json!({
            "type": "/.well-known/outwork/challenge", "title": "Proof of work needed", "status": 403,
            "detail": "The site checks visitors to this page.",
            "reference": problem["reference"], "contact": "https://shop.example/help",
            "challenge": {
                "token": problem["challenge"]["token"], "algorithm": "sha256-leading-zero-bits", "bits": 3,
                "answer_to": "/.well-known/outwork/challenge", "expires_in": 300,
            },
        });
        assert_eq!(problem, expected);
        let token = problem["challenge"]["token"].as_str().unwrap();
        assert_eq!(site.answer(&visitor, token, &solve(token, 3)).status, 200);
    }
}

#[test]
fn what_nobody_could_answer_is_not_challenged_by_a_band() {
    let mut site =
        Site::new(&SETTINGS.replace("medium = \"challenge\"", "low = \"challenge\"\nmedium = \"challenge\""));
    let visitor = Visitor::new();
    let preflight = visitor.clone().with("origin", "https://a.example").with("access-control-request-method", "PUT");
    let socket = visitor.clone().with("upgrade", "websocket").with("sec-websocket-version", "13");
    let call = visitor.clone().with("content-type", "application/grpc+proto").with("te", "trailers");
    for (visitor, method, target, exempt) in [
        (&visitor, "GET", "/.well-known/acme-challenge/aZ_-09", true),
        (&visitor, "GET", "/.well-known/acme-challenge/../admin", false),
        (&visitor, "GET", "/.well-known/acme-challenge/", false),
        (&visitor, "GET", "/.well-known/acme-challenge/a%2f..", false),
        (&visitor, "GET", "/robots.txt", true),
        (&visitor, "GET", "/robots.txt/../admin", false),
        (&visitor, "GET", "/favicon.ico?v=2", true),
        (&visitor, "GET", "/healthz", true),
        (&visitor, "GET", "/health/../admin", false),
        (&visitor, "GET", "/", false),
        (&preflight, "OPTIONS", "/api", true),
        (&preflight, "GET", "/api", false),
        (&visitor, "OPTIONS", "/api", false),
        (&socket, "GET", "/socket", true),
        (&call, "POST", "/shop.Cart/Add", true),
        (&call, "GET", "/", false),
    ] {
        let seen = site.send(&visitor.request(method, target), b"");
        let expected = if exempt { Verdict::Tag } else { Verdict::Challenge };
        assert_eq!(seen.verdict, Some(expected), "{method} {target}");
        assert_eq!(seen.reasons.contains(&"challenge.exempt".into()), exempt, "{method} {target}");
    }
    // A rule that asks for it itself is not held back.
    assert_eq!(site.send(&preflight.request("OPTIONS", "/login"), b"").verdict, Some(Verdict::Challenge));
}
