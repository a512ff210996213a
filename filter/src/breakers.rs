//! One breaker for each rate-limit service: what one does says nothing of another.

use crate::{host::Host, metrics::Metrics};
use outwork_engine::{limits::Breaker, time::Time};
use std::collections::BTreeMap;

/// The breakers of one VM, by the clusters of their services.
#[derive(Debug, Default)]
pub struct Breakers(BTreeMap<String, Breaker>);

impl Breakers {
    /// Whether a service is to be asked.
    pub fn allow(&mut self, cluster: &str, now: Time) -> bool {
        self.of(cluster).allows(now)
    }

    /// It answered.
    pub fn reached(&mut self, host: &impl Host, metrics: &Metrics, cluster: &str) {
        self.change(host, metrics, cluster, Breaker::succeeded);
    }

    /// It was asked, and did not answer in time.
    pub fn late(&mut self, host: &impl Host, metrics: &Metrics, cluster: &str, now: Time) {
        self.change(host, metrics, cluster, |breaker| breaker.late(now));
    }

    /// It could not be asked, or what it said is no answer.
    pub fn failed(&mut self, host: &impl Host, metrics: &Metrics, cluster: &str, now: Time) {
        self.change(host, metrics, cluster, |breaker| breaker.failed(now));
    }

    /// Forgets all but these.
    pub fn keep(&mut self, clusters: &[&str]) {
        self.0.retain(|known, _| clusters.contains(&known.as_str()));
    }

    fn change(&mut self, host: &impl Host, metrics: &Metrics, cluster: &str, change: impl FnOnce(&mut Breaker)) {
        let breaker = self.of(cluster);
        let before = breaker.is_open();
        change(breaker);
        let after = breaker.is_open();
        if before != after {
            metrics.breaker(host, after);
        }
    }

    fn of(&mut self, cluster: &str) -> &mut Breaker {
        self.0.entry(cluster.to_owned()).or_default()
    }
}
