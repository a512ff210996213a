//! The records that a plugin leaves, and the chain that they are.

use crate::{
    host::{Failure, Host, NEVER},
    root::Plugin,
    vm::{Memory, attempt},
};
use outwork_engine::{
    decision::Decision,
    facts::Facts,
    keys::Keyring,
    record::{
        self, Context,
        chain::{Chain, Opens, Place, Why},
    },
    time::Time,
};

/// What records say of this host.
const HOST: record::Host = record::Host { name: "envoy", version: env!("CARGO_PKG_VERSION") };

/// Where a request's record stands for the access log and other filters.
const RECORD: &[u8] = b"outwork.record";

/// Under which all VMs share how many chains were opened, after the name of this run of the proxy.
const CHAINS: &[u8] = b"outwork.chains";

/// How often a chain's number is asked for, while other threads ask too.
const ATTEMPTS: usize = 8;

/// Leaves the record of a decision, where the policy wants one.
pub(crate) fn leave<H: Host>(
    host: &H,
    plugin: &Plugin,
    memory: &mut Memory,
    decision: &Decision<'_>,
    facts: &Facts<'_>,
) {
    let Plugin { policy, keys, .. } = plugin;
    let Some(sampled) = policy.keeps(decision, keys) else { return };
    let (records, elapsed) = (policy.settings().records, elapsed(host, memory, facts.now));
    let mut chain = records.audit.then(|| next(host, plugin, memory, &facts.entropy));
    let context =
        Context { host: HOST, node: plugin.node.as_deref(), elapsed, sampled, records, chain: chain.as_mut() };
    let record = record::write(decision, facts, keys, context);
    let left = host.set_property(RECORD, record.as_bytes());
    // The next record follows the last one that was left: one that was not would be missed.
    if left.is_ok() {
        memory.metrics.recorded(host);
        memory.head = chain.as_ref().and_then(Chain::head).or(memory.head);
        plugin.chain.replace(chain);
    }
    attempt(host, memory, left);
}

/// The plugin's chain; its first record opens it.
fn next<H: Host>(host: &H, plugin: &Plugin, memory: &Memory, entropy: &[u8; 16]) -> Chain {
    if let Some(chain) = plugin.chain.borrow().as_ref() {
        return chain.clone();
    }
    let place = place(host, &plugin.keys, entropy).unwrap_or_else(|failure| {
        memory.metrics.failed(host, failure);
        None
    });
    let why = if memory.head.is_some() { Why::Reload } else { Why::Start };
    let bundle = Some(plugin.policy.digest());
    Chain::new(plugin.keys.chain_id(b"chain", entropy), Opens { why, bundle, place, follows: memory.head })
}

/// The next number of a chain in this run of the proxy; none where other threads were always faster.
fn place(host: &impl Host, keys: &Keyring, entropy: &[u8; 16]) -> Result<Option<Place>, Failure> {
    for _ in 0..ATTEMPTS {
        let (known, stamp) = host.shared(CHAINS)?.map_or((None, NEVER), |(known, stamp)| (read(&known), stamp));
        let Place { run, number } = known.unwrap_or(Place { run: keys.chain_id(b"run", entropy), number: 0 });
        let next = Place { run, number: number.saturating_add(1) };
        let bytes = [next.run.to_be_bytes().as_slice(), &next.number.to_be_bytes()].concat();
        if host.share(CHAINS, &bytes, Some(stamp))? {
            return Ok(Some(next));
        }
    }
    Ok(None)
}

fn read(bytes: &[u8]) -> Option<Place> {
    let (run, number) = bytes.split_first_chunk()?;
    Some(Place { run: u64::from_be_bytes(*run), number: u32::from_be_bytes(number.try_into().ok()?) })
}

/// Microseconds since a request was looked at first; what it waited for others is among them.
fn elapsed<H: Host>(host: &H, memory: &Memory, since: Time) -> Option<u32> {
    match host.now() {
        Ok(now) => u32::try_from(now.0.saturating_sub(since.0)).ok(),
        Err(failure) => {
            memory.metrics.failed(host, failure);
            None
        }
    }
}
