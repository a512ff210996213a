//! Outwork: its rules stage by itself, and the whole decision.

use crate::question::{Engine, Question};
use mix::{Rule, write_policy};
use outwork_compiler::compile;
use outwork_engine::{keys::Keyring, policy::Policy, rules::Scratch, signals::Scene, time::Time};
use std::{
    error::Error,
    hint::black_box,
    rc::Rc,
    time::{Duration, Instant},
};

const KEYS: &str = "bench:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=";
const NOW: Time = Time::from_seconds(1_795_305_600);

/// What `outwork build` makes of the rules.
pub(crate) fn bundle(rules: &[Rule]) -> Result<Vec<u8>, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    write_policy(rules, folder.path())?;
    Ok(compile(folder.path()).map_err(|report| report.render(false))?.bundle)
}

/// From the facts to the rules that fire: `Conditions::evaluate`, which reads the request itself.
pub(crate) struct Stage {
    policy: Rc<Policy>,
    scratch: Scratch,
}

impl Stage {
    pub(crate) fn new(policy: &Rc<Policy>) -> Self {
        Self { policy: policy.clone(), scratch: Scratch::default() }
    }
}

impl Engine for Stage {
    fn name(&self) -> &'static str {
        "Outwork"
    }

    fn fired(&mut self, question: &'static Question, fired: &mut Vec<usize>) -> Duration {
        question.request.with_facts(NOW, *b"0123456789abcdef", |facts| {
            let begun = Instant::now();
            self.policy.conditions().evaluate(&Scene::new(facts), &mut self.scratch);
            fired.extend(self.scratch.holding(self.policy.rules().len()));
            begun.elapsed()
        })
    }
}

/// From the facts to the decision, signature and all.
pub(crate) struct Whole {
    policy: Rc<Policy>,
    keys: Keyring,
    scratch: Scratch,
}

impl Whole {
    pub(crate) fn new(policy: &Rc<Policy>) -> Result<Self, Box<dyn Error>> {
        let keys = Keyring::parse(KEYS).map_err(|error| error.to_string())?;
        Ok(Self { policy: policy.clone(), keys, scratch: Scratch::default() })
    }
}

impl Engine for Whole {
    fn name(&self) -> &'static str {
        "Outwork, whole decision"
    }

    fn fired(&mut self, question: &'static Question, _: &mut Vec<usize>) -> Duration {
        question.request.with_facts(NOW, *b"0123456789abcdef", |facts| {
            let begun = Instant::now();
            black_box(self.policy.assess(facts, &self.keys, &mut self.scratch).decide(&[]));
            begun.elapsed()
        })
    }
}
