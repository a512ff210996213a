//! Requests of the corpus, varied.

use crate::{Ask, Field, Random, Rule, Test, words::name};
use outwork_compiler::Request;
use outwork_engine::fact::Fact;
use std::{
    fs, io,
    net::{IpAddr, Ipv4Addr},
    path::{Path, PathBuf},
};

/// How user agents come again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agents {
    /// Nearly every request has one of its own.
    Varied,
    /// Those of the first fifty requests of the corpus, again and again.
    Recurring,
}

/// So many requests: the corpus's own headers with other versions in the user agent, other paths, other addresses. One
/// in eight is made to fire a rule. Requests whose headers are not UTF-8 are left out, for rivals cannot be asked about
/// them.
pub fn requests(corpus: &Path, rules: &[Rule], agents: Agents, count: usize) -> io::Result<Vec<Request>> {
    let seen: Vec<Request> = read(corpus)?.into_iter().filter(is_text).collect();
    let mut random = Random::new(0x7265_7175_6573_7473);
    Ok((0..count).map(|number| vary(&mut random, &seen, rules, agents, number)).collect())
}

fn vary(random: &mut Random, seen: &[Request], rules: &[Rule], agents: Agents, number: usize) -> Request {
    let mut request = seen[number % seen.len()].clone();
    let recurring = header(&seen[random.below(50.min(seen.len()))], "user-agent").map(String::from);
    let agent = match agents {
        Agents::Varied => header(&request, "user-agent").map(|agent| renumber(random, agent)),
        Agents::Recurring => recurring,
    };
    if let Some(agent) = agent {
        set(&mut request, "user-agent", &agent);
    }
    request.target = target(random);
    request.address = Fact::Known(IpAddr::V4(Ipv4Addr::from_bits(0x0100_0000 + random.below(0xde00_0000) as u32)));
    let rule = random.one(rules);
    if number % 8 == 7 {
        rule.tests.iter().for_each(|test| satisfy(&mut request, test, random));
    }
    request
}

/// A user agent of which every number but the first is another.
fn renumber(random: &mut Random, agent: &str) -> String {
    let mut out = String::new();
    for (at, c) in agent.char_indices() {
        let digit = c.is_ascii_digit() && at > agent.len() / 3;
        out.push(if digit { char::from(b'0' + random.below(10) as u8) } else { c });
    }
    out
}

fn target(random: &mut Random) -> String {
    let (one, two) = (name(random), name(random));
    match random.below(5) {
        0 => "/".into(),
        1 => format!("/products?page={}", random.below(1_000)),
        2 => format!("/{one}/{}", random.below(100_000)),
        3 => format!("/assets/{one}/{two}.js"),
        _ => format!("/api/v2/{one}/{two}/{}?q={}", random.below(1_000), name(random)),
    }
}

/// Makes the request such that the test holds.
fn satisfy(request: &mut Request, test: &Test, random: &mut Random) {
    let text = match &test.ask {
        Ask::Contains(text) => format!("Mozilla/5.0 (compatible; {text}{}.0)", random.below(1_000)),
        Ask::Equals(text) => text.clone(),
        Ask::Prefix(text) => format!("{text}{}", random.below(1_000)),
        Ask::Suffix(text) => format!("/{}{text}", random.below(1_000)),
        Ask::Matches(_, example) => example.clone(),
        Ask::Present => "1".into(),
        Ask::Within(networks) => {
            request.address = Fact::Known(random.one(networks).address);
            return;
        }
    };
    match test.field {
        Field::Path => request.target = text,
        Field::Header(name) if test.ask == Ask::Present && header(request, name).is_some() => {}
        Field::Header(name) => set(request, name, &text),
        Field::Address => {}
    }
}

fn header<'a>(request: &'a Request, wanted: &str) -> Option<&'a str> {
    let found = request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
    found.and_then(|(_, value)| std::str::from_utf8(value).ok())
}

fn set(request: &mut Request, wanted: &str, text: &str) {
    match request.headers.iter_mut().find(|(name, _)| name.eq_ignore_ascii_case(wanted)) {
        Some((_, value)) => *value = text.into(),
        None => request.headers.push((wanted.into(), text.into())),
    }
}

fn is_text(request: &Request) -> bool {
    request.headers.iter().all(|(_, value)| std::str::from_utf8(value).is_ok())
}

fn read(corpus: &Path) -> io::Result<Vec<Request>> {
    let mut files: Vec<PathBuf> = fs::read_dir(corpus)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    files.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    files.sort();
    let mut all = Vec::new();
    for file in files {
        for line in fs::read_to_string(file)?.lines() {
            let case: serde_json::Value = serde_json::from_str(line)?;
            all.extend(case.get("facts").map(|facts| serde_json::from_value(facts.clone())).transpose()?);
        }
    }
    Ok(all)
}
