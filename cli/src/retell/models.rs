use outwork_engine::fact::Fact;
use outwork_engine::policy::Policy;
use outwork_engine::signals::{Kind, Reading, Signal, Value};
use serde::Serialize;

use super::recorded::Recorded;
use crate::records::Feature;

/// What a model said, and what it says of the recorded features.
#[derive(Debug, Serialize)]
pub(crate) struct Rescored {
    pub(super) slot: String,
    pub(super) id: String,
    pub(super) recorded: f64,
    /// None where the record holds no features, or the bundle has another model in the slot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) again: Option<f64>,
    pub(super) in_force: bool,
}

/// Lets every model of the record score again.
pub(super) fn rescore(policy: &Policy, recorded: &Recorded) -> Vec<Rescored> {
    let again = |slot: &str, id: &str| {
        let slot = policy.models().slots().iter().find(|known| known.id() == slot && known.model().id() == id)?;
        if recorded.features.is_empty() {
            return None;
        }
        let binned = slot.model().bin(|signal| reading(recorded, signal));
        Some(f64::from(slot.model().score(&binned)?.probability) / 10_000.0)
    };
    let one = |said: &super::recorded::Said| Rescored {
        slot: said.slot.clone(),
        id: said.id.clone(),
        recorded: said.probability,
        again: again(&said.slot, &said.id),
        in_force: said.in_force,
    };
    recorded.models.iter().map(one).collect()
}

/// What a signal read, as the record holds it.
fn reading<'r>(recorded: &'r Recorded, signal: &Signal) -> Reading<'r> {
    let value = match recorded.features.get(signal.name) {
        Some(Feature::Truth(truth)) => Value::Bool(*truth),
        // Models take a truth as a number.
        Some(Feature::Number(number)) if signal.kind == Kind::Bool => Value::Bool(*number != 0),
        Some(Feature::Number(number)) => Value::Int(*number),
        Some(Feature::Text(text)) => Value::Text(text.as_bytes()),
        None => return Fact::Unavailable,
    };
    Fact::Known(value)
}
