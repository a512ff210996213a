//! One request: read, decide, act. Whatever the proxy will not do, the request goes on.

use crate::{
    charging::{self, Asked, Asking, Begun, Body, Moment},
    configuration::ClientAddress,
    connection::{self, Noted},
    endpoint,
    facts::Sent,
    host::{Call, Failure, Host},
    pairs, records,
    root::Plugin,
    strip,
    tarpit::Delayed,
    vm::{Action, Memory, attempt},
};
use outwork_engine::{
    decision::{Decision, Edit, Reply},
    endpoint::{Plan, plan},
    fact::Fact,
    facts::{Connection, Facts, Protocol},
    time::Time,
};

/// Where a network filter leaves what is known of the connection.
const CONNECTION: &[u8] = b"filter_state\0outwork.connection";
const PROTOCOL: &[u8] = b"request\0protocol";
const SOURCE: &[u8] = b"source\0address";

/// The status of a header map that is not one.
const MALFORMED: u32 = 4;

/// What becomes of a request by its head.
#[derive(Debug)]
pub enum Outcome {
    /// This, at once.
    Done(Action),
    /// It is held until its body is there, or more than this many bytes of it.
    Collect(usize),
    /// It is held until these calls are answered; where its body is to be bound, that is held back meanwhile, up to this many
    /// bytes.
    Ask(Vec<Asking>, Asked, Option<usize>),
    /// It was charged, and is held until its body is there, or more than this many bytes of it.
    Bind(usize, Asked),
    /// It is refused, and that held back; it is now this late.
    Delay(Time, Delayed),
}

/// What is there of a request besides its head.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rest<'a> {
    /// Its number.
    pub(crate) context: u32,
    /// Its body.
    pub(crate) body: Option<&'a [u8]>,
    /// What was asked about it when it was looked at first, with the answers.
    pub(crate) asked: Option<&'a Asked>,
}

/// Decides about the request at hand, and does what was decided; `ended` tells that it has no body.
pub fn handle<H: Host>(host: &H, plugin: &Plugin, memory: &mut Memory, context: u32, ended: bool) -> Outcome {
    attempt_all(host, plugin, memory, Rest { context, body: ended.then_some(&[][..]), asked: None })
}

/// The same of a request that was held, now that what was asked about it is answered, or its body is there.
pub fn resume<H: Host>(host: &H, plugin: &Plugin, memory: &mut Memory, context: u32, asked: &Asked) -> Outcome {
    let body = match &asked.body {
        Body::Empty => Some(&[][..]),
        Body::Here(body) => Some(body.as_slice()),
        Body::Passing | Body::Awaited | Body::Unreadable => None,
    };
    attempt_all(host, plugin, memory, Rest { context, body, asked: Some(asked) })
}

fn attempt_all<H: Host>(host: &H, plugin: &Plugin, memory: &mut Memory, rest: Rest<'_>) -> Outcome {
    examine(host, plugin, memory, rest).unwrap_or_else(|failure| {
        memory.metrics.failed(host, failure);
        Outcome::Done(pass_unjudged(host, memory))
    })
}

/// Sends a refusal that was held back.
pub(crate) fn refuse<H: Host>(host: &H, memory: &Memory, delayed: &Delayed) -> Action {
    match answer(host, &delayed.reply, &delayed.details) {
        Ok(()) => Action::Stop,
        Err(failure) => {
            memory.metrics.failed(host, failure);
            let_go(host, memory)
        }
    }
}

/// Undecided requests go on, but not with a verdict or a signature that the client wrote.
pub(crate) fn let_go<H: Host>(host: &H, memory: &Memory) -> Action {
    strip::head(host, memory);
    Action::Continue
}

/// The same of requests that nobody could judge.
pub(crate) fn pass_unjudged<H: Host>(host: &H, memory: &Memory) -> Action {
    say(host, memory, "unjudged");
    let_go(host, memory)
}

/// Looks at the request's head, with the rest as far as it is there.
pub(crate) fn examine<H: Host>(
    host: &H,
    plugin: &Plugin,
    memory: &mut Memory,
    rest: Rest<'_>,
) -> Result<Outcome, Failure> {
    let map = host.request_headers()?;
    let malformed = Failure { call: Call::Headers, status: MALFORMED };
    let sent = Sent::new(pairs::read(&map).ok_or(malformed)?);
    match attend(host, plugin, memory, &sent, rest) {
        Err(failure) if sent.is_for_us() => Ok(Outcome::Done(endpoint::apologize(host, memory, failure))),
        outcome => outcome,
    }
}

fn attend<H: Host>(
    host: &H,
    plugin: &Plugin,
    memory: &mut Memory,
    sent: &Sent<'_>,
    rest: Rest<'_>,
) -> Result<Outcome, Failure> {
    let moment = moment(host, memory, rest)?;
    let text = ask(host, memory, CONNECTION);
    let facts = facts(host, plugin, memory, sent, (moment, text.as_deref()));
    let has_patience = memory.patience.has(facts.connection.address, facts.now);
    let directories = plugin.agents.as_ref().map(|_| &plugin.directories).filter(|_| has_patience);
    let facts = Facts { directories, ..facts };
    match (plan(&facts), rest.body) {
        (Plan::Judge, body) => {
            let facts = Facts { body: body.map_or(Fact::Unavailable, Fact::Known), ..facts };
            Ok(judge(host, plugin, memory, &facts, rest))
        }
        (Plan::Collect(most), None) if plugin.bodies => Ok(Outcome::Collect(most)),
        (Plan::Collect(_), None) => Ok(Outcome::Done(endpoint::cannot_read(host, memory))),
        (Plan::Serve, _) => endpoint::serve(host, plugin, memory, &facts, &[]).map(Outcome::Done),
        (Plan::Collect(_), Some(body)) => endpoint::serve(host, plugin, memory, &facts, body).map(Outcome::Done),
    }
}

/// The facts of a request of this moment, with what a network filter noted of its connection.
fn facts<'a, H: Host>(
    host: &H,
    plugin: &Plugin,
    memory: &mut Memory,
    sent: &'a Sent<'a>,
    (Moment { now, entropy }, noted): (Moment, Option<&'a [u8]>),
) -> Facts<'a> {
    let noted = noted.map_or(Noted::NOTHING, connection::read);
    let connection = Connection { address: address(host, plugin, memory, &noted), ..noted.connection };
    let protocol = protocol(host, memory, noted.id);
    sent.facts(now, entropy, connection, protocol)
}

/// Looks at a request once more of which nothing will be decided.
pub(crate) fn review<H: Host>(
    host: &H,
    plugin: &Plugin,
    memory: &mut Memory,
    moment: Moment,
    look: impl FnOnce(&mut Memory, &Facts<'_>),
) -> Result<(), Failure> {
    let map = host.request_headers()?;
    let malformed = Failure { call: Call::Headers, status: MALFORMED };
    let sent = Sent::new(pairs::read(&map).ok_or(malformed)?);
    let text = ask(host, memory, CONNECTION);
    let facts = facts(host, plugin, memory, &sent, (moment, text.as_deref()));
    look(memory, &facts);
    Ok(())
}

/// The moment of a request: the one at which it was judged first, so that what is decided later is what would have been. How
/// long a body takes is its client's to choose: what is signed with it is as old as its end.
fn moment<H: Host>(host: &H, memory: &mut Memory, rest: Rest<'_>) -> Result<Moment, Failure> {
    match rest.asked {
        Some(Asked { moment, body: Body::Here(_) | Body::Unreadable, .. }) => {
            Ok(Moment { now: host.now()?, ..*moment })
        }
        Some(asked) => Ok(asked.moment),
        None => Ok(Moment { entropy: memory.entropy.take(host)?, now: host.now()? }),
    }
}

fn judge<H: Host>(host: &H, plugin: &Plugin, memory: &mut Memory, facts: &Facts<'_>, rest: Rest<'_>) -> Outcome {
    let Rest { context, asked, .. } = rest;
    let assessment = plugin.policy.assess(facts, &plugin.keys, &mut memory.scratch);
    if let (Some(introduced), None) = (assessment.introduced(), asked) {
        memory.metrics.introduced(host, introduced.outcome);
        memory.patience.note(facts.connection.address, introduced.outcome, facts.now);
    }
    let (charges, moment) = (assessment.charges(), Moment { now: facts.now, entropy: facts.entropy });
    let charged = match asked {
        Some(asked) => charging::finish(host, plugin, memory, charges, asked),
        None => match charging::begin(host, plugin, memory, charges, moment) {
            Begun::Settled(charged) => charged,
            Begun::Asked(calls, asked) => {
                let wanted = assessment.wants_body(&[]).filter(|_| plugin.bodies);
                return Outcome::Ask(calls, asked.with(begun(facts, wanted)), wanted);
            }
        },
    };
    let waits = asked.is_none_or(|asked| matches!(asked.body, Body::Awaited));
    if let Some(most) = assessment.wants_body(&charged).filter(|_| plugin.bodies && waits) {
        return Outcome::Bind(most, Asked::settled(moment, charges, &charged));
    }
    plugin.limits.note(host, &memory.metrics, charges, &charged);
    let decision = assessment.decide(&charged);
    memory.metrics.decided(host, decision.verdict);
    plugin.models.note(host, &memory.metrics, &decision.scored);
    if let Some(carried) = decision.transaction.as_ref().filter(|_| decision.reply.is_none() && decision.enforced) {
        plugin.transactions.note(host, &memory.metrics, carried);
    }
    say(host, memory, decision.verdict.name());
    records::leave(host, plugin, memory, context, (&decision, facts));
    act(host, memory, decision, facts.now)
}

/// Says for access logs what became of the request: a verdict, or why there is none.
pub(crate) fn say<H: Host>(host: &H, memory: &Memory, verdict: &str) {
    attempt(host, memory, host.set_property(b"outwork.verdict", verdict.as_bytes()));
}

/// What there is of a body when its request is judged first.
fn begun(facts: &Facts<'_>, wanted: Option<usize>) -> Body {
    match (facts.body, wanted) {
        (Fact::Known(_), _) => Body::Empty,
        (_, Some(_)) => Body::Awaited,
        (_, None) => Body::Passing,
    }
}

fn act<H: Host>(host: &H, memory: &Memory, decision: Decision<'_>, now: Time) -> Outcome {
    if let Some(reply) = decision.reply {
        let details = ["outwork_", decision.verdict.name()].concat();
        if decision.delay > 0 && !memory.tarpit.is_full() {
            return Outcome::Delay(now, Delayed { reply, details, delay: decision.delay });
        }
        match answer(host, &reply, &details) {
            Ok(()) => return Outcome::Done(Action::Stop),
            Err(failure) => memory.metrics.failed(host, failure),
        }
    }
    for edit in &decision.edits {
        let done = match edit {
            Edit::Remove(name) => host.remove_header(name),
            Edit::Append(name, value) => host.add_header(name.as_bytes(), value),
        };
        attempt(host, memory, done);
    }
    Outcome::Done(Action::Continue)
}

/// Sends a reply; `details` are what the access log shows of it.
pub(crate) fn answer<H: Host>(host: &H, reply: &Reply, details: &str) -> Result<(), Failure> {
    let headers: Vec<_> = reply.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    host.reply(reply.status, details, &pairs::write(&headers), reply.body.as_bytes())
}

fn address<H: Host>(host: &H, plugin: &Plugin, memory: &Memory, noted: &Noted<'_>) -> Fact<std::net::IpAddr> {
    match plugin.client_address {
        ClientAddress::Connection => noted.connection.address,
        ClientAddress::Source => ask(host, memory, SOURCE).map_or(Fact::Unavailable, |text| connection::source(&text)),
    }
}

fn protocol<H: Host>(host: &H, memory: &mut Memory, id: Option<u64>) -> Fact<Protocol> {
    let known = id.and_then(|id| memory.protocols.of(id));
    let protocol = known.or_else(|| ask(host, memory, PROTOCOL).and_then(|name| Protocol::parse(&name)));
    if let (Some(id), Some(protocol)) = (id, protocol) {
        memory.protocols.note(id, protocol);
    }
    protocol.map_or(Fact::Unavailable, Fact::Known)
}

/// A property of the connection; without one the facts that it would tell are unavailable.
fn ask<H: Host>(host: &H, memory: &Memory, path: &[u8]) -> Option<Vec<u8>> {
    host.property(Call::Connection, path).unwrap_or_else(|failure| {
        memory.metrics.failed(host, failure);
        None
    })
}

/// The protocols of recent connections. A connection speaks one protocol, and asking for it costs as much as asking for
/// everything else that is known of the connection.
#[derive(Clone, Debug)]
pub struct Protocols {
    // INVARIANT: PLACES places; a connection's is its number modulo PLACES.
    places: Vec<Option<(u64, Protocol)>>,
}

/// How many connections are remembered: 24 bytes each.
const PLACES: u64 = 1_024;

impl Default for Protocols {
    fn default() -> Self {
        Self { places: (0..PLACES).map(|_| None).collect() }
    }
}

impl Protocols {
    /// The protocol of a connection, while it is remembered.
    pub fn of(&self, id: u64) -> Option<Protocol> {
        let (known, protocol) = (*self.places.get(usize::try_from(id % PLACES).ok()?)?)?;
        (known == id).then_some(protocol)
    }

    /// Remembers the protocol of a connection in place of another's.
    pub fn note(&mut self, id: u64, protocol: Protocol) {
        let place = usize::try_from(id % PLACES).ok().and_then(|at| self.places.get_mut(at));
        if let Some(place) = place {
            *place = Some((id, protocol));
        }
    }
}
