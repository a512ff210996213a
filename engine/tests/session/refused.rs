//! Batches that are not taken, and why.

use crate::visitor::{Edge, START, Visitor};
use outwork_engine::time::Time;

fn greeted() -> (Edge, Visitor) {
    let mut edge = Edge::new();
    let mut visitor = Visitor::greeted(&mut edge);
    visitor.wait(60);
    (edge, visitor)
}

#[test]
fn without_a_session_there_is_nothing_to_observe() {
    let (mut edge, visitor) = greeted();
    let mut bare = visitor.clone();
    bare.cookie = None;
    assert_eq!(bare.send(&mut edge, &visitor.moves(30)), 401);
    for cookie in ["__Host-outwork=", "__Host-outwork=AQIDBA", "__Host-outwork=not base64!"] {
        bare.cookie = Some(cookie.into());
        assert_eq!(bare.send(&mut edge, &visitor.moves(30)), 401, "{cookie}");
    }
    let mut thief = visitor.clone();
    thief.headers = vec![("user-agent", "curl/8.5.0")];
    assert_eq!(thief.send(&mut edge, &visitor.moves(30)), 401);
    let mut late = visitor.clone();
    late.now = Time(START.0 + 86_400_000_000);
    assert_eq!(late.send(&mut edge, &late.moves(30)), 401);
}

#[test]
fn a_batch_needs_the_key_of_its_session() {
    let (mut edge, mut visitor) = greeted();
    let other = Visitor::greeted(&mut edge);
    visitor.key = other.key;
    assert_eq!(visitor.send(&mut edge, &visitor.moves(30)), 403);
    let mut blob = visitor.moves(30).write(&other.key);
    *blob.last_mut().unwrap() ^= 1;
    assert_eq!(visitor.send_bytes(&mut edge, &blob), 403);
}

#[test]
fn what_is_no_batch_is_told_apart() {
    let (mut edge, mut visitor) = greeted();
    let blob = visitor.moves(30).write(&visitor.key);
    let mut newer = blob.clone();
    newer[0] = 2;
    assert_eq!(visitor.send_bytes(&mut edge, &newer), 422);
    assert_eq!(visitor.send_bytes(&mut edge, b""), 400);
    assert_eq!(visitor.send_bytes(&mut edge, &blob[..9]), 400);
    assert_eq!(visitor.send_bytes(&mut edge, &vec![1; 8_193]), 413);
    // The MAC is right, and the bytes are none that a script writes.
    let mut wrong = visitor.moves(30);
    wrong.environment.0 = 0x8000;
    assert_eq!(visitor.send(&mut edge, &wrong), 400);
    assert_eq!(visitor.send_bytes(&mut edge, &blob), 204);
}

#[test]
fn an_old_batch_is_stale_even_to_a_copy_of_the_token_from_before_it() {
    let (mut edge, mut visitor) = greeted();
    let copy = visitor.clone();
    let batch = visitor.moves(30);
    assert_eq!(visitor.send(&mut edge, &batch), 204);
    assert_eq!(visitor.send(&mut edge, &batch), 409, "by the token");
    assert_eq!(copy.clone().send(&mut edge, &batch), 409, "by the store");
    let mut newer = copy.clone();
    newer.wait(1);
    assert_eq!(newer.send(&mut edge, &newer.moves(30)), 204, "a second page of the session");
    // Where the store is out of reach, the token's own sequence has to do.
    edge.reachable = false;
    assert_eq!(copy.clone().send(&mut edge, &batch), 204);
}

#[test]
fn a_copy_of_a_token_lets_nothing_in_that_the_store_has_forgotten() {
    let (mut edge, visitor) = greeted();
    let mut copy = visitor.clone();
    let batch = visitor.moves(30);
    edge.words.clear();
    copy.wait(601);
    assert_eq!(copy.send(&mut edge, &batch), 409);
}

#[test]
fn one_word_a_session_is_kept() {
    let (mut edge, mut visitor) = greeted();
    for _ in 0..20 {
        visitor.wait(1);
        assert_eq!(visitor.send(&mut edge, &visitor.moves(30)), 204);
    }
    assert_eq!(edge.words.len(), 1);
}

#[test]
fn a_sequence_that_runs_ahead_is_not_taken() {
    let (mut edge, mut visitor) = greeted();
    let mut batch = visitor.moves(30);
    batch.sequence = u32::MAX;
    assert_eq!(visitor.send(&mut edge, &batch), 409);
    assert_eq!(visitor.send(&mut edge, &visitor.moves(30)), 204);
}

#[test]
fn a_clock_that_is_days_off_is_no_clock() {
    let (mut edge, mut visitor) = greeted();
    for clock in [0, visitor.now.millis() - 86_401_000, visitor.now.millis() + 86_401_000, (1 << 48) - 1] {
        let mut batch = visitor.moves(30);
        batch.clock = clock;
        assert_eq!(visitor.send(&mut edge, &batch), 409, "{clock}");
    }
}

#[test]
fn who_sends_global_privacy_control_is_not_observed() {
    let (mut edge, mut visitor) = greeted();
    let batch = visitor.moves(30);
    visitor.headers.push(("sec-gpc", "1"));
    // The header is a part of the device identity, as is every habit; that is not why.
    let reply = edge.post(&visitor, "hello", b"");
    assert_eq!((reply.status, reply.body.as_str()), (204, ""));
    assert!(!reply.headers.iter().any(|(name, _)| *name == "set-cookie"));
    let reply = edge.post(&visitor, "beacon", &batch.write(&visitor.key));
    assert_eq!(reply.status, 403);
    assert!(reply.body.contains("Global Privacy Control"), "{}", reply.body);
}
