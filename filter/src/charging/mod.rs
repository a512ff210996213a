//! What a request is charged: at once where the bucket stands here, and by one call where it stands elsewhere.
//!
//! ```text
//! begin ─▶ all are settled                                            ─▶ decide
//!      ╰─▶ the service is asked, the request held ─▶ (answered) finish ─▶ decide
//! ```
//!
//! The ladder of a limit whose bucket stands elsewhere is kept here, so a client on a rung that refuses it costs the service
//! nothing. Whatever the service does, a request is held no longer than for its timeout, and once it has failed the breaker
//! keeps requests from finding that out one by one.

#[cfg(test)]
mod tests;

use crate::{
    configuration::Calls,
    host::Host,
    metrics::Called,
    root::Plugin,
    service,
    store::Store,
    vm::{Answer, Memory},
};
use outwork_engine::{
    limits::{Charge, Charged, Outcome, Said, Scope, Unreachable, Word},
    time::Time,
};
use std::ops::Range;

/// The moment at which a request is judged, however often it is looked at.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// The time.
    pub now: Time,
    /// Random bytes for its ids.
    pub entropy: [u8; 16],
}

/// What is kept of a request while the service is asked.
#[derive(Debug)]
pub struct Asked {
    /// When it was judged first.
    pub moment: Moment,
    /// What is settled, by the buckets' keys: nothing is charged twice.
    settled: Vec<(u128, Charged)>,
    /// The keys that were asked about, with what was said of each so far.
    open: Vec<(u128, Option<Said>)>,
    /// How many calls are not answered yet.
    outstanding: usize,
}

/// A call, and which of the open charges it asks about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asking {
    /// Its number.
    pub call: u32,
    /// Their places.
    pub about: Range<usize>,
}

/// How far charging got.
pub(crate) enum Begun {
    /// To its end.
    Settled(Vec<Charged>),
    /// The service was asked, by these calls.
    Asked(Vec<Asking>, Asked),
}

/// Charges what stands here, and asks the service about the rest.
pub(crate) fn begin<H: Host>(
    host: &H,
    plugin: &Plugin,
    memory: &mut Memory,
    charges: &[Charge],
    moment: Moment,
) -> Begun {
    let (store, now) = (plugin.store(host), moment.now);
    let first = |charge: &Charge| match charge.scope {
        Scope::Local => Some(here(&store, memory, charge, now)),
        Scope::Global => standing(&store, memory, charge, now),
    };
    let settled: Vec<Option<Charged>> = charges.iter().map(first).collect();
    let open: Vec<&Charge> =
        charges.iter().zip(&settled).filter(|(_, settled)| settled.is_none()).map(|(charge, _)| charge).collect();
    let calls = ask(host, plugin, memory, &open, now);
    if !calls.is_empty() {
        let open = open.iter().map(|charge| (charge.key, None)).collect();
        let keys = charges.iter().map(|charge| charge.key);
        let settled = keys.zip(settled).filter_map(|(key, settled)| Some((key, settled?))).collect();
        let outstanding = calls.len();
        return Begun::Asked(calls, Asked { moment, settled, open, outstanding });
    }
    let rest = |(charge, settled): (&Charge, Option<Charged>)| {
        settled.unwrap_or_else(|| unreachable(&store, memory, charge, now))
    };
    Begun::Settled(charges.iter().zip(settled).map(rest).collect())
}

/// Settles what was asked. A policy that took the place of the one that asked may charge other buckets: those that stand
/// here are charged now, and nothing is asked a second time.
pub(crate) fn finish<H: Host>(
    host: &H,
    plugin: &Plugin,
    memory: &Memory,
    charges: &[Charge],
    asked: &Asked,
) -> Vec<Charged> {
    let (store, now) = (plugin.store(host), asked.moment.now);
    let settle = |charge: &Charge| {
        if let Some((_, charged)) = asked.settled.iter().find(|(key, _)| *key == charge.key) {
            return renumbered(*charged, charge.limit);
        }
        let said = asked.open.iter().find(|(key, _)| *key == charge.key).and_then(|(_, said)| *said);
        match (said, charge.scope) {
            (Some(said), _) => follow(&store, memory, charge, said, now),
            (None, Scope::Global) => unreachable(&store, memory, charge, now),
            (None, Scope::Local) => here(&store, memory, charge, now),
        }
    };
    charges.iter().map(settle).collect()
}

/// Charges all buckets here, wherever they stand otherwise: what the filter answers itself waits for no service.
pub(crate) fn all_here<H: Host>(
    host: &H,
    plugin: &Plugin,
    memory: &Memory,
    charges: &[Charge],
    now: Time,
) -> Vec<Charged> {
    let store = plugin.store(host);
    charges.iter().map(|charge| here(&store, memory, charge, now)).collect()
}

/// Takes in what came of a call, and notes how it went. Tells whether that was the last that was waited for.
pub(crate) fn hear<H: Host>(
    host: &H,
    plugin: &Plugin,
    memory: &mut Memory,
    (asked, about): (&mut Asked, Range<usize>),
    answer: Answer,
) -> bool {
    asked.outstanding = asked.outstanding.saturating_sub(1);
    let said = match answer {
        Answer::Bytes(size) => read(host, memory, about.len(), size),
        Answer::None => None,
    };
    match said {
        Some(said) => {
            let over = said.iter().any(|said| !said.admitted);
            memory.metrics.called(host, if over { Called::Over } else { Called::Ok });
            memory.reached(host);
            let places = asked.open.iter_mut().skip(about.start);
            places.zip(said).for_each(|((_, place), said)| *place = Some(said));
        }
        None => {
            let now = later(host, memory, asked);
            let late = answer == Answer::None && is_late(plugin, asked, now);
            memory.metrics.called(host, if late { Called::Timeout } else { Called::Error });
            memory.missed(host, now, late);
        }
    }
    asked.outstanding == 0
}

fn read<H: Host>(host: &H, memory: &Memory, asked: usize, size: usize) -> Option<Vec<Said>> {
    if size > service::LONGEST {
        return None;
    }
    let bytes = host.received(size).map_err(|failure| memory.metrics.failed(host, failure)).ok()?;
    service::answer(&bytes, asked)
}

/// Envoy's status says the same of a call that was late and of one that could not be made. Its timers count from when its
/// loop began the round, which may be a while before a request is judged.
fn is_late(plugin: &Plugin, asked: &Asked, now: Time) -> bool {
    let waited = now.0.saturating_sub(asked.moment.now.0);
    plugin.global.as_ref().is_some_and(|global| waited >= u64::from(global.timeout_ms) * 750)
}

/// The time after a call, which is not that at which its request is judged.
fn later<H: Host>(host: &H, memory: &Memory, asked: &Asked) -> Time {
    host.now().unwrap_or_else(|failure| {
        memory.metrics.failed(host, failure);
        asked.moment.now
    })
}

/// Asks the service, unless there is none or the breaker is open. What is asked is charged there.
fn ask<H: Host>(host: &H, plugin: &Plugin, memory: &mut Memory, open: &[&Charge], now: Time) -> Vec<Asking> {
    if open.is_empty() {
        return Vec::new();
    }
    let Some(global) = plugin.global.as_ref().filter(|_| memory.breaker.allows(now)) else {
        memory.metrics.called(host, Called::Skipped);
        return Vec::new();
    };
    let together = match global.calls {
        Calls::Together => open.len(),
        Calls::Apart => 1,
    };
    let name = |limit| plugin.policy.limits().get(usize::from(limit)).map_or("", |limit| limit.id.as_str());
    let (mut asking, mut start) = (Vec::new(), 0);
    for part in open.chunks(together) {
        let about = start..start + part.len();
        start = about.end;
        let question = service::question(&global.domain, part, name);
        match host.call(&global.cluster, (service::SERVICE, service::METHOD), &question, global.timeout_ms) {
            Ok(call) => asking.push(Asking { call, about }),
            Err(failure) => {
                memory.metrics.failed(host, failure);
                memory.metrics.called(host, Called::Error);
                memory.missed(host, now, false);
            }
        }
    }
    asking
}

/// A bucket here that cannot be reached is counted as a failure of the host.
fn here<H: Host>(store: &Store<'_, H>, memory: &Memory, charge: &Charge, now: Time) -> Charged {
    store.charge(charge, now).unwrap_or_else(|failure| {
        memory.metrics.failed(store.host(), failure);
        Charged::Unknown
    })
}

/// What the service said counts also where no ladder can be kept of it.
fn follow<H: Host>(store: &Store<'_, H>, memory: &Memory, charge: &Charge, said: Said, now: Time) -> Charged {
    store.follow(charge, said, now).unwrap_or_else(|failure| {
        memory.metrics.failed(store.host(), failure);
        charge.follow(Word::default(), said, now).0
    })
}

fn standing<H: Host>(store: &Store<'_, H>, memory: &Memory, charge: &Charge, now: Time) -> Option<Charged> {
    store.standing(charge, now).unwrap_or_else(|failure| {
        memory.metrics.failed(store.host(), failure);
        None
    })
}

/// What becomes of a charge whose bucket cannot be reached: the limit says whether one here takes its place.
fn unreachable<H: Host>(store: &Store<'_, H>, memory: &Memory, charge: &Charge, now: Time) -> Charged {
    match charge.unreachable {
        Unreachable::Local => here(store, memory, charge, now),
        Unreachable::Open | Unreachable::Closed => Charged::Unknown,
    }
}

/// The outcome under the place that its limit has in another policy.
fn renumbered(charged: Charged, limit: u16) -> Charged {
    match charged {
        Charged::Known(outcome) => Charged::Known(Outcome { limit, ..outcome }),
        Charged::Unknown => Charged::Unknown,
    }
}
