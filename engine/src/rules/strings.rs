//! Sets of many strings, found by hash.

use alloc::{collections::BTreeSet, vec::Vec};
use serde::{Deserialize, Serialize};

/// A set of byte strings, as the bundle carries it: strings by bucket, end to end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Strings {
    // INVARIANT: one more than a power of two entries, none below the one before, the last the number of strings.
    buckets: Vec<u32>,
    // INVARIANT: where each string ends in `bytes`: none below the one before, the last `bytes.len()`.
    ends: Vec<u32>,
    bytes: Vec<u8>,
}

impl Strings {
    /// The set of these strings; `None` when they take more than 4 GiB.
    pub fn from_set(strings: &BTreeSet<&[u8]>) -> Option<Self> {
        let count = strings.len().next_power_of_two();
        let mut sorted: Vec<(usize, &[u8])> =
            strings.iter().map(|string| (bucket_of(string, count), *string)).collect();
        sorted.sort_unstable();
        let mut set = Self::default();
        for bucket in 0..=count {
            set.buckets.push(u32::try_from(sorted.partition_point(|(known, _)| *known < bucket)).ok()?);
        }
        for (_, string) in sorted {
            set.bytes.extend_from_slice(string);
            set.ends.push(u32::try_from(set.bytes.len()).ok()?);
        }
        Some(set)
    }

    /// Whether the string is in the set.
    pub fn contains(&self, string: &[u8]) -> bool {
        let bucket = bucket_of(string, self.buckets.len().saturating_sub(1));
        match (self.buckets.get(bucket), self.buckets.get(bucket + 1)) {
            (Some(&first), Some(&end)) => (first..end).any(|at| self.string(at) == Some(string)),
            _ => false,
        }
    }

    /// How many strings there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether the set is empty.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    fn string(&self, at: u32) -> Option<&[u8]> {
        let at = at as usize;
        let start = match at.checked_sub(1) {
            Some(before) => *self.ends.get(before)? as usize,
            None => 0,
        };
        self.bytes.get(start..*self.ends.get(at)? as usize)
    }

    pub(super) fn is_sound(&self) -> bool {
        let last = |list: &[u32]| list.last().map_or(0, |&end| end as usize);
        self.buckets.len().checked_sub(1).is_some_and(usize::is_power_of_two)
            && self.buckets.is_sorted()
            && last(&self.buckets) == self.ends.len()
            && self.ends.is_sorted()
            && last(&self.ends) == self.bytes.len()
    }
}

/// FNV-1a, 64 bits, folded: the table is fixed when the bundle is built, so no request can lengthen a bucket.
fn bucket_of(string: &[u8], count: usize) -> usize {
    let hash = string
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let folded = (hash ^ hash >> 32) & u64::try_from(count.saturating_sub(1)).unwrap_or(0);
    usize::try_from(folded).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, string::String};

    #[test]
    fn finds_what_is_in_it_and_nothing_else() {
        for count in [0, 1, 2, 3, 1_000, 50_000] {
            let owned: Vec<String> = (0..count).map(|number| format!("/path/{number}")).collect();
            let set = Strings::from_set(&owned.iter().map(|string| string.as_bytes()).collect()).unwrap();
            assert!(set.is_sound());
            assert_eq!(set.len(), count);
            assert!(owned.iter().all(|string| set.contains(string.as_bytes())));
            assert!(!set.contains(b"/path/") && !set.contains(b"") && !set.contains(b"/path/00"));
        }
    }

    #[test]
    fn the_empty_string_is_a_string() {
        let set = Strings::from_set(&BTreeSet::from([b"".as_slice()])).unwrap();
        assert!(set.contains(b"") && !set.contains(b"a"));
    }
}
