//! Thresholds: what Anubis does with the weight of a request that no rule decided.
//!
//! Every threshold is asked about every weight from 0 to 100, which is all that risk can be here, and the answers are
//! cut into at most three bands.

use super::source::{Expression, Threshold};
use cel::{Context, Program, Value};

/// What happens to a request of some weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Allow,
    Challenge,
    Deny,
}

impl Outcome {
    /// The verdict that comes nearest.
    pub(super) fn verdict(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Challenge => "challenge",
            Self::Deny => "block",
        }
    }
}

/// Bands of weight: the lowest weight of each, and what happens in it.
pub(super) type Bands = Vec<(u8, Outcome)>;

/// Without thresholds, Anubis challenges whatever has any weight.
pub(super) fn default() -> Bands {
    vec![(0, Outcome::Allow), (1, Outcome::Challenge)]
}

/// The bands of some thresholds; what they say that bands do not is told in `losses`.
pub(super) fn bands(thresholds: &[&Threshold], losses: &mut Vec<String>) -> Bands {
    let mut tests = Vec::new();
    for threshold in thresholds {
        match (outcome(&threshold.action), program(&threshold.expression)) {
            (Some(outcome), Some(program)) => tests.push((program, outcome)),
            _ => losses
                .push(format!("threshold `{}` has an action or expression that is not understood", threshold.name)),
        }
    }
    let at = |weight: i64| {
        let first = tests.iter().find(|(program, _)| holds(program, weight));
        first.map_or(Outcome::Allow, |(_, outcome)| *outcome)
    };
    let mut bands: Bands = Vec::new();
    for weight in 0_u8..=100 {
        let outcome = at(i64::from(weight));
        if bands.last().is_none_or(|(_, last)| *last != outcome) {
            bands.push((weight, outcome));
        }
    }
    if (-200..0).any(|weight| at(weight) != at(0)) {
        losses.push("weights below 0 are decided otherwise than 0 there, and risk is never below 0 here".into());
    }
    if bands.len() > 3 {
        losses.push(format!("the thresholds make {} bands of weight, and there are three here", bands.len()));
        bands.truncate(3);
    }
    bands
}

fn outcome(action: &str) -> Option<Outcome> {
    match action {
        "ALLOW" => Some(Outcome::Allow),
        "CHALLENGE" => Some(Outcome::Challenge),
        "DENY" => Some(Outcome::Deny),
        _ => None,
    }
}

fn program(expression: &Expression) -> Option<Program> {
    Program::compile(&expression.text()).ok()
}

fn holds(program: &Program, weight: i64) -> bool {
    let mut context = Context::default();
    context.add_variable_from_value("weight", weight);
    matches!(program.execute(&context), Ok(Value::Bool(true)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn threshold(expression: &str, action: &str) -> Threshold {
        Threshold { name: expression.into(), expression: Expression::One(expression.into()), action: action.into() }
    }

    #[test]
    fn thresholds_become_bands() {
        let thresholds =
            [threshold("weight <= 0", "ALLOW"), threshold("weight < 20", "CHALLENGE"), threshold("true", "DENY")];
        let mut losses = Vec::new();
        let found = bands(&thresholds.iter().collect::<Vec<_>>(), &mut losses);
        assert_eq!(found, [(0, Outcome::Allow), (1, Outcome::Challenge), (20, Outcome::Deny)]);
        assert!(losses.is_empty());
    }

    #[test]
    fn what_bands_cannot_say_is_told() {
        let mut losses = Vec::new();
        let odd =
            [threshold("weight % 2 == 0", "DENY"), threshold("weight < -5", "CHALLENGE"), threshold("(", "ALLOW")];
        assert_eq!(bands(&odd.iter().collect::<Vec<_>>(), &mut losses).len(), 3);
        assert_eq!(losses.len(), 3, "{losses:?}");
    }
}
