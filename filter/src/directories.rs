//! The directories of agents, fetched by the proxy on ticks: no request waits for one, and none causes one.
//!
//! Each directory stands in the shared data under its own URL, so that one thread fetches it for all, whatever policies they
//! run: who writes first that a fetch began is the one who fetches. Every thread looks at its stamp once a tick.

use crate::{
    host::{Failure, Host, NEVER},
    pairs,
    root::Plugin,
    vm::{Memory, attempt},
};
use outwork_engine::{
    directories::{ACCEPT, Directories, FetchError, LARGEST, Response, check_url},
    time::Time,
};
use std::collections::BTreeMap;

/// Milliseconds between looks at what is shared, and at what is due.
pub const TICK_MS: u32 = 1_000;

/// A tick may come a little sooner than it should.
const LEAST: u64 = 900_000;

/// How often a directory is written that other threads are writing at the same time.
const ATTEMPTS: usize = 8;

/// The fetches of one VM.
#[derive(Debug, Default)]
pub struct Fetching {
    /// Those that are under way, by the numbers of the calls: the roots that began them, and the URLs.
    under_way: BTreeMap<u32, (u32, String)>,
    /// The stamps of what was read last, by the roots and the URLs.
    stamps: BTreeMap<(u32, String), u32>,
    /// When each root looked last.
    looked: BTreeMap<u32, Time>,
}

impl Fetching {
    /// Takes over what other threads know, and begins to fetch what is due.
    pub fn tick<H: Host>(&mut self, host: &H, plugin: &mut Plugin, memory: &mut Memory, (root, now): (u32, Time)) {
        // While somebody is held back the timer runs faster.
        let looked = self.looked.get(&root).map_or(0, |looked| looked.0);
        if now.0 >= looked && now.0 - looked < LEAST {
            return;
        }
        if looked == 0 {
            self.stamps.retain(|(known, _), _| *known == root || host.lives(*known));
            self.looked.retain(|known, _| host.lives(*known));
            host.lives(root);
        }
        self.looked.insert(root, now);
        let urls: Vec<String> = plugin.directories.urls().map(str::to_owned).collect();
        for url in urls {
            if let Err(failure) = self.attend(host, plugin, (root, now), &url) {
                memory.metrics.failed(host, failure);
            }
        }
    }

    fn attend<H: Host>(
        &mut self,
        host: &H,
        plugin: &mut Plugin,
        (root, now): (u32, Time),
        url: &str,
    ) -> Result<(), Failure> {
        let stamp = self.look(host, plugin, root, url)?;
        if !plugin.directories.due(now).any(|due| due == url) {
            return Ok(());
        }
        let mut begun = plugin.directories.part(url);
        begun.began(url, now);
        if !host.share(&name(url), &begun.to_bytes(), Some(stamp))? {
            return Ok(());
        }
        plugin.directories.adopt(begun);
        let (Some(agents), Ok(location)) = (&plugin.agents, check_url(url)) else { return Ok(()) };
        let headers = pairs::write(&[
            (":method", "GET"),
            (":scheme", "https"),
            (":authority", location.authority()),
            (":path", location.path()),
            ("accept", ACCEPT),
            ("accept-encoding", "identity"),
            ("user-agent", "outwork"),
        ]);
        let call = host.fetch(&agents.cluster, &headers, agents.timeout_ms)?;
        self.under_way.insert(call, (root, url.to_owned()));
        Ok(())
    }

    /// Takes over what is shared of a directory, where it is another than was read last. Gives its stamp.
    fn look<H: Host>(&mut self, host: &H, plugin: &mut Plugin, root: u32, url: &str) -> Result<u32, Failure> {
        let Some((bytes, stamp)) = host.shared(&name(url))? else { return Ok(NEVER) };
        if self.stamps.insert((root, url.to_owned()), stamp) != Some(stamp) {
            plugin.directories.adopt(Directories::from_bytes(&bytes).unwrap_or_default());
        }
        Ok(stamp)
    }

    /// Whose fetch a call is, and of what; it is under way no longer.
    pub fn take(&mut self, call: u32) -> Option<(u32, String)> {
        self.under_way.remove(&call)
    }
}

/// Takes in what was fetched, for all threads.
pub fn answered<H: Host>(host: &H, plugin: &mut Plugin, memory: &mut Memory, url: &str) {
    let taken = take_in(host, plugin, memory, url);
    attempt(host, memory, taken);
}

fn take_in<H: Host>(host: &H, plugin: &mut Plugin, memory: &mut Memory, url: &str) -> Result<(), Failure> {
    let map = host.fetched_headers()?;
    let headers = pairs::read(&map).unwrap_or_default();
    // One byte more than is read, so that what is larger is known to be.
    let body = host.fetched_body(LARGEST + 1)?;
    let [random, ..] = memory.entropy.take(host)?;
    let now = host.now()?;
    let value = |wanted: &str| {
        headers.iter().find(|(name, _)| *name == wanted.as_bytes()).map(|&(_, value)| value).unwrap_or_default()
    };
    let status = std::str::from_utf8(value(":status")).ok().and_then(|status| status.parse().ok());
    let response = Response {
        status: status.unwrap_or(0),
        content_type: value("content-type"),
        cache_control: value("cache-control"),
        retry_after: value("retry-after"),
        body: &body,
    };
    let mut result = Err(None);
    for _ in 0..ATTEMPTS {
        let shared = host.shared(&name(url))?;
        let stamp = shared.as_ref().map_or(NEVER, |(_, stamp)| *stamp);
        if let Some(known) = shared.and_then(|(bytes, _)| Directories::from_bytes(&bytes)) {
            plugin.directories.adopt(known);
        }
        result = fetched(plugin, url, &response, (now, random));
        if host.share(&name(url), &plugin.directories.part(url).to_bytes(), Some(stamp))? {
            break;
        }
    }
    memory.metrics.fetched(host, result);
    Ok(())
}

/// What becomes of a directory by an answer. What Envoy answers in the place of a server that is not there or late is a 503 or 504
/// of its own: no directory has answered then.
fn fetched(
    plugin: &mut Plugin,
    url: &str,
    response: &Response<'_>,
    (now, random): (Time, u8),
) -> Result<(), Option<FetchError>> {
    if matches!(response.status, 0 | 503 | 504) && response.retry_after.is_empty() {
        plugin.directories.failed(url, now, random);
        return Err(None);
    }
    plugin.directories.fetched(url, response, now, random).map_err(Some)
}

/// Under which a directory is shared. Policies name few, and only they do.
fn name(url: &str) -> Vec<u8> {
    [b"outwork.directory.", url.as_bytes()].concat()
}
