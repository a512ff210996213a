//! Which transaction a request is of, what that demands of its window, and the digest of its body.

use super::Assessment;
use crate::{
    decision::{Refusal, Subject},
    evidence::ContentDigest,
    fact::Fact,
    facts::Facts,
    limits::Charged,
    rules::{Mode, Scratch},
    transaction::{self, Binding, Body, Carried, Demand, Demanded, Otherwise, OverCap},
};

/// What came of binding a body.
#[derive(Debug)]
pub(super) struct Bound<'a> {
    pub(super) transaction: Option<Carried<'a>>,
    pub(super) digest: Option<ContentDigest<'a>>,
    pub(super) unfit: Option<Unfit>,
}

/// Why a body cannot go on.
#[derive(Clone, Copy, Debug)]
pub(super) enum Unfit {
    /// It is larger than what is bound.
    OverCap,
    /// It is not what its request says.
    Mismatch,
}

impl Unfit {
    pub(super) const fn reason(self) -> &'static str {
        match self {
            Self::OverCap => transaction::OVER_CAP,
            Self::Mismatch => transaction::MISMATCH,
        }
    }

    pub(super) const fn refusal<'a>(self) -> Refusal<'a> {
        match self {
            Self::OverCap => Refusal::TooLarge,
            Self::Mismatch => Refusal::Mismatch,
        }
    }
}

impl<'a> Assessment<'a> {
    /// How many bytes of the request's body to hold back, and to assess the request with anew; none where it is not bound,
    /// is here already, says itself that it is larger, or is refused anyway. `charged` are the outcomes of the charges as far
    /// as they are known.
    pub fn wants_body(&self, charged: &[Charged]) -> Option<usize> {
        let Binding { most, .. } = self.transaction?.body?;
        let most = usize::try_from(most).ok()?;
        let wanted = matches!(self.facts.body, Fact::Unavailable)
            && self.is_in_force()
            && !never_ends(self.facts)
            && declared(self.facts).is_none_or(|length| length <= most)
            && self.refusal(self.strictest(charged), self.doubt()).is_none();
        wanted.then_some(most)
    }

    /// Finds the transaction, and what its demand asks for: an exemption lets the request pass, but not unbound.
    pub(super) fn transact(&mut self, scratch: &Scratch) {
        let policy = self.policy;
        let first = policy.rules.len() + policy.limits.len();
        for (place, transaction) in policy.transactions.iter().enumerate() {
            if transaction.mode == Mode::Off || !scratch.holds(first + place) {
                continue;
            }
            let met = transaction.is_met(self.window_state(), self.window_open());
            if transaction.mode.is_in_force(|| self.share()) {
                self.transaction = Some(transaction);
                if !met {
                    self.reasons.unmet(transaction);
                    // Nobody is excused from that: agents do not pay.
                    self.asked.excused = false;
                    self.ask_for(transaction.otherwise);
                }
                return;
            }
            if !met {
                self.reasons.shadow_of(transaction.reason());
            }
        }
    }

    fn ask_for(&mut self, otherwise: Otherwise) {
        let asked = &mut self.asked;
        match otherwise {
            Otherwise::Tag => asked.tag = true,
            Otherwise::Challenge => asked.challenge = asked.challenge.or(Some(Subject::Policy)),
            Otherwise::Block => asked.block = asked.block.or(Some(Subject::Policy)),
        }
    }

    /// Takes the digest of the body. Where nothing is in force nothing was collected, and nothing is held against anybody.
    pub(super) fn bind(&self) -> Bound<'a> {
        let demand = self.demanded();
        let carried = |body| self.transaction.map(|transaction| Carried { id: &transaction.id, body, demand });
        let told = |body| Bound { transaction: carried(body), digest: None, unfit: None };
        let Some(Binding { most, over }) = self.transaction.and_then(|transaction| transaction.body) else {
            return told(Body::None);
        };
        let unbound = told(Body::Unbound);
        match self.facts.body {
            Fact::Known(body) if u32::try_from(body.len()).is_ok_and(|length| length <= most) => {
                match ContentDigest::of(self.facts, body) {
                    Some(digest) => Bound { digest: Some(digest), ..told(Body::Bound) },
                    None => Bound { unfit: Some(Unfit::Mismatch), ..unbound },
                }
            }
            _ if over == OverCap::Refuse && self.is_in_force() => Bound { unfit: Some(Unfit::OverCap), ..unbound },
            _ => unbound,
        }
    }

    /// What becomes of the transaction's demand: the window alone does not say it, which may be too young or less than asked for.
    fn demanded(&self) -> Option<Demanded> {
        let transaction = self.transaction.filter(|transaction| transaction.window != Demand::Any)?;
        Some(if transaction.is_met(self.window_state(), self.window_open()) {
            Demanded::Met
        } else if self.asked.allow {
            Demanded::Exempt
        } else if transaction.otherwise == Otherwise::Challenge && self.is_cleared() {
            Demanded::Cleared
        } else {
            Demanded::Unmet
        })
    }

    fn is_in_force(&self) -> bool {
        self.policy.settings.mode.is_in_force(|| self.share())
    }
}

/// Whether what follows the head is no body that ends, but what two parties say to each other.
fn never_ends(facts: &Facts<'_>) -> bool {
    facts.request.method == b"CONNECT" || header(facts, b"upgrade").is_some()
}

/// The length that a request says its body has. It is not taken on trust: a body that turns out larger is no less so.
fn declared(facts: &Facts<'_>) -> Option<usize> {
    core::str::from_utf8(header(facts, b"content-length")?).ok()?.parse().ok()
}

fn header<'a>(facts: &Facts<'a>, name: &[u8]) -> Option<&'a [u8]> {
    facts.headers.list.iter().find(|(known, _)| *known == name).map(|&(_, value)| value)
}
