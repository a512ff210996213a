//! What the filter answers itself, under [`PREFIX`]: the script, sessions, observations, challenges. None of it reaches
//! the origin.
//!
//! ```text
//! plan(facts) ─▶ (the host collects a body, if one is wanted) ─▶ Policy::serve ─▶ charges ─▶ (the host steps them)
//!   ─▶ Service::admit ─▶ memos ─▶ (the host steps them) ─▶ Answer::reply ─▶ Reply
//! ```
//!
//! An endpoint is a file with one function, `serve`: from what is known of the request to an [`Answer`].

mod beacon;
mod challenge;
mod checks;
mod cleared;
mod forget;
mod gpc;
mod hello;
mod lab;
mod problem;
mod script;
mod table;
mod wait;

pub use table::Endpoint;

use crate::{
    assets,
    clearance::Clearance,
    decision::Reply,
    facts::Facts,
    keys::Keyring,
    limits::{Charge, Charged},
    memo::{Memo, Remembered},
    policy::{Assessment, Policy},
    rules::{Mode, Scratch},
    session::{Binding, Presented, Shown},
    signals::Scene,
};
use alloc::{boxed::Box, string::String, vec::Vec};
use core::fmt;
use problem::Problem;
use table::Route;

/// Where all endpoints are.
pub const PREFIX: &[u8] = assets::PREFIX.as_bytes();

/// What a host does with a request before anything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    /// Judge it: it is the origin's.
    Judge,
    /// Serve it at once, with an empty body, whatever body it has.
    Serve,
    /// Collect the body, and serve it. A body longer than this many bytes is cut off after one byte more, so that serving
    /// answers 413.
    Collect(usize),
}

/// What becomes of a request, by its head. A body is only wanted where the head is in order.
pub fn plan(facts: &Facts<'_>) -> Plan {
    let Some(route) = route(facts) else { return Plan::Judge };
    if facts.request.method == b"POST" && checks::head(&route, facts).is_ok() {
        return Plan::Collect(route.body.most);
    }
    Plan::Serve
}

fn route(facts: &Facts<'_>) -> Option<Route> {
    facts.request.path().strip_prefix(PREFIX).map(table::route)
}

/// A request to an endpoint, before its limits are charged.
#[derive(Debug)]
pub struct Service<'a> {
    route: Route,
    policy: &'a Policy,
    facts: &'a Facts<'a>,
    body: &'a [u8],
    keys: &'a Keyring,
    assessment: Assessment<'a>,
}

impl Policy {
    /// Serves a request that [`plan`] says is ours.
    pub fn serve<'a>(
        &'a self,
        facts: &'a Facts<'a>,
        body: &'a [u8],
        keys: &'a Keyring,
        scratch: &mut Scratch,
    ) -> Service<'a> {
        let route = route(facts).unwrap_or_else(|| table::route(b""));
        Service { route, policy: self, facts, body, keys, assessment: self.assess(facts, keys, scratch) }
    }
}

impl<'a> Service<'a> {
    /// Which endpoint answers.
    pub fn endpoint(&self) -> Endpoint {
        self.route.endpoint
    }

    /// The buckets to charge, as of an assessment: limits count for endpoints too. Rules that block, challenge or score do
    /// not stop them, so that a person who was refused by mistake can be observed.
    pub fn charges(&self) -> &[Charge] {
        self.assessment.charges()
    }

    /// The answer, once the charges are made; a limit that is exhausted leaves the endpoint alone.
    pub fn admit(mut self, charged: &[Charged]) -> Answer<'a> {
        if let Some(reply) = self.assessment.throttled(charged) {
            return reply.into();
        }
        let Self { route, policy, facts, body, keys, assessment } = self;
        let Shown { session, clearance } = assessment.into_shown();
        let context = Context { policy, facts, body, keys, clearance: clearance.known() };
        let checked = checks::head(&route, facts).and_then(|()| checks::body(&route, facts, body));
        match checked {
            Err(problem) => refuse(problem, &route, &context).into(),
            Ok(()) => dispatch(&route, context, session),
        }
    }
}

/// A policy that is off observes and challenges nobody; pages may still load its script, which then stops by itself, and
/// visitors be forgotten.
fn dispatch<'a>(route: &Route, context: Context<'a>, session: Presented) -> Answer<'a> {
    match route.endpoint {
        Endpoint::Script => script::serve(context),
        Endpoint::Forget => forget::serve(),
        _ if context.policy.settings().mode == Mode::Off => Problem::MISSING.reply(&context).into(),
        Endpoint::Hello => hello::serve(context, session),
        Endpoint::Beacon => beacon::serve(context, session),
        Endpoint::Challenge => challenge::serve(context),
        Endpoint::Wait => wait::serve(context),
        Endpoint::Lab => lab::serve(context, session),
        Endpoint::Unknown => Problem::MISSING.reply(&context).into(),
    }
}

fn refuse(problem: Problem, route: &Route, context: &Context<'_>) -> Reply {
    let mut reply = problem.reply(context);
    if problem.status == 405 {
        reply.headers.push(("allow", route.allow.into()));
    }
    reply
}

/// What an endpoint knows of its request: the head and the length of the body have been checked.
#[derive(Clone, Copy, Debug)]
struct Context<'a> {
    policy: &'a Policy,
    facts: &'a Facts<'a>,
    body: &'a [u8],
    keys: &'a Keyring,
    clearance: Option<Clearance>,
}

impl<'a> Context<'a> {
    /// The path after the prefix.
    fn name(&self) -> &'a [u8] {
        self.facts.request.path().strip_prefix(PREFIX).unwrap_or_default()
    }

    /// What the tokens of this client are bound to.
    fn binding(&self) -> Binding<'a> {
        Binding { authority: self.facts.request.authority, ..Scene::new(self.facts).binding() }
    }

    /// The values of a header, by its name in lower case.
    fn values(&self, name: &'static [u8]) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        self.facts.headers.list.iter().filter(move |(known, _)| *known == name).map(|&(_, value)| value)
    }
}

/// An endpoint's answer, before the host's store was asked.
pub struct Answer<'a> {
    memos: Vec<Memo>,
    finish: Finish<'a>,
}

type Finish<'a> = Box<dyn FnOnce(&[Remembered]) -> Reply + 'a>;

impl<'a> Answer<'a> {
    /// An answer that depends on what the store remembers: one outcome a memo, in order.
    fn asking(memos: Vec<Memo>, finish: impl FnOnce(&[Remembered]) -> Reply + 'a) -> Self {
        Self { memos, finish: Box::new(finish) }
    }

    /// The questions to the store.
    pub fn memos(&self) -> &[Memo] {
        &self.memos
    }

    /// The reply, once the store was asked.
    pub fn reply(self, remembered: &[Remembered]) -> Reply {
        complete((self.finish)(remembered))
    }
}

impl From<Reply> for Answer<'_> {
    fn from(reply: Reply) -> Self {
        Self { memos: Vec::new(), finish: Box::new(|_| reply) }
    }
}

impl fmt::Debug for Answer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").field("memos", &self.memos).finish_non_exhaustive()
    }
}

/// Nothing is kept by caches unless an endpoint says so, and nothing is taken for another type than it is.
fn complete(mut reply: Reply) -> Reply {
    if !reply.headers.iter().any(|(name, _)| *name == "cache-control") {
        reply.headers.push(("cache-control", String::from("no-store")));
    }
    reply.headers.push(("x-content-type-options", String::from("nosniff")));
    reply
}
