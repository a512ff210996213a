//! What becomes of a visitor who is observed.

use crate::visitor::{Edge, START, Visitor};
use outwork_engine::keys::Keyring;

#[test]
fn a_page_says_hello_and_is_given_a_session() {
    let mut edge = Edge::new();
    let mut visitor = Visitor::new();
    assert_eq!(edge.read(&visitor, "session.valid"), "absent");
    let (status, said) = visitor.hello(&mut edge);
    assert_eq!((status, said["v"].as_u64(), said["next"].as_u64()), (200, Some(1), Some(1)));
    assert_eq!(said["now"].as_u64(), Some(START.millis()));
    assert_eq!((said["session"].as_str().unwrap().len(), said["key"].as_str().unwrap().len()), (22, 22));
    for (signal, value) in [("valid", "true"), ("window", "none"), ("observations", "0"), ("idle", "absent")] {
        assert_eq!(edge.read(&visitor, &format!("session.{signal}")), value, "{signal}");
    }
}

#[test]
fn a_second_hello_keeps_the_session_and_goes_on_counting() {
    let mut edge = Edge::new();
    let mut visitor = Visitor::new();
    let (_, first) = visitor.hello(&mut edge);
    visitor.wait(90);
    let (_, second) = visitor.hello(&mut edge);
    assert_eq!((&first["session"], &first["key"]), (&second["session"], &second["key"]));
    assert_eq!(second["next"].as_u64(), Some(90_000));
    let (_, other) = Visitor::new().hello(&mut edge);
    assert_ne!(first["session"], other["session"]);
}

#[test]
fn batches_open_a_window_which_fades_and_comes_back() {
    let mut edge = Edge::new();
    let mut visitor = Visitor::greeted(&mut edge);
    visitor.wait(5);
    assert_eq!(visitor.send(&mut edge, &visitor.moves(72)), 204);
    let read = |edge: &Edge, visitor: &Visitor| {
        ["window", "confidence", "observations", "idle", "age"]
            .map(|name| edge.read(visitor, &format!("session.{name}")))
    };
    assert_eq!(read(&edge, &visitor), ["inside", "875", "1", "0", "5"]);
    visitor.wait(600);
    assert_eq!(read(&edge, &visitor), ["expiring", "437", "1", "600", "605"]);
    visitor.wait(1_200);
    assert_eq!(read(&edge, &visitor), ["expired", "109", "1", "1800", "1805"]);
    assert_eq!(visitor.send(&mut edge, &visitor.moves(48)), 204);
    assert_eq!(read(&edge, &visitor), ["inside", "778", "2", "0", "1805"]);
}

#[test]
fn a_session_lasts_a_day() {
    let mut edge = Edge::new();
    let mut visitor = Visitor::new();
    let (_, first) = visitor.hello(&mut edge);
    visitor.wait(86_399);
    assert_eq!(edge.read(&visitor, "session.valid"), "true");
    visitor.wait(1);
    assert_eq!(edge.read(&visitor, "session.valid"), "false");
    let (_, second) = visitor.hello(&mut edge);
    assert_ne!(first["session"], second["session"]);
    assert_eq!(edge.read(&visitor, "session.age"), "0");
}

#[test]
fn keys_rotate_under_a_page_that_is_open() {
    let (a, b) =
        ("now:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=", "next:Q0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0NDQ0M");
    let mut edge = Edge::new();
    edge.keys = Keyring::parse(a).unwrap();
    let mut visitor = Visitor::greeted(&mut edge);
    edge.keys = Keyring::parse(&format!("{b},{a}")).unwrap();
    visitor.wait(1);
    assert_eq!(visitor.send(&mut edge, &visitor.moves(30)), 204, "the page's key is of the retired one");
    // The token is sealed with the new key by now; its page still has a key of the old one.
    edge.keys = Keyring::parse(b).unwrap();
    assert_eq!(edge.read(&visitor, "session.observations"), "1");
    visitor.wait(1);
    assert_eq!(visitor.send(&mut edge, &visitor.moves(30)), 403);
    visitor.hello(&mut edge);
    assert_eq!(visitor.send(&mut edge, &visitor.moves(30)), 204);
}

#[test]
fn a_token_is_nobody_elses() {
    let mut edge = Edge::new();
    let visitor = Visitor::greeted(&mut edge);
    let mut thief = visitor.clone();
    thief.headers = vec![("user-agent", "curl/8.5.0")];
    assert_eq!(edge.read(&thief, "session.valid"), "false");
    assert_eq!(edge.read(&thief, "session.window"), "none");
    let mut elsewhere = visitor.clone();
    elsewhere.authority = "other.example";
    assert_eq!(edge.read(&elsewhere, "session.valid"), "false");
    elsewhere.authority = "SHOP.example";
    assert_eq!(edge.read(&elsewhere, "session.valid"), "true");
}

#[test]
fn a_clock_that_is_wrong_is_noted() {
    let mut edge = Edge::new();
    let mut visitor = Visitor::greeted(&mut edge);
    visitor.wait(1);
    let mut batch = visitor.moves(30);
    batch.clock -= 7_200_000;
    assert_eq!(visitor.send(&mut edge, &batch), 204);
    assert_eq!(edge.read(&visitor, "session.skew"), "-7200");
}

#[test]
fn a_path_that_comes_again_under_another_session_is_a_replay() {
    let mut edge = Edge::new();
    let send = |edge: &mut Edge, visitor: &mut Visitor, seed| {
        visitor.wait(1);
        let batch = visitor.path(seed);
        assert!(batch.sketch().is_full(), "a path that winds has a sketch");
        assert_eq!(visitor.send(edge, &batch), 204);
        edge.read(visitor, "session.replayed")
    };
    let mut first = Visitor::greeted(&mut edge);
    assert_eq!(send(&mut edge, &mut first, 1), "false");
    assert_eq!(send(&mut edge, &mut first, 1), "false", "one's own path is no replay");
    let mut second = Visitor::greeted(&mut edge);
    assert_eq!(send(&mut edge, &mut second, 2), "false");
    assert_eq!(send(&mut edge, &mut second, 1), "true");
    assert_eq!(send(&mut edge, &mut second, 3), "true", "once is enough for a session");
    let mut late = Visitor::greeted(&mut edge);
    late.wait(3_700);
    assert_eq!(send(&mut edge, &mut late, 1), "false", "a path is forgotten after an hour");
    edge.reachable = false;
    let mut blind = Visitor::greeted(&mut edge);
    assert_eq!(send(&mut edge, &mut blind, 2), "false", "a store that cannot be asked accuses nobody");
}
