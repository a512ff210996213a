//! Fetching what an operator publishes.

use std::fs;
use std::io::Read;
use std::path::PathBuf;
use std::time::Duration;

use ureq::http::{Uri, header::LOCATION};

/// How long one file may take, from the name's resolution to its last byte.
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

impl Origin {
    /// The places that policies name, by `https:` alone.
    pub(crate) fn internet() -> Self {
        Self::Internet(agent(true))
    }

    /// A server in a network of one's own, with or without TLS.
    pub(crate) fn mirror(url: &str) -> Self {
        Self::Mirror(agent(false), url.trim_end_matches('/').to_owned())
    }

    /// The text that is published at a URL; why there is none, in a line.
    pub(crate) fn get(&self, url: &str) -> Result<String, String> {
        let rest = url.strip_prefix("https://").ok_or("it is no `https:` URL")?;
        let bytes = match self {
            Self::Internet(agent) => follow(agent, url)?,
            Self::Mirror(agent, base) => follow(agent, &format!("{base}/{rest}"))?,
            Self::Folder(folder) => copy(&folder.join(rest))?,
        };
        String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())
    }
}

fn agent(https_only: bool) -> ureq::Agent {
    let config = ureq::Agent::config_builder()
        .https_only(https_only)
        .timeout_global(Some(TIMEOUT))
        // Followed below, and to the same host only.
        .max_redirects(0)
        .max_redirects_will_error(false)
        .user_agent(concat!("outwork/", env!("CARGO_PKG_VERSION"), " (lists update)"));
    config.build().new_agent()
}

/// Asks a host, and goes where it sends within itself: who answers for another name has to be named by the policy.
fn follow(agent: &ureq::Agent, url: &str) -> Result<Vec<u8>, String> {
    let mut at: Uri = url.parse().map_err(|error| format!("it is no URL: {error}"))?;
    for _ in 0..=MAX_REDIRECTS {
        let mut answer = agent.get(&at).call().map_err(|error| error.to_string())?;
        if !answer.status().is_redirection() {
            return read(answer.body_mut().as_reader());
        }
        let location = answer.headers().get(LOCATION).and_then(|location| location.to_str().ok());
        at = beside(&at, location.ok_or("it sends on without saying where to")?)?;
    }
    Err(format!("it sends on more than {MAX_REDIRECTS} times"))
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
