//! Lists of crawlers' user agents: [crawler-user-agents](https://github.com/monperrus/crawler-user-agents),
//! [well-known-bots](https://github.com/arcjet/well-known-bots), [ai.robots.txt](https://github.com/ai-robots-txt/ai.robots.txt),
//! and plain text with a piece of a user agent on each line.

mod source;

use crate::{
    Imported, Loss,
    condition::{Condition, listed},
    error::ImportError,
    pack::{MAX_CONDITION, Pack, Rule},
    pattern::Pattern,
    yaml,
};
use outwork_compiler::Files;
use source::{Crawler, Wanted};
use std::collections::{BTreeMap, BTreeSet};

/// How the rules are cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grouping {
    /// A rule for each kind of crawler that the list knows.
    Tag,
    /// One rule for all.
    One,
}

/// What the rules do.
#[derive(Clone, Debug)]
pub struct Effect {
    /// An action that a rule can have, but `throttle`, which needs a limit.
    pub action: String,
    /// Points in the layer `device`.
    pub score: Option<i16>,
}

/// The most user agents of one crawler that become tests.
const MAX_TESTS: usize = 2;

const FIELD: &str = "request.headers[\"user-agent\"]";

/// Imports a list as one pack.
///
/// # Errors
/// When the file cannot be read, is no list that is known, or is empty.
pub fn import(files: &dyn Files, path: &str, by: Grouping, effect: &Effect) -> Result<Imported, ImportError> {
    let crawlers = source::read(path, &yaml::text(files, path)?)?;
    if crawlers.is_empty() {
        return Err(ImportError::new(format!("`{path}` names no crawler")));
    }
    let mut losses = Vec::new();
    let mut groups: BTreeMap<String, Vec<Asked>> = BTreeMap::new();
    for crawler in &crawlers {
        let mut why = Vec::new();
        if let Some(asked) = ask(crawler, &mut why) {
            let tag = if by == Grouping::Tag { crawler.tag.to_lowercase() } else { "all".into() };
            groups.entry(tag).or_default().push(asked);
        }
        let told = |why| Loss { file: path.to_owned(), line: None, name: crawler.name.clone(), why };
        losses.extend(why.into_iter().map(told));
    }
    let head = [
        format!("Made by `outwork import crawlers` of {path}, which keeps its licence."),
        "The three lists that are known are under the MIT licence: name their authors where you publish this.".into(),
    ];
    let mut pack = Pack::begin("crawlers", "crawlers that name themselves, from a list", false, &head);
    for (tag, asked) in &groups {
        add(tag, asked, effect, &mut pack);
    }
    let rules = pack.rules();
    Ok(Imported { pack: crate::formatted(pack.finish())?, policy: None, rules, losses })
}

/// What a crawler's rule asks, and the user agents to test it with.
struct Asked {
    /// Texts that stand anywhere in the user agent.
    texts: Vec<String>,
    /// What is more than that.
    condition: Option<Condition>,
    tests: Vec<(String, bool)>,
}

/// Reads a crawler's patterns; says what is lost.
fn ask(crawler: &Crawler, losses: &mut Vec<String>) -> Option<Asked> {
    let accepted = read(&crawler.accepted, losses);
    let forbidden = read(&crawler.forbidden, losses);
    if accepted.is_empty() {
        losses.push("nothing is left of it, and it is left out".into());
        return None;
    }
    if forbidden.len() < crawler.forbidden.len() {
        losses.push("what it must not be cannot be asked, and it is left out".into());
        return None;
    }
    let found =
        |agent: &str| accepted.iter().any(|one| one.is_in(agent)) && !forbidden.iter().any(|one| one.is_in(agent));
    let mut tests = Vec::new();
    for (agents, fires) in [(&crawler.instances, true), (&crawler.others, false)] {
        for agent in agents.iter().filter(|agent| !agent.is_empty()) {
            if found(agent) == fires {
                tests.push((agent.clone(), fires));
            } else if fires {
                losses.push(format!("its own user agent `{agent}` does not match it"));
            }
        }
    }
    tests.truncate(MAX_TESTS);
    let texts: Vec<String> = accepted.iter().filter_map(Pattern::literals).flatten().cloned().collect();
    if forbidden.is_empty() && accepted.iter().all(|one| one.literals().is_some()) {
        return Some(Asked { texts, condition: None, tests });
    }
    let any = Condition::any(accepted.iter().map(|one| one.ask(FIELD)));
    let none = forbidden.iter().map(|one| Condition::ask(format!("!({})", one.ask(FIELD).text())));
    Some(Asked { texts: Vec::new(), condition: Some(Condition::all(std::iter::once(any).chain(none))), tests })
}

fn read(wanted: &[Wanted], losses: &mut Vec<String>) -> Vec<Pattern> {
    let mut read = Vec::new();
    for wanted in wanted {
        match wanted {
            Wanted::Text(text) => read.push(Pattern::text(text)),
            Wanted::Pattern(pattern) => match Pattern::read(pattern) {
                Ok(pattern) if pattern.matches_empty => losses.push(format!("`{pattern:?}` matches everybody")),
                Ok(pattern) => read.push(pattern),
                Err(why) => losses.push(format!("`{pattern}`: {why}")),
            },
        }
    }
    read
}

/// Adds the rules of a kind: as many as it takes for conditions that fit.
fn add(tag: &str, asked: &[Asked], effect: &Effect, pack: &mut Pack) {
    let texts: BTreeSet<String> = asked.iter().flat_map(|one| one.texts.iter().cloned()).collect();
    let texts: Vec<String> = texts.into_iter().collect();
    let mut conditions: Vec<(Condition, Vec<(String, bool)>)> = Vec::new();
    let of = |with: bool| asked.iter().filter(move |one| one.condition.is_some() == with);
    match texts.as_slice() {
        [] => {}
        few @ [_] => conditions.push((
            Condition::ask(format!("{FIELD}.containsAny({})", listed(few.iter().map(String::as_str)))),
            Vec::new(),
        )),
        many => {
            let name = pack.list(tag, "strings", many);
            conditions.push((Condition::ask(format!("{FIELD}.containsAny(lists.{name})")), Vec::new()));
        }
    }
    if let Some((_, tests)) = conditions.last_mut() {
        tests.extend(of(false).flat_map(|one| one.tests.clone()));
    }
    for one in of(true) {
        conditions.extend(one.condition.clone().map(|condition| (condition, one.tests.clone())));
    }
    let (mut parts, mut tests, mut size) = (Vec::new(), Vec::new(), 0);
    for (condition, more) in conditions {
        let width = condition.text().len() + 6;
        if size + width > MAX_CONDITION && !parts.is_empty() {
            rule(tag, std::mem::take(&mut parts), std::mem::take(&mut tests), effect, pack);
            size = 0;
        }
        size += width;
        parts.push(condition);
        tests.extend(more);
    }
    rule(tag, parts, tests, effect, pack);
}

fn rule(tag: &str, parts: Vec<Condition>, tests: Vec<(String, bool)>, effect: &Effect, pack: &mut Pack) {
    let when = Condition::any(parts).text();
    // A user agent that must not match one crawler may well be another of the same rule.
    let tests = tests.into_iter().filter(|(_, fires)| *fires).collect();
    let mut lines = Vec::new();
    if let Some(score) = effect.score {
        lines.extend([format!("score = {score}"), "layer = \"device\"".into()]);
    }
    lines.push(format!("action = {}", crate::pack::string(&effect.action)));
    let why = format!("the user agent names a crawler that the list calls `{}`", tag.replace('`', "'"));
    pack.rule("crawler", &Rule { name: tag, when, effect: lines, why, tests, ..Rule::default() });
}
