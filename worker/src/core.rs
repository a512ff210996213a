//! The decision of one request, from the shell's bytes to the shell's bytes.

use std::fmt;

use outwork_engine::{
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
        let Self { policy, keys, scratch, store } = self;
        let incoming = Incoming::read(input);
        let facts = incoming.facts();
        let assessment = policy.assess(&facts, keys, scratch);
        let charged: Vec<_> = assessment.charges().iter().map(|charge| store.charge(charge, facts.now)).collect();
        let decision = assessment.decide(&charged);
        let record =
            if policy.records(decision.verdict) { record::write(&decision, &facts, keys) } else { String::new() };
        effects::write(&decision, &record, out);
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
