//! Answers that do not pass.

use crate::site::{SETTINGS, Site, Visitor, header, solve};
use serde_json::Value;

/// A site, a visitor, and the challenge that it got.
fn challenged() -> (Site, Visitor, String) {
    let (mut site, visitor) = (Site::new(SETTINGS), Visitor::new());
    let token = site.get(&visitor, "/login").token();
    (site, visitor, token)
}

#[test]
fn an_answer_counts_once() {
    let (mut site, visitor, token) = challenged();
    let counter = solve(&token, 3);
    assert_eq!(site.answer(&visitor, &token, &counter).status, 200);
    let again = site.answer(&visitor, &token, &counter);
    assert_eq!((again.status, header(&again, "set-cookie")), (409, None));
    let other = (0..).map(|n: u64| format!("9{n}")).find(|n| solve_is(&token, n, 3)).unwrap();
    assert_eq!(site.answer(&visitor, &token, &other).status, 409, "another counter makes no new challenge of it");
    site.second = 299;
    assert_eq!(site.answer(&visitor, &token, &counter).status, 409);
    site.second = 300;
    assert_eq!(site.answer(&visitor, &token, &counter).status, 410);
}

fn solve_is(token: &str, counter: &str, bits: u32) -> bool {
    outwork_engine::challenge::zero_bits(token.as_bytes(), counter.as_bytes()) >= bits
}

#[test]
fn a_store_that_cannot_be_reached_locks_nobody_out() {
    let (mut site, visitor, token) = challenged();
    site.store_is_down = true;
    assert_eq!(site.answer(&visitor, &token, &solve(&token, 3)).status, 200);
}

#[test]
fn what_fails_is_not_spent() {
    let (mut site, visitor, token) = challenged();
    let lazy = (0..).map(|n: u64| n.to_string()).find(|n| !solve_is(&token, n, 3)).unwrap();
    let counter = solve(&token, 3);
    let moved = Visitor { address: "203.0.113.8", ..visitor.clone() };
    let other = Visitor { language: "de", ..visitor.clone() };
    for (visitor, counter, status, word) in [
        (&visitor, &lazy, 403, "enough work"),
        (&visitor, &"x".to_owned(), 400, "no answer"),
        (&moved, &counter, 403, "network address has changed"),
        (&other, &counter, 403, "another browser"),
    ] {
        let reply = site.answer(visitor, &token, counter);
        assert_eq!(reply.status, status, "{}", reply.body);
        let problem: Value = serde_json::from_str(&reply.body).unwrap();
        assert!(problem["detail"].as_str().unwrap().contains(word), "{problem}");
        assert_eq!(header(&reply, "set-cookie"), None);
    }
    assert_eq!(site.answer(&visitor, &token, &counter).status, 200);
}

#[test]
fn an_altered_challenge_and_one_of_another_site_are_refused() {
    let (mut site, visitor, token) = challenged();
    let (first, rest) = token.split_at(20);
    let altered = format!("{first}{}{}", if rest.starts_with('A') { 'B' } else { 'A' }, rest.get(1..).unwrap());
    assert_eq!(site.answer(&visitor, &altered, &solve(&altered, 3)).status, 403);
    let mut elsewhere = visitor.request("POST", "/.well-known/outwork/challenge");
    elsewhere.authority = "other.example".into();
    elsewhere.headers.push(("content-type".into(), "application/json".into()));
    let body = format!("{{\"challenge\":\"{token}\",\"answer\":\"{}\"}}", solve(&token, 3));
    let reply = site.send(&elsewhere, body.as_bytes()).reply.unwrap();
    assert_eq!(reply.status, 403);
}
