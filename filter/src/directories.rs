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
pub const TICK_MS: u32 = crate::pending::TICK_MS;

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        host::Call,
        testing::{Memory as Proxy, Small, configure, running},
        vm::{Action, Vm},
    };

    const ROOT: u32 = 1;
    const URL: &str = "https://agent.example/.well-known/http-message-signatures-directory";
    const TYPE: &str = "application/http-message-signatures-directory+json";
    const SET: &str = r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;

    fn policy() -> Small {
        Small::default().agent("https://agent.example")
    }

    fn configuration(policy: &Small) -> String {
        policy.configuration().replacen('{', r#"{"agents": {"cluster": "web", "timeout_ms": 900}, "#, 1)
    }

    fn fetching() -> Vm<Proxy> {
        let mut vm = crate::testing::vm();
        assert!(configure(&mut vm, ROOT, &configuration(&policy())));
        vm
    }

    fn later(vm: &mut Vm<Proxy>, seconds: u64) -> usize {
        vm.host().now.set(vm.host().now.get() + seconds * 1_000_000);
        vm.tick(ROOT);
        vm.host().fetches.borrow().len()
    }

    fn answer(vm: &mut Vm<Proxy>, headers: &[(&str, &str)], body: &str) {
        let call = u32::try_from(vm.host().fetches.borrow().len()).unwrap() + 900;
        vm.host().fetched.replace((if headers.is_empty() { Vec::new() } else { pairs::write(headers) }, body.into()));
        vm.fetched(call);
    }

    /// How many keys all threads know.
    fn known(vm: &Vm<Proxy>) -> Option<usize> {
        let shared = vm.host().shared(&name(URL)).unwrap()?;
        let now = Time(vm.host().now.get());
        Some(Directories::from_bytes(&shared.0)?.keys(URL, now)?.len())
    }

    #[test]
    fn a_directory_is_fetched_on_a_tick_and_shared() {
        let mut vm = fetching();
        assert_eq!(vm.host().ticks.borrow().as_slice(), [TICK_MS]);
        assert_eq!(later(&mut vm, 1), 1);
        let (cluster, headers, timeout) = vm.host().fetches.borrow()[0].clone();
        assert_eq!((cluster.as_str(), timeout), ("web", 900));
        let headers = pairs::read(&headers).unwrap();
        assert!(headers.contains(&(b":authority", b"agent.example")) && headers.contains(&(b":method", b"GET")));
        assert!(headers.contains(&(b":path", b"/.well-known/http-message-signatures-directory")));
        assert_eq!(later(&mut vm, 1), 1, "one fetch at a time");
        answer(&mut vm, &[(":status", "200"), ("content-type", TYPE), ("cache-control", "max-age=600")], SET);
        assert_eq!(known(&vm), Some(1));
        assert_eq!(vm.host().metric("outwork_directories.result.ok"), 1);
        assert_eq!(later(&mut vm, 300), 1, "it is fresh");
        assert_eq!(later(&mut vm, 300), 2);
        vm.fetched(7);
        assert_eq!(vm.host().metric("outwork_directories.result.ok"), 1, "another's call is none");
    }

    #[test]
    fn what_another_thread_fetches_is_not_fetched_and_is_known() {
        let mut vm = fetching();
        vm.host().meanwhile.replace(Some(|host, key| {
            let now = Time(host.now.get());
            let mut directories = Directories::of([URL]);
            directories.began(URL, now);
            host.shared.borrow_mut().insert(key.into(), (directories.to_bytes(), 1));
        }));
        assert_eq!(later(&mut vm, 1), 0, "another was faster");
        let (mut directories, now) = (Directories::of([URL]), Time(vm.host().now.get()));
        let answer = Response {
            status: 200,
            content_type: TYPE.as_bytes(),
            cache_control: b"",
            retry_after: b"",
            body: SET.as_bytes(),
        };
        directories.fetched(URL, &answer, now, 0).unwrap();
        vm.host().share(&name(URL), &directories.to_bytes(), None).unwrap();
        assert_eq!(later(&mut vm, 1), 0);
        vm.host().shared.borrow_mut().clear();
        assert_eq!(later(&mut vm, 1), 0, "it knows");
    }

    #[test]
    fn a_directory_that_does_not_answer_keeps_what_is_known() {
        let mut vm = fetching();
        later(&mut vm, 1);
        answer(&mut vm, &[(":status", "200"), ("content-type", TYPE)], SET);
        let mut fetches = later(&mut vm, 3_600);
        for (headers, body, result) in [
            (&[][..], "", "unreachable"),
            (&[(":status", "503")], "upstream connect error", "unreachable"),
            (&[(":status", "504")], "", "unreachable"),
            (&[(":status", "301"), ("location", "https://other.example")], "", "redirect"),
            (&[(":status", "404")], "", "status"),
            (&[(":status", "200"), ("content-type", "text/html")], SET, "media-type"),
            (&[(":status", "200"), ("content-type", TYPE)], "{", "malformed"),
            (&[(":status", "200"), ("content-type", TYPE)], &" ".repeat(LARGEST + 10), "too-large"),
        ] {
            answer(&mut vm, headers, body);
            let metric = format!("outwork_directories.result.{result}");
            assert!(vm.host().metric(&metric) > 0, "{result}");
            assert_eq!(known(&vm), Some(1), "{result}");
            assert_eq!(later(&mut vm, 9), fetches, "{result}");
            fetches = later(&mut vm, 400);
        }
        assert_eq!(vm.host().metric("outwork_directories.result.unreachable"), 3);
    }

    #[test]
    fn without_a_cluster_nothing_is_fetched_and_that_is_said() {
        let mut vm = running(&policy());
        assert_eq!(later(&mut vm, 1), 0);
        assert!(vm.host().ticks.borrow().is_empty());
        let log = vm.host().log.borrow().clone();
        assert!(log.iter().any(|(_, line)| line.contains("`example.agent` has a directory")), "{log:?}");
    }

    #[test]
    fn no_request_fetches_or_waits() {
        let mut vm = fetching();
        let named = r#"sig1="https://agent.example""#;
        let input = r#"sig1=("@authority" "signature-agent";key="sig1");created=1795305600;expires=1795305700;keyid="kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";tag="web-bot-auth""#;
        let headers = [("signature-agent", named), ("signature-input", input), ("signature", "sig1=:AAAA:")];
        vm.host().request(&headers);
        vm.create(8, ROOT);
        assert_eq!(vm.request(8, true), Action::Continue);
        assert_eq!(vm.host().fetches.borrow().len(), 0);
        assert_eq!(vm.host().metric("outwork_agents.outcome.unverifiable"), 1);
        later(&mut vm, 1);
        answer(&mut vm, &[(":status", "200"), ("content-type", TYPE)], SET);
        vm.host().request(&headers);
        vm.create(9, ROOT);
        assert_eq!(vm.request(9, true), Action::Continue);
        assert_eq!(vm.host().metric("outwork_agents.outcome.invalid"), 1, "a key whose secret is published");
        for context in 10..60 {
            vm.host().request(&headers);
            vm.create(context, ROOT);
            assert_eq!(vm.request(context, true), Action::Continue);
        }
        assert_eq!(vm.host().metric("outwork_agents.outcome.invalid"), 16, "after that it is not looked at");
        assert_eq!(vm.host().metric("outwork_agents.outcome.unverifiable"), 36);
    }

    #[test]
    fn a_proxy_that_fetches_nothing_hurts_nobody() {
        let mut vm = fetching();
        vm.host().break_call(Call::Fetch);
        assert_eq!(later(&mut vm, 1), 0);
        assert_eq!(vm.host().metric("outwork_request_errors.call.fetch"), 1);
        vm.host().repair();
        assert_eq!(later(&mut vm, 30), 0);
        assert_eq!(later(&mut vm, 31), 1, "it is tried again");
        vm.host().break_call(Call::Store);
        answer(&mut vm, &[(":status", "200"), ("content-type", TYPE)], SET);
        vm.host().repair();
        assert_eq!(later(&mut vm, 61), 2);
    }

    #[test]
    fn refusals_that_are_held_and_directories_share_a_timer() {
        let mut policy = policy().limit("slow", 1);
        policy.limits[0].tarpit = 2_000;
        let mut vm = crate::testing::vm();
        assert!(configure(&mut vm, ROOT, &configuration(&policy)));
        for context in [7, 8] {
            vm.host().request(&[("slow", "1")]);
            vm.create(context, ROOT);
            vm.request(context, true);
        }
        assert_eq!(vm.host().ticks.borrow().as_slice(), [TICK_MS, 50]);
        assert_eq!(later(&mut vm, 1), 1);
        assert_eq!(vm.host().reply.borrow().as_ref().map(|reply| reply.status), None);
        later(&mut vm, 1);
        assert_eq!(vm.host().reply.borrow().as_ref().map(|reply| reply.status), Some(429));
        assert_eq!(vm.host().ticks.borrow().as_slice(), [TICK_MS, 50, TICK_MS]);
    }
}
