//! What the shipped limits promise, played: rules/packs/limits.toml.

use super::site::{Seen, Site};
use outwork_compiler::{Request, Visit, Way, compile};
use outwork_engine::{
    decision::Verdict::{self, Allow, Block, Challenge, Tag, Throttle},
    fact::Fact,
};
use std::path::Path;

fn shipped() -> Site {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../rules");
    Site::new(&compile(&rules).unwrap_or_else(|report| panic!("{}", report.render(false))))
}

const BROWSERS: &str = include_str!("../../../tests/corpus/browsers.jsonl");

/// A browser of the corpus without a session.
fn stranger(request: &mut Request) {
    let line = BROWSERS.lines().find(|line| line.contains("\"browser.chrome_107.0.5304.107_win10\"")).unwrap();
    let case: serde_json::Value = serde_json::from_str(line).unwrap();
    let browser: Request = serde_json::from_value(case.get("facts").cloned().unwrap()).unwrap();
    let (method, target) = (request.method.clone(), request.target.clone());
    *request = Request { method, target, address: request.address, ..browser };
}

/// A person with another browser behind the same address.
fn neighbour(request: &mut Request) {
    stranger(request);
    request
        .headers
        .iter_mut()
        .filter(|(name, _)| name == "accept-language")
        .for_each(|(_, value)| *value = b"de".into());
}

/// The same browser, observed for two minutes.
fn person(request: &mut Request) {
    stranger(request);
    request.session = Some(Visit { age: Some(120), observations: 4, ..Visit::default() });
}

fn cleared(request: &mut Request) {
    stranger(request);
    request.session = Some(Visit { observations: 0, clearance: Some(Way::Work), ..Visit::default() });
}

fn signs_in(site: &mut Site, second: u64, who: fn(&mut Request)) -> Seen {
    site.ask(second, "/login", |request| {
        request.method = "POST".into();
        who(request);
    })
}

fn passes(verdict: Verdict) -> bool {
    matches!(verdict, Allow | Tag)
}

/// How many of so many attempts a second get through, for so many seconds.
fn admitted(site: &mut Site, seconds: std::ops::Range<u64>, a_second: usize, who: fn(&mut Request)) -> usize {
    seconds.map(|second| (0..a_second).filter(|_| passes(signs_in(site, second, who).verdict)).count()).sum()
}

#[test]
fn who_guesses_is_slowed_then_challenged_and_a_person_behind_the_address_gets_through() {
    let mut site = shipped();
    let first = admitted(&mut site, 0..60, 5, stranger);
    assert!((20..=32).contains(&first), "20 at once and 10 in a minute: {first}");
    assert_eq!(signs_in(&mut site, 59, stranger).verdict, Throttle);
    admitted(&mut site, 60..70, 5, stranger);
    assert_eq!(signs_in(&mut site, 70, stranger).verdict, Challenge);
    for who in [person, cleared] {
        let seen = signs_in(&mut site, 71, who);
        assert!(passes(seen.verdict), "{:?} by {:?}", seen.verdict, seen.reasons);
    }
}

#[test]
fn a_session_or_a_clearance_that_guesses_is_shut_out() {
    for who in [person, cleared] {
        let mut site = shipped();
        let first = admitted(&mut site, 0..120, 2, who);
        assert!((10..=21).contains(&first), "10 at once and 5 in each minute: {first}");
        admitted(&mut site, 121..131, 5, who);
        assert_eq!(signs_in(&mut site, 131, who).verdict, Block);
        assert!(!passes(signs_in(&mut site, 300, who).verdict), "for 4 minutes");
    }
}

#[test]
fn a_decoy_challenges_the_address_and_shuts_out_the_device_and_the_session() {
    let mut site = shipped();
    assert_eq!(site.ask(0, "/.env", person).status, Some(404));
    let asked = |site: &mut Site, who: fn(&mut Request)| {
        let seen = site.ask(1, "/", who);
        (seen.verdict, seen.reasons)
    };
    let (verdict, reasons) = asked(&mut site, person);
    assert_eq!((verdict, reasons.first().map(String::as_str)), (Block, Some("default.per-session")));
    let (verdict, reasons) = asked(&mut site, stranger);
    assert_eq!((verdict, reasons.first().map(String::as_str)), (Block, Some("default.per-device")));
    let (verdict, reasons) = asked(&mut site, neighbour);
    assert_eq!((verdict, reasons.first().map(String::as_str)), (Challenge, Some("default.per-ip")));
    let elsewhere = site.ask(1, "/", |request| {
        stranger(request);
        request.address = Fact::Known([198, 51, 100, 9].into());
    });
    assert!(passes(elsewhere.verdict), "one device is many people: {:?}", elsewhere.reasons);
}
