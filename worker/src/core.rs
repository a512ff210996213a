//! The decision of one request, from the shell's bytes to the shell's bytes.

use std::fmt;

use outwork_engine::{
    endpoint::{Plan, plan},
    facts::Facts,
    keys::{KeyError, Keyring},
    limits::{Charge, Charged},
    policy::{LoadError as PolicyError, Policy},
    record,
    rules::Scratch,
    time::Time,
};

use crate::{
    effects,
    elsewhere::{Answers, Elsewhere},
    request::Incoming,
    store::Store,
};

/// A loaded policy with all that one isolate remembers.
pub(crate) struct Core {
    policy: Policy,
    keys: Keyring,
    scratch: Scratch,
    store: Store,
    elsewhere: Elsewhere,
}

impl Core {
    /// Loads the policy and the host's keys. `bindings` says where global limits can stand, as [`Elsewhere::new`] reads it.
    ///
    /// # Errors
    /// Says which of the two cannot be used.
    pub(crate) fn load(keys: &[u8], bindings: &[u8], bundle: &[u8]) -> Result<Self, LoadError> {
        let keys = str::from_utf8(keys).map_err(|_| LoadError::Encoding)?;
        let keys = Keyring::parse(keys).map_err(LoadError::Keys)?;
        let policy = Policy::load(bundle).map_err(LoadError::Policy)?;
        let elsewhere = Elsewhere::new(policy.limits(), str::from_utf8(bindings).unwrap_or_default());
        Ok(Self { policy, keys, scratch: Scratch::default(), store: Store::new(), elsewhere })
    }

    /// Appends the ids of the global limits that no binding holds, a line each.
    pub(crate) fn unplaced(&self, out: &mut Vec<u8>) {
        for limit in self.elsewhere.unplaced().filter_map(|at| self.policy.limits().get(at)) {
            out.extend_from_slice(limit.id.as_bytes());
            out.push(b'\n');
        }
    }

    /// Decides on the request in `input`, and appends what to do to `out`.
    pub(crate) fn decide(&mut self, input: &[u8], out: &mut Vec<u8>) {
        let incoming = Incoming::read(input);
        let facts = incoming.facts();
        match plan(&facts) {
            Plan::Judge => self.judge(&facts, None, out),
            Plan::Serve => self.serve(&facts, &[], None, out),
            Plan::Collect(most) => effects::collect(most, out),
        }
    }

    /// Serves the request in `input`, of which `body` was collected, and appends what to do to `out`.
    pub(crate) fn finish(&mut self, input: &[u8], body: &[u8], out: &mut Vec<u8>) {
        self.serve(&Incoming::read(input).facts(), body, None, out);
    }

    /// Decides on the request in `input`, whose global limits were asked about, and appends what to do to `out`.
    pub(crate) fn settle(&mut self, input: &[u8], body: &[u8], answers: &[u8], out: &mut Vec<u8>) {
        let (incoming, answers) = (Incoming::read(input), Some(Answers::read(answers)));
        let facts = incoming.facts();
        match plan(&facts) {
            Plan::Judge => self.judge(&facts, answers, out),
            Plan::Serve | Plan::Collect(_) => self.serve(&facts, body, answers, out),
        }
    }

    fn judge(&mut self, facts: &Facts<'_>, answers: Option<Answers<'_>>, out: &mut Vec<u8>) {
        let Self { policy, keys, scratch, store, elsewhere } = self;
        let assessment = policy.assess(facts, keys, scratch);
        let Some(charged) = charge(elsewhere, store, assessment.charges(), facts.now, answers, out) else { return };
        let decision = assessment.decide(&charged);
        let record =
            if policy.records(decision.verdict) { record::write(&decision, facts, keys) } else { String::new() };
        effects::write(decision.reply.as_ref(), decision.delay, &record, &decision.edits, out);
    }

    fn serve(&mut self, facts: &Facts<'_>, body: &[u8], answers: Option<Answers<'_>>, out: &mut Vec<u8>) {
        let Self { policy, keys, scratch, store, elsewhere } = self;
        let service = policy.serve(facts, body, keys, scratch);
        let Some(charged) = charge(elsewhere, store, service.charges(), facts.now, answers, out) else { return };
        let answer = service.admit(&charged);
        let remembered: Vec<_> = answer.memos().iter().map(|memo| store.ask(memo, facts.now)).collect();
        effects::write(Some(&answer.reply(&remembered)), 0, "", &[], out);
    }
}

/// Makes the charges, or appends to `out` whom the shell has to ask first.
fn charge(
    elsewhere: &mut Elsewhere,
    store: &mut Store,
    charges: &[Charge],
    now: Time,
    answers: Option<Answers<'_>>,
    out: &mut Vec<u8>,
) -> Option<Vec<Charged>> {
    match answers {
        Some(answers) => Some(elsewhere.conclude(store, charges, answers, now)),
        None => elsewhere.charge(store, charges, now).map_err(|question| effects::ask(&question, out)).ok(),
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
