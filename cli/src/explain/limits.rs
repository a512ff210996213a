//! The limits that were charged, as explanations show them.

use outwork_engine::limits::{self, Charge, Charged, Rung, Word};
use outwork_engine::policy::Policy;
use outwork_engine::time::Time;
use serde::Serialize;
use std::fmt::Write;

/// A limit that was due.
#[derive(Serialize)]
pub(super) struct Limit {
    id: String,
    /// What was charged; none where a part of the key is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    charged: Option<Bill>,
    /// What becomes of those who go on: the rungs of its ladder, and their terms in seconds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ladder: Vec<(&'static str, u64)>,
}

/// What was charged, and what came of it.
#[derive(Serialize)]
struct Bill {
    /// Tokens that the request costs.
    cost: u32,
    burst: u32,
    remaining: u32,
    admitted: bool,
    /// What the limit asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    asks: Option<&'static str>,
    /// On its ladder; 0 for none.
    level: u8,
    /// Seconds until the request would be admitted, rounded up; 0 when it was.
    wait: u64,
}

const SECOND: u64 = 1_000_000;

/// Charges a client that was never seen before.
pub(super) fn charge(charges: &[Charge], now: Time) -> Vec<(Charged, Word)> {
    charges.iter().map(|charge| charge.step(Word::default(), now)).collect()
}

/// Every limit that was due, in the order of the policy.
pub(super) fn due(policy: &Policy, charges: &[Charge], charged: &[(Charged, Word)], keyless: &[u16]) -> Vec<Limit> {
    let billed = charges.iter().zip(charged).filter_map(|(charge, (charged, word))| {
        let Charged::Known(outcome) = charged else { return None };
        Some((charge.limit, Some((charge, outcome, word.level()))))
    });
    let mut due: Vec<_> = billed.chain(keyless.iter().map(|&place| (place, None))).collect();
    due.sort_by_key(|(place, _)| *place);
    let row = |(place, billed): (u16, Option<(&Charge, &limits::Outcome, u8)>)| {
        let limit = policy.limits().get(usize::from(place))?;
        let charged = billed.map(|(charge, outcome, level)| Bill {
            cost: charge.cost,
            burst: limit.burst,
            remaining: outcome.remaining,
            admitted: outcome.admitted(),
            asks: outcome.asks.map(Rung::name),
            level,
            wait: outcome.wait.div_ceil(SECOND),
        });
        let terms = (1..).map(|level| limit.penalty.term(level) / SECOND);
        Some(Limit { id: limit.id.clone(), charged, ladder: limit.ladder.rungs().map(Rung::name).zip(terms).collect() })
    };
    due.into_iter().filter_map(row).collect()
}

impl Limit {
    /// One line for people.
    pub(super) fn line(&self) -> String {
        let Some(bill) = &self.charged else {
            return format!("  {}: not charged, a part of its key is not known", self.id);
        };
        let admitted = if bill.admitted { "admitted" } else { "refused" };
        let mut line =
            format!("  {}: {admitted}, takes {}, {} of {} left", self.id, bill.cost, bill.remaining, bill.burst);
        // Writing to a string does not fail.
        if let Some(asks) = bill.asks {
            let _ = write!(line, ", asks for {asks} for {} s, level {}", bill.wait, bill.level);
        }
        if !self.ladder.is_empty() {
            let rungs: Vec<String> = self.ladder.iter().map(|(rung, term)| format!("{rung} {term} s")).collect();
            let _ = write!(line, "; who goes on: {}", rungs.join(", "));
        }
        line
    }
}
