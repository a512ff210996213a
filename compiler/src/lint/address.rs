//! Whether an address can be as all tests want it.

use super::field::Constraint;
use crate::{
    cel::Test,
    lists::{Contents, whole},
};
use std::{collections::BTreeSet, net::IpAddr};

type Networks = BTreeSet<(IpAddr, u8)>;

/// The more addresses there are to try, the longer it takes.
const MAX_TRIED: usize = 300_000;

/// Whether one address satisfies all.
pub(super) fn possible(constraints: &[Constraint<'_>], lists: &[Contents]) -> bool {
    let nothing = Networks::new();
    let mut sets: Vec<(&Networks, bool)> = constraints
        .iter()
        .map(|(question, wanted)| match &question.test {
            Test::InNetworks(networks) => (networks, *wanted),
            Test::InRanges(list) => match lists.get(list.place) {
                Some(Contents::Networks(networks)) => (networks, *wanted),
                _ => (&nothing, *wanted),
            },
            _ => (&nothing, false),
        })
        .collect();
    sets.sort_by_key(|(networks, wanted)| (!*wanted, networks.len()));
    if sets.iter().map(|(networks, _)| networks.len()).sum::<usize>() > MAX_TRIED {
        return true;
    }
    // The answers change only where a network begins, and behind its end.
    let ends = sets
        .iter()
        .flat_map(|(networks, _)| networks.iter())
        .flat_map(|&(first, length)| std::iter::once(Some(first)).chain([behind(first, length)]));
    let zeros = [Some([0; 4].into()), Some([0; 16].into())];
    let mut tried = ends.chain(zeros).flatten();
    constraints.is_empty()
        || tried.any(|address| sets.iter().all(|(networks, wanted)| has(networks, address) == *wanted))
}

fn behind(first: IpAddr, length: u8) -> Option<IpAddr> {
    match first {
        IpAddr::V4(first) => {
            let size = 1_u64 << 32_u8.checked_sub(length)?;
            u32::try_from(u64::from(first.to_bits()) + size).ok().map(|next| IpAddr::V4(next.into()))
        }
        IpAddr::V6(first) => {
            let size = 1_u128.checked_shl(128_u32.checked_sub(length.into())?)?;
            first.to_bits().checked_add(size).map(|next| IpAddr::V6(next.into()))
        }
    }
}

/// Whether an address is in one of the networks: a network that has it begins at or before it, and has its bits.
fn has(networks: &Networks, address: IpAddr) -> bool {
    let (_, longest) = whole(address);
    (0..=longest).any(|length| networks.contains(&(crate::lists::first_of(address, length), length)))
}
