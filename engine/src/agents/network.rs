//! Proof by address: a claim is true of a client that comes from a network which the agent's operator publishes.

use super::{Claims, Outcome, Registry};
use crate::{fact::Fact, ranges};
use core::net::IpAddr;

impl Registry {
    /// What an address says about the agents that a user agent names: which of them it is, or that it is none of them.
    ///
    /// Absent where none of them publishes networks. Unavailable for addresses of private networks that no agent has for
    /// its own: they mean that the host does not see its clients' addresses.
    pub fn prove(&self, claims: Claims, address: Fact<IpAddr>) -> Fact<(u16, Outcome)> {
        let networks = claims.agents().filter_map(|at| Some((at, &self.get(at)?.networks)));
        let mut published = networks.filter(|(_, networks)| !networks.is_empty()).peekable();
        let Some(&(first, _)) = published.peek() else { return Fact::Absent };
        let Fact::Known(address) = address else { return Fact::Unavailable };
        match published.find(|(_, networks)| networks.contains(address)) {
            Some((at, _)) => Fact::Known((at, Outcome::Verified)),
            None if ranges::is_private(address) => Fact::Unavailable,
            None => Fact::Known((first, Outcome::Invalid)),
        }
    }
}
