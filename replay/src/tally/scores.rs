//! What the models of a policy said of a log.

use crate::{Outcome, weight::requests};
use outwork_engine::{policy::Policy, scoring::Scored};
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
    /// Those of which it was not in force, and said the same as the model of its layer that was: both that a program is at
    /// least as probable as not, or neither.
    pub agreed: u64,
    /// Those of which it said otherwise than that model.
    pub disagreed: u64,
    /// Those that a program sent more probably than not.
    pub probable: u64,
    /// The mean of its probabilities, from 0 to 1.
    pub mean_probability: f64,
}

/// Whether a model that is not in force says the same of a request as the one of its layer that is: what hosts count, too.
fn agrees(one: &Scored<'_>, all: &[Scored<'_>]) -> Option<bool> {
    let layer = one.slot.model().layer();
    let other = all.iter().find(|other| other.in_force && other.slot.model().layer() == layer)?;
    (!one.in_force).then(|| one.score.is_probable() == other.score.is_probable())
}

/// The sums of one model, of requests in millionths.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Scores {
    scored: u64,
    in_force: u64,
    counted: u64,
    agreed: u64,
    disagreed: u64,
    probable: u64,
    // Of probabilities in ten-thousandths.
    probability: u128,
}

impl Scores {
    /// None for each model of a policy.
    pub(crate) fn of(policy: &Policy) -> Vec<Self> {
        vec![Self::default(); policy.models().slots().len()]
    }

    /// Counts what models said of a request.
    pub(crate) fn note(all: &mut [Self], outcome: &Outcome<'_>, weight: u64) {
        let said = &outcome.judgement.scored;
        for scored in said {
            let Some(sums) = all.get_mut(scored.place) else { continue };
            let agrees = agrees(scored, said);
            let where_it = |holds: bool| if holds { weight } else { 0 };
            sums.scored += weight;
            sums.in_force += where_it(scored.in_force);
            sums.counted += where_it(scored.counts);
            sums.agreed += where_it(agrees == Some(true));
            sums.disagreed += where_it(agrees == Some(false));
            sums.probable += where_it(scored.score.is_probable());
            sums.probability += u128::from(scored.score.probability) * u128::from(weight);
        }
    }

    /// Adds what another counted.
    pub(crate) fn merge(all: &mut [Self], others: &[Self]) {
        for (sums, other) in all.iter_mut().zip(others) {
            sums.scored += other.scored;
            sums.in_force += other.in_force;
            sums.counted += other.counted;
            sums.agreed += other.agreed;
            sums.disagreed += other.disagreed;
            sums.probable += other.probable;
            sums.probability += other.probability;
        }
    }

    /// A row a model, in the order of the policy.
    pub(crate) fn rows(policy: &Policy, all: &[Self]) -> Vec<ModelRow> {
        let row = |(slot, sums): (&outwork_engine::scoring::Slot, &Self)| ModelRow {
            slot: slot.id().to_owned(),
            id: slot.model().id().to_owned(),
            scored: requests(sums.scored),
            in_force: requests(sums.in_force),
            counted: requests(sums.counted),
            agreed: requests(sums.agreed),
            disagreed: requests(sums.disagreed),
            probable: requests(sums.probable),
            // Four digits, as a single probability has.
            mean_probability: (sums.probability / u128::from(sums.scored.max(1))) as f64 / 10_000.0,
        };
        policy.models().slots().iter().zip(all).map(row).collect()
    }
}
