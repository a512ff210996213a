//! Where the buckets of limits stand, and which of those places answer.

use std::collections::BTreeSet;

use outwork_engine::{
    limits::{Breaker, Charge, Limit, Scope},
    time::Time,
};

/// How the name of a Rate Limiting binding begins; the limit's id follows.
const PREFIX: &str = "OUTWORK_LIMIT_";

/// Where the buckets of a policy's limits stand.
pub(crate) struct Places {
    // INVARIANT: one a limit of the policy, in its order.
    limits: Vec<Standing>,
    shards: usize,
    /// The Rate Limiting bindings, by name.
    counters: Vec<String>,
    // INVARIANT: one a shard, then one a counter. What is overloaded or gone shuts out no other.
    breakers: Vec<Breaker>,
}

struct Standing {
    bound: Bound,
    /// Whether its clients make up keys of it.
    made_up: bool,
}

/// What holds a limit's buckets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bound {
    Here,
    Objects,
    Counter(usize),
    Nowhere,
}

/// Where one bucket stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// With this isolate.
    Here,
    /// In the Durable Object of this shard.
    Object(usize),
    /// At the Rate Limiting binding of this number.
    Counter(usize),
    /// Nowhere: no binding holds it.
    Nowhere,
}

impl Places {
    /// Works out where each limit stands. The first line of `bindings` says over how many Durable Objects keys are spread, 0
    /// where there are none; each further one names a Rate Limiting binding.
    pub(crate) fn new(limits: &[Limit], bindings: &str) -> Self {
        let mut lines = bindings.lines();
        let shards: usize = lines.next().and_then(|shards| shards.parse().ok()).unwrap_or(0);
        let counters: Vec<String> = lines.map(str::to_owned).collect();
        let standing = |limit: &Limit| Standing {
            bound: match (limit.scope, counters.iter().position(|name| *name == binding_of(&limit.id))) {
                (Scope::Local, _) => Bound::Here,
                (Scope::Global, Some(counter)) => Bound::Counter(counter),
                (Scope::Global, None) if shards > 0 => Bound::Objects,
                (Scope::Global, None) => Bound::Nowhere,
            },
            made_up: limit.makes_up_keys(),
        };
        let limits = limits.iter().map(standing).collect();
        let breakers = vec![Breaker::default(); shards + counters.len()];
        Self { limits, shards, counters, breakers }
    }

    /// The limits that no binding holds, by their places in the policy.
    pub(crate) fn unplaced(&self) -> impl Iterator<Item = usize> {
        let places = self.limits.iter().enumerate();
        places.filter(|(_, standing)| standing.bound == Bound::Nowhere).map(|(at, _)| at)
    }

    /// The Rate Limiting bindings that hold no limit.
    pub(crate) fn unused(&self) -> impl Iterator<Item = &str> {
        let used: BTreeSet<usize> = self.limits.iter().filter_map(|standing| standing.bound.counter()).collect();
        self.counters.iter().enumerate().filter(move |(at, _)| !used.contains(at)).map(|(_, name)| name.as_str())
    }

    /// Where a charge's bucket stands.
    pub(crate) fn of(&self, charge: &Charge) -> Place {
        match self.standing(charge).map(|standing| standing.bound) {
            None | Some(Bound::Here) => Place::Here,
            Some(Bound::Nowhere) => Place::Nowhere,
            Some(Bound::Counter(counter)) => Place::Counter(counter),
            Some(Bound::Objects) => {
                let shards = u128::try_from(self.shards.max(1)).unwrap_or(1);
                Place::Object(usize::try_from(charge.key % shards).unwrap_or(0))
            }
        }
    }

    /// In which order charges are made, by their places in the list: what stands here and has keys that nobody makes up decides first
    /// whether the request is refused.
    pub(crate) fn order(&self, charges: &[Charge]) -> Vec<usize> {
        let rank =
            |charge: &Charge| self.standing(charge).map(|standing| (standing.bound != Bound::Here, standing.made_up));
        let mut order: Vec<_> = charges.iter().map(rank).enumerate().collect();
        order.sort_by_key(|(_, rank)| *rank);
        order.into_iter().map(|(at, _)| at).collect()
    }

    /// The name of a Rate Limiting binding.
    pub(crate) fn name(&self, counter: usize) -> &str {
        self.counters.get(counter).map_or("", String::as_str)
    }

    /// Whether who holds a charge's bucket is to be asked now.
    pub(crate) fn allows(&mut self, charge: &Charge, now: Time) -> bool {
        self.breaker(self.desk(charge)).is_some_and(|breaker| breaker.allows(now))
    }

    /// It answered.
    pub(crate) fn answered(&mut self, charge: &Charge) {
        if let Some(breaker) = self.breaker(self.desk(charge)) {
            breaker.succeeded();
        }
    }

    /// The number of the Durable Object or the binding that a charge is made at.
    pub(crate) fn desk(&self, charge: &Charge) -> Option<usize> {
        match self.of(charge) {
            Place::Object(shard) => Some(shard),
            Place::Counter(counter) => Some(self.shards + counter),
            Place::Here | Place::Nowhere => None,
        }
    }

    /// A desk did not answer, or not in time. What fails at once costs nobody a wait, so that it counts as no more than what is
    /// late.
    pub(crate) fn failed(&mut self, desk: usize, now: Time) {
        if let Some(breaker) = self.breaker(Some(desk)) {
            breaker.late(now);
        }
    }

    fn breaker(&mut self, desk: Option<usize>) -> Option<&mut Breaker> {
        self.breakers.get_mut(desk?)
    }

    fn standing(&self, charge: &Charge) -> Option<&Standing> {
        self.limits.get(usize::from(charge.limit))
    }
}

impl Bound {
    fn counter(self) -> Option<usize> {
        match self {
            Self::Counter(counter) => Some(counter),
            Self::Here | Self::Objects | Self::Nowhere => None,
        }
    }
}

/// The name of the Rate Limiting binding that takes the place of the Durable Objects for a limit.
fn binding_of(id: &str) -> String {
    let name = id.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' });
    PREFIX.chars().chain(name).collect()
}

#[cfg(test)]
mod tests {
    use outwork_engine::{
        limits::{KeyPart, Mercy},
        risk::Band,
    };

    use super::*;

    fn limit(id: &str, scope: Scope, part: KeyPart) -> Limit {
        Limit { id: id.into(), scope, key: vec![part], ..Limit::default() }
    }

    fn limits() -> [Limit; 4] {
        [
            limit("by.path", Scope::Local, KeyPart::Path),
            limit("login.per-ip", Scope::Global, KeyPart::Ip),
            limit("other", Scope::Global, KeyPart::Account),
            limit("by.ip", Scope::Local, KeyPart::Ip),
        ]
    }

    fn charges() -> Vec<Charge> {
        let charges = (0..).zip(limits()).map(|(place, limit)| limit.charge(place, 21, Band::Low, Mercy::None));
        charges.collect()
    }

    #[test]
    fn a_limit_stands_where_it_is_bound() {
        let of = |bindings| {
            let places = Places::new(&limits(), bindings);
            let all: Vec<_> = charges().iter().map(|charge| places.of(charge)).collect();
            (all, places.unplaced().collect::<Vec<_>>(), places.unused().map(str::to_owned).collect::<Vec<_>>())
        };
        let (here, nowhere) = (Place::Here, Place::Nowhere);
        assert_eq!(of("0"), (vec![here, nowhere, nowhere, here], vec![1, 2], vec![]));
        assert_eq!(of("8"), (vec![here, Place::Object(5), Place::Object(5), here], vec![], vec![]));
        let bound = of("8\nOUTWORK_LIMIT_BY_IP\nOUTWORK_LIMIT_LOGIN_PER_IP\nOUTWORK_LIMIT_OTHR");
        assert_eq!(bound.0, [here, Place::Counter(1), Place::Object(5), here]);
        assert_eq!(bound.2, ["OUTWORK_LIMIT_BY_IP", "OUTWORK_LIMIT_OTHR"], "one of a local limit, one misspelt");
    }

    #[test]
    fn what_clients_make_up_is_charged_last() {
        assert_eq!(Places::new(&limits(), "8").order(&charges()), [3, 0, 1, 2]);
    }

    #[test]
    fn every_shard_and_every_counter_is_a_desk() {
        let places = Places::new(&limits(), "8\nOUTWORK_LIMIT_OTHER");
        let desks: Vec<_> = charges().iter().map(|charge| places.desk(charge)).collect();
        assert_eq!(desks, [None, Some(5), Some(8), None]);
    }
}
