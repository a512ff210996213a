//! What the models of a policy said of a log.

use crate::Outcome;
use outwork_engine::policy::Policy;
use serde::Serialize;

/// What a model said of a log.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ModelRow {
    /// Its name in the policy.
    pub slot: String,
    /// The name of the model that is there.
    pub id: String,
    /// Requests of which enough was observed for a score.
    pub scored: u64,
    /// Those of a client for whom it was the model in force of its layer.
    pub in_force: u64,
    /// Those of which it said more than the rules, and was in force.
    pub counted: u64,
    /// Those that a program sent more probably than not.
    pub probable: u64,
    /// The mean of its probabilities, from 0 to 1.
    pub mean_probability: f64,
}

/// The sums of one model.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Scores {
    scored: u64,
    in_force: u64,
    counted: u64,
    probable: u64,
    // Of probabilities in ten-thousandths.
    probability: u64,
}

/// From this probability on, in ten-thousandths, a program is more probable than not.
const PROBABLE: u16 = 5_000;

impl Scores {
    /// None for each model of a policy.
    pub(crate) fn of(policy: &Policy) -> Vec<Self> {
        vec![Self::default(); policy.models().slots().len()]
    }

    /// Counts what models said of a request.
    pub(crate) fn note(all: &mut [Self], outcome: &Outcome<'_>) {
        for scored in &outcome.judgement.scored {
            let Some(sums) = all.get_mut(scored.place) else { continue };
            sums.scored += 1;
            sums.in_force += u64::from(scored.in_force);
            sums.counted += u64::from(scored.counts);
            sums.probable += u64::from(scored.score.probability >= PROBABLE);
            sums.probability += u64::from(scored.score.probability);
        }
    }

    /// Adds what another counted.
    pub(crate) fn merge(all: &mut [Self], others: &[Self]) {
        for (sums, other) in all.iter_mut().zip(others) {
            sums.scored += other.scored;
            sums.in_force += other.in_force;
            sums.counted += other.counted;
            sums.probable += other.probable;
            sums.probability += other.probability;
        }
    }

    /// A row a model, in the order of the policy.
    pub(crate) fn rows(policy: &Policy, all: &[Self]) -> Vec<ModelRow> {
        let row = |(slot, sums): (&outwork_engine::scoring::Slot, &Self)| ModelRow {
            slot: slot.id().to_owned(),
            id: slot.model().id().to_owned(),
            scored: sums.scored,
            in_force: sums.in_force,
            counted: sums.counted,
            probable: sums.probable,
            // Four digits, as a single probability has.
            mean_probability: (sums.probability / sums.scored.max(1)) as f64 / 10_000.0,
        };
        policy.models().slots().iter().zip(all).map(row).collect()
    }
}
