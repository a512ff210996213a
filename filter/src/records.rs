//! The records that a plugin leaves, and the chain that they are.
//!
//! A record is written when its request is decided about, and gets its place in the chain when the request ends: then the proxy
//! asks its filters before its access logs, so that lines stand in the order of the chain. Until then it is held here; what
//! there is no room for is left with the proxy, beside its request, and read back.
//!
//! Of requests over HTTP/3 Envoy writes the lines when the client has acknowledged the answer, and asks no filter. Their records
//! are sealed when they are written, into a chain of their own, which says that its lines come in any order.

use crate::{
    host::{Call, Failure, Host, NEVER},
    root::Plugin,
    vm::{Memory, attempt},
};
use outwork_engine::{
    bundle::Digest256,
    decision::Decision,
    fact::Fact,
    facts::{Facts, Protocol},
    keys::Keyring,
    record::{
        self, Context, Undecided,
        chain::{Chain, Opens, Place, Sealer, Why},
        draft::Draft,
    },
    time::Time,
};
use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::Rc,
};

/// What records say of this host.
const HOST: record::Host = record::Host { name: "envoy", version: env!("CARGO_PKG_VERSION") };

/// Where a request's record stands for the access log.
const RECORD: &[u8] = b"outwork.record";

/// Where one waits that has no place in its chain yet.
const DRAFT: &[u8] = b"outwork.draft";

/// The most bytes of records that a VM holds: of some 3,600 requests, as each takes 2.3 KB.
const MOST_BYTES: usize = 8 << 20;

/// Under which all VMs share how many chains were opened, after the name of this run of the proxy, and the mark of the last
/// one's key.
const CHAINS: &[u8] = b"outwork.chains";

/// So many records of a chain look each how many chains there are by now, and from then on one in as many: threads begin at about the
/// same time, and what is shared takes a lock.
const LOOKS: u64 = 16;

/// How often a chain's number is asked for, while other threads ask too.
const ATTEMPTS: usize = 8;

/// Where the records of a plugin go.
#[derive(Debug)]
pub struct Journals {
    /// Those whose places are given when their requests end.
    ordered: Rc<Journal>,
    /// Those that get one at once.
    unordered: Rc<Journal>,
}

impl Journals {
    /// Journals without a record.
    pub fn new(keys: &Rc<Keyring>, bundle: Digest256) -> Self {
        let journal = |unordered| {
            let (chain, seed, sealer) = (RefCell::default(), Cell::default(), RefCell::new(Sealer::new(keys)));
            Rc::new(Journal { keys: Rc::clone(keys), sealer, bundle, unordered, chain, seed })
        };
        Self { ordered: journal(false), unordered: journal(true) }
    }
}

/// One of them. Requests that outlive the plugin have it still.
#[derive(Debug)]
pub struct Journal {
    keys: Rc<Keyring>,
    sealer: RefCell<Sealer>,
    bundle: Digest256,
    unordered: bool,
    /// The chain, from the first record on.
    chain: RefCell<Option<Chain>>,
    /// Random bytes of the last request, by which the chain is named.
    seed: Cell<[u8; 16]>,
}

impl Journal {
    /// The chain; what opens it is told by the record that is its first.
    fn chain<H: Host>(self: &Rc<Self>, host: &H, memory: &mut Memory) -> Chain {
        let mut chain = self.chain.borrow_mut();
        let open = || {
            let (place, rotates) = place(host, &self.keys, &self.seed.get()).unwrap_or_else(|failure| {
                memory.metrics.failed(host, failure);
                (None, false)
            });
            let opened = if self.unordered { &mut memory.opened.unordered } else { &mut memory.opened.ordered };
            let before = opened.replace(Rc::clone(self));
            let why = match before {
                _ if rotates => Why::Rotation,
                Some(_) => Why::Reload,
                None => Why::Start,
            };
            let follows = before.and_then(|before| before.chain.borrow().as_ref()?.head());
            let opens = Opens { why, bundle: Some(self.bundle), place, follows, unordered: self.unordered };
            Chain::new(self.keys.chain_id(b"chain", &self.seed.get()), opens)
        };
        chain.get_or_insert_with(open).clone()
    }
}

/// The journals whose chains a VM opened last.
#[derive(Debug, Default)]
pub struct Opened {
    ordered: Option<Rc<Journal>>,
    unordered: Option<Rc<Journal>>,
}

/// The records of requests that are under way, by their contexts.
#[derive(Debug, Default)]
pub struct Held {
    // INVARIANT: `bytes` is what all drafts take; there is none where the proxy has it.
    by: BTreeMap<u32, (Rc<Journal>, Option<Draft>)>,
    bytes: usize,
}

impl Held {
    fn add(&mut self, host: &impl Host, context: u32, journal: &Rc<Journal>, draft: Draft) -> Result<(), Failure> {
        let draft = if self.bytes.saturating_add(draft.size()) <= MOST_BYTES {
            self.bytes += draft.size();
            Some(draft)
        } else {
            host.set_property(DRAFT, &draft.pack())?;
            None
        };
        self.by.insert(context, (Rc::clone(journal), draft));
        Ok(())
    }

    /// Whether the request of a context has one.
    pub fn has(&self, context: u32) -> bool {
        self.by.contains_key(&context)
    }

    fn take(&mut self, context: u32) -> Option<(Rc<Journal>, Option<Draft>)> {
        let (journal, draft) = self.by.remove(&context)?;
        self.bytes -= draft.as_ref().map_or(0, Draft::size);
        Some((journal, draft))
    }

    /// Forgets requests that are gone without a line in a log.
    pub fn prune(&mut self, host: &impl Host) {
        let gone: Vec<_> = self.by.keys().copied().filter(|context| !host.lives(*context)).collect();
        gone.into_iter().for_each(|context| _ = self.take(context));
    }
}

/// Leaves the record of a decision, where the policy wants one.
pub(crate) fn leave<H: Host>(
    host: &H,
    plugin: &Plugin,
    memory: &mut Memory,
    context: u32,
    (decision, facts): (&Decision<'_>, &Facts<'_>),
) {
    let Plugin { policy, keys, .. } = plugin;
    let Some(sampled) = policy.keeps(decision, keys) else { return };
    let told = Context { sampled, ..told(host, plugin, memory, facts) };
    let draft = record::draft(decision, facts, keys, told);
    keep(host, plugin, memory, context, (draft, facts));
}

/// Leaves the record of a request that ended before a decision, where the policy wants any.
pub(crate) fn leave_undecided<H: Host>(
    host: &H,
    plugin: &Plugin,
    memory: &mut Memory,
    context: u32,
    (undecided, facts): (&Undecided<'_>, &Facts<'_>),
) {
    if plugin.policy.keeps_undecided() {
        let told = told(host, plugin, memory, facts);
        let draft = record::undecided(undecided, facts, &plugin.keys, told);
        keep(host, plugin, memory, context, (draft, facts));
    }
}

/// What this host tells beside.
fn told<'p, H: Host>(host: &H, plugin: &'p Plugin, memory: &Memory, facts: &Facts<'_>) -> Context<'p> {
    let (records, elapsed) = (plugin.policy.settings().records, elapsed(host, memory, facts.now));
    Context { host: HOST, node: plugin.node.as_deref(), elapsed, sampled: None, records }
}

/// Keeps a record until it gets its place.
fn keep<H: Host>(host: &H, plugin: &Plugin, memory: &mut Memory, context: u32, (draft, facts): (Draft, &Facts<'_>)) {
    let journals = &plugin.journals;
    if !plugin.policy.settings().records.audit {
        show(host, memory, &draft.close());
    } else if facts.request.protocol == Fact::Known(Protocol::Http3) {
        journals.unordered.seed.set(facts.entropy);
        add(host, memory, &journals.unordered, draft);
    } else {
        journals.ordered.seed.set(facts.entropy);
        let held = memory.held.add(host, context, &journals.ordered, draft);
        attempt(host, memory, held);
    }
}

/// Adds the record of a request that has ended to its chain.
pub(crate) fn seal<H: Host>(host: &H, memory: &mut Memory, context: u32) {
    let Some((journal, draft)) = memory.held.take(context) else { return };
    if let Some(draft) = draft.or_else(|| fetch(host, memory)) {
        add(host, memory, &journal, draft);
    }
}

/// Adds a record to a chain, and shows it to the access log.
fn add<H: Host>(host: &H, memory: &mut Memory, journal: &Rc<Journal>, draft: Draft) {
    let mut chain = journal.chain(host, memory);
    if chain.head().is_some_and(|head| head.sequence < LOOKS || head.sequence.is_multiple_of(LOOKS)) {
        match host.shared(CHAINS) {
            Ok(shared) => {
                let last = shared.and_then(|(known, _)| read(&known));
                last.into_iter().for_each(|(last, _)| chain.know(last));
            }
            Err(failure) => memory.metrics.failed(host, failure),
        }
    }
    let record = draft.seal(&mut chain, &mut journal.sealer.borrow_mut());
    // The next record follows the last one that was shown: one that was not would be missed.
    if show(host, memory, &record) {
        journal.chain.replace(Some(chain));
    }
}

/// Reads back what the proxy keeps.
fn fetch<H: Host>(host: &H, memory: &Memory) -> Option<Draft> {
    let bytes = host.property(Call::State, DRAFT).unwrap_or_else(|failure| {
        memory.metrics.failed(host, failure);
        None
    });
    Draft::unpack(bytes?)
}

/// Has the record stand where access logs read it; tells whether it does.
fn show<H: Host>(host: &H, memory: &Memory, record: &str) -> bool {
    let shown = host.set_property(RECORD, record.as_bytes());
    if shown.is_ok() {
        memory.metrics.recorded(host);
    }
    attempt(host, memory, shown);
    shown.is_ok()
}

/// The next number of a chain in this run of the proxy, and whether the chain before it has another key; no number where other
/// threads were always faster.
fn place(host: &impl Host, keys: &Keyring, entropy: &[u8; 16]) -> Result<(Option<Place>, bool), Failure> {
    let mark = keys.chain_id(b"key", &[0; 16]);
    for _ in 0..ATTEMPTS {
        let (known, stamp) = host.shared(CHAINS)?.map_or((None, NEVER), |(known, stamp)| (read(&known), stamp));
        let begins = Place { run: keys.chain_id(b"run", entropy), number: 0 };
        let (Place { run, number }, before) = known.unwrap_or((begins, mark));
        let next = Place { run, number: number.saturating_add(1) };
        let bytes = [&run.to_be_bytes()[..], &mark.to_be_bytes(), &next.number.to_be_bytes()].concat();
        if host.share(CHAINS, &bytes, Some(stamp))? {
            return Ok((Some(next), before != mark));
        }
    }
    Ok((None, false))
}

fn read(bytes: &[u8]) -> Option<(Place, u64)> {
    let (run, rest) = bytes.split_first_chunk()?;
    let (mark, number) = rest.split_first_chunk()?;
    let place = Place { run: u64::from_be_bytes(*run), number: u32::from_be_bytes(number.try_into().ok()?) };
    Some((place, u64::from_be_bytes(*mark)))
}

/// Microseconds since a request was looked at first; what it waited for others is among them.
fn elapsed<H: Host>(host: &H, memory: &Memory, since: Time) -> Option<u32> {
    match host.now() {
        Ok(now) => u32::try_from(now.0.saturating_sub(since.0)).ok(),
        Err(failure) => {
            memory.metrics.failed(host, failure);
            None
        }
    }
}
