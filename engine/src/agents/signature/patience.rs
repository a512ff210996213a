//! How often signatures of one address may turn out invalid before they are no longer looked at.
//!
//! To verify costs some ten times what a request costs otherwise, and whoever knows an agent's directory can write a signature that has to
//! be verified to be refused. An address that does that reads as unverifiable until it has let it be; nobody else is affected.

use super::Outcome;
use crate::{
    fact::Fact,
    identity::{Prefix, client_prefix},
    time::Time,
};
use core::net::IpAddr;

/// How many may be invalid at once.
const BURST: u64 = 16;

/// After how long one more may be, in microseconds.
const EACH: u64 = 1_000_000;

/// How many addresses are remembered. With more at a time, some get more than their share, and nobody less.
const PLACES: usize = 256;

/// The addresses whose signatures were invalid lately.
#[derive(Debug)]
pub struct Patience {
    // INVARIANT: an address's place is its hash modulo PLACES; with each, when all is forgiven.
    places: [Option<(Prefix, Time)>; PLACES],
}

impl Default for Patience {
    fn default() -> Self {
        Self { places: [const { None }; PLACES] }
    }
}

impl Patience {
    /// Whether signatures of an address are looked at; one that is not known may always.
    pub fn has(&self, address: Fact<IpAddr>, now: Time) -> bool {
        let Fact::Known(prefix) = address.map(client_prefix) else { return true };
        let known = self.places.get(place(&prefix)).and_then(Option::as_ref).filter(|(known, _)| *known == prefix);
        known.is_none_or(|(_, forgiven)| owed(*forgiven, now) < BURST * EACH)
    }

    /// Takes note of an outcome.
    pub fn note(&mut self, address: Fact<IpAddr>, outcome: Outcome, now: Time) {
        let (Fact::Known(prefix), Outcome::Invalid) = (address.map(client_prefix), outcome) else { return };
        let Some(slot) = self.places.get_mut(place(&prefix)) else { return };
        let owed = slot.as_ref().filter(|(known, _)| *known == prefix).map_or(0, |(_, forgiven)| owed(*forgiven, now));
        *slot = Some((prefix, Time(now.0.saturating_add(owed + EACH))));
    }
}

/// What is not forgiven yet; nothing where the clock was set back.
fn owed(forgiven: Time, now: Time) -> u64 {
    let owed = forgiven.0.saturating_sub(now.0);
    if owed > (BURST + 1) * EACH { 0 } else { owed }
}

fn place(prefix: &Prefix) -> usize {
    let hash = prefix
        .as_bytes()
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    usize::try_from(hash >> 32).unwrap_or(0) % PLACES
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = Time(1_795_305_600_000_000);

    fn of(last: u8) -> Fact<IpAddr> {
        Fact::Known(IpAddr::from([198, 51, 100, last]))
    }

    #[test]
    fn an_address_that_forges_is_not_looked_at_until_it_has_let_it_be() {
        let mut patience = Patience::default();
        for forged in 0..BURST {
            assert!(patience.has(of(1), NOW), "{forged}");
            patience.note(of(1), Outcome::Invalid, NOW);
        }
        assert!(!patience.has(of(1), NOW));
        assert!(patience.has(of(2), NOW), "another is");
        assert!(patience.has(Fact::Unavailable, NOW));
        assert!(!patience.has(of(1), Time(NOW.0)));
        assert!(patience.has(of(1), Time(NOW.0 + EACH)), "one a second");
        assert!(patience.has(of(1), Time(NOW.0 - 3_600 * EACH)), "a clock that was set back shuts nobody out");
    }

    #[test]
    fn what_is_not_invalid_costs_nothing() {
        let mut patience = Patience::default();
        for _ in 0..1_000 {
            patience.note(of(1), Outcome::Verified, NOW);
            patience.note(of(1), Outcome::Unverifiable, NOW);
            patience.note(Fact::Unavailable, Outcome::Invalid, NOW);
        }
        assert!(patience.has(of(1), NOW) && patience.has(Fact::Unavailable, NOW));
    }
}
