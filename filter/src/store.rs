//! Where the words of limits and memos stand: in data that all threads of the proxy share, in a fixed number of slots.
//!
//! Envoy's shared data has no expiry and no way to remove a key, so a key for each client would grow as an attacker
//! pleases. Each [`Table`] has a fixed number of slots of about 150 bytes (measured in Envoy 1.40: a key with its value):
//! 10 MB at the most for the buckets of limits, 10 for what may happen once, 20 for paths.
//!
//! What a limit may get wrong: two threads that take the same free slot at the same instant, before it was ever used, may
//! count one request between them, since a compare-and-swap of a key that is not there yet always succeeds in Envoy. And
//! a bucket whose two slots both go to other clients that are limited at the moment starts anew: with a share `f` of the
//! slots in use, a new client displaces another with probability `f²`, about 0.02 % at 1,000 clients and 2 % at 10,000.

use crate::host::{Call, Failure, Host};
use outwork_engine::{
    limits::{Charge, Charged, Slot, Table, Word, choose},
    memo::{Memo, Remembered},
    time::Time,
};

/// How often a slot is tried that other threads are writing at the same time.
const ATTEMPTS: usize = 4;

/// Charges one bucket.
///
/// # Errors
/// As [`step`].
pub fn charge(host: &impl Host, charge: &Charge, now: Time) -> Result<Charged, Failure> {
    step(host, (Table::Buckets, charge.key), now, |word| charge.step(word, now))
}

/// Asks one memo.
///
/// # Errors
/// As [`step`].
pub fn ask(host: &impl Host, memo: &Memo, now: Time) -> Result<Remembered, Failure> {
    step(host, (memo.table, memo.key), now, |word| memo.step(word, now))
}

/// Steps the word of a key.
///
/// # Errors
/// When the shared data cannot be read or written, or other threads were faster [`ATTEMPTS`] times running.
fn step<T>(
    host: &impl Host,
    (table, key): (Table, u128),
    now: Time,
    take: impl Fn(Word) -> (T, Word),
) -> Result<T, Failure> {
    for _ in 0..ATTEMPTS {
        let (place, found) = find(host, table, key, now)?;
        let (outcome, word) = take(found.word);
        let unchanged = found.owned && word == found.word;
        let slot = Slot { tag: Slot::tag_of(key), word };
        if unchanged || host.share(&name(table, place), &slot.to_bytes(), found.stamp)? {
            return Ok(outcome);
        }
    }
    Err(Failure { call: Call::Store, status: CONTENDED })
}

/// The ABI's status for a compare-and-swap that did not match.
const CONTENDED: u32 = 8;

/// What stands in the slot that a key is to use.
struct Found {
    word: Word,
    owned: bool,
    stamp: Option<u32>,
}

fn find(host: &impl Host, table: Table, key: u128, now: Time) -> Result<(u32, Found), Failure> {
    let [first_place, second_place] = Slot::candidates(key, table.slots());
    let (first, first_stamp) = read(host, table, first_place)?;
    if first.tag == Slot::tag_of(key) {
        return Ok((first_place, Found { word: first.word, owned: true, stamp: first_stamp }));
    }
    let (second, second_stamp) = read(host, table, second_place)?;
    let (index, word) = choose(key, first, second, now);
    let (place, slot, stamp) =
        if index == 0 { (first_place, first, first_stamp) } else { (second_place, second, second_stamp) };
    Ok((place, Found { word, owned: slot.tag == Slot::tag_of(key), stamp }))
}

fn read(host: &impl Host, table: Table, place: u32) -> Result<(Slot, Option<u32>), Failure> {
    let stored = host.shared(&name(table, place))?;
    Ok(stored.map_or_else(Default::default, |(bytes, stamp)| (Slot::from_bytes(&bytes), Some(stamp))))
}

/// In a VM without an id, as Istio makes them, all plugins share one space of names.
fn name(table: Table, place: u32) -> [u8; 12] {
    let [a, b, c, d] = place.to_le_bytes();
    let [o, u, t, w, q, r, k] = *b"outwork";
    let table = match table {
        Table::Buckets => b':',
        Table::Once => b'!',
        Table::Paths => b'~',
    };
    [o, u, t, w, q, r, k, table, a, b, c, d]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Memory;
    use outwork_engine::memo::Keep;
    use outwork_engine::{
        limits::{KeyPart, Limit},
        risk::Band,
    };

    const NOW: Time = Time(1_795_305_600_000_000);

    fn limit(burst: u32) -> Limit {
        Limit { id: "l".into(), key: vec![KeyPart::Ip], burst, interval: 1_000_000, cost: [1; 3], conditional: true }
    }

    fn admitted(host: &Memory, key: u128, burst: u32) -> bool {
        match charge(host, &limit(burst).charge(0, key, Band::Low), NOW).unwrap() {
            Charged::Known(outcome) => outcome.admitted,
            Charged::Unknown => unreachable!("the store of the test is always there"),
        }
    }

    #[test]
    fn a_key_has_one_bucket() {
        let host = Memory::default();
        let key = 7 << 64 | 3 << 32 | 2;
        assert_eq!([(); 4].map(|()| admitted(&host, key, 3)), [true, true, true, false]);
        assert!(admitted(&host, 8 << 64 | 5 << 32 | 4, 3));
    }

    #[test]
    fn a_memo_is_news_once() {
        let host = Memory::default();
        let memo = Memo {
            table: Table::Once,
            key: 7 << 64 | 3 << 32 | 2,
            until: Time(NOW.0 + 1_000),
            mark: 5,
            keep: Keep::First,
        };
        let asked = [memo, memo, Memo { mark: 6, ..memo }].map(|memo| ask(&host, &memo, NOW).unwrap());
        assert_eq!(asked, [Remembered::Nothing, Remembered::Same, Remembered::Other(5)]);
        assert_eq!(ask(&host, &memo, Time(NOW.0 + 1_000)), Ok(Remembered::Nothing));
    }

    #[test]
    fn memory_is_bounded_whatever_keys_come() {
        let host = Memory::default();
        for n in 0..200_000_u128 {
            let key = n.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
            let _ = admitted(&host, key, 1);
        }
        assert!(host.shared.borrow().len() <= Table::Buckets.slots() as usize);
    }

    #[test]
    fn another_threads_charge_in_between_is_not_lost() {
        let host = Memory::default();
        let key = 7 << 64 | 3 << 32 | 2;
        assert!(admitted(&host, key, 3));
        host.meanwhile.replace(Some(|host, _| assert!(admitted(host, 7 << 64 | 3 << 32 | 2, 3))));
        assert!(admitted(&host, key, 3));
        assert!(!admitted(&host, key, 3));
    }

    #[test]
    fn a_slot_that_is_always_busy_is_given_up() {
        fn busy(host: &Memory, key: &[u8]) {
            let stamp = host.shared.borrow().get(key).map_or(0, |(_, stamp)| *stamp);
            host.shared.borrow_mut().insert(key.into(), (vec![1; Slot::BYTES], stamp + 1));
            host.meanwhile.replace(Some(busy));
        }
        let host = Memory::default();
        let key = 7 << 64;
        assert!(admitted(&host, key, 3));
        host.meanwhile.replace(Some(busy));
        let failure = charge(&host, &limit(3).charge(0, key, Band::Low), NOW).unwrap_err();
        assert_eq!((failure.call, failure.status), (Call::Store, CONTENDED));
    }

    #[test]
    fn a_refusal_writes_nothing() {
        let host = Memory::default();
        let key = 7 << 64;
        assert!(admitted(&host, key, 1));
        let before = host.shared.borrow().clone();
        assert!(!admitted(&host, key, 1));
        assert_eq!(*host.shared.borrow(), before);
    }
}
