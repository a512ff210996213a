//! The baseline, compiled, and what it decides.

use outwork_compiler::{Request, compile};
use outwork_engine::{decision::Verdict, keys::Keyring, limits::Charged, policy::Policy, rules::Scratch, time::Time};
use std::path::Path;

/// The baseline, loaded as a host loads it.
pub(crate) struct Baseline {
    policy: Policy,
    keys: Keyring,
}

/// What matters here of a decision.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    pub(crate) verdict: Verdict,
    pub(crate) risk: u8,
    pub(crate) reasons: Vec<String>,
}

impl Baseline {
    pub(crate) fn load() -> Self {
        let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../rules");
        let compiled = compile(&rules).unwrap_or_else(|report| panic!("{}", report.render(false)));
        let policy = Policy::load(&compiled.bundle).unwrap();
        let keys = Keyring::parse("test:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").unwrap();
        Self { policy, keys }
    }

    /// Decides about a request whose client is within all limits.
    pub(crate) fn decide(&self, request: &Request) -> Outcome {
        request.with_facts(Time::default(), [0; 16], |facts| {
            let assessment = self.policy.assess(facts, &self.keys, &mut Scratch::default());
            let charged = vec![Charged::Unknown; assessment.charges().len()];
            let decision = assessment.decide(&charged);
            let reasons = decision.reasons.counted().iter().map(|reason| reason.id.to_owned()).collect();
            Outcome { verdict: decision.verdict, risk: decision.risk.total, reasons }
        })
    }
}

impl Outcome {
    pub(crate) fn passes(&self) -> bool {
        self.verdict == Verdict::Allow && self.risk < 30
    }

    pub(crate) fn is_told(&self) -> bool {
        self.verdict != Verdict::Allow
    }

    pub(crate) fn has(&self, reason: &str) -> bool {
        self.reasons.iter().any(|known| known == reason)
    }
}
