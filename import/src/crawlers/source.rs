//! Lists of crawlers as they are written, brought to one form.

use crate::error::ImportError;
use serde::Deserialize;
use std::collections::BTreeMap;

/// One crawler.
#[derive(Clone, Debug, Default)]
pub(super) struct Crawler {
    pub(super) name: String,
    /// What kind it is, as the list says it.
    pub(super) tag: String,
    pub(super) accepted: Vec<Wanted>,
    pub(super) forbidden: Vec<Wanted>,
    /// User agents of the crawler, and such as only look like it.
    pub(super) instances: Vec<String>,
    pub(super) others: Vec<String>,
}

/// What is looked for in a user agent.
#[derive(Clone, Debug)]
pub(super) enum Wanted {
    Text(String),
    Pattern(String),
}

#[derive(Deserialize)]
struct UserAgents {
    pattern: String,
    #[serde(default)]
    instances: Vec<String>,
    #[serde(default)]
    tags: Vec<String>,
}

#[derive(Deserialize)]
struct WellKnown {
    id: String,
    #[serde(default)]
    categories: Vec<String>,
    pattern: Both,
    #[serde(default)]
    instances: Both,
}

#[derive(Default, Deserialize)]
struct Both {
    #[serde(default)]
    accepted: Vec<String>,
    #[serde(default, alias = "rejected")]
    forbidden: Vec<String>,
}

#[derive(Deserialize)]
struct Robot {
    function: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Json {
    UserAgents(Vec<UserAgents>),
    WellKnown(Vec<WellKnown>),
    Robots(BTreeMap<String, Robot>),
}

/// Reads a list: JSON in one of the forms that are known, else plain text, a piece of a user agent a line.
pub(super) fn read(path: &str, text: &str) -> Result<Vec<Crawler>, ImportError> {
    if !text.trim_start().starts_with(['[', '{']) {
        return Ok(text.lines().filter_map(line).collect());
    }
    let json: Json = serde_json::from_str(text).map_err(|error| {
        let forms = "crawler-user-agents, well-known-bots or ai.robots.txt";
        ImportError::new(format!("`{path}` is no list of crawlers as {forms} write it: {error}"))
    })?;
    Ok(match json {
        Json::UserAgents(list) => list.into_iter().map(user_agents).collect(),
        Json::WellKnown(list) => list.into_iter().map(well_known).collect(),
        Json::Robots(map) => map.into_iter().map(robot).collect(),
    })
}

fn line(line: &str) -> Option<Crawler> {
    let text = line.split('#').next().unwrap_or_default().trim();
    (!text.is_empty()).then(|| Crawler {
        name: text.to_owned(),
        tag: "listed".into(),
        accepted: vec![Wanted::Text(text.to_owned())],
        instances: vec![text.to_owned()],
        ..Crawler::default()
    })
}

fn user_agents(entry: UserAgents) -> Crawler {
    Crawler {
        name: entry.pattern.clone(),
        tag: entry.tags.into_iter().next().unwrap_or_else(|| "other".into()),
        accepted: vec![Wanted::Pattern(entry.pattern)],
        instances: entry.instances,
        ..Crawler::default()
    }
}

fn well_known(entry: WellKnown) -> Crawler {
    let patterns = |patterns: Vec<String>| patterns.into_iter().map(Wanted::Pattern).collect();
    Crawler {
        name: entry.id,
        tag: entry.categories.into_iter().next_back().unwrap_or_else(|| "other".into()),
        accepted: patterns(entry.pattern.accepted),
        forbidden: patterns(entry.pattern.forbidden),
        instances: entry.instances.accepted,
        others: entry.instances.forbidden,
    }
}

/// ai.robots.txt describes functions in prose: only the short ones are kinds.
fn robot((name, robot): (String, Robot)) -> Crawler {
    let function = robot.function.filter(|function| function.split_whitespace().count() <= 4);
    Crawler {
        tag: function.unwrap_or_else(|| "other".into()),
        accepted: vec![Wanted::Text(name.clone())],
        instances: vec![name.clone()],
        name,
        ..Crawler::default()
    }
}
