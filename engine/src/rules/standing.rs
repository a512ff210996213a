//! Whether a rule whose condition holds has an effect.

use super::{Action, Mode, Rule};
use crate::time::Time;

/// What becomes of a rule whose condition holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Its points and its action count.
    Counts,
    /// It is recorded, without effect: in shadow, or outside its canary.
    Shadowed,
    /// An earlier rule of its group has decided.
    Late,
    /// Its last day is over.
    Expired,
    /// It is switched off.
    Off,
}

/// Goes through the rules that hold, in their order, and says what becomes of each.
#[derive(Debug)]
pub struct Standings<S> {
    now: Time,
    share: S,
    /// The group of the last rule that decided for its group.
    decided: Option<u16>,
}

impl<S: Fn() -> u16> Standings<S> {
    /// Begins; `share` gives where this client stands among canaries.
    pub fn new(now: Time, share: S) -> Self {
        Self { now, share, decided: None }
    }

    /// What becomes of the next rule that holds.
    pub fn next(&mut self, rule: &Rule) -> Standing {
        let standing = self.of(rule);
        if standing == Standing::Counts && rule.action != Action::Score {
            self.decided = rule.group.or(self.decided);
        }
        standing
    }

    fn of(&self, rule: &Rule) -> Standing {
        if rule.mode == Mode::Off {
            Standing::Off
        } else if rule.until.is_some_and(|until| self.now.seconds() >= until) {
            Standing::Expired
        } else if rule.group.is_some() && rule.group == self.decided {
            Standing::Late
        } else if rule.mode.is_in_force(&self.share) {
            Standing::Counts
        } else {
            Standing::Shadowed
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    fn rule(action: Action, mode: Mode, group: Option<u16>) -> Rule {
        Rule { id: "r".into(), layer: None, score: 0, action, mode, limit: None, until: None, group }
    }

    fn standings(rules: &[Rule]) -> Vec<Standing> {
        let mut standings = Standings::new(Time::from_seconds(1_000), || 500);
        rules.iter().map(|rule| standings.next(rule)).collect()
    }

    #[test]
    fn the_first_rule_of_a_group_that_acts_decides_for_it() {
        use Standing::{Counts, Late, Off, Shadowed};
        let rules = [
            rule(Action::Score, Mode::Enforce, Some(1)),
            rule(Action::Block, Mode::Shadow, Some(1)),
            rule(Action::Block, Mode::Off, Some(1)),
            rule(Action::Block, Mode::Canary(500), Some(1)),
            rule(Action::Allow, Mode::Canary(501), Some(1)),
            rule(Action::Tag, Mode::Enforce, None),
            rule(Action::Block, Mode::Enforce, Some(1)),
            rule(Action::Score, Mode::Enforce, Some(1)),
            rule(Action::Block, Mode::Shadow, Some(1)),
            rule(Action::Block, Mode::Enforce, Some(2)),
            rule(Action::Block, Mode::Enforce, None),
        ];
        let expected = [Counts, Shadowed, Off, Shadowed, Counts, Counts, Late, Late, Late, Counts, Counts];
        assert_eq!(standings(&rules), expected);
    }

    #[test]
    fn a_rule_ends_with_its_last_second_and_decides_for_nobody_afterwards() {
        let until = |until| Rule { until: Some(until), ..rule(Action::Block, Mode::Enforce, Some(1)) };
        assert_eq!(standings(&[until(1_000), until(1_001)]), [Standing::Expired, Standing::Counts]);
    }
}
