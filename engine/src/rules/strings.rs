//! Sets of many strings, found by hash.
//!
//! What is kept of a string is 96 bits of its SipHash: 12 bytes, however long it is. A text that is not in a set of
//! `n` strings is taken for one of them with a chance of `n` in 2⁹⁶. The key is in the bundle and comes of the set: who
//! has it may look for a text that passes for a listed one, and could send the listed one as well.

use alloc::{collections::BTreeSet, vec::Vec};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use siphasher::sip128::SipHasher24;

/// What is kept of a string: the first bits choose its bucket.
type Mark = [u8; 12];

const MARK: usize = size_of::<Mark>();

/// How many strings a bucket has on average, at most: its place takes less than half a byte of each.
const CROWD: usize = 8;

/// A set of byte strings, as the bundle carries it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Strings {
    key: [u8; 16],
    // INVARIANT: one more than a power of two entries, none below the one before, the last the number of marks.
    buckets: Vec<u32>,
    // INVARIANT: marks end to end, sorted.
    marks: Vec<u8>,
}

impl Strings {
    /// The set of these strings; `None` when there are more than four billion.
    pub fn from_set(strings: &BTreeSet<&[u8]>) -> Option<Self> {
        let key = key_of(strings)?;
        let mut sorted: Vec<Mark> = strings.iter().map(|string| mark_of(&key, string)).collect();
        sorted.sort_unstable();
        let count = (strings.len() / CROWD).next_power_of_two();
        let begin = |bucket: usize| sorted.partition_point(|mark| bucket_of(mark, count) < bucket);
        let buckets = (0..=count).map(|bucket| u32::try_from(begin(bucket)).ok()).collect::<Option<_>>()?;
        Some(Self { key, buckets, marks: sorted.concat() })
    }

    /// Whether the string is in the set.
    pub fn contains(&self, string: &[u8]) -> bool {
        let mark = mark_of(&self.key, string);
        let bucket = bucket_of(&mark, self.buckets.len().saturating_sub(1));
        match (self.buckets.get(bucket), self.buckets.get(bucket + 1)) {
            (Some(&first), Some(&end)) => {
                self.marks().get(first as usize..end as usize).is_some_and(|marks| marks.contains(&mark))
            }
            _ => false,
        }
    }

    /// How many strings there are.
    pub fn len(&self) -> usize {
        self.marks().len()
    }

    /// Whether the set is empty.
    pub fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    fn marks(&self) -> &[Mark] {
        self.marks.as_chunks().0
    }

    pub(super) fn is_sound(&self) -> bool {
        self.buckets.len().checked_sub(1).is_some_and(usize::is_power_of_two)
            && self.buckets.is_sorted()
            && self.buckets.last().is_some_and(|&last| last as usize == self.len())
            && self.marks.len().is_multiple_of(MARK)
    }
}

/// A key that is the same wherever the set is built.
fn key_of(strings: &BTreeSet<&[u8]>) -> Option<[u8; 16]> {
    let mut hash = Sha256::new_with_prefix("outwork strings");
    for string in strings {
        hash.update(u32::try_from(string.len()).ok()?.to_le_bytes());
        hash.update(string);
    }
    hash.finalize().first_chunk().copied()
}

fn mark_of(key: &[u8; 16], string: &[u8]) -> Mark {
    let hash = SipHasher24::new_with_key(key).hash(string);
    let ([a, b, c, d, e, f, g, h], [i, j, k, l, ..]) = (hash.h1.to_be_bytes(), hash.h2.to_be_bytes());
    [a, b, c, d, e, f, g, h, i, j, k, l]
}

/// The first bits of a mark, so that buckets stand in the order of their marks; `count` is a power of two.
fn bucket_of(mark: &Mark, count: usize) -> usize {
    let [a, b, c, d, ..] = *mark;
    let bits = count.max(1).ilog2();
    usize::try_from(u64::from(u32::from_be_bytes([a, b, c, d])) << bits >> 32).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, string::String, vec};

    fn set(strings: &[String]) -> Strings {
        Strings::from_set(&strings.iter().map(|string| string.as_bytes()).collect()).unwrap()
    }

    #[test]
    fn finds_what_is_in_it_and_nothing_else() {
        for count in [0, 1, 2, 3, 17, 1_000, 50_000] {
            let owned: Vec<String> = (0..count).map(|number| format!("/path/{number}")).collect();
            let set = set(&owned);
            assert!(set.is_sound());
            assert_eq!(set.len(), count);
            assert!(owned.iter().all(|string| set.contains(string.as_bytes())));
            assert!((0..count).all(|number| !set.contains(format!("/path/{number}/").as_bytes())));
            assert!(!set.contains(b"/path/") && !set.contains(b"") && !set.contains(b"/path/00"));
        }
    }

    #[test]
    fn takes_the_same_bytes_however_long_strings_are() {
        let short = postcard::to_allocvec(&set(&(0..10_000).map(|number| format!("{number}")).collect::<Vec<_>>()));
        let long = (0..10_000).map(|number| format!("/a/much/longer/path/than/one/would/type/{number}"));
        let long = postcard::to_allocvec(&set(&long.collect::<Vec<_>>())).unwrap();
        assert!(short.unwrap().len().abs_diff(long.len()) < 100);
        assert!(long.len() < 130_000, "{}", long.len());
    }

    #[test]
    fn the_empty_string_is_a_string() {
        let set = Strings::from_set(&BTreeSet::from([b"".as_slice()])).unwrap();
        assert!(set.contains(b"") && !set.contains(b"a"));
    }

    #[test]
    fn what_does_not_hold_together_is_not_sound() {
        let sound = set(&["a".into(), "b".into()]);
        let bad = [
            Strings { marks: vec![0; MARK * 2 + 1], ..sound.clone() },
            Strings { marks: vec![0; MARK], ..sound.clone() },
            Strings { buckets: vec![0, 1, 1, 2], ..sound.clone() },
            Strings { buckets: vec![2, 0], ..sound.clone() },
            Strings { buckets: vec![], ..sound.clone() },
        ];
        assert!(sound.is_sound() && bad.iter().all(|set| !set.is_sound()));
    }
}
