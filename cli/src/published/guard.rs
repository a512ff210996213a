//! What changes in a list, and whether that is plausible.

use std::collections::BTreeSet;

use ipnet::IpNet;

/// The most IPv4 addresses and IPv6 /64s of one list: a /10, or a /42. Meta, the widest that is shipped, has 0.4 million
/// IPv4 addresses and whole IPv6 /32s, so that its list has no `source`.
const MOST_CLIENTS: u128 = 1 << 22;

/// How a list changes.
pub(crate) struct Change {
    pub(crate) added: Vec<IpNet>,
    pub(crate) removed: Vec<IpNet>,
    before: Size,
    after: Size,
    /// How much of what was there stays.
    kept: Size,
}

/// How large a list is.
#[derive(Clone, Copy)]
struct Size {
    networks: u128,
    /// IPv4 addresses and IPv6 /64s: what one client has.
    clients: u128,
}

impl Change {
    /// The change from the one to the other, both merged.
    pub(crate) fn between(before: &[IpNet], after: &[IpNet]) -> Self {
        let (old, new): (BTreeSet<_>, BTreeSet<_>) = (before.iter().collect(), after.iter().collect());
        Self {
            added: new.difference(&old).map(|network| **network).collect(),
            removed: old.difference(&new).map(|network| **network).collect(),
            before: Size::of(before),
            after: Size::of(after),
            kept: Size::of(&common(before, after)),
        }
    }

    pub(crate) fn is_none(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty()
    }

    /// Why this is more likely somebody's mistake than an operator's decision; none where it is not.
    pub(crate) fn doubt(&self) -> Option<String> {
        let of = |what, before: u128, after: u128| {
            if after.saturating_mul(2) < before {
                return Some(format!("it shrinks from {before} to {after} {what}, by more than half"));
            }
            let grows = before > 0 && after > before.saturating_mul(10);
            grows.then(|| format!("it grows from {before} to {after} {what}, more than tenfold"))
        };
        let (before, after, kept) = (self.before.clients, self.after.clients, self.kept.clients);
        if after > MOST_CLIENTS {
            return Some(format!("it has {after} addresses, and no operator's crawlers have more than {MOST_CLIENTS}"));
        }
        let moved = || {
            let away = kept.saturating_mul(2) < before;
            away.then(|| format!("of its {before} addresses only {kept} stay, less than half"))
        };
        of("networks", self.before.networks, self.after.networks)
            .or_else(|| of("addresses", before, after))
            .or_else(moved)
    }
}

/// How much of another agent's list a list takes in now, where that is more than half of either and was not before: an operator who
/// publishes a list for each purpose, and a copy of the wrong one, make one purpose prove another. Empty lists overlap with none.
pub(crate) fn taken_in(before: &[IpNet], after: &[IpNet], other: &[IpNet]) -> Option<(u128, u128)> {
    let share = |of: &[IpNet]| {
        let both = Size::of(&common(of, other)).clients;
        let is_most = both.saturating_mul(2) > Size::of(of).clients.min(Size::of(other).clients);
        (is_most, both)
    };
    let (is_most, both) = share(after);
    let is_new = is_most && !before.is_empty() && !share(before).0;
    is_new.then(|| (both, Size::of(other).clients))
}

/// The networks that both have: of two that overlap, the narrower.
fn common(before: &[IpNet], after: &[IpNet]) -> Vec<IpNet> {
    let covering = |of: &[IpNet], one: &IpNet| {
        // Merged and sorted lists: what has an address begins at it or before it, and nothing lies between.
        let at = of.partition_point(|other| other <= one);
        let near = at.checked_sub(1).into_iter().chain([at]).filter_map(|at| of.get(at));
        near.into_iter().any(|other| other.contains(one))
    };
    let kept = before.iter().filter(|one| covering(after, one));
    let parts = after.iter().filter(|one| covering(before, one) && !before.contains(one));
    kept.chain(parts).copied().collect()
}

impl Size {
    fn of(networks: &[IpNet]) -> Self {
        let clients = |network: &IpNet| {
            let bits = if network.addr().is_ipv4() { 32 } else { 64_u8.max(network.prefix_len()) };
            1_u128 << (bits - network.prefix_len())
        };
        Self {
            networks: networks.len() as u128,
            clients: networks.iter().fold(0, |sum, network| sum.saturating_add(clients(network))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doubt(before: &[&str], after: &[&str]) -> Option<String> {
        let list = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect::<Vec<IpNet>>();
        Change::between(&list(before), &list(after)).doubt()
    }

    #[test]
    fn what_shrinks_by_more_than_half_or_grows_tenfold_is_doubted() {
        let four = ["8.0.0.0/24", "8.0.2.0/24", "8.0.4.0/24", "8.0.6.0/24"];
        assert_eq!(doubt(&four, &four[..2]), None);
        assert!(doubt(&four, &four[..1]).unwrap().contains("4 to 1 networks"));
        assert_eq!(doubt(&["8.0.0.0/24"], &four), None);
        assert!(doubt(&["8.0.0.0/24"], &["8.0.0.0/20"]).unwrap().contains("256 to 4096 addresses"));
        assert!(doubt(&["8.0.0.0/20"], &["8.0.0.0/24"]).unwrap().contains("by more than half"));
        assert_eq!(doubt(&[], &four), None, "the first time there is nothing to compare with");
        assert_eq!(doubt(&["2a00::/48"], &["2a00::/47"]), None);
        assert!(doubt(&["2a00::1/128"], &["2a00::/48"]).is_some());
    }

    #[test]
    fn what_takes_in_the_list_of_another_agent_is_doubted() {
        let list = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect::<Vec<IpNet>>();
        let (train, fetch) = (list(&["8.0.0.0/24", "8.0.2.0/24"]), list(&["9.0.0.0/24", "9.0.2.0/24", "9.0.4.0/24"]));
        let both = list(&["8.0.0.0/24", "8.0.2.0/24", "9.0.0.0/24", "9.0.2.0/24"]);
        assert_eq!(taken_in(&train, &both, &fetch), Some((512, 768)));
        assert_eq!(taken_in(&both, &both, &fetch), None, "it did before");
        assert_eq!(taken_in(&train, &train, &fetch), None);
        assert_eq!(taken_in(&train, &list(&["8.0.0.0/24", "8.0.2.0/24", "9.0.0.0/24"]), &fetch), None, "a third of it");
        let one = list(&["8.0.0.0/24"]);
        assert_eq!(taken_in(&one, &list(&["9.0.0.0/24"]), &fetch), Some((256, 768)), "all that it has");
        assert_eq!(taken_in(&[], &fetch, &fetch), None, "the first time there is nothing to compare with");
        assert_eq!(taken_in(&train, &both, &[]), None);
    }

    #[test]
    fn what_moves_away_and_what_is_larger_than_any_is_doubted() {
        assert!(doubt(&["8.0.0.0/24"], &["9.0.0.0/24"]).unwrap().contains("only 0 stay"));
        assert!(doubt(&["8.0.0.0/24", "8.0.2.0/24"], &["8.0.0.0/24", "9.0.2.0/24"]).is_none());
        assert!(doubt(&["8.0.0.0/24"], &["8.0.0.0/25", "9.0.0.0/25"]).is_none(), "half of it stays");
        assert!(doubt(&["8.0.0.0/25", "9.0.0.0/25"], &["8.0.0.0/24"]).is_none(), "half of it lies in the wider one");
        assert!(doubt(&[], &["8.0.0.0/9"]).unwrap().contains("no operator's crawlers"));
        assert!(doubt(&[], &["2a00::/32"]).is_some());
    }
}
