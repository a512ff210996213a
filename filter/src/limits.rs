//! What is counted of a policy's limits: how often each asked for what.

use crate::{
    host::{Host, Kind, Metric},
    metrics::Metrics,
};
use outwork_engine::{
    limits::{Charge, Charged, Limit, Rung},
    policy::Policy,
};

/// The limits of a policy.
#[derive(Debug, Default)]
pub struct Limits {
    // INVARIANT: in the order of the policy's limits.
    counters: Vec<Counters>,
    // INVARIANT: in the same order.
    made_up: Vec<bool>,
}

/// The counters of one limit.
#[derive(Debug)]
struct Counters {
    asks: [Option<Metric>; Rung::ALL.len()],
    unreachable: Option<Metric>,
}

impl Limits {
    /// The counters of a policy's limits, which exist from here on.
    pub fn new(host: &impl Host, metrics: &Metrics, policy: &Policy) -> Self {
        let limits = policy.limits();
        let made_up = limits.iter().map(Limit::makes_up_keys).collect();
        Self { counters: limits.iter().map(|limit| Counters::new(host, metrics, limit)).collect(), made_up }
    }

    /// Whether clients make up keys of a limit as they like.
    pub fn makes_up_keys(&self, limit: u16) -> bool {
        self.made_up.get(usize::from(limit)).copied().unwrap_or(true)
    }

    /// Counts what limits asked for. Where they refuse nobody, most requests count nothing.
    pub fn note(&self, host: &impl Host, metrics: &Metrics, charges: &[Charge], charged: &[Charged]) {
        for (charge, charged) in charges.iter().zip(charged) {
            let Some(counters) = self.counters.get(usize::from(charge.limit)) else { continue };
            match charged {
                Charged::Known(outcome) => {
                    let asks = outcome.asks.and_then(|rung| *counters.asks.get(rung as usize)?);
                    metrics.raise(host, asks);
                }
                Charged::Unknown => metrics.raise(host, counters.unreachable),
            }
        }
    }
}

impl Counters {
    /// A throttle and the rungs of the ladder: a limit asks for nothing else.
    fn new(host: &impl Host, metrics: &Metrics, limit: &Limit) -> Self {
        let id = &limit.id;
        let counter = |asks: &str| metrics.named(host, Kind::Counter, format!("outwork_limits.limit.{id}.asks.{asks}"));
        let may = |rung: &Rung| *rung == Rung::Throttle || limit.ladder.level_of(*rung) > 0;
        Self {
            asks: Rung::ALL.map(|rung| Some(rung).filter(may).and_then(|rung| counter(rung.name()))),
            unreachable: counter("unreachable"),
        }
    }
}
