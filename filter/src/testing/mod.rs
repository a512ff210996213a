//! A proxy made of memory, for tests.

mod bundle;

pub(crate) use bundle::{Small, device_model};

use crate::{
    host::{Call, Failure, Host, Kind, Level, Metric},
    vm::Vm,
};
use outwork_engine::time::Time;
use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
};

/// One key.
pub(crate) const KEYS: &str = "k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

/// A VM without a plugin, in a proxy with a clock and keys.
pub(crate) fn vm() -> Vm<Memory> {
    let vm = Vm::new(Memory::default());
    vm.host().now.set(1_795_305_600_000_000);
    vm.host().keys.replace(Some(KEYS.into()));
    vm
}

/// Configures a root context.
pub(crate) fn configure(vm: &mut Vm<Memory>, root: u32, configuration: &str) -> bool {
    vm.host().configuration.replace(configuration.into());
    vm.create(root, 0);
    vm.configure(root, configuration.len())
}

/// A VM whose root context 1 runs a policy.
pub(crate) fn running(policy: &Small) -> Vm<Memory> {
    let mut vm = vm();
    assert!(configure(&mut vm, 1, &policy.configuration()));
    vm
}

/// A reply as the proxy would send it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sent {
    pub(crate) status: u16,
    pub(crate) details: String,
    pub(crate) headers: Vec<u8>,
    pub(crate) body: String,
}

type Stamped = (Vec<u8>, u32);
type Headers = Vec<(String, Vec<u8>)>;
type Meanwhile = fn(&Memory, &[u8]);

#[derive(Debug, Default)]
pub(crate) struct Memory {
    pub(crate) now: Cell<u64>,
    pub(crate) fills: Cell<usize>,
    pub(crate) headers: RefCell<Headers>,
    pub(crate) trailers: RefCell<Headers>,
    pub(crate) body: RefCell<Vec<u8>>,
    /// How much of a body was asked for last.
    pub(crate) most: Cell<usize>,
    pub(crate) properties: RefCell<HashMap<String, Vec<u8>>>,
    pub(crate) asked: RefCell<Vec<String>>,
    pub(crate) state: RefCell<HashMap<String, String>>,
    pub(crate) reply: RefCell<Option<Sent>>,
    pub(crate) metrics: RefCell<Vec<(String, i64)>>,
    pub(crate) shared: RefCell<HashMap<Vec<u8>, Stamped>>,
    /// Called before each write to the shared data, as another thread would be.
    pub(crate) meanwhile: RefCell<Option<Meanwhile>>,
    pub(crate) configuration: RefCell<Vec<u8>>,
    pub(crate) keys: RefCell<Option<String>>,
    pub(crate) dead: RefCell<Vec<u32>>,
    pub(crate) log: RefCell<Vec<(Level, String)>>,
    /// The calls to services: the cluster, the message, the timeout.
    pub(crate) calls: RefCell<Vec<(String, Vec<u8>, u32)>>,
    /// What the service answered last.
    pub(crate) answer: RefCell<Vec<u8>>,
    /// What was fetched: the cluster, the header map, the timeout.
    pub(crate) fetches: RefCell<Vec<(String, Vec<u8>, u32)>>,
    /// What the last fetch was answered: a header map, and a body.
    pub(crate) fetched: RefCell<(Vec<u8>, Vec<u8>)>,
    /// The periods of the timer, in their order.
    pub(crate) ticks: RefCell<Vec<u32>>,
    /// For which context the proxy acts.
    pub(crate) acts_for: Cell<u32>,
    /// The headers of requests that are held, by their contexts.
    pub(crate) held: RefCell<HashMap<u32, Headers>>,
    /// Which of them went on.
    pub(crate) resumed_for: RefCell<Vec<u32>>,
    /// For which contexts a reply was sent.
    pub(crate) replied: RefCell<Vec<u32>>,
    /// How many requests that were held went on.
    pub(crate) resumed: Cell<usize>,
    broken: Cell<Option<Call>>,
}

impl Memory {
    pub(crate) fn break_call(&self, call: Call) {
        self.broken.set(Some(call));
    }

    pub(crate) fn repair(&self) {
        self.broken.set(None);
    }

    /// Takes note that the request at hand is that of a context, and is held.
    pub(crate) fn hold(&self, context: u32) {
        self.held.borrow_mut().insert(context, self.headers.borrow().clone());
        self.acts_for.set(context);
    }

    fn act_for(&self, context: u32) {
        let mut held = self.held.borrow_mut();
        if let Some(headers) = held.get(&context).cloned() {
            let before = self.headers.replace(headers);
            held.entry(self.acts_for.get()).and_modify(|headers| *headers = before);
        }
        self.acts_for.set(context);
    }

    pub(crate) fn metric(&self, name: &str) -> i64 {
        self.metrics.borrow().iter().find(|(known, _)| known == name).map_or(0, |(_, value)| *value)
    }

    pub(crate) fn header(&self, name: &str) -> Vec<String> {
        let headers = self.headers.borrow();
        let values = headers.iter().filter(|(known, _)| known == name);
        values.map(|(_, value)| String::from_utf8_lossy(value).into_owned()).collect()
    }

    /// A `GET /` over HTTP/2 from 203.0.113.7, with these headers of the client's, some of which may be pseudo-headers.
    pub(crate) fn request(&self, headers: &[(&str, &str)]) {
        let line = [(":method", "GET"), (":scheme", "https"), (":authority", "shop.example"), (":path", "/")];
        let own = [("x-forwarded-proto", "https"), ("x-request-id", "1")];
        let line = line.iter().filter(|(name, _)| headers.iter().all(|(known, _)| known != name));
        let pairs = line.chain(headers).chain(&own);
        *self.headers.borrow_mut() = pairs.map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let connection = "addr=203.0.113.7 id=1 ja4=t13d1516h2_8daaf6152771_02713d6af862 ja3=- version=TLSv1.3 sni=-";
        let mut properties = self.properties.borrow_mut();
        properties.insert("filter_state/outwork.connection".into(), connection.into());
        properties.insert("request/protocol".into(), b"HTTP/2".into());
        self.reply.replace(None);
        self.state.borrow_mut().clear();
    }

    fn works(&self, call: Call) -> Result<(), Failure> {
        if self.broken.get() == Some(call) { Err(Failure { call, status: 10 }) } else { Ok(()) }
    }
}

fn serialised(headers: &Headers) -> Vec<u8> {
    let mut bytes = u32::try_from(headers.len()).unwrap().to_le_bytes().to_vec();
    for (name, value) in headers {
        bytes.extend(u32::try_from(name.len()).unwrap().to_le_bytes());
        bytes.extend(u32::try_from(value.len()).unwrap().to_le_bytes());
    }
    for (name, value) in headers {
        bytes.extend(name.as_bytes());
        bytes.push(0);
        bytes.extend(value);
        bytes.push(0);
    }
    bytes
}

impl Host for Memory {
    fn now(&self) -> Result<Time, Failure> {
        self.works(Call::Clock).map(|()| Time(self.now.get()))
    }

    fn fill(&self, bytes: &mut [u8]) -> Result<(), Failure> {
        self.works(Call::Entropy)?;
        self.fills.set(self.fills.get() + 1);
        for (at, chunk) in bytes.chunks_mut(8).enumerate() {
            let value = ((self.fills.get() as u64) << 32 | at as u64).to_le_bytes();
            chunk.copy_from_slice(&value[..chunk.len()]);
        }
        Ok(())
    }

    fn request_headers(&self) -> Result<Vec<u8>, Failure> {
        self.works(Call::Headers)?;
        Ok(serialised(&self.headers.borrow()))
    }

    fn trailers(&self) -> Result<Vec<u8>, Failure> {
        self.works(Call::Headers)?;
        Ok(serialised(&self.trailers.borrow()))
    }

    fn add_trailer(&self, name: &[u8], value: &[u8]) -> Result<(), Failure> {
        self.works(Call::Edit)?;
        self.trailers.borrow_mut().push((String::from_utf8(name.into()).unwrap(), value.into()));
        Ok(())
    }

    fn remove_trailer(&self, name: &[u8]) -> Result<(), Failure> {
        self.works(Call::Edit)?;
        self.trailers.borrow_mut().retain(|(known, _)| known.as_bytes() != name);
        Ok(())
    }

    fn request_body(&self, most: usize) -> Result<Vec<u8>, Failure> {
        self.works(Call::Body)?;
        self.most.set(most);
        Ok(self.body.borrow().iter().copied().take(most).collect())
    }

    fn add_header(&self, name: &[u8], value: &[u8]) -> Result<(), Failure> {
        self.works(Call::Edit)?;
        self.headers.borrow_mut().push((String::from_utf8(name.into()).unwrap(), value.into()));
        Ok(())
    }

    fn remove_header(&self, name: &[u8]) -> Result<(), Failure> {
        self.works(Call::Edit)?;
        self.headers.borrow_mut().retain(|(known, _)| known.as_bytes() != name);
        Ok(())
    }

    fn property(&self, call: Call, path: &[u8]) -> Result<Option<Vec<u8>>, Failure> {
        let path = String::from_utf8(path.into()).unwrap().replace('\0', "/");
        self.asked.borrow_mut().push(path.clone());
        self.works(call)?;
        let state = || self.state.borrow().get(&path).map(|value| value.clone().into_bytes());
        Ok(self.properties.borrow().get(&path).cloned().or_else(state))
    }

    fn set_property(&self, name: &[u8], value: &[u8]) -> Result<(), Failure> {
        self.works(Call::State)?;
        let text = |bytes: &[u8]| String::from_utf8(bytes.into()).unwrap();
        self.state.borrow_mut().insert(text(name), text(value));
        Ok(())
    }

    fn reply(&self, status: u16, details: &str, headers: &[u8], body: &[u8]) -> Result<(), Failure> {
        self.works(Call::Reply)?;
        let body = String::from_utf8(body.into()).unwrap();
        self.replied.borrow_mut().push(self.acts_for.get());
        *self.reply.borrow_mut() = Some(Sent { status, details: details.into(), headers: headers.into(), body });
        Ok(())
    }

    fn define(&self, _kind: Kind, name: &str) -> Result<Metric, Failure> {
        self.works(Call::Metric)?;
        let mut metrics = self.metrics.borrow_mut();
        let place = metrics.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
            metrics.push((name.into(), 0));
            metrics.len() - 1
        });
        Ok(Metric(u32::try_from(place).unwrap()))
    }

    fn count(&self, metric: Metric, by: i64) -> Result<(), Failure> {
        self.works(Call::Metric)?;
        self.metrics.borrow_mut()[metric.0 as usize].1 += by;
        Ok(())
    }

    fn gauge(&self, metric: Metric, value: u64) -> Result<(), Failure> {
        self.works(Call::Metric)?;
        self.metrics.borrow_mut()[metric.0 as usize].1 = i64::try_from(value).unwrap();
        Ok(())
    }

    fn shared(&self, key: &[u8]) -> Result<Option<(Vec<u8>, u32)>, Failure> {
        self.works(Call::Store).map(|()| self.shared.borrow().get(key).cloned())
    }

    fn share(&self, key: &[u8], value: &[u8], stamp: Option<u32>) -> Result<bool, Failure> {
        self.works(Call::Store)?;
        let meanwhile = self.meanwhile.borrow_mut().take();
        if let Some(meanwhile) = meanwhile {
            meanwhile(self, key);
        }
        let known = self.shared.borrow().get(key).map(|(_, stamp)| *stamp);
        if known.is_some() && stamp.is_some() && known != stamp {
            return Ok(false);
        }
        self.shared.borrow_mut().insert(key.into(), (value.into(), known.unwrap_or(0) + 1));
        Ok(true)
    }

    fn call(&self, cluster: &str, _: (&str, &str), message: &[u8], timeout_ms: u32) -> Result<u32, Failure> {
        self.works(Call::Service)?;
        let mut calls = self.calls.borrow_mut();
        calls.push((cluster.into(), message.into(), timeout_ms));
        Ok(u32::try_from(calls.len()).unwrap())
    }

    fn received(&self, most: usize) -> Result<Vec<u8>, Failure> {
        self.works(Call::Service)?;
        Ok(self.answer.borrow().iter().copied().take(most).collect())
    }

    fn fetch(&self, cluster: &str, headers: &[u8], timeout_ms: u32) -> Result<u32, Failure> {
        self.works(Call::Fetch)?;
        let mut fetches = self.fetches.borrow_mut();
        fetches.push((cluster.into(), headers.into(), timeout_ms));
        Ok(u32::try_from(fetches.len()).unwrap() + 900)
    }

    fn fetched_headers(&self) -> Result<Vec<u8>, Failure> {
        self.works(Call::Fetch)?;
        Ok(self.fetched.borrow().0.clone())
    }

    fn fetched_body(&self, most: usize) -> Result<Vec<u8>, Failure> {
        self.works(Call::Fetch)?;
        Ok(self.fetched.borrow().1.iter().copied().take(most).collect())
    }

    fn resume(&self) -> Result<(), Failure> {
        self.works(Call::Resume)?;
        self.resumed.set(self.resumed.get() + 1);
        self.resumed_for.borrow_mut().push(self.acts_for.get());
        Ok(())
    }

    fn tick(&self, milliseconds: u32) -> Result<(), Failure> {
        self.works(Call::Timer)?;
        self.ticks.borrow_mut().push(milliseconds);
        Ok(())
    }

    fn configuration(&self, size: usize) -> Result<Vec<u8>, Failure> {
        self.works(Call::Configuration)?;
        assert_eq!(size, self.configuration.borrow().len());
        Ok(self.configuration.borrow().clone())
    }

    fn variable(&self, name: &str) -> Option<String> {
        assert_eq!(name, "OUTWORK_KEYS");
        self.keys.borrow().clone()
    }

    fn lives(&self, context: u32) -> bool {
        let lives = !self.dead.borrow().contains(&context);
        if lives {
            self.act_for(context);
        }
        lives
    }

    fn log(&self, level: Level, line: &str) {
        self.log.borrow_mut().push((level, line.into()));
    }
}
