//! What the filter answers itself, under [`PREFIX`]: the script, sessions, observations, challenges. None of it reaches
//! the origin.
//!
//! ```text
//! plan(request) ─▶ (the host collects a body, if one is wanted) ─▶ Policy::serve ─▶ charges, memos ─▶ (the host
//! steps one word for each) ─▶ answer ─▶ Reply
//! ```

use crate::{
    decision::{Id, Reply},
    facts::{Facts, Request},
    keys::Keyring,
    limits::{Charge, Charged},
    memo::{Memo, Remembered},
    policy::Policy,
    rules::Scratch,
};
use alloc::{format, vec::Vec};

/// Where all endpoints are.
pub const PREFIX: &[u8] = b"/.well-known/outwork/";

/// What a host does with a request before anything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    /// Judge it: it is the origin's.
    Judge,
    /// Serve it, with an empty body.
    Serve,
    /// Collect the body, and serve it. A body longer than this many bytes is cut off after one byte more, so that serving
    /// answers 413.
    Collect(usize),
}

/// What becomes of a request, by its path and method alone.
pub fn plan(request: &Request<'_>) -> Plan {
    if !request.path().starts_with(PREFIX) {
        return Plan::Judge;
    }
    Plan::Serve
}

/// A request to an endpoint, before the host's store was asked.
#[derive(Debug)]
pub struct Service {
    reply: Reply,
    charges: Vec<Charge>,
    memos: Vec<Memo>,
}

impl Policy {
    /// Serves a request that [`plan`] says is ours.
    pub fn serve(&self, facts: &Facts<'_>, _body: &[u8], _keys: &Keyring, _scratch: &mut Scratch) -> Service {
        Service { reply: missing(Id::new(&facts.entropy)), charges: Vec::new(), memos: Vec::new() }
    }
}

impl Service {
    /// The buckets to charge, as of an assessment.
    pub fn charges(&self) -> &[Charge] {
        &self.charges
    }

    /// The questions to the store.
    pub fn memos(&self) -> &[Memo] {
        &self.memos
    }

    /// The answer, once the store was asked: one outcome a charge, one a memo, in order.
    pub fn answer(self, _charged: &[Charged], _remembered: &[Remembered]) -> Reply {
        self.reply
    }
}

fn missing(id: Id) -> Reply {
    let body = format!(
        "{{\"type\":\"about:blank\",\"title\":\"Not found\",\"status\":404,\"reference\":\"{}\"}}",
        id.as_str()
    );
    let headers =
        Vec::from([("content-type", "application/problem+json".into()), ("cache-control", "no-store".into())]);
    Reply { status: 404, headers, body }
}
