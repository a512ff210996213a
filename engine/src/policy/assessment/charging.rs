//! What a request is charged to, and what its limits ask for once that is done.

use super::Assessment;
use crate::{
    assets, challenge,
    decision::{Counted, Refusal, Stand, Subject},
    identity::{self, Prefix},
    limits::{Charged, KeyPart, Limit, Mercy, Rung, Unreachable, path_class},
    rules::Scratch,
};
use alloc::vec::Vec;

impl<'a> Assessment<'a> {
    /// Works out what is charged: limits whose condition holds, those that a rule names, and for who touched a decoy those
    /// that say so. An exemption is none from limits: a path that is never refused for who asks can still be asked for too
    /// often.
    pub(super) fn charge(&mut self, scratch: &Scratch) {
        let first = self.policy.rules.len();
        let mercy = self.mercy();
        let strikes = self.strikes();
        for (place, limit) in (0_u16..).zip(&self.policy.limits) {
            let due = limit.conditional && scratch.holds(first + usize::from(place));
            let struck = strikes && limit.decoy > 0;
            if !due && !struck && !self.asked.throttles.contains(&place) {
                continue;
            }
            match self.key(limit) {
                Some(key) => {
                    let charge = limit.charge(place, key, self.band, mercy);
                    self.charges.push(if struck { limit.strike(charge) } else { charge });
                }
                None => self.keyless.push(place),
            }
        }
    }

    /// Whether the decoy that was hit says something about who hit it. An image on a page of somebody else has any visitor's
    /// browser ask for it: browsers say so, and whoever says it without being one has got nothing by it but the same answer.
    fn strikes(&self) -> bool {
        let site = self.facts.headers.list.iter().find(|(name, _)| *name == b"sec-fetch-site");
        self.asked.decoy && !self.asked.allow && site.is_none_or(|(_, site)| *site != b"cross-site")
    }

    /// The most that ladders may ask of this client. What answers challenges must stay in reach of those who are challenged.
    fn mercy(&self) -> Mercy {
        if self.asked.allow || self.facts.request.path().starts_with(assets::PREFIX.as_bytes()) {
            Mercy::All
        } else if self.asked.excused || self.is_cleared() || challenge::is_unattended(self.facts) {
            Mercy::Challenge
        } else {
            Mercy::None
        }
    }

    /// The key of a limit's bucket for this client; none when a part of it is not known: people whose network cannot
    /// be told apart must not share a bucket.
    fn key(&self, limit: &Limit) -> Option<u128> {
        let connection = &self.facts.connection;
        let prefix = connection.address.map(identity::client_prefix);
        let client = prefix.as_ref().known().map(Prefix::as_bytes).or(self.facts.seen.client);
        let device = self.device.to_le_bytes();
        let asn = connection.asn.map(u32::to_le_bytes);
        let clearance = self.shown.clearance.map(|clearance| clearance.id);
        let path = limit.key.contains(&KeyPart::Path).then(|| path_class(self.facts.request.path()));
        let mut parts: Vec<&[u8]> = Vec::with_capacity(limit.key.len() + 1);
        parts.push(limit.id.as_bytes());
        for part in &limit.key {
            parts.push(match part {
                KeyPart::Ip => client?,
                KeyPart::Device if self.device_seen => &device,
                KeyPart::Device => return None,
                KeyPart::Asn => asn.as_ref().known()?,
                KeyPart::Country => connection.country.known()?,
                KeyPart::Session => &self.shown.session.window().known()?.id,
                KeyPart::Clearance => clearance.as_ref().known()?,
                KeyPart::Account => self.account()?,
                KeyPart::Path if self.facts.seen.path => path.as_deref()?,
                KeyPart::Path => return None,
                KeyPart::Agent => self.agent?.agent.id.as_bytes(),
                KeyPart::Signature => self.introduced.as_ref()?.signature.as_ref()?,
            });
        }
        Some(self.keys.limit_key(&parts))
    }

    /// The account that the request names, read when a limit first counts it.
    fn account(&self) -> Option<&[u8]> {
        let read = || self.policy.settings.account.as_ref()?.read(self.credential.known()?);
        self.account.get_or_init(read).as_deref()
    }

    /// What the limits ask for, taken together, noted as reasons: the strictest refusal, and of two alike the one with the
    /// longer wait.
    pub(super) fn refused(&mut self, charged: &[Charged]) -> Option<Refusal<'a>> {
        for (charge, charged) in self.charges.iter().zip(charged) {
            let Some(limit) = self.policy.limits.get(usize::from(charge.limit)) else { continue };
            let Some((stand, _)) = asked_by(limit, *charged) else { continue };
            self.reasons.limit(&limit.id, stand);
            self.asked.tag |= stand.rung == Rung::Tag;
        }
        self.strictest(charged)
    }

    /// The same refusal, noted nowhere yet.
    pub(super) fn strictest(&self, charged: &[Charged]) -> Option<Refusal<'a>> {
        let mut strictest: Option<(Rung, u64, Refusal<'a>)> = None;
        for (charge, charged) in self.charges.iter().zip(charged) {
            let limit = self.policy.limits.get(usize::from(charge.limit));
            let Some((stand, refusal)) = limit.and_then(|limit| asked_by(limit, *charged)) else { continue };
            let Stand { rung, wait, .. } = stand;
            if rung != Rung::Tag && strictest.is_none_or(|(known, longest, _)| (known, longest) < (rung, wait)) {
                strictest = Some((rung, wait, refusal));
            }
        }
        strictest.map(|(_, _, refusal)| refusal)
    }

    /// What the sender of a refused request is told of its limits; nothing where none of them refuses it.
    pub(super) fn counted(&self, charged: &[Charged]) -> Vec<Counted<'a>> {
        let refuses = |charged: &Charged| matches!(charged, Charged::Known(outcome) if !outcome.admitted());
        if !charged.iter().any(refuses) {
            return Vec::new();
        }
        let known = self.charges.iter().zip(charged).filter_map(|(charge, charged)| match *charged {
            Charged::Known(outcome) => {
                Some(Counted { limit: self.policy.limits.get(usize::from(charge.limit))?, charge: *charge, outcome })
            }
            Charged::Unknown => None,
        });
        known.collect()
    }
}

/// What one limit asks for.
fn asked_by(limit: &Limit, charged: Charged) -> Option<(Stand, Refusal<'_>)> {
    let outcome = match charged {
        Charged::Known(outcome) => outcome,
        Charged::Unknown if limit.unreachable == Unreachable::Closed => {
            let stand = Stand { rung: Rung::Throttle, level: 0, wait: 0 };
            return Some((stand, Refusal::Unreachable(limit)));
        }
        Charged::Unknown => return None,
    };
    let rung = outcome.asks?;
    let refusal = match rung {
        Rung::Challenge => Refusal::Challenge(Subject::Context),
        Rung::Tag | Rung::Throttle | Rung::Block => Refusal::Limit(limit, outcome),
    };
    Some((Stand { rung, level: outcome.level, wait: outcome.wait }, refusal))
}
