use super::*;
use crate::keys::Keyring;
use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use proptest::prelude::*;

const SECRETS: &str = "b:QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI,a:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE";

fn opens() -> Opens {
    let follows = Head { id: 0xfeed, sequence: 12, mac: [7; 16] };
    Opens {
        why: Why::Reload,
        bundle: Some(core::array::from_fn(|at| at as u8)),
        place: Some(Place { run: 0xbeef, number: 3 }),
        follows: Some(follows),
        unordered: true,
    }
}

fn record(chain: &mut Chain, keys: &Keyring, text: &str) -> String {
    let mut json = Json::new();
    json.raw("{\"unmapped\":{\"outwork\":{\"text\":").bytes(text.as_bytes());
    seal(json, chain, &mut Sealer::new(keys))
}

fn seal(mut json: Json, chain: &mut Chain, sealer: &mut Sealer) -> String {
    chain.seal(&mut json, 7, sealer);
    json.raw("}}}");
    json.out
}

#[test]
fn what_is_sealed_is_read_and_verified() {
    let keys = Keyring::parse(SECRETS).unwrap();
    let audit = AuditKeys::of(&keys);
    for first in [opens(), Opens { why: Why::Start, bundle: None, place: None, follows: None, unordered: false }] {
        let mut chain = Chain::new(0xc0ffee, first);
        assert_eq!(chain.head(), None);
        let records: Vec<_> = (0..3).map(|_| record(&mut chain, &keys, "x")).collect();
        let sealed: Vec<_> = records.iter().map(|record| read(record.as_bytes()).unwrap()).collect();
        assert_eq!(sealed[0].before, Before::Opens(first));
        for (at, one) in sealed.iter().enumerate() {
            assert_eq!((one.id, one.sequence, one.key), (0xc0ffee, at as u64 + 1, "b"));
            assert_eq!(one.verify(&audit), Ok(()));
        }
        assert_eq!(sealed[1].before, Before::Record(sealed[0].mac));
        assert_eq!(sealed[2].before, Before::Record(sealed[1].mac));
        assert_eq!(chain.head(), Some(Head { id: 0xc0ffee, sequence: 3, mac: sealed[2].mac }));
        assert!(records.iter().all(|record| record.len() < 64 + MAX_BYTES));
    }
}

#[test]
fn a_chain_says_once_how_many_others_its_host_has_opened() {
    let keys = Keyring::parse(SECRETS).unwrap();
    let audit = AuditKeys::of(&keys);
    let mut chain = Chain::new(1, opens());
    let mut told = |run, number| {
        chain.know(Place { run, number });
        let record = record(&mut chain, &keys, "x");
        let sealed = read(record.as_bytes()).unwrap();
        assert_eq!(sealed.verify(&audit), Ok(()));
        sealed.chains
    };
    // The first has its own number, whatever came after it until then.
    let said = [(0xbeef, 2), (0xbeef, 5), (0xbeef, 5), (0xdead, 9), (0xbeef, 4), (0xbeef, u32::MAX)];
    assert_eq!(said.map(|(run, number)| told(run, number)), [Some(3), Some(5), None, None, None, Some(u32::MAX)]);
    let mut alone = Chain::new(1, Opens { place: None, ..opens() });
    alone.know(Place { run: 0xbeef, number: 7 });
    let lines = [(); 2].map(|()| record(&mut alone, &keys, "x"));
    assert!(lines.iter().all(|line| read(line.as_bytes()).unwrap().chains.is_none()));
}

#[test]
fn a_chain_with_the_longest_names_is_read() {
    let id = "k".repeat(64);
    let keys = Keyring::parse(&format!("{id}:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE")).unwrap();
    let follows = Head { id: u64::MAX, sequence: u64::MAX, mac: [0xff; 16] };
    let place = Place { run: u64::MAX, number: u32::MAX };
    let first = Opens {
        why: Why::Rotation,
        bundle: Some([0xff; 32]),
        place: Some(place),
        follows: Some(follows),
        unordered: true,
    };
    let mut chain = Chain { sequence: u64::MAX - 1, ..Chain::new(u64::MAX, first) };
    let record = record(&mut chain, &keys, "x");
    assert_eq!(read(record.as_bytes()).map(|sealed| sealed.verify(&AuditKeys::of(&keys))), Some(Ok(())));
}

#[test]
fn no_byte_can_be_changed() {
    let keys = Keyring::parse(SECRETS).unwrap();
    let audit = AuditKeys::of(&keys);
    let mut chain = Chain::new(1, opens());
    for text in ["x", ",\"chain\":{\"id\":\"0000000000000001\",\"sequence\":1"] {
        let whole = record(&mut chain, &keys, text);
        assert_eq!(read(whole.as_bytes()).unwrap().verify(&audit), Ok(()));
        for at in 0..whole.len() {
            for flip in [1, 2, 0x20, 0x80] {
                let mut other = whole.clone().into_bytes();
                other[at] ^= flip;
                let proven = read(&other).is_some_and(|sealed| sealed.verify(&audit).is_ok());
                assert!(!proven, "byte {at} ^ {flip}");
            }
            let mut shorter = whole.clone().into_bytes();
            shorter.remove(at);
            let proven = read(&shorter).is_some_and(|sealed| sealed.verify(&audit).is_ok());
            // A brace less at the end is no JSON: that is for its reader to see.
            assert!(!proven || at >= whole.len() - 4, "without byte {at}");
        }
    }
}

#[test]
fn a_key_that_is_gone_is_told_from_a_change() {
    let keys = Keyring::parse(SECRETS).unwrap();
    let line = record(&mut Chain::new(1, opens()), &keys, "x");
    let other = AuditKeys::parse("audit:a:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE").unwrap();
    assert_eq!(read(line.as_bytes()).unwrap().verify(&other), Err(Unproven::Key));
    let wrong = AuditKeys::parse("audit:b:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE").unwrap();
    assert_eq!(read(line.as_bytes()).unwrap().verify(&wrong), Err(Unproven::Changed));
}

#[test]
fn derived_keys_are_written_and_read_again() {
    let keys = AuditKeys::of(&Keyring::parse(SECRETS).unwrap());
    let line = record(&mut Chain::new(1, opens()), &Keyring::parse(SECRETS).unwrap(), "x");
    let again = AuditKeys::parse(&keys.write()).unwrap();
    assert_eq!(read(line.as_bytes()).unwrap().verify(&again), Ok(()));
    assert!(!keys.write().contains("QkJC"), "no master secret is among them");
}

/// A record that was written before parts of records were taken later.
const OLDER: &str = r#"{"time":1795305601000,"unmapped":{"outwork":{"text":"older","chain":{"id":"0000000000c0ffee","sequence":2,"key":"b","previous":"BwcHBwcHBwcHBwcHBwcHBw","mac":"uj3ikJaXNPjSzpj8GfTrZA"}}}}"#;

#[test]
fn a_record_of_an_older_version_is_verified() {
    let audit = AuditKeys::of(&Keyring::parse(SECRETS).unwrap());
    let sealed = read(OLDER.as_bytes()).unwrap();
    assert_eq!(sealed.verify(&audit), Ok(()));
    assert_eq!(sealed.later, Later::default());
    let other = OLDER.replacen("older", "newer", 1);
    assert_eq!(read(other.as_bytes()).unwrap().verify(&audit), Err(Unproven::Changed));
}

/// A text of which every other part is taken later.
fn varied(parts: &[String]) -> Json {
    let mut json = Json::new();
    json.raw("{");
    for (at, part) in parts.iter().enumerate() {
        if at % 2 == 0 {
            json.varying(|json| json.bytes(part.as_bytes()));
        } else {
            json.bytes(part.as_bytes());
        }
    }
    json
}

#[test]
fn what_is_taken_later_is_named_and_cannot_be_changed_either() {
    let keys = Keyring::parse(SECRETS).unwrap();
    let audit = AuditKeys::of(&keys);
    let parts = ["17", "alike", "id", "alike", "/"].map(String::from);
    let whole = seal(varied(&parts), &mut Chain::new(1, opens()), &mut Sealer::new(&keys));
    assert!(whole.contains(",\"key\":\"b\",\"later\":[1,5,12,16,23,26],\"opens\""), "{whole}");
    assert_eq!(read(whole.as_bytes()).unwrap().verify(&audit), Ok(()));
    for at in 0..whole.len() {
        for flip in [1, 2, 0x20, 0x80] {
            let mut other = whole.clone().into_bytes();
            other[at] ^= flip;
            let proven = read(&other).is_some_and(|sealed| sealed.verify(&audit).is_ok());
            assert!(!proven, "byte {at} ^ {flip}");
        }
    }
    // Another cut of the same bytes, and parts in another order.
    for (from, to) in [("[1,5,", "[1,4,"), ("[1,5,12,16,", "[1,5,"), ("\"17\"\"alike\"\"id\"", "\"id\"\"alike\"\"17\"")]
    {
        let other = whole.replacen(from, to, 1);
        assert_ne!(other, whole);
        assert_eq!(read(other.as_bytes()).map(|sealed| sealed.verify(&audit)), Some(Err(Unproven::Changed)), "{other}");
    }
}

#[test]
fn parts_that_are_none_are_not_read() {
    let keys = Keyring::parse(SECRETS).unwrap();
    let whole = seal(varied(&["17".into()]), &mut Chain::new(1, opens()), &mut Sealer::new(&keys));
    let nine = (0..9).map(|at| format!("{at},{at}")).collect::<Vec<_>>().join(",");
    for wrong in ["", "1", "1,5,", "5,1", "1,6", "1,5,4,5", "1,5,5", "-1,5", "1,99999999999999999999", &nine] {
        let other = whole.replacen("[1,5]", &format!("[{wrong}]"), 1);
        assert_ne!(other, whole);
        assert!(read(other.as_bytes()).is_none(), "{other}");
    }
}

proptest! {
    /// What is recalled changes no MAC: records are as if each were sealed alone.
    #[test]
    fn records_that_are_alike_are_sealed_as_if_they_were_not(
        records in prop::collection::vec((0_u64..3, 0_usize..3, 0_usize..600, "[a-z]{0,9}"), 1..60),
    ) {
        let keys = Keyring::parse(SECRETS).unwrap();
        let audit = AuditKeys::of(&keys);
        let (mut chain, mut alone, mut sealer) = (Chain::new(1, opens()), Chain::new(1, opens()), Sealer::new(&keys));
        for (like, letter, length, own) in records {
            let alike = ["x", "y", "xxxxxxxxxxxxxxxxxxxxxx"][letter].repeat(length);
            let parts = [own.clone(), alike, own, like.to_string()];
            let seal = |chain: &mut Chain, sealer: &mut Sealer| {
                let mut json = varied(&parts);
                chain.seal(&mut json, like, sealer);
                json.out
            };
            let (one, other) = (seal(&mut chain, &mut sealer), seal(&mut alone, &mut Sealer::new(&keys)));
            prop_assert_eq!(&one, &other);
            prop_assert_eq!(read(one.as_bytes()).map(|sealed| sealed.verify(&audit)), Some(Ok(())));
        }
    }
}
