//! The decision of one request, from the shell's bytes to the shell's bytes.

use std::{fmt, rc::Rc};

use outwork_engine::{
    agents::signature::Patience,
    decision::Id,
    directories::Directories,
    endpoint::{Plan, plan},
    fact::Fact,
    facts::Facts,
    keys::{KeyError, Keyring},
    limits::Charged,
    policy::{LoadError as PolicyError, Policy},
    record::{
        self, Context, Stage, Undecided,
        chain::{Chain, Opens, Sealer, Why},
        draft::Draft,
    },
    rules::Scratch,
};

use crate::{
    effects,
    elsewhere::{self, Answers, Charging},
    places::Places,
    request::Incoming,
    store::Store,
};

/// What records say of this host. Its clock stands still while it decides, so that none says how long that took.
const HOST: record::Host = record::Host { name: "worker", version: env!("CARGO_PKG_VERSION") };

/// A loaded policy with all that one isolate remembers.
pub(crate) struct Core {
    policy: Policy,
    keys: Keyring,
    scratch: Scratch,
    store: Store,
    places: Places,
    /// The chain of its records, from the first one on.
    chain: Option<Chain>,
    sealer: Sealer,
    /// What is known of the agents' directories; shared with the facts of the request that is being decided.
    directories: Rc<Directories>,
    /// Whose signatures are looked at.
    patience: Patience,
}

impl Core {
    /// Loads the policy and the host's keys. `bindings` says where global limits can stand, as [`Places::new`] reads it.
    ///
    /// # Errors
    /// Says which of the two cannot be used.
    pub(crate) fn load(keys: &[u8], bindings: &[u8], bundle: &[u8]) -> Result<Self, LoadError> {
        let keys = str::from_utf8(keys).map_err(|_| LoadError::Encoding)?;
        let keys = Keyring::parse(keys).map_err(LoadError::Keys)?;
        let policy = Policy::load(bundle).map_err(LoadError::Policy)?;
        let places = Places::new(policy.limits(), str::from_utf8(bindings).unwrap_or_default());
        let (scratch, store, directories) = (Scratch::default(), Store::new(), Rc::new(policy.directories()));
        let (sealer, patience) = (Sealer::new(&keys), Patience::default());
        Ok(Self { policy, keys, scratch, store, places, chain: None, sealer, directories, patience })
    }

    /// Appends the global limits that no binding holds, and the bindings that hold no limit, a line each: `limit` or `binding`, and
    /// its name.
    pub(crate) fn unbound(&self, out: &mut Vec<u8>) {
        let limits = self.places.unplaced().filter_map(|at| self.policy.limits().get(at));
        let lines = limits.map(|limit| format!("limit {}\n", limit.id));
        let lines = lines.chain(self.places.unused().map(|name| format!("binding {name}\n")));
        lines.for_each(|line| out.extend_from_slice(line.as_bytes()));
    }

    /// The facts with what is known of directories, unless too many signatures of this address were invalid.
    fn with<'a>(&self, directories: &'a Directories, facts: Facts<'a>) -> Facts<'a> {
        let has_patience = self.patience.has(facts.connection.address, facts.now);
        Facts { directories: has_patience.then_some(directories), ..facts }
    }

    /// What is known of the agents' directories, to be read and changed.
    pub(crate) fn directories(&mut self) -> &mut Directories {
        Rc::make_mut(&mut self.directories)
    }

    /// Decides on the request in `input`, and appends what to do to `out`.
    pub(crate) fn decide(&mut self, input: &[u8], out: &mut Vec<u8>) {
        let (incoming, directories) = (Incoming::read(input), Rc::clone(&self.directories));
        let facts = self.with(&directories, incoming.facts());
        match plan(&facts) {
            Plan::Judge => self.judge(&facts, Before::Nothing, out),
            Plan::Serve => self.serve(&facts, &[], None, out),
            Plan::Collect(most) => effects::collect(most, out),
        }
    }

    /// Serves or decides on the request in `input`, of which `body` was collected, and appends what to do to `out`; `known` is what
    /// came of its charges, where it was charged before.
    pub(crate) fn finish(&mut self, input: &[u8], body: &[u8], known: &[u8], out: &mut Vec<u8>) {
        let (incoming, directories) = (Incoming::read(input), Rc::clone(&self.directories));
        let facts = self.with(&directories, incoming.facts());
        match plan(&facts) {
            Plan::Judge => {
                let facts = Facts { body: Fact::Known(body), ..facts };
                self.judge(&facts, Before::Charged(known), out);
            }
            Plan::Serve | Plan::Collect(_) => self.serve(&facts, body, None, out),
        }
    }

    /// Decides on the request in `input`, whose global limits were asked about, and appends what to do to `out`.
    pub(crate) fn settle(&mut self, input: &[u8], body: &[u8], answers: &[u8], out: &mut Vec<u8>) {
        let (incoming, answers) = (Incoming::read(input), Answers::read(answers));
        let directories = Rc::clone(&self.directories);
        let facts = self.with(&directories, incoming.facts());
        match plan(&facts) {
            Plan::Judge => self.judge(&facts, Before::Asked(answers), out),
            Plan::Serve | Plan::Collect(_) => self.serve(&facts, body, Some(answers), out),
        }
    }

    fn judge(&mut self, facts: &Facts<'_>, before: Before<'_>, out: &mut Vec<u8>) {
        let Self { policy, keys, scratch, store, places, chain, sealer, patience, .. } = self;
        let assessment = policy.assess(facts, keys, scratch);
        if let (Some(introduced), Before::Nothing) = (assessment.introduced(), &before) {
            patience.note(facts.connection.address, introduced.outcome, facts.now);
        }
        let charging = Charging { places, store, charges: assessment.charges(), now: facts.now };
        let charged = match before {
            Before::Nothing => charge(charging, None, out),
            Before::Asked(answers) => charge(charging, Some(answers), out),
            Before::Charged(known) => Some(charging.recall(known)),
        };
        let Some(charged) = charged else { return };
        if let Some(most) = assessment.wants_body(&charged) {
            return effects::bind(most, &elsewhere::remember(assessment.charges(), &charged), out);
        }
        let decision = assessment.decide(&charged);
        let record = policy.keeps(&decision, keys).map_or_else(String::new, |sampled| {
            let draft = record::draft(&decision, facts, keys, Context { sampled, ..told(policy) });
            add(draft, chain, sealer, policy, keys, facts)
        });
        effects::write(decision.reply.as_ref(), decision.delay, &record, &decision.edits, out);
    }

    /// Appends the reference of the request in `input`, which ended before it was decided about, and its record, a line each: empty
    /// where the policy keeps none. `end` is what it was answered, and why.
    pub(crate) fn undecided(&mut self, input: &[u8], end: &[u8], out: &mut Vec<u8>) {
        let Self { policy, keys, chain, sealer, .. } = self;
        let incoming = Incoming::read(input);
        let facts = incoming.facts();
        let mut lines = str::from_utf8(end).unwrap_or_default().lines();
        let status = lines.next().and_then(|status| status.parse().ok());
        let stage = if plan(&facts) == Plan::Judge { Stage::Body } else { Stage::Endpoint };
        let undecided = Undecided { bundle: policy.name(), stage, status, details: lines.next().map(str::as_bytes) };
        out.extend_from_slice(Id::new(&facts.entropy).as_str().as_bytes());
        out.push(b'\n');
        if policy.keeps_undecided() {
            let draft = record::undecided(&undecided, &facts, keys, told(policy));
            out.extend_from_slice(add(draft, chain, sealer, policy, keys, &facts).as_bytes());
        }
    }

    fn serve(&mut self, facts: &Facts<'_>, body: &[u8], answers: Option<Answers<'_>>, out: &mut Vec<u8>) {
        let Self { policy, keys, scratch, store, places, .. } = self;
        let service = policy.serve(facts, body, keys, scratch);
        let charging = Charging { places, store, charges: service.charges(), now: facts.now };
        let Some(charged) = charge(charging, answers, out) else { return };
        let answer = service.admit(&charged);
        let remembered: Vec<_> = answer.memos().iter().map(|memo| store.ask(memo, facts.now)).collect();
        effects::write(Some(&answer.reply(&remembered)), 0, "", &[], out);
    }
}

/// What this host tells beside.
fn told(policy: &Policy) -> Context<'static> {
    Context { host: HOST, node: None, elapsed: None, sampled: None, records: policy.settings().records }
}

/// The record as the next one of the chain, where there is one. Isolates know nothing of one another: none follows one.
fn add(
    draft: Draft,
    chain: &mut Option<Chain>,
    sealer: &mut Sealer,
    policy: &Policy,
    keys: &Keyring,
    facts: &Facts<'_>,
) -> String {
    if !policy.settings().records.audit {
        return draft.close();
    }
    let opens = Opens { why: Why::Start, bundle: Some(policy.digest()), place: None, follows: None, unordered: false };
    let begin = || Chain::new(keys.chain_id(b"chain", &facts.entropy), opens);
    draft.seal(chain.get_or_insert_with(begin), sealer)
}

/// What was done about a request before it is judged.
enum Before<'a> {
    /// Nothing: it is seen for the first time.
    Nothing,
    /// Its global limits were asked about.
    Asked(Answers<'a>),
    /// It was charged, with this outcome, and then its body was waited for.
    Charged(&'a [u8]),
}

/// Makes the charges, or appends to `out` whom the shell has to ask first.
fn charge(charging: Charging<'_>, answers: Option<Answers<'_>>, out: &mut Vec<u8>) -> Option<Vec<Charged>> {
    match answers {
        Some(answers) => Some(charging.conclude(answers)),
        None => charging.begin().map_err(|question| effects::ask(&question, out)).ok(),
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
