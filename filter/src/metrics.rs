//! What is counted. Envoy shows it as `wasmcustom.` + name, and to Prometheus by the bare name.

use crate::host::{Call, Failure, Host, Kind, Level, Metric};
use outwork_engine::{agents::Outcome, decision::Verdict, directories::FetchError, endpoint::Endpoint};
use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
};

const VERDICTS: usize = Verdict::ALL.len();
const CALLS: usize = Call::ALL.len();
const ENDPOINTS: usize = Endpoint::ALL.len();

/// The classes of an endpoint's status; it has no other.
const CLASSES: [&str; 3] = ["2xx", "3xx", "4xx"];

/// How a call to the rate-limit service went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Called {
    /// It admits.
    Ok,
    /// It admits, and says that it knows no such limit.
    Unknown,
    /// It does not.
    Over,
    /// It did not answer in time.
    Timeout,
    /// It could not be reached, or what it answered is no answer.
    Error,
    /// It was not asked: none is configured, or it has just failed.
    Skipped,
}

/// In their order.
const CALLED: [&str; 6] = ["ok", "unknown", "over", "timeout", "error", "skipped"];

/// The outcomes of signatures, in their order.
const INTRODUCED: [&str; 3] = ["verified", "invalid", "unverifiable"];

/// What came of fetching a directory, besides what makes an answer none.
const FETCHED: [&str; 2] = ["ok", "unreachable"];

/// The metrics of one VM. Each is defined once: a hostcall that defines one again makes the proxy remember it again.
#[derive(Debug, Default)]
pub struct Metrics {
    defined: Option<Defined>,
    // Those whose names come of policies.
    named: RefCell<BTreeMap<String, (Kind, Metric)>>,
    /// How often each call failed in this VM.
    failures: [Cell<u64>; CALLS],
}

#[derive(Clone, Copy, Debug)]
struct Defined {
    verdicts: [Metric; VERDICTS],
    records: Metric,
    errors: [Metric; CALLS],
    endpoints: [[Metric; CLASSES.len()]; ENDPOINTS],
    called: [Metric; CALLED.len()],
    fetched: [Metric; FETCHED.len() + FetchError::ALL.len()],
    introduced: [Metric; INTRODUCED.len()],
    breaker: Metric,
    reload_ok: Metric,
    reload_rejected: Metric,
}

impl Metrics {
    /// Defines what is not defined yet.
    pub fn define(&mut self, host: &impl Host) {
        if self.defined.is_none() {
            match Defined::new(host) {
                Ok(defined) => self.defined = Some(defined),
                Err(failure) => self.failed(host, failure),
            }
        }
    }

    /// A decision was made.
    pub fn decided(&self, host: &impl Host, verdict: Verdict) {
        self.add(host, |defined| defined.verdicts.get(verdict as usize).copied());
    }

    /// A record was left.
    pub fn recorded(&self, host: &impl Host) {
        self.add(host, |defined| Some(defined.records));
    }

    /// An endpoint answered.
    pub fn served(&self, host: &impl Host, endpoint: Endpoint, status: u16) {
        let class = usize::from(status / 100).saturating_sub(2);
        self.add(host, |defined| defined.endpoints.get(endpoint as usize)?.get(class).copied());
    }

    /// The rate-limit service was asked, or should have been.
    pub fn called(&self, host: &impl Host, called: Called) {
        self.add(host, |defined| defined.called.get(called as usize).copied());
    }

    /// A directory was fetched, or was not.
    pub fn fetched(&self, host: &impl Host, result: Result<(), Option<FetchError>>) {
        let place = match result {
            Ok(()) => 0,
            Err(None) => 1,
            Err(Some(error)) => FETCHED.len() + error as usize,
        };
        self.add(host, |defined| defined.fetched.get(place).copied());
    }

    /// A signature introduced an agent.
    pub fn introduced(&self, host: &impl Host, outcome: Outcome) {
        self.add(host, |defined| defined.introduced.get(outcome as usize).copied());
    }

    /// The breaker in front of it opened or closed.
    pub fn breaker(&self, host: &impl Host, is_open: bool) {
        if let Some(defined) = &self.defined {
            self.set(host, defined.breaker, is_open.into());
        }
    }

    /// A bundle took the place of another, or is the first.
    pub fn loaded(&self, host: &impl Host, name: &str, before: Option<Vec<u8>>) {
        if let Some(before) = before {
            self.add(host, |defined| Some(defined.reload_ok));
            self.bundle(host, &String::from_utf8_lossy(&before), 0);
        }
        self.bundle(host, name, 1);
    }

    /// A configuration was refused.
    pub fn rejected(&self, host: &impl Host) {
        self.add(host, |defined| Some(defined.reload_rejected));
    }

    /// A metric whose name a policy gives; none where the proxy does not define it.
    pub fn named(&self, host: &impl Host, kind: Kind, name: String) -> Option<Metric> {
        let mut named = self.named.borrow_mut();
        if let Some((_, metric)) = named.get(&name) {
            return Some(*metric);
        }
        match host.define(kind, &name) {
            Ok(metric) => {
                named.insert(name, (kind, metric));
                Some(metric)
            }
            Err(failure) => {
                self.failed(host, failure);
                None
            }
        }
    }

    /// Adds one to a counter, where there is one.
    pub fn raise(&self, host: &impl Host, counter: Option<Metric>) {
        self.add(host, |_| counter);
    }

    /// Sets a gauge.
    pub fn set(&self, host: &impl Host, gauge: Metric, value: u64) {
        if let Err(failure) = host.gauge(gauge, value) {
            self.failed(host, failure);
        }
    }

    /// Sets every gauge whose name a policy gave to 0: what it told was of that policy.
    pub fn reset(&self, host: &impl Host) {
        for (_, gauge) in self.named.borrow().values().filter(|(kind, _)| *kind == Kind::Gauge) {
            self.set(host, *gauge, 0);
        }
    }

    /// A hostcall failed. The log gets the first, the second, the fourth, … of each kind: it must not be filled by it.
    pub fn failed(&self, host: &impl Host, failure: Failure) {
        let Some(count) = self.failures.get(failure.call as usize) else { return };
        count.set(count.get().saturating_add(1));
        if count.get().is_power_of_two() {
            let (call, status, count) = (failure.call.name(), failure.status, count.get());
            host.log(Level::Warn, &format!("outwork: `{call}` failed with status {status}, {count} times so far"));
        }
        if failure.call != Call::Metric {
            self.add(host, |defined| defined.errors.get(failure.call as usize).copied());
        }
    }

    fn add(&self, host: &impl Host, metric: impl FnOnce(&Defined) -> Option<Metric>) {
        let Some(metric) = self.defined.as_ref().and_then(metric) else { return };
        if let Err(failure) = host.count(metric, 1) {
            self.failed(host, failure);
        }
    }

    /// The gauge of a bundle: 1 while it is in use. A dot would end the name in Envoy's tags.
    fn bundle(&self, host: &impl Host, name: &str, value: u64) {
        let name = format!("outwork_bundle.name.{}", name.replace('.', "_"));
        let set = host.define(Kind::Gauge, &name).and_then(|gauge| host.gauge(gauge, value));
        if let Err(failure) = set {
            self.failed(host, failure);
        }
    }
}

impl Defined {
    fn new(host: &impl Host) -> Result<Self, Failure> {
        let counter = |name: &str| host.define(Kind::Counter, name);
        let mut verdicts = [Metric(0); VERDICTS];
        for (place, verdict) in verdicts.iter_mut().zip(Verdict::ALL) {
            *place = counter(&format!("outwork_decisions.verdict.{}", verdict.name()))?;
        }
        let records = counter("outwork_records")?;
        let mut errors = [Metric(0); CALLS];
        for (place, call) in errors.iter_mut().zip(Call::ALL) {
            *place = counter(&format!("outwork_request_errors.call.{}", call.name()))?;
        }
        let mut endpoints = [[Metric(0); CLASSES.len()]; ENDPOINTS];
        for (places, endpoint) in endpoints.iter_mut().zip(Endpoint::ALL) {
            for (place, class) in places.iter_mut().zip(CLASSES) {
                *place = counter(&format!("outwork_endpoints.endpoint.{}.class.{class}", endpoint.name()))?;
            }
        }
        let mut called = [Metric(0); CALLED.len()];
        for (place, result) in called.iter_mut().zip(CALLED) {
            *place = counter(&format!("outwork_limit_calls.result.{result}"))?;
        }
        let mut fetched = [Metric(0); FETCHED.len() + FetchError::ALL.len()];
        let results = FETCHED.into_iter().chain(FetchError::ALL.map(FetchError::name));
        for (place, result) in fetched.iter_mut().zip(results) {
            *place = counter(&format!("outwork_directories.result.{result}"))?;
        }
        let mut introduced = [Metric(0); INTRODUCED.len()];
        for (place, outcome) in introduced.iter_mut().zip(INTRODUCED) {
            *place = counter(&format!("outwork_agents.outcome.{outcome}"))?;
        }
        let breaker = host.define(Kind::Gauge, "outwork_limit_breaker")?;
        let reload = |result| counter(&format!("outwork_reload.{result}"));
        let (reload_ok, reload_rejected) = (reload("ok")?, reload("rejected")?);
        Ok(Self {
            verdicts,
            records,
            errors,
            endpoints,
            called,
            fetched,
            introduced,
            breaker,
            reload_ok,
            reload_rejected,
        })
    }
}
