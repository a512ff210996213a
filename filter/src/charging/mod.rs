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
    configuration::{Calls, Global},
    host::Host,
    metrics::Called,
    root::Plugin,
    service::{self, Heard},
    store::{Keys, Store},
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

/// What is kept of a request while the service is asked, or its body waited for.
#[derive(Debug)]
pub struct Asked {
    /// When it was judged first.
    pub moment: Moment,
    /// What is there of its body by now.
    pub body: Body,
    /// What is settled, by the buckets' keys: nothing is charged twice.
    settled: Vec<(u128, Charged)>,
    /// The keys that were asked about, with what was said of each so far.
    open: Vec<(u128, Option<Said>)>,
    /// Which keys may still be stored for it.
    keys: Keys,
    /// How many calls are not answered yet.
    outstanding: usize,
}

/// A request's body, while the rest is waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// It has none.
    Empty,
    /// It goes by.
    Passing,
    /// It is held back, and not all there yet.
    Awaited,
    /// It was held back and is here, all of it.
    Here(Vec<u8>),
    /// It was held back, and there is more than is bound, or the proxy does not show it. A policy that came meanwhile and binds
    /// more shall not take what was read for all of it.
    Unreadable,
}

impl Asked {
    /// A request of which everything is settled but its body.
    pub(crate) fn settled(moment: Moment, charges: &[Charge], charged: &[Charged]) -> Self {
        let settled = charges.iter().map(|charge| charge.key).zip(charged.iter().copied()).collect();
        Self { moment, body: Body::Awaited, settled, open: Vec::new(), keys: Keys::All, outstanding: 0 }
    }

    /// The same with what there is of its body.
    pub(crate) fn with(self, body: Body) -> Self {
        Self { body, ..self }
    }
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
    let mut till = Till::new(host, plugin, memory, moment.now);
    let settled = in_turn(plugin, charges, |charge| match charge.scope {
        Scope::Local => Some(till.here(charge)),
        Scope::Global if charge.cost == 0 => Some(till.follow(charge, FREE)),
        Scope::Global => till.standing(charge),
    });
    let keys = till.keys;
    let open = charges.iter().zip(&settled).filter(|(_, settled)| settled.is_none()).map(|(charge, _)| charge);
    let open: Vec<&Charge> = open.collect();
    let calls = ask(host, plugin, memory, &open, moment.now);
    if !calls.is_empty() {
        let open = open.iter().map(|charge| (charge.key, None)).collect();
        let buckets = charges.iter().map(|charge| charge.key);
        let settled = buckets.zip(settled).filter_map(|(key, settled)| Some((key, settled?))).collect();
        let outstanding = calls.len();
        return Begun::Asked(calls, Asked { moment, body: Body::Passing, settled, open, keys, outstanding });
    }
    let mut till = Till { keys, ..Till::new(host, plugin, memory, moment.now) };
    let rest = |(charge, settled): (&Charge, Option<Charged>)| settled.unwrap_or_else(|| till.unreachable(charge));
    Begun::Settled(charges.iter().zip(settled).map(rest).collect())
}

/// What costs no tokens is within any limit, and asked of no service: some take 0 for 1.
const FREE: Said = Said { admitted: true, remaining: None, reset: None };

/// Settles what was asked. A policy that took the place of the one that asked may charge other buckets: those that stand
/// here are charged now, and nothing is asked a second time.
pub(crate) fn finish<H: Host>(
    host: &H,
    plugin: &Plugin,
    memory: &Memory,
    charges: &[Charge],
    asked: &Asked,
) -> Vec<Charged> {
    let mut till = Till { keys: asked.keys, ..Till::new(host, plugin, memory, asked.moment.now) };
    let settle = |charge: &Charge| {
        if let Some((_, charged)) = asked.settled.iter().find(|(key, _)| *key == charge.key) {
            return renumbered(*charged, charge.limit);
        }
        let said = asked.open.iter().find(|(key, _)| *key == charge.key).and_then(|(_, said)| *said);
        match (said, charge.scope) {
            (Some(said), _) => till.follow(charge, said),
            (None, Scope::Global) => till.unreachable(charge),
            (None, Scope::Local) => till.here(charge),
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
    let mut till = Till::new(host, plugin, memory, now);
    in_turn(plugin, charges, |charge| till.here(charge))
}

/// Charges those first whose keys a client cannot make up; what came of each, in the order of the charges.
fn in_turn<T>(plugin: &Plugin, charges: &[Charge], mut settle: impl FnMut(&Charge) -> T) -> Vec<T> {
    let made_up = |charge: &Charge| plugin.limits.makes_up_keys(charge.limit);
    if charges.is_sorted_by_key(made_up) {
        return charges.iter().map(settle).collect();
    }
    let mut places: Vec<usize> = (0..charges.len()).collect();
    places.sort_by_key(|place| charges.get(*place).is_some_and(made_up));
    let turns = places.into_iter().filter_map(|place| Some((place, settle(charges.get(place)?))));
    let mut settled: Vec<(usize, T)> = turns.collect();
    settled.sort_by_key(|(place, _)| *place);
    settled.into_iter().map(|(_, settled)| settled).collect()
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
    let cluster = plugin.global.as_ref().map_or("", |global| global.cluster.as_str());
    match said {
        Some(heard) => {
            memory.metrics.called(host, heard.called());
            memory.breakers.reached(host, &memory.metrics, cluster);
            let places = asked.open.iter_mut().skip(about.start);
            places.zip(heard.said).for_each(|((_, place), said)| *place = Some(said));
        }
        None => {
            let now = later(host, memory, asked);
            if answer == Answer::None && is_late(plugin, asked, now) {
                memory.metrics.called(host, Called::Timeout);
                memory.breakers.late(host, &memory.metrics, cluster, now);
            } else {
                memory.metrics.called(host, Called::Error);
                memory.breakers.failed(host, &memory.metrics, cluster, now);
            }
        }
    }
    asked.outstanding == 0
}

fn read<H: Host>(host: &H, memory: &Memory, asked: usize, size: usize) -> Option<Heard> {
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
    let allowed = |global: &&Global| memory.breakers.allow(&global.cluster, now);
    let Some(global) = plugin.global.as_ref().filter(allowed) else {
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
                memory.breakers.failed(host, &memory.metrics, &global.cluster, now);
            }
        }
    }
    asking
}

/// Charges the buckets of one request that stand here.
///
/// Once one of them goes on refusing, the others make no new words: a client that is refused by what it cannot choose would push
/// out other clients' buckets by accounts, paths and sessions that it makes up.
struct Till<'a, H> {
    store: Store<'a, H>,
    memory: &'a Memory,
    now: Time,
    keys: Keys,
}

impl<'a, H: Host> Till<'a, H> {
    fn new(host: &'a H, plugin: &Plugin, memory: &'a Memory, now: Time) -> Self {
        Self { store: plugin.store(host), memory, now, keys: Keys::All }
    }

    /// A bucket here that cannot be reached is counted as a failure of the host.
    fn here(&mut self, charge: &Charge) -> Charged {
        let charged = self.store.charge(charge, &mut self.keys, self.now);
        charged.unwrap_or_else(|failure| {
            self.memory.metrics.failed(self.store.host(), failure);
            Charged::Unknown
        })
    }

    /// What the service said counts also where no ladder can be kept of it.
    fn follow(&mut self, charge: &Charge, said: Said) -> Charged {
        let charged = self.store.follow(charge, said, &mut self.keys, self.now);
        charged.unwrap_or_else(|failure| {
            self.memory.metrics.failed(self.store.host(), failure);
            charge.follow(Word::default(), said, self.now).0
        })
    }

    fn standing(&mut self, charge: &Charge) -> Option<Charged> {
        self.store.standing(charge, &mut self.keys, self.now).unwrap_or_else(|failure| {
            self.memory.metrics.failed(self.store.host(), failure);
            None
        })
    }

    /// What becomes of a charge whose bucket cannot be reached: the limit says whether one here takes its place.
    fn unreachable(&mut self, charge: &Charge) -> Charged {
        match charge.unreachable {
            Unreachable::Local => self.here(charge),
            Unreachable::Open | Unreachable::Closed => Charged::Unknown,
        }
    }
}

/// The outcome under the place that its limit has in another policy.
fn renumbered(charged: Charged, limit: u16) -> Charged {
    match charged {
        Charged::Known(outcome) => Charged::Known(Outcome { limit, ..outcome }),
        Charged::Unknown => Charged::Unknown,
    }
}
