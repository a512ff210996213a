use super::{
    sealed::{HEAD_BYTES, NONCE_BYTES, TAG_BYTES, VERSION, nonce},
    *,
};
use crate::{
    clearance::{Clearance, Passed, tests::clearances},
    identity::network_prefix,
    keys::{Keyring, Purpose},
    time::Time,
    window::{self, Window, tests::windows},
};
use alloc::{
    format,
    string::{String, ToString},
};
use base64ct::{Base64UrlUnpadded, Encoding};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce, aead::AeadInOut};
use core::net::IpAddr;
use proptest::prelude::*;

const FIRST: &str = "a:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE";
const SECOND: &str = "b:QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI";
const ENTROPY: [u8; 16] = [9; 16];
const HERE: Binding<'_> = Binding { fingerprint: 7, network: None, authority: b"shop.example" };

fn keys(list: &[&str]) -> Keyring {
    Keyring::parse(&list.join(",")).unwrap()
}

fn sealed<T: Sealed>(value: &T, keys: &Keyring) -> String {
    seal(value, keys, HERE, &ENTROPY, Time(1)).unwrap()
}

fn opened(token: &[u8], keys: &Keyring, binding: Binding<'_>, now: Time) -> Option<Window> {
    open(token, keys, binding, now)
}

fn within(address: IpAddr) -> Binding<'static> {
    Binding { network: Some(network_prefix(address)), ..HERE }
}

proptest! {
    #[test]
    fn a_token_opens_where_it_was_sealed_and_nowhere_else(
        mut window in windows(), device: u64, authority in "[a-zA-Z0-9.:-]{0,40}", entropy: [u8; 16], now: u64,
        another: u64, elsewhere in "[a-z0-9.:-]{0,40}",
    ) {
        let keys = keys(&[FIRST]);
        let at = window.opened;
        window.observed = window.observed.map(|_| at);
        let here = Binding { fingerprint: device, network: None, authority: authority.as_bytes() };
        let token = seal(&window, &keys, here, &entropy, Time(now)).unwrap();
        prop_assert!(format!("{COOKIE}={token}").len() <= 400, "{}", token.len());
        prop_assert_eq!(open(token.as_bytes(), &keys, here, at), Some(window.clone()));
        let lower = authority.to_ascii_lowercase();
        let same = Binding { authority: lower.as_bytes(), ..here };
        prop_assert_eq!(open(token.as_bytes(), &keys, same, at), Some(window));
        if another != device {
            prop_assert_eq!(opened(token.as_bytes(), &keys, Binding { fingerprint: another, ..here }, at), None);
        }
        if elsewhere != lower {
            let there = Binding { authority: elsewhere.as_bytes(), ..here };
            prop_assert_eq!(opened(token.as_bytes(), &keys, there, at), None);
        }
    }

    #[test]
    fn any_bytes_are_opened_in_vain(token in prop::collection::vec(any::<u8>(), 0..450)) {
        let keys = keys(&[FIRST]);
        prop_assert_eq!(opened(&token, &keys, HERE, Time(0)), None);
        let text = Base64UrlUnpadded::encode_string(&token);
        prop_assert_eq!(opened(text.as_bytes(), &keys, HERE, Time(0)), None);
    }

    #[test]
    fn a_known_hint_before_any_bytes_is_opened_in_vain(rest in prop::collection::vec(any::<u8>(), 0..280)) {
        let keys = keys(&[FIRST]);
        let mut bytes = alloc::vec![VERSION];
        bytes.extend(keys.sealing_key(Purpose::Session).0);
        bytes.extend(rest);
        let text = Base64UrlUnpadded::encode_string(&bytes);
        prop_assert_eq!(opened(text.as_bytes(), &keys, HERE, Time(0)), None);
    }

    #[test]
    fn no_two_requests_share_a_nonce(one: [u8; 16], other: [u8; 16], first: u64, second: u64) {
        prop_assert_eq!(nonce(&one, Time(first)) == nonce(&other, Time(second)), (one, first) == (other, second));
    }
}

#[test]
fn no_bit_of_a_token_can_be_altered() {
    let keys = keys(&[FIRST, SECOND]);
    let token = sealed(&Window::new([3; 16], Time(0)), &keys);
    assert!(opened(token.as_bytes(), &keys, HERE, Time(0)).is_some());
    for at in 0..token.len() {
        for bit in 0..8 {
            let mut altered = token.clone().into_bytes();
            altered[at] ^= 1 << bit;
            assert_eq!(opened(&altered, &keys, HERE, Time(0)), None, "bit {bit} of {at}");
        }
        assert_eq!(opened(&token.as_bytes()[..at], &keys, HERE, Time(0)), None, "cut at {at}");
    }
}

#[test]
fn a_retired_key_opens_for_as_long_as_it_is_listed() {
    let window = Window::new([3; 16], Time(0));
    let token = sealed(&window, &keys(&[FIRST]));
    let opened = |list: &[&str]| opened(token.as_bytes(), &keys(list), HERE, Time(0));
    assert_eq!(opened(&[SECOND, FIRST]), Some(window));
    assert_eq!(opened(&[SECOND]), None);
}

/// The key of a purpose is derived with its label; and what is sealed under the session's own key for another purpose,
/// with other associated data, does not open either.
#[test]
fn a_token_of_another_purpose_does_not_open() {
    let keys = keys(&[FIRST]);
    let window = Window::new([3; 16], Time(0));
    let seal_for = |purpose: &[u8]| {
        let (hint, key) = keys.sealing_key(Purpose::Session);
        let nonce: XNonce = [5; NONCE_BYTES].into();
        let mut sealed = window.encode();
        let data = [purpose, &HERE.fingerprint.to_le_bytes(), HERE.authority].concat();
        let cipher = XChaCha20Poly1305::new(key.into());
        let tag = cipher.encrypt_inout_detached(&nonce, &data, sealed.as_mut_slice().into()).unwrap();
        Base64UrlUnpadded::encode_string(&[&[VERSION][..], &hint, &nonce, &sealed, &tag].concat())
    };
    assert_eq!(opened(seal_for(Purpose::Session.label()).as_bytes(), &keys, HERE, Time(0)), Some(window.clone()));
    for purpose in [&b"outwork/v1/clearance"[..], b"outwork/v2/session", b""] {
        assert_eq!(opened(seal_for(purpose).as_bytes(), &keys, HERE, Time(0)), None);
    }
}

#[test]
fn a_session_ends_after_a_day() {
    let keys = keys(&[FIRST]);
    let opened = Time::from_seconds(1_795_305_600);
    let token = sealed(&Window::new([3; 16], opened), &keys);
    let at = |second| self::opened(token.as_bytes(), &keys, HERE, Time::from_seconds(second)).is_some();
    let begin = opened.seconds();
    assert_eq!([begin, begin + LIFETIME_SECONDS - 1, begin + LIFETIME_SECONDS].map(at), [true, true, false]);
}

/// An edge whose clock is behind still opens what another sealed; one whose clock was set back opens nothing from before,
/// which would last for as much longer.
#[test]
fn nothing_opens_more_than_ten_minutes_before_it_was() {
    let keys = keys(&[FIRST]);
    let at = |seconds: u64| Time::from_seconds(1_795_305_600 + seconds);
    let new = Window::new([3; 16], at(700));
    let observed = Window { observed: Some(at(700)), ..Window::new([3; 16], at(0)) };
    let clearance = Clearance { id: [4; 8], passed: Passed::Work, level: 2, since: at(700), until: at(2_500) };
    for now in [99, 100, 700] {
        for window in [&new, &observed] {
            let window = opened(sealed(window, &keys).as_bytes(), &keys, HERE, at(now));
            assert_eq!(window.is_some(), now >= 100, "{now}");
        }
        let clearance: Option<Clearance> = open(sealed(&clearance, &keys).as_bytes(), &keys, HERE, at(now));
        assert_eq!(clearance.is_some(), now >= 100, "{now}");
    }
    let early = Time(at(100).0 - 1);
    assert_eq!(opened(sealed(&observed, &keys).as_bytes(), &keys, HERE, early), None);
}

proptest! {
    #[test]
    fn neither_cookie_opens_as_the_other(window in windows(), clearance in clearances(), address: IpAddr) {
        let keys = keys(&[FIRST, SECOND]);
        let (token, pass) = (sealed(&window, &keys), sealed(&clearance, &keys));
        for binding in [HERE, within(address)] {
            for at in [window.opened, clearance.since] {
                prop_assert_eq!(open::<Clearance>(token.as_bytes(), &keys, binding, at), None);
                prop_assert_eq!(open::<Window>(pass.as_bytes(), &keys, binding, at), None);
            }
        }
    }

    #[test]
    fn a_clearance_counts_for_its_device_site_and_network_while_it_lasts(
        clearance in clearances(), address: IpAddr, other: IpAddr, device: u64, bit in 0..64,
    ) {
        let keys = keys(&[FIRST]);
        let here = Binding { fingerprint: device, ..within(address) };
        let token = seal(&clearance, &keys, here, &ENTROPY, clearance.since).unwrap();
        let counts = |binding, now| open(token.as_bytes(), &keys, binding, now) == Some(clearance);
        let (last, late) = (Time(clearance.until.0 - 1), clearance.until);
        prop_assert!(counts(here, clearance.since) && counts(here, last) && !counts(here, late));
        let elsewhere = [
            Binding { fingerprint: device ^ (1_u64 << bit), ..here },
            Binding { authority: b"other.example", ..here },
            Binding { network: None, ..here },
        ];
        for binding in elsewhere {
            prop_assert!(!counts(binding, last), "{:?}", binding);
        }
        let there = Binding { network: Some(network_prefix(other)), ..here };
        prop_assert_eq!(counts(there, last), network_prefix(other) == network_prefix(address));
    }
}

#[test]
fn a_clearance_follows_within_a_24_or_a_48_and_no_further() {
    let keys = keys(&[FIRST]);
    let clearance =
        Clearance { id: [4; 8], passed: Passed::Wait, level: 1, since: Time(0), until: Time::from_seconds(600) };
    let counts = |from: &str, to: &str| {
        let token = seal(&clearance, &keys, within(from.parse().unwrap()), &ENTROPY, Time(0)).unwrap();
        open::<Clearance>(token.as_bytes(), &keys, within(to.parse().unwrap()), Time(0)).is_some()
    };
    for (from, to, expected) in [
        ("203.0.113.9", "203.0.113.250", true),
        ("203.0.113.9", "::ffff:203.0.113.8", true),
        ("203.0.113.9", "203.0.112.9", false),
        ("2001:db8:7:1::1", "2001:db8:7:ffff::2", true),
        ("2001:db8:7::1", "2001:db8:8::1", false),
        // The bytes are those of 203.0.113.0/24, and three more.
        ("203.0.113.9", "cb00:7100::1", false),
    ] {
        assert_eq!(counts(from, to), expected, "{from} {to}");
    }
    let nowhere = sealed(&clearance, &keys);
    assert_eq!(open(nowhere.as_bytes(), &keys, HERE, Time(0)), Some(clearance));
    assert_eq!(open::<Clearance>(nowhere.as_bytes(), &keys, within("0.0.0.0".parse().unwrap()), Time(0)), None);
}

#[test]
fn the_cookie_of_a_clearance_lasts_as_long_as_it_does() {
    let keys = keys(&[FIRST]);
    let (since, until) = (Time::from_seconds(100), Time::from_seconds(1_900));
    let clearance = Clearance { id: [4; 8], passed: Passed::Work, level: 0, since, until };
    let cookie = set_cookie(&clearance, &keys, HERE, &ENTROPY, since).unwrap();
    let (token, rest) = cookie.strip_prefix("__Host-outwork-clearance=").unwrap().split_once(';').unwrap();
    assert_eq!(rest.to_string(), " Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=1800");
    assert_eq!(open(token.as_bytes(), &keys, HERE, since), Some(clearance));
}

#[test]
fn the_longest_window_fits_a_cookie_of_400_bytes() {
    let token = HEAD_BYTES + window::MAX_BYTES + TAG_BYTES;
    assert!((token * 4).div_ceil(3) <= MAX_TOKEN, "{token} bytes before base64");
}

#[test]
fn the_cookie_is_kept_from_scripts_and_other_sites_and_lasts_as_long_as_the_session() {
    let keys = keys(&[FIRST]);
    let (window, now) = (Window::new([3; 16], Time(0)), Time::from_seconds(60));
    let cookie = set_cookie(&window, &keys, HERE, &ENTROPY, now).unwrap();
    let (token, rest) = cookie.strip_prefix("__Host-outwork=").unwrap().split_once(';').unwrap();
    assert_eq!(rest, " Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=86340");
    assert_eq!(open(token.as_bytes(), &keys, HERE, now), Some(window));
}
