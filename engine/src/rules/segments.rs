//! All address lists of a policy in one: what takes one search in each list takes one in all of them.
//!
//! The ends of all ranges cut the addresses into segments, and in each of them the same lists hold. A list of a hundred
//! thousand ranges lies in memory that a request finds cold: it is the searches that cost, not what they compare.

use super::{bits::ones, ranges::Ranges};
use alloc::{collections::BTreeMap, vec, vec::Vec};
use core::net::IpAddr;

/// The most words that sets of lists may take: 8 MiB. Lists overlap in few ways; only a bundle made for it needs more.
const MOST_WORDS: usize = 1 << 20;

/// The lists by address.
#[derive(Debug, Default)]
pub(super) struct Segments {
    v4: Cuts<u32>,
    v6: Cuts<u64>,
    v6_narrow: Cuts<u128>,
    // INVARIANT: sets of lists, `words` words each; the first is the empty one.
    sets: Vec<u64>,
    words: usize,
}

impl Segments {
    /// The segments of these lists; none when they overlap in more ways than [`MOST_WORDS`] hold.
    pub(super) fn new(lists: &[Ranges]) -> Option<Self> {
        let mut sets = Interned { words: lists.len().div_ceil(64), ..Interned::default() };
        sets.place(&vec![0; sets.words])?;
        let v4 = Cuts::new(lists, Ranges::v4, |end| end.checked_add(1), &mut sets)?;
        let v6 = Cuts::new(lists, Ranges::v6, |end| end.checked_add(1), &mut sets)?;
        let v6_narrow = Cuts::new(lists, Ranges::v6_narrow, |end| end.checked_add(1), &mut sets)?;
        Some(Self { v4, v6, v6_narrow, words: sets.words, sets: sets.all })
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

    fn set(&self, place: u32) -> &[u64] {
        let start = place as usize * self.words;
        self.sets.get(start..start + self.words).unwrap_or_default()
    }
}

/// The lists that one address is in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Membership<'a> {
    either: &'a [u64],
    or: &'a [u64],
}

impl Membership<'_> {
    /// The places of the lists that it is in; one that it is in twice comes twice.
    pub(super) fn lists(self) -> impl Iterator<Item = usize> {
        ones(self.either).chain(ones(self.or))
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
        let mut edges: Vec<(T, usize, bool)> = Vec::new();
        for (list, ranges) in lists.iter().enumerate() {
            for &(start, end) in of(ranges) {
                edges.push((start, list, true));
                edges.extend(next(end).map(|after| (after, list, false)));
            }
        }
        // A list that ends where it begins again would have been merged, so within one cut the order does not matter.
        edges.sort_unstable();
        let mut cuts = Self { starts: Vec::new(), sets: Vec::new() };
        let mut holding = vec![0_u64; sets.words];
        for same in edges.chunk_by(|(one, ..), (other, ..)| one == other) {
            for &(_, list, begins) in same {
                if let Some(word) = holding.get_mut(list / 64) {
                    let bit = 1 << (list % 64);
                    *word = if begins { *word | bit } else { *word & !bit };
                }
            }
            cuts.starts.extend(same.first().map(|&(start, ..)| start));
            cuts.sets.push(sets.place(&holding)?);
        }
        Some(cuts)
    }

    fn find(&self, address: T) -> u32 {
        let after = self.starts.partition_point(|start| *start <= address);
        after.checked_sub(1).and_then(|at| self.sets.get(at)).copied().unwrap_or(0)
    }
}

/// Sets of lists, each kept once.
#[derive(Default)]
struct Interned {
    all: Vec<u64>,
    places: BTreeMap<Vec<u64>, u32>,
    words: usize,
}

impl Interned {
    fn place(&mut self, set: &[u64]) -> Option<u32> {
        if let Some(&place) = self.places.get(set) {
            return Some(place);
        }
        let place = u32::try_from(self.places.len()).ok().filter(|_| self.all.len() + set.len() <= MOST_WORDS)?;
        self.all.extend_from_slice(set);
        self.places.insert(set.into(), place);
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
    fn lists_that_overlap_in_too_many_ways_are_refused() {
        let one = |bits: u32| Ranges::from_networks([(IpAddr::V4((bits << 8).into()), 24)]);
        let lists: Vec<Ranges> = (0..9_000).map(one).collect();
        assert!(Segments::new(&lists).is_none());
        assert!(Segments::new(&lists[..5_000]).is_some());
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
