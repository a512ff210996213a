//! All address lists of a policy in one: what takes one search in each list takes one in all of them.
//!
//! The ends of all ranges cut the addresses into segments, and in each of them the same lists hold. A list of a hundred
//! thousand ranges lies in memory that a request finds cold: it is the searches that cost, not what they compare.

use crate::ranges::Ranges;
use alloc::{
    collections::{BTreeMap, BTreeSet, BinaryHeap},
    vec::Vec,
};
use core::{cmp::Reverse, net::IpAddr};
use sha2::{Digest, Sha256};

/// The most words that sets of lists may take: 16 MiB. Lists overlap in few ways; only a bundle made for it needs more.
const MOST_WORDS: usize = 1 << 22;

/// What a set of lists takes beside its lists, in words.
const SET: usize = 8;

/// The most ranges in all lists together: what is built of them takes 20 bytes a range's end.
const MOST_RANGES: usize = 1 << 21;

/// The lists by address.
#[derive(Debug, Default)]
pub(super) struct Segments {
    v4: Cuts<u32>,
    v6: Cuts<u64>,
    v6_narrow: Cuts<u128>,
    // INVARIANT: the first set is the empty one.
    sets: Sets,
}

impl Segments {
    /// The segments of these lists; none when they have more than [`MOST_RANGES`] or overlap in more ways than
    /// [`MOST_WORDS`] hold.
    pub(super) fn new(lists: &[Ranges]) -> Option<Self> {
        if lists.iter().map(Ranges::len).sum::<usize>() > MOST_RANGES {
            return None;
        }
        let mut sets = Interned::new(lists.len());
        sets.place()?;
        let v4 = Cuts::new(lists, Ranges::v4, |end| end.checked_add(1), &mut sets)?;
        let v6 = Cuts::new(lists, Ranges::v6, |end| end.checked_add(1), &mut sets)?;
        let v6_narrow = Cuts::new(lists, Ranges::v6_narrow, |end| end.checked_add(1), &mut sets)?;
        Some(Self { v4, v6, v6_narrow, sets: sets.kept })
    }

    /// The lists that an address is in.
    pub(super) fn of(&self, address: IpAddr) -> Membership<'_> {
        match address.to_canonical() {
            IpAddr::V4(v4) => Membership { either: self.set(self.v4.find(v4.to_bits())), or: &[] },
            IpAddr::V6(v6) => {
                let bits = v6.to_bits();
                let high = u64::try_from(bits >> 64).unwrap_or(u64::MAX);
                Membership { either: self.set(self.v6.find(high)), or: self.set(self.v6_narrow.find(bits)) }
            }
        }
    }

    fn set(&self, place: u32) -> &[u32] {
        self.sets.get(place as usize)
    }
}

/// The lists that one address is in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Membership<'a> {
    either: &'a [u32],
    or: &'a [u32],
}

impl Membership<'_> {
    /// The places of the lists that it is in; one that it is in twice comes twice.
    pub(super) fn lists(self) -> impl Iterator<Item = usize> {
        self.either.iter().chain(self.or).map(|&list| list as usize)
    }
}

/// Where segments of one width begin, and the sets that hold in them.
#[derive(Debug, Default)]
struct Cuts<T> {
    // INVARIANT: sorted, apart; below the first no list holds.
    starts: Vec<T>,
    // INVARIANT: as many as `starts`.
    sets: Vec<u32>,
}

impl<T: Ord + Copy> Cuts<T> {
    fn new(
        lists: &[Ranges],
        of: impl Fn(&Ranges) -> &[(T, T)],
        next: impl Fn(T) -> Option<T>,
        sets: &mut Interned,
    ) -> Option<Self> {
        let count = 2 * lists.iter().map(|ranges| of(ranges).len()).sum::<usize>();
        let mut cuts = Self { starts: Vec::with_capacity(count), sets: Vec::with_capacity(count) };
        // The next end of each list: the ends of a list are in order, so that there is no need to sort all of them.
        let end = |list: usize, place: usize| {
            let (start, last) = *of(lists.get(list)?).get(place / 2)?;
            let address = if place.is_multiple_of(2) { start } else { next(last)? };
            Some(Reverse((address, list, place)))
        };
        let mut ends: BinaryHeap<_> = (0..lists.len()).filter_map(|list| end(list, 0)).collect();
        while let Some(Reverse((address, list, place))) = ends.pop() {
            sets.turn(list, place.is_multiple_of(2));
            ends.extend(end(list, place + 1));
            if ends.peek().is_none_or(|Reverse((next, ..))| *next != address) {
                cuts.starts.push(address);
                cuts.sets.push(sets.place()?);
            }
        }
        sets.clear();
        Some(cuts)
    }

    fn find(&self, address: T) -> u32 {
        let after = self.starts.partition_point(|start| *start <= address);
        after.checked_sub(1).and_then(|at| self.sets.get(at)).copied().unwrap_or(0)
    }
}

/// Sets of lists, end to end.
#[derive(Debug, Default)]
struct Sets {
    lists: Vec<u32>,
    /// Where each set ends.
    ends: Vec<usize>,
}

impl Sets {
    fn get(&self, place: usize) -> &[u32] {
        let end = |place: usize| self.ends.get(place).copied();
        let start = place.checked_sub(1).map_or(Some(0), end);
        start.zip(end(place)).and_then(|(start, end)| self.lists.get(start..end)).unwrap_or_default()
    }
}

/// Sets of lists, each kept once, and the one that holds where ranges are gone through.
///
/// A set is known by the sum of its lists' hashes, which a list that begins or ends changes in one step: nothing is as dear
/// as all lists together for each range. Two sets of one sum are 2⁻¹²⁸ likely, unless a bundle is made for it, and then it
/// is its own lists that it confuses.
struct Interned {
    kept: Sets,
    places: BTreeMap<u128, u32>,
    hashes: Vec<u128>,
    holding: BTreeSet<u32>,
    sum: u128,
}

impl Interned {
    fn new(lists: usize) -> Self {
        let hash = |list: usize| {
            let hash = Sha256::digest(list.to_le_bytes());
            hash.first_chunk().map_or(0, |first| u128::from_le_bytes(*first))
        };
        Self {
            kept: Sets::default(),
            places: BTreeMap::new(),
            hashes: (0..lists).map(hash).collect(),
            holding: BTreeSet::new(),
            sum: 0,
        }
    }

    /// A list begins or ends.
    fn turn(&mut self, list: usize, begins: bool) {
        let hash = self.hashes.get(list).copied().unwrap_or_default();
        let Ok(list) = u32::try_from(list) else { return };
        if begins && self.holding.insert(list) {
            self.sum = self.sum.wrapping_add(hash);
        } else if !begins && self.holding.remove(&list) {
            self.sum = self.sum.wrapping_sub(hash);
        }
    }

    /// All lists end.
    fn clear(&mut self) {
        self.holding.clear();
        self.sum = 0;
    }

    /// The place of the set that holds.
    fn place(&mut self) -> Option<u32> {
        if let Some(&place) = self.places.get(&self.sum) {
            return Some(place);
        }
        let words = self.kept.lists.len() + self.holding.len() + SET * self.places.len();
        let place = u32::try_from(self.places.len()).ok().filter(|_| words <= MOST_WORDS)?;
        self.kept.lists.extend(&self.holding);
        self.kept.ends.push(self.kept.lists.len());
        self.places.insert(self.sum, place);
        Some(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use proptest::prelude::*;

    fn network() -> impl Strategy<Value = (IpAddr, u8)> {
        // Few bits differ, so that networks meet and contain one another.
        let v4 = (0_u32..64, 24_u8..=32).prop_map(|(low, prefix)| (IpAddr::V4((0xcb00_7100 + low * 5).into()), prefix));
        let v6 = (0_u128..8, 0_u128..8, 56_u8..=128).prop_map(|(high, low, prefix)| {
            (IpAddr::V6(((0x2001_0db8_u128 << 96) | (high << 62) | low).into()), prefix)
        });
        prop_oneof![v4, v6]
    }

    proptest! {
        #[test]
        fn agrees_with_each_list_by_itself(
            lists in prop::collection::vec(prop::collection::vec(network(), 0..8), 0..70),
            asked in prop::collection::vec(network(), 1..20),
        ) {
            let lists: Vec<Ranges> = lists.into_iter().map(Ranges::from_networks).collect();
            let segments = Segments::new(&lists).unwrap();
            for (address, _) in asked {
                let membership = segments.of(address);
                for (at, list) in lists.iter().enumerate() {
                    prop_assert_eq!(membership.lists().any(|list| list == at), list.contains(address), "{}", format!("{address} {at}"));
                }
                prop_assert!(membership.lists().all(|list| list < lists.len()));
            }
        }
    }

    #[test]
    fn many_lists_are_no_trouble_unless_they_overlap_in_too_many_ways() {
        let apart = |bits: u32| Ranges::from_networks([(IpAddr::V4((bits << 8).into()), 24)]);
        let lists: Vec<Ranges> = (0..20_000).map(apart).collect();
        let segments = Segments::new(&lists).unwrap();
        let found = |address: u32| segments.of(IpAddr::V4(address.into())).lists().collect::<Vec<_>>();
        assert_eq!(found(19_999 << 8), [19_999]);
        assert!(found(20_000 << 8).is_empty());
        // Each list has one range that ends where no other does, and all begin at the first address.
        let nested = |length: u32| Ranges::from_networks((0..length).map(|at| (IpAddr::V4(at.into()), 32)));
        let lists: Vec<Ranges> = (1..=3_000).map(nested).collect();
        assert!(Segments::new(&lists).is_none());
        assert!(Segments::new(&lists[..2_000]).is_some());
    }

    /// A list of many ranges among as many lists that hold everywhere: each cut changes one list and not a copy of all.
    #[test]
    fn lists_that_hold_everywhere_are_not_copied_for_each_range() {
        let all = || Ranges::from_networks([(IpAddr::V4(0.into()), 0)]);
        let many = Ranges::from_networks((0..50_000).map(|at| (IpAddr::V4((2 * at).into()), 32)));
        let lists: Vec<Ranges> = (0..50_000).map(|_| all()).chain([many]).collect();
        let segments = Segments::new(&lists).unwrap();
        assert_eq!(segments.v4.starts.len(), 100_000);
        assert_eq!((segments.sets.ends.len(), segments.sets.lists.len()), (3, 100_001));
        assert_eq!(segments.of(IpAddr::V4(4.into())).lists().count(), 50_001);
    }

    #[test]
    fn more_ranges_than_an_engine_keeps_are_refused() {
        let half = (0..MOST_RANGES as u32 / 2).map(|at| (IpAddr::V4((2 * at).into()), 32));
        let half = Ranges::from_networks(half);
        assert!(Segments::new(&[half.clone(), half.clone()]).is_some());
        assert!(Segments::new(&[half.clone(), half, Ranges::from_networks([(IpAddr::V4(1.into()), 32)])]).is_none());
    }

    #[test]
    fn the_ends_of_the_scale_are_found() {
        let all = Ranges::from_networks([("0.0.0.0".parse().unwrap(), 0), ("::".parse().unwrap(), 0)]);
        let last = Ranges::from_networks([("255.255.255.255".parse().unwrap(), 32), ("ffff::".parse().unwrap(), 16)]);
        let segments = Segments::new(&[all, last]).unwrap();
        for (address, lists) in [
            ("0.0.0.0", [true, false]),
            ("255.255.255.254", [true, false]),
            ("255.255.255.255", [true, true]),
            ("::1:0:0:0", [true, false]),
            ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", [true, true]),
        ] {
            let membership = segments.of(address.parse().unwrap());
            assert_eq!([0, 1].map(|list| membership.lists().any(|known| known == list)), lists, "{address}");
        }
    }
}
