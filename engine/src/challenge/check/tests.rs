use super::*;
use crate::identity::client_prefix;
use alloc::{format, vec::Vec};
use proptest::prelude::*;

const FIRST: &str = "a:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE";
const SECOND: &str = "b:QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI";
const NOW: Time = Time::from_seconds(1_795_305_600);
const TARGET: &[u8] = b"/search?q=shoes";
const EASY: Terms = Terms { bits: [4, 5, 6], wait: [5, 10, 30], clearance: 1_800, wait_clearance: 600, observe: false };

fn keys(list: &[&str]) -> Keyring {
    Keyring::parse(&list.join(",")).unwrap()
}

fn client(device: u64, address: &str) -> Client<'static> {
    let network = Some(client_prefix(address.parse().unwrap()));
    Client { device, network, authority: b"shop.example" }
}

fn here() -> Client<'static> {
    client(7, "203.0.113.9")
}

fn after(seconds: u64) -> Time {
    Time(NOW.0 + seconds * 1_000_000)
}

fn issued(band: Band) -> String {
    issue(&keys(&[FIRST]), &EASY, band, &here(), TARGET, [9; 16], NOW)
}

fn solve(text: &str, bits: u32) -> Vec<u8> {
    (0_u64..).map(|n| format!("{n}").into_bytes()).find(|n| work::zero_bits(text.as_bytes(), n) >= bits).unwrap()
}

fn checked(text: &str, client: &Client<'_>, now: Time) -> Result<Proof, Refused> {
    check_work(&keys(&[FIRST]), text.as_bytes(), &solve(text, 6), client, now)
}

#[test]
fn work_that_was_done_passes_until_the_challenge_is_late() {
    for (band, level) in [(Band::Low, 0), (Band::Medium, 1), (Band::High, 2)] {
        let proof = checked(&issued(band), &here(), after(LIFETIME - 1)).unwrap();
        assert_eq!((proof.passed, proof.level), (Passed::Work, level));
        assert_eq!(proof.memo.until, after(LIFETIME), "it is remembered as used for as long as it is good");
    }
    assert_eq!(checked(&issued(Band::Low), &here(), after(LIFETIME)), Err(Refused::Late));
}

#[test]
fn too_little_work_and_what_is_no_counter_are_told_apart() {
    let (keys, text) = (keys(&[FIRST]), issued(Band::High));
    let check = |answer: &[u8]| check_work(&keys, text.as_bytes(), answer, &here(), NOW);
    let lazy: Vec<_> = (0_u64..).map(|n| format!("{n}").into_bytes()).take(200).collect();
    for answer in &lazy {
        let enough = work::zero_bits(text.as_bytes(), answer) >= 6;
        assert_eq!(check(answer).err(), if enough { None } else { Some(Refused::TooLittle) });
    }
    for answer in [&b""[..], b"-1", b"01", b"1 ", b"99999999999999999"] {
        assert_eq!(check(answer), Err(Refused::Malformed));
    }
}

#[test]
fn another_device_network_or_site_is_refused_in_its_own_words() {
    let text = issued(Band::Low);
    assert_eq!(checked(&text, &client(8, "203.0.113.9"), NOW), Err(Refused::OtherDevice));
    assert_eq!(checked(&text, &client(7, "203.0.113.10"), NOW), Err(Refused::OtherNetwork));
    let elsewhere = Client { authority: b"other.example", ..here() };
    assert_eq!(checked(&text, &elsewhere, NOW), Err(Refused::Forged));
    assert_eq!(checked(&text, &Client { network: None, ..here() }, NOW), Err(Refused::OtherNetwork));
    let capitals = Client { authority: b"SHOP.example", ..here() };
    assert!(checked(&text, &capitals, NOW).is_ok());
}

#[test]
fn an_ipv6_client_keeps_its_challenge_within_its_64() {
    let of = |address| client(7, address);
    let text = issue(&keys(&[FIRST]), &EASY, Band::Low, &of("2001:db8::1"), TARGET, [9; 16], NOW);
    assert!(checked(&text, &of("2001:db8::ffff:1"), NOW).is_ok());
    assert_eq!(checked(&text, &of("2001:db8:0:1::1"), NOW), Err(Refused::OtherNetwork));
}

#[test]
fn a_wait_is_over_when_it_is_over_and_leads_back_only() {
    let (keys, text) = (keys(&[FIRST]), issued(Band::Medium));
    let check = |target: &[u8], seconds| check_wait(&keys, text.as_bytes(), target, &here(), after(seconds));
    assert_eq!(check(TARGET, 0), Err(Refused::Early { seconds: 10, bits: 5 }));
    assert_eq!(check(TARGET, 9), Err(Refused::Early { seconds: 1, bits: 5 }));
    let proof = check(TARGET, 10).unwrap();
    assert_eq!((proof.passed, proof.level), (Passed::Wait, 1));
    assert_eq!(check(b"/search?q=shoe", 10), Err(Refused::OtherTarget));
    assert_eq!(check(b"https://evil.example/", 10), Err(Refused::OtherTarget));
    assert_eq!(check(TARGET, LIFETIME), Err(Refused::Late));
}

#[test]
fn one_challenge_is_spent_under_one_key_however_it_is_passed() {
    let (keys, text) = (keys(&[FIRST]), issued(Band::Low));
    let work = checked(&text, &here(), NOW).unwrap().memo;
    assert_eq!(check_wait(&keys, text.as_bytes(), TARGET, &here(), after(60)).unwrap().memo, work);
    let another = issue(&keys, &EASY, Band::Low, &here(), TARGET, [8; 16], NOW);
    assert_ne!(checked(&another, &here(), NOW).unwrap().memo.key, work.key);
}

#[test]
fn a_key_that_retires_checks_for_as_long_as_it_is_listed_and_spends_the_same() {
    let text = issued(Band::Low);
    let with = |list: &[&str]| check_work(&keys(list), text.as_bytes(), &solve(&text, 4), &here(), NOW);
    assert_eq!(with(&[SECOND, FIRST]), with(&[FIRST]));
    assert!(with(&[FIRST]).is_ok());
    assert_eq!(with(&[SECOND]), Err(Refused::Forged));
}

#[test]
fn clocks_of_hosts_may_differ() {
    let text = issued(Band::Low);
    let before = |seconds| checked(&text, &here(), Time(NOW.0 - seconds * 1_000_000));
    assert!(before(LIFETIME - 1).is_ok());
    assert_eq!(before(LIFETIME), Err(Refused::Late));
}

#[test]
fn no_bit_of_a_challenge_can_be_altered() {
    let text = issued(Band::Low).into_bytes();
    let keys = keys(&[FIRST]);
    for at in 0..text.len() {
        for bit in 0..8 {
            let mut altered = text.clone();
            altered[at] ^= 1 << bit;
            let refused = check_wait(&keys, &altered, TARGET, &here(), after(60)).unwrap_err();
            assert!(matches!(refused, Refused::Malformed | Refused::Forged), "{refused:?}: bit {bit} of {at}");
        }
    }
}

proptest! {
    #[test]
    fn what_is_issued_passes_for_its_client_and_tells_nothing_of_it(
        device: u64, address: core::net::IpAddr, authority in "[a-zA-Z0-9.:-]{0,40}", target: Vec<u8>,
        random: [u8; 16], other: [u8; 16], seconds in 0_u64..1 << 32, band in 0..3_usize,
    ) {
        let keys = keys(&[FIRST]);
        let band = [Band::Low, Band::Medium, Band::High][band];
        let client = Client { device, network: Some(client_prefix(address)), authority: authority.as_bytes() };
        let now = Time::from_seconds(seconds);
        let text = issue(&keys, &EASY, band, &client, &target, random, now);
        prop_assert_eq!(text.len(), super::super::LENGTH);
        let answer = solve(&text, u32::from(EASY.bits(band)));
        prop_assert!(check_work(&keys, text.as_bytes(), &answer, &client, now).is_ok());
        let later = Time::from_seconds(seconds + 60);
        prop_assert!(check_wait(&keys, text.as_bytes(), &target, &client, later).is_ok());
        // Two challenges of one client have no tag in common.
        if other != random {
            let again = issue(&keys, &EASY, band, &client, &target, other, now);
            let (one, two) = (Token::read(text.as_bytes()).unwrap().0, Token::read(again.as_bytes()).unwrap().0);
            prop_assert_ne!(one.device, two.device);
            prop_assert_ne!(one.network, two.network);
            prop_assert_ne!(one.target, two.target);
        }
    }

    #[test]
    fn any_bytes_are_refused(
        text in prop::collection::vec(any::<u8>(), 0..120), answer: Vec<u8>, target: Vec<u8>, now: u64,
    ) {
        let keys = keys(&[FIRST]);
        prop_assert!(check_work(&keys, &text, &answer, &here(), Time(now)).is_err());
        prop_assert!(check_wait(&keys, &text, &target, &here(), Time(now)).is_err());
    }

    #[test]
    fn what_has_the_form_of_a_challenge_is_forged(body in prop::collection::vec(any::<u8>(), 64), known: bool) {
        use base64ct::{Base64UrlUnpadded, Encoding};
        let keys = keys(&[FIRST]);
        let hint = if known { keys.challenge_mac().0 } else { [0; 4] };
        let text = Base64UrlUnpadded::encode_string(&[&[1][..], &hint, &body].concat());
        prop_assert_eq!(check_work(&keys, text.as_bytes(), b"0", &here(), NOW), Err(Refused::Forged));
    }

    #[test]
    fn a_challenge_for_one_place_is_for_no_other(one: Vec<u8>, other: Vec<u8>) {
        let keys = keys(&[FIRST]);
        let text = issue(&keys, &EASY, Band::Low, &here(), &one, [9; 16], NOW);
        let back = check_wait(&keys, text.as_bytes(), &other, &here(), after(60));
        prop_assert_eq!(back.is_ok(), one == other);
    }
}
