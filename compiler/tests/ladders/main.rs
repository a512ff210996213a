//! What limits do to those who do not stop: ladders, decoys, and what refusals tell.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails loudly")]

mod page;
mod shipped;
mod site;

use outwork_compiler::{Request, Visit, compile_files};
use outwork_engine::{decision::Verdict, fact::Fact};
use site::Site;
use std::collections::BTreeMap;

const POLICY: &str = r#"
[policy]
version = "1"
mode = "enforce"

[[limit]]
id = "climbing"
when = 'request.path.startsWith("/climb")'
key = ["ip"]
burst = 2
refill = "1/s"
ladder = ["throttle", "challenge", "block"]
penalty = { base = "10s", factor = 2, max = "1m", forgive = "30s" }
decoy = "challenge"
tarpit = "2s"

[[limit]]
id = "counted"
when = 'request.path.startsWith("/climb")'
key = ["ip"]
burst = 1000
refill = "100/s"

[[limit]]
id = "device"
when = 'request.path.startsWith("/")'
key = ["ip", "device"]
burst = 1000
refill = "100/s"
ladder = ["block"]
decoy = "block"

[[limit]]
id = "session"
when = 'request.path.startsWith("/")'
key = ["session"]
burst = 1000
refill = "100/s"
ladder = ["block"]
decoy = "block"
"#;

const DECOYS: &str = r#"
[pack]
id = "decoys"
version = "1"
why = "bait"

[[rule]]
id = "bait"
when = 'request.path == "/.env"'
action = "decoy"
why = "bait"
"#;

fn site() -> Site {
    let policy = POLICY.replacen("mode = ", "packs = [\"decoys.toml\"]\nmode = ", 1);
    let files = [("outwork.toml", policy.as_str()), ("decoys.toml", DECOYS)];
    let files = files.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()));
    let compiled = compile_files(&BTreeMap::from(files), "outwork.toml");
    Site::new(&compiled.unwrap_or_else(|report| panic!("{}", report.render(false))))
}

fn climb(site: &mut Site, second: u64, times: usize) -> Vec<Verdict> {
    (0..times).map(|_| site.ask(second, "/climb", |_| {}).verdict).collect()
}

#[test]
fn who_does_not_stop_waits_then_proves_then_is_shut_out_and_is_forgiven() {
    use Verdict::{Allow, Block, Challenge, Throttle};
    let mut site = site();
    assert_eq!(climb(&mut site, 0, 4), [Allow, Allow, Throttle, Throttle], "two at once, then a term of 10 s");
    assert_eq!(climb(&mut site, 5, 3), [Allow, Allow, Throttle], "in which tokens count");
    assert_eq!(climb(&mut site, 11, 4), [Allow, Allow, Challenge, Challenge], "the next overflow: a term of 20 s");
    assert_eq!(climb(&mut site, 30, 1), [Challenge], "in which nothing counts");
    assert_eq!(climb(&mut site, 32, 3), [Allow, Allow, Block], "the last: 40 s");
    assert_eq!(climb(&mut site, 71, 1), [Block]);
    assert_eq!(climb(&mut site, 163, 3), [Allow, Allow, Throttle], "90 s later all three levels are forgiven");
}

#[test]
fn a_refusal_tells_every_limit_and_names_those_that_refuse() {
    let mut site = site();
    climb(&mut site, 0, 2);
    let seen = site.ask(0, "/climb", |_| {});
    assert_eq!((seen.verdict, seen.status, seen.delay), (Verdict::Throttle, Some(429), 2_000));
    assert_eq!(seen.reasons, ["climbing"]);
    assert_eq!(
        seen.header("ratelimit-policy"),
        Some(r#""climbing";q=2;w=2, "counted";q=1000;w=10, "device";q=1000;w=10"#)
    );
    assert_eq!(seen.header("ratelimit"), Some(r#""climbing";r=0;t=1, "counted";r=997;t=1, "device";r=997;t=1"#));
    assert_eq!((seen.header("retry-after"), seen.violated()), (Some("1"), serde_json::json!(["climbing"])));
}

#[test]
fn a_challenge_that_a_ladder_asks_for_names_the_limit() {
    let mut site = site();
    climb(&mut site, 0, 3);
    climb(&mut site, 11, 3);
    let seen = site.ask(11, "/climb", |_| {});
    assert_eq!((seen.verdict, seen.status, seen.delay), (Verdict::Challenge, Some(403), 0));
    assert_eq!(seen.violated(), serde_json::json!(["climbing"]));
    assert!(seen.header("ratelimit").unwrap().starts_with(r#""climbing";r=0;t=20, "#));
    assert_eq!(seen.header("retry-after"), None, "who passes it need not wait");
    let html = |request: &mut Request| {
        request.headers.push(("accept".into(), b"text/html".to_vec()));
        request.headers.push(("sec-fetch-mode".into(), b"navigate".to_vec()));
    };
    let page = site.ask(11, "/climb", html);
    assert!(page.body.starts_with("<!doctype html>") && page.header("ratelimit-policy").is_some());
}

#[test]
fn who_is_shut_out_is_told_for_how_long() {
    let mut site = site();
    for second in [0, 11, 32] {
        climb(&mut site, second, 3);
    }
    let seen = site.ask(33, "/climb", |_| {});
    assert_eq!((seen.verdict, seen.status, seen.header("retry-after")), (Verdict::Block, Some(429), Some("39")));
    assert!(seen.header("ratelimit").unwrap().starts_with(r#""climbing";r=0;t=39, "#));
    assert!(seen.body.contains("#abnormal-usage-detected"));
}

#[test]
fn a_decoy_puts_the_address_the_device_and_the_session_on_their_rungs() {
    let mut site = site();
    let with_session = |request: &mut Request| request.session = Some(Visit::default());
    let other_address = |request: &mut Request| request.address = Fact::Known([203, 0, 113, 8].into());
    assert_eq!(site.ask(0, "/", with_session).verdict, Verdict::Allow);
    let bait = site.ask(1, "/.env", with_session);
    assert_eq!((bait.verdict, bait.status), (Verdict::Block, Some(404)), "the bait looks like nothing");
    assert!(bait.headers.iter().all(|(name, _)| !name.starts_with("ratelimit")), "and tells nothing");
    let stranger = site.ask(2, "/climb", |request| {
        other_address(request);
        request.headers.push(("accept-language".into(), b"de".to_vec()));
    });
    assert_eq!(stranger.verdict, Verdict::Allow);
    let moved = site.ask(2, "/", |request| {
        other_address(request);
        with_session(request);
    });
    assert_eq!((moved.verdict, moved.reasons.as_slice()), (Verdict::Block, ["session".to_owned()].as_slice()));
    let device = site.ask(2, "/", |_| {});
    assert_eq!((device.verdict, device.reasons.as_slice()), (Verdict::Block, ["device".to_owned()].as_slice()));
    let neighbour = site.ask(2, "/climb", |request| {
        request.headers.push(("accept-language".into(), b"de".to_vec()));
    });
    assert_eq!(
        (neighbour.verdict, neighbour.reasons.as_slice()),
        (Verdict::Challenge, ["climbing".to_owned()].as_slice()),
        "somebody behind the same address can prove that they are somebody else"
    );
}

#[test]
fn a_decoy_on_a_page_of_somebody_else_strikes_nobody() {
    let mut site = site();
    let from = |site: &'static str| {
        move |request: &mut Request| request.headers.push(("sec-fetch-site".into(), site.as_bytes().to_vec()))
    };
    assert_eq!(site.ask(0, "/.env", from("cross-site")).status, Some(404));
    assert_eq!(site.ask(1, "/climb", |_| {}).verdict, Verdict::Allow);
    assert_eq!(site.ask(2, "/.env", from("none")).status, Some(404));
    assert_eq!(site.ask(3, "/climb", |_| {}).verdict, Verdict::Block);
}

#[test]
fn no_header_makes_a_challenge_of_a_ladder_a_wait() {
    let mut site = site();
    climb(&mut site, 0, 3);
    climb(&mut site, 11, 3);
    let grpc = |request: &mut Request| {
        request.method = "POST".into();
        request.headers.push(("content-type".into(), b"application/grpc-web+json".to_vec()));
    };
    let upgrade = |request: &mut Request| {
        request.headers.push(("upgrade".into(), b"websocket".to_vec()));
        request.headers.push(("sec-websocket-version".into(), b"13".to_vec()));
    };
    assert_eq!(site.ask(12, "/climb", grpc).verdict, Verdict::Challenge);
    assert_eq!(site.ask(12, "/climb", upgrade).verdict, Verdict::Challenge);
}
