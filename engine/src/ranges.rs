//! Address lists: sorted ranges that do not touch, found by binary search.

use alloc::vec::Vec;
use core::{net::IpAddr, ops::Sub};
use serde::{Deserialize, Serialize};

/// A set of addresses.
///
/// IPv4 ranges take 8 bytes. IPv6 ranges take 16, because all but the rarest end on a /64: those that do not stand apart.
/// The bundle carries of each range how far it lies behind the one before, and how far its end behind its start, which
/// takes about half.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Steps", try_from = "Steps")]
pub struct Ranges {
    // INVARIANT, all three: each pair in order, pairs sorted and apart (checked when a bundle is loaded).
    v4: Vec<(u32, u32)>,
    v6: Vec<(u64, u64)>,
    v6_narrow: Vec<(u128, u128)>,
}

impl Ranges {
    /// The union of these networks, each an address and a prefix length in bits.
    ///
    /// Bits below the prefix are ignored; a prefix longer than the address counts as the whole address. IPv4 addresses
    /// mapped to IPv6 count as IPv4.
    pub fn from_networks(networks: impl IntoIterator<Item = (IpAddr, u8)>) -> Self {
        let mut ranges = Self::default();
        for (address, prefix) in networks {
            match (address, address.to_canonical()) {
                (IpAddr::V6(_), IpAddr::V4(v4)) if prefix >= 96 => ranges.add_v4(v4.to_bits(), prefix - 96),
                (IpAddr::V6(v6), _) => ranges.add_v6(v6.to_bits(), prefix),
                (IpAddr::V4(v4), _) => ranges.add_v4(v4.to_bits(), prefix),
            }
        }
        merge(&mut ranges.v4, |end| end.checked_add(1));
        merge(&mut ranges.v6, |end| end.checked_add(1));
        merge(&mut ranges.v6_narrow, |end| end.checked_add(1));
        ranges
    }

    fn add_v4(&mut self, address: u32, prefix: u8) {
        let host = u32::MAX.checked_shr(prefix.into()).unwrap_or(0);
        self.v4.push((address & !host, address | host));
    }

    fn add_v6(&mut self, address: u128, prefix: u8) {
        let host = u128::MAX.checked_shr(prefix.into()).unwrap_or(0);
        let (start, end) = (address & !host, address | host);
        if prefix <= 64 {
            self.v6.push((high_half(start), high_half(end)));
        } else {
            self.v6_narrow.push((start, end));
        }
    }

    /// Whether the address is in the set.
    pub fn contains(&self, address: IpAddr) -> bool {
        match address.to_canonical() {
            IpAddr::V4(v4) => within(&self.v4, v4.to_bits()),
            IpAddr::V6(v6) => within(&self.v6, high_half(v6.to_bits())) || within(&self.v6_narrow, v6.to_bits()),
        }
    }

    /// How many ranges there are.
    pub fn len(&self) -> usize {
        self.v4.len() + self.v6.len() + self.v6_narrow.len()
    }

    /// Whether the set is empty.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(crate) fn v4(&self) -> &[(u32, u32)] {
        &self.v4
    }

    pub(crate) fn v6(&self) -> &[(u64, u64)] {
        &self.v6
    }

    pub(crate) fn v6_narrow(&self) -> &[(u128, u128)] {
        &self.v6_narrow
    }

    pub(crate) fn is_sound(&self) -> bool {
        is_sorted(&self.v4) && is_sorted(&self.v6) && is_sorted(&self.v6_narrow)
    }
}

/// Whether an address is not a public one: private, shared (RFC 6598), loopback, link-local or unique local.
pub fn is_private(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            let is_shared = a == 100 && (64..128).contains(&b);
            v4.is_private() || v4.is_loopback() || v4.is_link_local() || is_shared
        }
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

fn high_half(address: u128) -> u64 {
    u64::try_from(address >> 64).unwrap_or(u64::MAX)
}

fn within<T: Ord + Copy>(ranges: &[(T, T)], address: T) -> bool {
    let after = ranges.partition_point(|(start, _)| *start <= address);
    after.checked_sub(1).and_then(|at| ranges.get(at)).is_some_and(|(_, end)| address <= *end)
}

fn is_sorted<T: Ord>(ranges: &[(T, T)]) -> bool {
    ranges.iter().all(|(start, end)| start <= end) && ranges.is_sorted_by(|(_, end), (start, _)| end < start)
}

fn merge<T: Ord + Copy>(ranges: &mut Vec<(T, T)>, next: impl Fn(T) -> Option<T>) {
    ranges.sort_unstable();
    ranges.dedup_by(|later, kept| {
        let touches = next(kept.1).is_none_or(|after| later.0 <= after);
        if touches {
            kept.1 = kept.1.max(later.1);
        }
        touches
    });
}

/// Ranges as steps from one end to the next: what is not sorted cannot be written.
#[derive(Serialize, Deserialize)]
struct Steps {
    v4: Vec<(u32, u32)>,
    v6: Vec<(u64, u64)>,
    v6_narrow: Vec<(u128, u128)>,
}

impl From<Ranges> for Steps {
    fn from(ranges: Ranges) -> Self {
        Self { v4: steps(ranges.v4), v6: steps(ranges.v6), v6_narrow: steps(ranges.v6_narrow) }
    }
}

impl TryFrom<Steps> for Ranges {
    type Error = &'static str;

    fn try_from(steps: Steps) -> Result<Self, Self::Error> {
        let ends = || {
            Some(Self {
                v4: ends(steps.v4, u32::checked_add)?,
                v6: ends(steps.v6, u64::checked_add)?,
                v6_narrow: ends(steps.v6_narrow, u128::checked_add)?,
            })
        };
        ends().ok_or("a range ends behind the last address")
    }
}

fn steps<T: Copy + Default + Sub<Output = T>>(mut ranges: Vec<(T, T)>) -> Vec<(T, T)> {
    let mut last = T::default();
    for (start, end) in &mut ranges {
        let before = last;
        last = *end;
        *end = *end - *start;
        *start = *start - before;
    }
    ranges
}

fn ends<T: Copy + Default>(mut steps: Vec<(T, T)>, add: impl Fn(T, T) -> Option<T>) -> Option<Vec<(T, T)>> {
    let mut last = T::default();
    for (start, end) in &mut steps {
        *start = add(last, *start)?;
        *end = add(*start, *end)?;
        last = *end;
    }
    Some(steps)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn set(networks: &[&str]) -> Ranges {
        Ranges::from_networks(networks.iter().map(|text| {
            let (address, prefix) = text.split_once('/').unwrap();
            (address.parse().unwrap(), prefix.parse().unwrap())
        }))
    }

    #[test]
    fn merges_neighbours() {
        assert_eq!(set(&["10.0.0.0/25", "10.0.0.128/25", "10.0.0.7/32"]).len(), 1);
        assert_eq!(set(&["10.0.0.0/25", "10.0.1.0/24"]).len(), 2);
        assert_eq!(set(&["0.0.0.0/0", "255.255.255.255/32"]).len(), 1);
    }

    #[test]
    fn finds_both_families() {
        let set = set(&["192.0.2.0/24", "2001:db8::/32", "2001:db9::5/128", "::ffff:198.51.100.0/120"]);
        for inside in ["192.0.2.255", "::ffff:192.0.2.1", "2001:db8:ffff::1", "2001:db9::5", "198.51.100.9"] {
            assert!(set.contains(inside.parse().unwrap()), "{inside}");
        }
        for outside in ["192.0.3.0", "2001:db9::6", "2001:db7::", "198.51.101.1"] {
            assert!(!set.contains(outside.parse().unwrap()), "{outside}");
        }
    }

    #[test]
    fn the_bundle_takes_few_bytes_a_range_and_none_that_ends_behind_the_last_address() {
        let v4 = (0..10_000_u32).map(|n| (IpAddr::V4((n.wrapping_mul(0x9e37_79b9) & !0xff).into()), 24));
        let v6 = (0..10_000_u64)
            .map(|n| (IpAddr::V6((u128::from(n.wrapping_mul(0x9e37_79b9_7f4a_7c15) & !0xffff) << 64).into()), 48));
        let size = |ranges: &Ranges| postcard::to_allocvec(ranges).unwrap().len();
        assert!(size(&Ranges::from_networks(v4)) < 70_000);
        assert!(size(&Ranges::from_networks(v6)) < 120_000);
        let behind = Steps { v4: alloc::vec![(1, u32::MAX)], v6: Vec::new(), v6_narrow: Vec::new() };
        assert!(postcard::from_bytes::<Ranges>(&postcard::to_allocvec(&behind).unwrap()).is_err());
    }

    proptest! {
        #[test]
        fn agrees_with_testing_each_network(
            networks in prop::collection::vec((any::<u32>(), 0_u8..=32), 0..20),
            near in any::<prop::sample::Index>(), wild in any::<u32>(), offset in -2_i64..=2,
        ) {
            let set = Ranges::from_networks(networks.iter().map(|&(address, prefix)| (IpAddr::V4(address.into()), prefix)));
            prop_assert!(set.is_sound());
            let written = postcard::to_allocvec(&set).unwrap();
            prop_assert_eq!(&postcard::from_bytes::<Ranges>(&written).unwrap(), &set);
            let base = if networks.is_empty() { wild } else { networks[near.index(networks.len())].0 };
            for address in [wild, (i64::from(base) + offset).clamp(0, i64::from(u32::MAX)) as u32] {
                let expected = networks.iter().any(|&(network, prefix)| {
                    let host = u32::MAX.checked_shr(prefix.into()).unwrap_or(0);
                    network & !host == address & !host
                });
                prop_assert_eq!(set.contains(IpAddr::V4(address.into())), expected);
            }
        }
    }
}
