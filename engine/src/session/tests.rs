use super::*;
use crate::window::tests::windows;
use alloc::format;
use proptest::prelude::*;

const FIRST: &str = "a:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE";
const SECOND: &str = "b:QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI";
const ENTROPY: [u8; 16] = [9; 16];
const HERE: Binding<'_> = Binding { fingerprint: 7, authority: b"shop.example" };

fn keys(list: &[&str]) -> Keyring {
    Keyring::parse(&list.join(",")).unwrap()
}

fn sealed(window: &Window, keys: &Keyring) -> String {
    seal(window, keys, HERE, &ENTROPY, Time(1)).unwrap()
}

proptest! {
    #[test]
    fn a_token_opens_where_it_was_sealed_and_nowhere_else(
        window in windows(), device: u64, authority in "[a-zA-Z0-9.:-]{0,40}", entropy: [u8; 16], now: u64,
        another: u64, elsewhere in "[a-z0-9.:-]{0,40}",
    ) {
        let keys = keys(&[FIRST]);
        let at = window.opened;
        let here = Binding { fingerprint: device, authority: authority.as_bytes() };
        let token = seal(&window, &keys, here, &entropy, Time(now)).unwrap();
        prop_assert!(format!("{COOKIE}={token}").len() <= 400, "{}", token.len());
        prop_assert_eq!(open(token.as_bytes(), &keys, here, at), Some(window.clone()));
        let lower = authority.to_ascii_lowercase();
        let same = Binding { authority: lower.as_bytes(), ..here };
        prop_assert_eq!(open(token.as_bytes(), &keys, same, at), Some(window));
        if another != device {
            prop_assert_eq!(open(token.as_bytes(), &keys, Binding { fingerprint: another, ..here }, at), None);
        }
        if elsewhere != lower {
            let there = Binding { authority: elsewhere.as_bytes(), ..here };
            prop_assert_eq!(open(token.as_bytes(), &keys, there, at), None);
        }
    }

    #[test]
    fn any_bytes_are_opened_in_vain(token in prop::collection::vec(any::<u8>(), 0..450)) {
        let keys = keys(&[FIRST]);
        prop_assert_eq!(open(&token, &keys, HERE, Time(0)), None);
        let text = Base64UrlUnpadded::encode_string(&token);
        prop_assert_eq!(open(text.as_bytes(), &keys, HERE, Time(0)), None);
    }

    #[test]
    fn a_known_hint_before_any_bytes_is_opened_in_vain(rest in prop::collection::vec(any::<u8>(), 0..280)) {
        let keys = keys(&[FIRST]);
        let mut bytes = alloc::vec![VERSION];
        bytes.extend(keys.session_key().0);
        bytes.extend(rest);
        let text = Base64UrlUnpadded::encode_string(&bytes);
        prop_assert_eq!(open(text.as_bytes(), &keys, HERE, Time(0)), None);
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
    assert!(open(token.as_bytes(), &keys, HERE, Time(0)).is_some());
    for at in 0..token.len() {
        for bit in 0..8 {
            let mut altered = token.clone().into_bytes();
            altered[at] ^= 1 << bit;
            assert_eq!(open(&altered, &keys, HERE, Time(0)), None, "bit {bit} of {at}");
        }
        assert_eq!(open(&token.as_bytes()[..at], &keys, HERE, Time(0)), None, "cut at {at}");
    }
}

#[test]
fn a_retired_key_opens_for_as_long_as_it_is_listed() {
    let window = Window::new([3; 16], Time(0));
    let token = sealed(&window, &keys(&[FIRST]));
    let opened = |list: &[&str]| open(token.as_bytes(), &keys(list), HERE, Time(0));
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
        let (hint, key) = keys.session_key();
        let nonce: XNonce = [5; NONCE_BYTES].into();
        let mut sealed = window.encode();
        let data = [purpose, &HERE.fingerprint.to_le_bytes(), HERE.authority].concat();
        let cipher = XChaCha20Poly1305::new(key.into());
        let tag = cipher.encrypt_inout_detached(&nonce, &data, sealed.as_mut_slice().into()).unwrap();
        Base64UrlUnpadded::encode_string(&[&[VERSION][..], &hint, &nonce, &sealed, &tag].concat())
    };
    assert_eq!(open(seal_for(PURPOSE).as_bytes(), &keys, HERE, Time(0)), Some(window.clone()));
    for purpose in [&b"outwork/v1/clearanc"[..], b"outwork/v2/session", b""] {
        assert_eq!(open(seal_for(purpose).as_bytes(), &keys, HERE, Time(0)), None);
    }
}

#[test]
fn a_session_ends_after_a_day() {
    let keys = keys(&[FIRST]);
    let opened = Time::from_seconds(1_795_305_600);
    let token = sealed(&Window::new([3; 16], opened), &keys);
    let at = |seconds| open(token.as_bytes(), &keys, HERE, Time::from_seconds(1_795_305_600 + seconds)).is_some();
    assert_eq!([0, LIFETIME_SECONDS - 1, LIFETIME_SECONDS].map(at), [true, true, false]);
    // An edge whose clock is behind still opens what another sealed.
    assert!(open(token.as_bytes(), &keys, HERE, Time(0)).is_some());
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
