//! A site behind a policy, and what came of each request to it.

use outwork_compiler::{Compiled, Request};
use outwork_engine::{
    decision::{Decision, Verdict},
    fact::Fact,
    keys::Keyring,
    limits::{Charge, Charged, Word},
    policy::Policy,
    rules::Scratch,
    time::Time,
};
use std::collections::BTreeMap;

pub(crate) struct Site {
    policy: Policy,
    keys: Keyring,
    words: BTreeMap<u128, Word>,
}

/// What came of one request.
pub(crate) struct Seen {
    pub(crate) verdict: Verdict,
    pub(crate) status: Option<u16>,
    pub(crate) delay: u32,
    pub(crate) reasons: Vec<String>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Seen {
    fn of(decision: Decision<'_>) -> Self {
        let reasons = decision.reasons.counted().iter().map(|reason| reason.id.to_owned()).collect();
        let (verdict, delay) = (decision.verdict, decision.delay);
        let reply = decision.reply;
        let headers = reply.iter().flat_map(|reply| &reply.headers);
        Self {
            verdict,
            delay,
            reasons,
            status: reply.as_ref().map(|reply| reply.status),
            headers: headers.map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
            body: reply.as_ref().map(|reply| reply.body.clone()).unwrap_or_default(),
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn violated(&self) -> serde_json::Value {
        let problem: serde_json::Value = serde_json::from_str(&self.body).unwrap();
        problem.get("violated-policies").cloned().unwrap()
    }
}

impl Site {
    pub(crate) fn new(compiled: &Compiled) -> Self {
        assert!(compiled.warnings.is_empty(), "{}", compiled.warnings.render(false));
        let keys = Keyring::parse("a:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE").unwrap();
        Self { policy: Policy::load(&compiled.bundle).unwrap(), keys, words: BTreeMap::new() }
    }

    /// Asks at a second; the visit says who.
    pub(crate) fn ask(&mut self, second: u64, path: &str, visit: impl Fn(&mut Request)) -> Seen {
        let mut request = Request {
            target: path.into(),
            address: Fact::Known([203, 0, 113, 7].into()),
            ja4: Fact::Known("t13d1516h2_8daaf6152771_02713d6af862".into()),
            ..Request::default()
        };
        visit(&mut request);
        request.with_facts(Time::from_seconds(1_000_000 + second), [7; 16], |facts| {
            let mut scratch = Scratch::default();
            let assessment = self.policy.assess(facts, &self.keys, &mut scratch);
            let step = |charge: &Charge| {
                let word = self.words.entry(charge.key).or_default();
                let (charged, next) = charge.step(*word, facts.now);
                *word = next;
                charged
            };
            let charged: Vec<Charged> = assessment.charges().iter().map(step).collect();
            Seen::of(assessment.decide(&charged))
        })
    }
}
