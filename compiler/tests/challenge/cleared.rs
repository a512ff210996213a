//! What a clearance is bound to, and that nothing takes it away.

use crate::site::{KEYS, SETTINGS, Seen, Site, Visitor, header, solve};
use base64ct::{Base64UrlUnpadded, Encoding};
use outwork_engine::{
    beacon::{Batch, Event, Kind},
    decision::Verdict,
    keys::Keyring,
};
use serde_json::Value;

const CLEARANCE: &str = "__Host-outwork-clearance";
const SESSION: &str = "__Host-outwork";
const OLDER: &str = "older:QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI=";

fn ask(site: &mut Site, visitor: &Visitor) -> Seen {
    site.get(visitor, "/login")
}

/// A visitor that has passed.
fn cleared() -> (Site, Visitor) {
    let (mut site, mut visitor) = (Site::new(SETTINGS), Visitor::new());
    let token = ask(&mut site, &visitor).token();
    visitor.keep(&site.answer(&visitor.clone(), &token, &solve(&token, 3)));
    (site, visitor)
}

fn is_cleared(site: &mut Site, visitor: &Visitor) -> bool {
    ask(site, visitor).verdict == Some(Verdict::Tag)
}

/// A batch of the session that this greeting opened, as its page sends it.
fn batch(greeting: &str, second: u64) -> Vec<u8> {
    let said: Value = serde_json::from_str(greeting).unwrap();
    let key: [u8; 16] =
        Base64UrlUnpadded::decode_vec(said.get("key").unwrap().as_str().unwrap()).unwrap().try_into().unwrap();
    let kind = Kind::Move { dx: 3, dy: 1, coalesced: 1 };
    let step = Event { after: 16, kind, untrusted: false, fractional: true, disagrees: false };
    let sequence = u32::try_from(1 + second * 1_000).unwrap();
    let clock = (1_795_305_600 + second) * 1_000;
    Batch { sequence, clock, events: vec![step; 30], ..Batch::default() }.write(&key)
}

#[test]
fn a_clearance_stays_in_its_network_on_its_device_and_site() {
    let (mut site, visitor) = cleared();
    for (address, expected) in [
        ("203.0.113.7", true),
        ("203.0.113.99", true),
        ("203.0.114.7", false),
        ("198.51.100.7", false),
        ("2001:db8::7", false),
    ] {
        assert_eq!(is_cleared(&mut site, &Visitor { address, ..visitor.clone() }), expected, "{address}");
    }
    assert!(!is_cleared(&mut site, &Visitor { language: "de", ..visitor.clone() }));
    let mut elsewhere = visitor.request("GET", "/login");
    elsewhere.authority = "other.example".into();
    assert_eq!(site.send(&elsewhere, b"").verdict, Some(Verdict::Challenge));
    // Who moved is asked once more, and has one clearance again.
    let mut moved = Visitor { address: "198.51.100.7", ..visitor };
    let token = ask(&mut site, &moved).token();
    moved.keep(&site.answer(&moved.clone(), &token, &solve(&token, 3)));
    assert_eq!(moved.cookies.len(), 1);
    assert!(is_cleared(&mut site, &moved));
}

/// A page of before the clearance is still being answered when it comes: its cookie leaves the clearance as it is.
#[test]
fn what_is_under_way_does_not_take_the_clearance_away() {
    let (mut site, mut visitor) = (Site::new(SETTINGS), Visitor::new());
    let greeting = site.post(&visitor, "hello", b"");
    visitor.keep(&greeting);
    let before = visitor.clone();
    let token = ask(&mut site, &visitor).token();
    visitor.keep(&site.answer(&before, &token, &solve(&token, 3)));
    assert!(is_cleared(&mut site, &visitor));
    site.second = 2;
    // Another tab says hello, and the challenge's own page sends a batch: both with the cookies of before.
    for reply in [site.post(&before, "hello", b""), site.post(&before, "beacon", &batch(&greeting.body, 2))] {
        assert!(matches!(reply.status, 200 | 204), "{reply:?}");
        assert!(!header(&reply, "set-cookie").unwrap().starts_with(CLEARANCE));
        visitor.keep(&reply);
        assert!(is_cleared(&mut site, &visitor), "{reply:?}");
    }
    // And the session has both batches to itself: the clearance took nothing from it.
    assert!(visitor.cookie(SESSION).is_some() && visitor.cookie(CLEARANCE).is_some());
    assert_ne!(visitor.cookie(SESSION), before.cookie(SESSION));
}

#[test]
fn a_clearance_comes_without_a_session() {
    let (_, visitor) = cleared();
    assert_eq!(visitor.cookies.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), [CLEARANCE]);
}

#[test]
fn junk_before_a_good_cookie_locks_nobody_out() {
    let (mut site, mut visitor) = cleared();
    visitor.keep(&site.post(&visitor.clone(), "hello", b""));
    let good = visitor.cookies.clone();
    for (junk, expected) in [(1, true), (2, true), (3, false)] {
        let names = [CLEARANCE, SESSION].into_iter().cycle().take(2 * junk);
        visitor.cookies = names.map(|name| (name.into(), "junk".into())).collect();
        visitor.cookies.extend(good.clone());
        assert_eq!(is_cleared(&mut site, &visitor), expected, "{junk}");
        let sessions = site.post(&visitor, "hello", b"");
        let same = site.post(&Visitor { cookies: good.clone(), ..visitor.clone() }, "hello", b"");
        let id = |body: &str| serde_json::from_str::<Value>(body).unwrap().get("session").cloned();
        assert_eq!(id(&sessions.body) == id(&same.body), expected, "{junk}");
    }
    // Nor does one cookie stand for the other.
    visitor.cookies = vec![(CLEARANCE.into(), good.iter().find(|(name, _)| name == SESSION).unwrap().1.clone())];
    assert!(!is_cleared(&mut site, &visitor));
}

/// Hosts that are given a new key one after another: each has the other's first key as its second.
#[test]
fn a_challenge_and_its_clearance_outlive_the_change_of_the_key_that_signs() {
    let ring = |list: &[&str]| Keyring::parse(&list.join(",")).unwrap();
    for (issuing, answering) in [([OLDER, KEYS], [KEYS, OLDER]), ([KEYS, OLDER], [OLDER, KEYS])] {
        let (mut site, mut visitor) = (Site::new(SETTINGS), Visitor::new());
        site.keys = ring(&issuing);
        let page = ask(&mut site, &visitor);
        site.keys = ring(&answering);
        let reply = site.answer(&visitor, &page.token(), &solve(&page.token(), 3));
        assert_eq!(reply.status, 200, "{}", reply.body);
        visitor.keep(&reply);
        site.keys = ring(&issuing);
        assert!(is_cleared(&mut site, &visitor));
        site.keys = ring(&issuing[..1]);
        assert!(!is_cleared(&mut site, &visitor), "a key that is not listed opens nothing");
    }
}

#[test]
fn who_wants_to_be_forgotten_is_also_where_nobody_is_observed() {
    for mode in ["enforce", "off"] {
        let (mut site, mut visitor) = cleared();
        visitor.keep(&site.post(&visitor.clone(), "hello", b""));
        assert_eq!(visitor.cookies.len(), 2);
        let mut site = Site::new(&SETTINGS.replace("enforce", mode));
        let reply = site.post(&visitor, "forget", b"");
        assert_eq!((reply.status, reply.body.as_str()), (204, ""), "{mode}");
        visitor.keep(&reply);
        assert!(visitor.cookies.is_empty(), "{mode}: {:?}", visitor.cookies);
    }
}
