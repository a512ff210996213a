//! The decision of one request, from the shell's bytes to the shell's bytes.

use std::fmt;

use outwork_engine::{
    endpoint::{Plan, plan},
    facts::Facts,
    keys::{KeyError, Keyring},
    policy::{LoadError as PolicyError, Policy},
    record,
    rules::Scratch,
};

use crate::{effects, request::Incoming, store::Store};

/// A loaded policy with all that one isolate remembers.
pub(crate) struct Core {
    policy: Policy,
    keys: Keyring,
    scratch: Scratch,
    store: Store,
}

impl Core {
    /// Loads the policy and the host's keys.
    ///
    /// # Errors
    /// Says which of the two cannot be used.
    pub(crate) fn load(keys: &[u8], bundle: &[u8]) -> Result<Self, LoadError> {
        let keys = str::from_utf8(keys).map_err(|_| LoadError::Encoding)?;
        Ok(Self {
            keys: Keyring::parse(keys).map_err(LoadError::Keys)?,
            policy: Policy::load(bundle).map_err(LoadError::Policy)?,
            scratch: Scratch::default(),
            store: Store::new(),
        })
    }

    /// Decides on the request in `input`, and appends what to do to `out`.
    pub(crate) fn decide(&mut self, input: &[u8], out: &mut Vec<u8>) {
        let incoming = Incoming::read(input);
        let facts = incoming.facts();
        match plan(&facts) {
            Plan::Judge => self.judge(&facts, out),
            Plan::Serve => self.serve(&facts, &[], out),
            Plan::Collect(most) => effects::collect(most, out),
        }
    }

    /// Serves the request in `input`, of which `body` was collected, and appends what to do to `out`.
    pub(crate) fn finish(&mut self, input: &[u8], body: &[u8], out: &mut Vec<u8>) {
        self.serve(&Incoming::read(input).facts(), body, out);
    }

    fn judge(&mut self, facts: &Facts<'_>, out: &mut Vec<u8>) {
        let Self { policy, keys, scratch, store } = self;
        let assessment = policy.assess(facts, keys, scratch);
        let charged: Vec<_> = assessment.charges().iter().map(|charge| store.charge(charge, facts.now)).collect();
        let decision = assessment.decide(&charged);
        let record =
            if policy.records(decision.verdict) { record::write(&decision, facts, keys) } else { String::new() };
        effects::write(decision.reply.as_ref(), &record, &decision.edits, out);
    }

    fn serve(&mut self, facts: &Facts<'_>, body: &[u8], out: &mut Vec<u8>) {
        let Self { policy, keys, scratch, store } = self;
        let service = policy.serve(facts, body, keys, scratch);
        let charged: Vec<_> = service.charges().iter().map(|charge| store.charge(charge, facts.now)).collect();
        let answer = service.admit(&charged);
        let remembered: Vec<_> = answer.memos().iter().map(|memo| store.ask(memo, facts.now)).collect();
        effects::write(Some(&answer.reply(&remembered)), "", &[], out);
    }
}

/// Why this Worker cannot judge requests.
#[derive(Debug)]
pub(crate) enum LoadError {
    /// `OUTWORK_KEYS` is not text.
    Encoding,
    /// `OUTWORK_KEYS` cannot be used.
    Keys(KeyError),
    /// The bundle cannot be used.
    Policy(PolicyError),
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Encoding => f.write_str("`OUTWORK_KEYS` is not text"),
            Self::Keys(error) => error.fmt(f),
            Self::Policy(error) => write!(f, "the policy bundle cannot be used: {error}"),
        }
    }
}
