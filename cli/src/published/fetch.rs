//! Fetching what an operator publishes.

use std::fs;
use std::io::Read;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use ipnet::IpNet;
use outwork_compiler::ListSource;
use ureq::http::{
    HeaderMap, StatusCode, Uri,
    header::{LAST_MODIFIED, LOCATION},
};

use super::parse::list;
use crate::instant;

/// How long one file may take, from the first name's resolution to the last byte, wherever it is sent on to.
const TIMEOUT: Duration = Duration::from_secs(30);

/// No published list is larger: those that are shipped have some hundred networks, of 40 bytes each in JSON.
const MAX_BYTES: u64 = 4 << 20;

/// How often a host may send on to itself.
const MAX_REDIRECTS: usize = 3;

/// Where published lists are had from.
pub(crate) enum Origin {
    /// The places that policies name.
    Internet(ureq::Agent),
    /// A server that has copies, under `HOST/PATH`.
    Mirror(ureq::Agent, String),
    /// A folder that has copies, under `HOST/PATH`.
    Folder(PathBuf),
}

/// A list as all of its places have it. Days are since 1970.
pub(crate) struct Fetched {
    /// Merged and sorted.
    pub(crate) networks: Vec<IpNet>,
    /// The day on which its places say that it was made or last changed; of several the first.
    pub(crate) published: Option<u64>,
    /// The last day on which this is known to be what its operator publishes.
    pub(crate) as_of: u64,
}

/// What is published at a URL.
struct Published {
    text: String,
    /// The day since 1970 on which a server says that it last changed.
    modified: Option<u64>,
}

impl Origin {
    /// The places that policies name, by `https:` alone.
    pub(crate) fn internet() -> Self {
        Self::Internet(agent(true))
    }

    /// A server in a network of one's own, with or without TLS.
    pub(crate) fn mirror(url: &str) -> Self {
        Self::Mirror(agent(false), url.trim_end_matches('/').to_owned())
    }

    /// A list; why it cannot be had, in a line.
    pub(crate) fn fetch(&self, source: &ListSource) -> Result<Fetched, String> {
        let (mut all, mut days) = (Vec::new(), Vec::new());
        for url in &source.urls {
            let Published { text, modified } = self.get(url).map_err(|why| format!("{url}: {why}"))?;
            let list = list(&text, source.format).map_err(|why| format!("{url}: {why}"))?;
            all.extend(list.networks);
            days.extend(list.day.or(modified));
        }
        let mut networks = IpNet::aggregate(&all);
        networks.sort();
        let today = instant::this_day();
        // Clocks differ: what is of tomorrow is of today.
        let published = days.into_iter().min().map(|day| day.min(today));
        Ok(Fetched { networks, published, as_of: self.as_of(published, today) })
    }

    /// Many operators change nothing for months: what stands at their own place is of today. A copy that nobody keeps would
    /// be fresh for ever, so a copy is of the day that it says.
    fn as_of(&self, published: Option<u64>, today: u64) -> u64 {
        match self {
            Self::Internet(_) => today,
            Self::Mirror(..) | Self::Folder(_) => published.unwrap_or(today),
        }
    }

    /// What is published at a URL; why there is nothing, in a line.
    fn get(&self, url: &str) -> Result<Published, String> {
        let rest = url.strip_prefix("https://").ok_or("it is no `https:` URL")?;
        let (bytes, modified) = match self {
            Self::Internet(agent) => follow(agent, url, TIMEOUT)?,
            Self::Mirror(agent, base) => follow(agent, &format!("{base}/{rest}"), TIMEOUT)?,
            // When a copy's file was written says nothing: a checkout writes all of them anew.
            Self::Folder(folder) => (copy(&folder.join(rest))?, None),
        };
        let text = String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())?;
        Ok(Published { text, modified })
    }
}

fn agent(https_only: bool) -> ureq::Agent {
    let config = ureq::Agent::config_builder()
        .https_only(https_only)
        // Followed below, and to the same host only.
        .max_redirects(0)
        .max_redirects_will_error(false)
        .user_agent(concat!("outwork/", env!("CARGO_PKG_VERSION"), " (lists update)"));
    config.build().new_agent()
}

/// Asks a host, and goes where it sends within itself: who answers for another name has to be named by the policy.
fn follow(agent: &ureq::Agent, url: &str, within: Duration) -> Result<(Vec<u8>, Option<u64>), String> {
    let began = Instant::now();
    let mut at: Uri = url.parse().map_err(|error| format!("it is no URL: {error}"))?;
    for _ in 0..=MAX_REDIRECTS {
        let left = within.saturating_sub(began.elapsed());
        if left.is_zero() {
            return Err(format!("it takes longer than {} s", within.as_secs_f32()));
        }
        let asked = agent.get(&at).config().timeout_global(Some(left)).build();
        let mut answer = asked.call().map_err(|error| error.to_string())?;
        let status = answer.status();
        if status == StatusCode::OK {
            let modified = modified(answer.headers());
            return Ok((read(answer.body_mut().as_reader())?, modified));
        }
        // Part of a list (206) and somebody else's version of it (203) are none.
        if !status.is_redirection() {
            return Err(format!("it answers {status}, and only 200 is a whole list"));
        }
        let location = answer.headers().get(LOCATION).and_then(|location| location.to_str().ok());
        at = beside(&at, location.ok_or("it sends on without saying where to")?)?;
    }
    Err(format!("it sends on more than {MAX_REDIRECTS} times"))
}

/// The day on which the file that is answered last changed.
fn modified(headers: &HeaderMap) -> Option<u64> {
    instant::http_day(headers.get(LAST_MODIFIED)?.to_str().ok()?)
}

/// Where a redirect of the same host leads.
fn beside(from: &Uri, location: &str) -> Result<Uri, String> {
    if location.starts_with('/') && !location.starts_with("//") {
        let (scheme, host) = (from.scheme_str().unwrap_or("https"), from.authority().map_or("", |host| host.as_str()));
        return format!("{scheme}://{host}{location}").parse().map_err(|_| "it sends on to what is no URL".to_owned());
    }
    let to: Uri = location.parse().map_err(|_| "it sends on to what is no URL".to_owned())?;
    if to.scheme() == from.scheme() && to.authority() == from.authority() {
        return Ok(to);
    }
    Err(format!("it sends on to `{location}`, another host: name that one in `source`, if it is the operator's"))
}

fn copy(path: &std::path::Path) -> Result<Vec<u8>, String> {
    let file = fs::File::open(path).map_err(|error| format!("cannot read `{}`: {error}", path.display()))?;
    read(file)
}

fn read(from: impl Read) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let read = from.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if read as u64 > MAX_BYTES {
        return Err(format!("it is larger than {} MiB", MAX_BYTES >> 20));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        io::{BufRead as _, BufReader, Write as _},
        net::TcpListener,
    };

    #[test]
    fn all_that_one_file_takes_is_within_one_deadline() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            for (at, stream) in listener.incoming().enumerate() {
                let mut stream = stream.unwrap();
                let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
                while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
                std::thread::sleep(Duration::from_millis(400));
                let answer = match at {
                    0 | 1 => "302 Found\r\nlocation: /on",
                    _ => "200 OK",
                };
                drop(write!(stream, "HTTP/1.1 {answer}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"));
            }
        });
        let error = follow(&agent(false), &url, Duration::from_secs(1)).unwrap_err();
        assert!(error.contains("timeout") || error.contains("longer than 1 s"), "{error}");
    }

    #[test]
    fn what_an_operator_has_is_of_today_and_a_copy_of_the_day_that_it_says() {
        let (published, today) = (Some(20_000), 20_779);
        assert_eq!(Origin::internet().as_of(published, today), today);
        for copies in [Origin::mirror("http://127.0.0.1:9"), Origin::Folder("copies".into())] {
            assert_eq!((copies.as_of(published, today), copies.as_of(None, today)), (20_000, today));
        }
    }

    #[test]
    fn a_redirect_stays_with_its_host() {
        let from: Uri = "https://a.example/ips.json".parse().unwrap();
        for (location, leads) in [
            ("/other.json", Some("https://a.example/other.json")),
            ("https://a.example/x", Some("https://a.example/x")),
            ("http://a.example/x", None),
            ("https://b.example/x", None),
            ("https://a.example.b.example/x", None),
            ("//b.example/x", None),
            ("https://a.example:8443/x", None),
            ("x", None),
        ] {
            assert_eq!(beside(&from, location).ok().map(|to| to.to_string()).as_deref(), leads, "{location}");
        }
    }
}
