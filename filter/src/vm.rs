//! One VM: the plugins configured in it, and the memory that requests hand on to one another.

#[cfg(test)]
mod tests;

use crate::{
    breakers::Breakers,
    charging::{self, Asked, Asking, Body},
    directories::{self, Fetching},
    endpoint,
    entropy::Pool,
    host::{Failure, Host, Level},
    metrics::Metrics,
    pending::{Arrived, Pending, TICK_MS},
    records::{self, Held, Opened},
    request::{self, Outcome, Protocols},
    root::{self, Plugin},
    strip,
    tarpit::Tarpit,
    undecided::{self, Undecided},
    waiting::Waiting,
};
use outwork_engine::{agents::signature::Patience, rules::Scratch, time::Time};
use std::ops::Range;

/// Without a clock all refusals are due.
const FOR_EVER: Time = Time(u64::MAX);

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It goes on.
    Continue,
    /// It has been answered, or what is missing of it has to come first.
    Stop,
    /// It is held, and nothing more of it is wanted until it goes on.
    Hold,
}

/// A VM: one thread of the proxy, mostly one plugin, two while one of them is being replaced.
#[derive(Debug)]
pub struct Vm<H> {
    host: H,
    // INVARIANT: in the order of their configuration, the newest last; those that the proxy dropped go at the next one.
    plugins: Vec<(u32, Plugin)>,
    created: Created,
    pending: Pending,
    /// Requests whose limits are counted elsewhere, by their contexts, with the roots of these.
    asked: Waiting<(u32, Asked)>,
    /// What is asked about them, by the numbers of the calls.
    calls: Waiting<Range<usize>>,
    fetching: Fetching,
    memory: Memory,
}

/// The context created last, and the root that it belongs to. Envoy creates a request's context immediately before it
/// hands over the headers, so that no map of contexts has to be kept (and no callback to delete from it).
#[derive(Clone, Copy, Debug, Default)]
struct Created {
    context: u32,
    root: u32,
}

/// What requests hand on to one another.
#[derive(Debug, Default)]
pub struct Memory {
    /// The engine's.
    pub scratch: Scratch,
    /// The records of requests that are under way.
    pub held: Held,
    /// Where those went that opened a chain last.
    pub opened: Opened,
    /// Random bytes.
    pub entropy: Pool,
    /// The protocols of connections.
    pub protocols: Protocols,
    /// Counters.
    pub metrics: Metrics,
    /// Whether rate-limit services are asked.
    pub breakers: Breakers,
    /// Refusals that are held back.
    pub tarpit: Tarpit,
    /// Whose signatures are looked at.
    pub patience: Patience,
}

/// What came of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// An answer of this many bytes.
    Bytes(usize),
    /// Nothing: it was not answered in time, or failed.
    None,
}

impl<H: Host> Vm<H> {
    /// A VM without a plugin.
    pub fn new(host: H) -> Self {
        Self {
            host,
            plugins: Vec::new(),
            created: Created::default(),
            pending: Pending::default(),
            asked: Waiting::default(),
            calls: Waiting::default(),
            fetching: Fetching::default(),
            memory: Memory::default(),
        }
    }

    /// The proxy.
    #[cfg(test)]
    pub(crate) fn host(&self) -> &H {
        &self.host
    }

    /// Notes a new context; roots have none above them.
    pub fn create(&mut self, context: u32, root: u32) {
        self.created = Created { context, root };
    }

    /// Configures a root context; false tells the proxy that it cannot be used, which then keeps the one it has.
    pub fn configure(&mut self, root: u32, size: usize) -> bool {
        self.memory.metrics.define(&self.host);
        match root::load(&self.host, &self.memory.metrics, size) {
            Ok(plugin) => {
                root::announce(&self.host, &self.memory.metrics, &plugin);
                self.plugins.retain(|(known, _)| *known != root && self.host.lives(*known));
                self.memory.tarpit.prune(&self.host);
                self.pending.prune(&self.host);
                self.memory.held.prune(&self.host);
                let awaits = self.pending.awaits() && self.pending.begin(root);
                if awaits || plugin.fetches().is_some() {
                    // To ask who lives makes the proxy act for whom was asked last.
                    self.host.lives(root);
                    attempt(&self.host, &self.memory, self.host.tick(TICK_MS));
                }
                self.plugins.push((root, plugin));
                let services = self.plugins.iter().filter_map(|(_, plugin)| plugin.global.as_ref());
                self.memory.breakers.keep(&services.map(|global| global.cluster.as_str()).collect::<Vec<_>>());
                true
            }
            Err(error) => {
                self.host.log(Level::Critical, &format!("outwork: {error}"));
                self.memory.metrics.rejected(&self.host);
                false
            }
        }
    }

    /// Decides about a request and does what was decided; `ended` tells that it has no body.
    pub fn request(&mut self, context: u32, ended: bool) -> Action {
        let Self { host, plugins, created, memory, .. } = self;
        let own = (created.context == context).then_some(created.root);
        let Some((root, plugin)) = plugin(plugins, own) else { return Action::Continue };
        let outcome = request::handle(host, plugin, memory, context, ended);
        self.hold(context, root, outcome, Stage::Head)
    }

    /// Keeps what a request that is held waits for.
    fn hold(&mut self, context: u32, root: u32, outcome: Outcome, stage: Stage) -> Action {
        match outcome {
            Outcome::Done(action) => action,
            Outcome::Collect(most) => {
                self.pending.add(&self.host, context, root, most);
                self.time(root);
                Action::Stop
            }
            Outcome::Bind(most, asked) => {
                self.pending.bind(&self.host, context, root, most, Some(asked));
                self.time(root);
                Action::Stop
            }
            Outcome::Ask(calls, asked, wanted) => {
                self.asked.add(&self.host, context, context, (root, asked));
                for Asking { call, about } in calls {
                    self.calls.add(&self.host, call, context, about);
                }
                let Some(most) = wanted else { return Action::Hold };
                self.pending.bind(&self.host, context, root, most, None);
                self.time(root);
                // What is held altogether gets no body.
                Action::Stop
            }
            Outcome::Delay(now, delayed) => {
                let Self { host, memory, pending, .. } = self;
                match memory.tarpit.hold(host, (root, context), now, delayed) {
                    Ok(()) => {
                        if stage == Stage::Later {
                            pending.refuse(host, context);
                        }
                        Action::Hold
                    }
                    Err((delayed, failure)) => {
                        memory.metrics.failed(host, failure);
                        request::refuse(host, memory, &delayed)
                    }
                }
            }
        }
    }

    /// Has the timer run while a body is waited for.
    fn time(&mut self, root: u32) {
        let Self { host, plugins, pending, memory, .. } = self;
        let fetches = plugin(plugins, Some(root)).is_some_and(|(_, plugin)| plugin.fetches().is_some());
        if pending.begin(root) && !fetches && !memory.tarpit.ticks(root) {
            attempt(host, memory, host.tick(TICK_MS));
        }
    }

    /// Sends the refusals that are due, ends requests whose bodies take too long, and begins to fetch what is.
    pub fn tick(&mut self, root: u32) {
        let Self { host, plugins, pending, fetching, memory, asked, .. } = self;
        let now = host.now();
        while let Some((context, delayed)) = memory.tarpit.due(now.unwrap_or(FOR_EVER)) {
            if host.lives(context) && request::refuse(host, memory, &delayed) == Action::Continue {
                pending.forget(context);
                attempt(host, memory, host.resume());
            }
        }
        for (context, awaited) in now.map(|now| pending.late(now)).unwrap_or_default() {
            let asking = asked.take(context).map(|(_, asking)| asking);
            let held = Undecided::of(Some(awaited), asking.as_ref());
            if host.lives(context) {
                let answer = Some((408, endpoint::TIMEOUT));
                let id = held.and_then(|held| undecided::leave(host, plugins, memory, context, held, answer));
                endpoint::took_too_long(host, memory, id);
            }
        }
        let plugin = plugins.iter_mut().find(|(known, _)| *known == root).map(|(_, plugin)| plugin);
        let fetches = plugin.as_ref().is_some_and(|plugin| plugin.fetches().is_some());
        let rests = pending.rest(root);
        let otherwise = if fetches || pending.ticks(root) { TICK_MS } else { 0 };
        let is_held = memory.tarpit.ticks(root);
        let rested = memory.tarpit.rest(host, root, otherwise);
        attempt(host, memory, rested);
        if rests && otherwise == 0 && !is_held {
            host.lives(root);
            attempt(host, memory, host.tick(0));
        }
        match (now, plugin) {
            (Ok(now), Some(plugin)) if fetches => {
                host.lives(root);
                fetching.tick(host, plugin, memory, (root, now));
            }
            (Ok(_), _) => {}
            (Err(failure), _) => memory.metrics.failed(host, failure),
        }
    }

    /// Takes in what was fetched, or that it was not.
    pub fn fetched(&mut self, call: u32) {
        let Self { host, plugins, fetching, memory, .. } = self;
        let Some((root, url)) = fetching.take(call) else { return };
        let own = plugins.iter().rposition(|(known, _)| *known == root).or(plugins.len().checked_sub(1));
        if let Some((_, plugin)) = own.and_then(|place| plugins.get_mut(place)) {
            directories::answered(host, plugin, memory, &url);
        }
    }

    /// Takes in what came of a call, and goes on with its request where nothing else is waited for; unless its client is gone.
    pub fn answered(&mut self, call: u32, answer: Answer) {
        let Self { host, plugins, asked: waiting, calls, memory, .. } = self;
        let Some((context, about)) = calls.take(call) else { return };
        let Some((_, (root, mut asked))) = waiting.take(context) else { return };
        let Some((root, plugin)) = plugin(plugins, Some(root)).or_else(|| plugin(plugins, None)) else { return };
        if !charging::hear(host, plugin, memory, (&mut asked, about), answer) {
            return waiting.add(host, context, context, (root, asked));
        }
        // The callback is the plugin's; from here on the proxy acts for the request.
        if !host.lives(context) {
            return;
        }
        let outcome = request::resume(host, plugin, memory, context, &asked);
        self.pending.forget(context);
        if self.hold(context, root, outcome, Stage::Later) == Action::Continue {
            attempt(&self.host, &self.memory, self.host.resume());
        }
    }

    /// Takes note that a request has ended, and that its line in the access log is written next.
    pub fn ended(&mut self, context: u32) {
        let Self { host, plugins, pending, asked, memory, .. } = self;
        // What is asked about it stays: how the service answers is of interest, whoever it was asked for.
        let held = Undecided::of(pending.end(context), asked.get(context));
        if let Some(held) = held.filter(|_| !memory.held.has(context)) {
            undecided::leave(host, plugins, memory, context, held, None);
        }
        records::seal(host, memory, context);
    }

    /// Takes note that a request's body has ended with trailers. Nothing of ours comes in them.
    pub fn trailers(&mut self, context: u32) -> Action {
        strip::trailers(&self.host, &self.memory, self.pending.binds(context));
        self.body(context, 0, true)
    }

    /// Takes note that of a request's body `size` bytes have arrived, and whether that is all.
    pub fn body(&mut self, context: u32, size: usize, ended: bool) -> Action {
        let Self { host, plugins, pending, memory, asked, .. } = self;
        match pending.arrived(context, size, ended) {
            // More than is bound of a request whose limits are being asked about waits with its client.
            Arrived::OfAnother if asked.get(context).is_some() => Action::Hold,
            Arrived::OfAnother => Action::Continue,
            Arrived::Part => Action::Stop,
            Arrived::Waits => Action::Hold,
            Arrived::Bound { root, most, asked } => self.bound(context, root, most, asked),
            Arrived::Enough { root, most } => match plugin(plugins, Some(root)) {
                Some((_, plugin)) => endpoint::finish(host, plugin, memory, context, most),
                None => Action::Stop,
            },
        }
    }
}

impl<H: Host> Vm<H> {
    /// Goes on with a request whose body is there, or more of it than is bound.
    fn bound(&mut self, context: u32, root: u32, most: usize, settled: Option<Asked>) -> Action {
        let Self { host, plugins, asked: waiting, memory, .. } = self;
        let body = match host.request_body(most.saturating_add(1)) {
            Ok(body) if body.len() <= most => Body::Here(body),
            Ok(_) => Body::Unreadable,
            Err(failure) => {
                memory.metrics.failed(host, failure);
                Body::Unreadable
            }
        };
        let Some(asked) = settled else {
            // It is decided when its limits are known.
            if let Some((_, asked)) = waiting.get_mut(context) {
                asked.body = body;
            }
            return Action::Hold;
        };
        let Some((root, plugin)) = plugin(plugins, Some(root)).or_else(|| plugin(plugins, None)) else {
            return request::pass_unjudged(host, memory);
        };
        let outcome = request::resume(host, plugin, memory, context, &asked.with(body));
        self.hold(context, root, outcome, Stage::Later)
    }
}

/// When a request is decided about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// While the proxy hands over its head: what is held then is held with all that follows.
    Head,
    /// Afterwards.
    Later,
}

/// Counts what could not be done.
pub(crate) fn attempt(host: &impl Host, memory: &Memory, done: Result<(), Failure>) {
    if let Err(failure) = done {
        memory.metrics.failed(host, failure);
    }
}

/// The plugin of a root context, or the newest where the root is not known.
pub(crate) fn plugin(plugins: &[(u32, Plugin)], root: Option<u32>) -> Option<(u32, &Plugin)> {
    let found = plugins.iter().rev().find(|(known, _)| root.is_none_or(|root| root == *known));
    found.map(|(root, plugin)| (*root, plugin))
}
