//! Agents: who may introduce itself, the `[[agent]]` of packs and policies.

mod keys;
mod names;

use super::{check_id, rule};
use crate::{
    context::Context,
    diagnostic::{Code, Diagnostic, did_you_mean},
    lists::{Contents, Lists},
    read::{Keys, Text},
    source::{FileId, Span},
    url,
};
use outwork_engine::{
    agents::{Agent, Purpose},
    ranges::Ranges,
};
use std::{net::IpAddr, ops::Range};
use toml::de::DeTable;

/// An agent as a file has it.
pub(crate) struct AgentSource {
    pub(crate) id: Text,
    pub(crate) agent: Agent,
    pub(crate) why: String,
    pub(crate) references: Vec<String>,
    /// Where it says who has its keys.
    pub(crate) directory: Option<Span>,
    /// Where it allows keys that the whole world has.
    pub(crate) test_keys: Option<Span>,
}

pub(super) const KEYS: &[&str] =
    &["id", "name", "purpose", "names", "networks", "directory", "keys", "test_keys", "references", "why"];

pub(crate) const PURPOSES: &[(&str, Purpose)] = &[
    (Purpose::Search.name(), Purpose::Search),
    (Purpose::Training.name(), Purpose::Training),
    (Purpose::User.name(), Purpose::User),
    (Purpose::Monitoring.name(), Purpose::Monitoring),
    (Purpose::Preview.name(), Purpose::Preview),
    (Purpose::Archive.name(), Purpose::Archive),
    (Purpose::Other.name(), Purpose::Other),
];

/// The most bytes of what people call an agent.
const MAX_TITLE: usize = 64;

/// Reads one `[[agent]]` of the file at `path`. One that is wrong somewhere is read as far as possible, so that its id is known.
pub(super) fn read(
    cx: &mut Context<'_>,
    (file, path): (FileId, &str),
    lists: &Lists,
    table: (&DeTable<'_>, Range<usize>),
) -> Option<AgentSource> {
    let keys = Keys::open(cx, file, table, "an agent", KEYS);
    let id = keys.required_text(cx, "id");
    if let Some(id) = &id {
        check_id(cx, id, "an agent");
    }
    let name = keys.required_text(cx, "name");
    if let Some(name) = &name {
        check_title(cx, name);
    }
    if !keys.has("purpose") {
        keys.missing(cx, "purpose");
    }
    let purpose = keys.word(cx, "purpose", PURPOSES).unwrap_or(Purpose::Other);
    let names = names::read(cx, &keys);
    let networks = networks(cx, &keys, lists);
    let named = keys.text(cx, "directory");
    let directory = named.as_ref().and_then(|named| directory(cx, named));
    let test_keys = keys.boolean(cx, "test_keys").unwrap_or(false);
    let pinned = keys.text(cx, "keys").map(|named| keys::read(cx, path, &named, test_keys)).unwrap_or_default();
    check_provable(cx, &keys);
    let (why, references) = (rule::why(cx, &keys, "an agent"), rule::references(cx, &keys));
    let id = id?;
    Some(AgentSource {
        agent: Agent {
            id: id.value.clone(),
            name: name.map(|name| name.value).unwrap_or_default(),
            purpose,
            names,
            networks: Ranges::from_networks(networks),
            directory,
            keys: pinned,
            test_keys,
        },
        id,
        why: why.unwrap_or_default(),
        references,
        directory: named.map(|named| named.span),
        test_keys: test_keys.then(|| keys.key_span("test_keys")),
    })
}

/// It goes into tables and pages as it is.
fn check_title(cx: &mut Context<'_>, name: &Text) {
    let plain = |c: char| !c.is_control() && !"<>\"`|\\".contains(c);
    if (1..=MAX_TITLE).contains(&name.value.trim().len()) && name.value.chars().all(plain) {
        return;
    }
    let message = format!("`{}` cannot be what people call an agent", name.value.escape_debug());
    let help = format!("write up to {MAX_TITLE} letters as its operator does, without quotes and angle brackets");
    cx.report(Diagnostic::new(Code::BadName, name.span.clone(), message).help(help));
}

/// The networks of the lists that it names.
fn networks(cx: &mut Context<'_>, keys: &Keys<'_, '_>, lists: &Lists) -> Vec<(IpAddr, u8)> {
    let mut networks = Vec::new();
    for text in keys.texts(cx, "networks").unwrap_or_default() {
        if lists.is_broken(&text.value) {
            continue;
        }
        match lists.place(&text.value).map(|place| (place, lists.contents(place))) {
            Some((place, Some(Contents::Networks(of_list)))) => {
                cx.asked_lists.insert(place);
                networks.extend(of_list.iter().copied());
            }
            Some((place, _)) => {
                cx.asked_lists.insert(place);
                let message = format!("the list `{}` has no networks", text.value);
                let help = "name lists that have `cidr`";
                cx.report(Diagnostic::new(Code::WrongType, text.span, message).help(help));
            }
            None => {
                let message = format!("there is no list `{}` in this file", text.value);
                let help = did_you_mean(&text.value, lists.names()).map_or_else(
                    || format!("add `[lists.{}]` with `cidr`", text.value),
                    |near| format!("did you mean `{near}`?"),
                );
                cx.report(Diagnostic::new(Code::UnknownList, text.span, message).help(help));
            }
        }
    }
    networks
}

/// The URL of a directory, the same for every way to write it.
fn directory(cx: &mut Context<'_>, named: &Text) -> Option<String> {
    match url::check(&named.value) {
        Ok(url) => Some(url),
        Err(wrong) => {
            let message = format!("`{}` is no address of a directory", named.value);
            let help = "write `https://` and a public host name, as `https://agent.example`: the keys are fetched from \
                        `/.well-known/http-message-signatures-directory` there";
            cx.report(Diagnostic::new(Code::BadDirectory, named.span.clone(), message).note(wrong).help(help));
            None
        }
    }
}

/// An agent that nothing can prove is a name that anybody may write.
fn check_provable(cx: &mut Context<'_>, keys: &Keys<'_, '_>) {
    let signs = keys.has("directory") || keys.has("keys");
    if !signs && !keys.has("networks") {
        let message = "nothing can prove who this agent is";
        let help =
            "add `networks`, `directory` or `keys`; to tell who only says a name, write a rule over the user agent";
        cx.report(Diagnostic::new(Code::UnprovenAgent, keys.span(), message).help(help));
    } else if !signs && !keys.has("names") {
        let message = "this agent has networks and no name: nothing would tell it from others who come from there";
        let help = "add `names`, words of its user agent in lower case";
        cx.report(Diagnostic::new(Code::UnprovenAgent, keys.key_span("networks"), message).help(help));
    } else if keys.has("networks") && !keys.has("names") {
        let message = "its networks prove nothing without a name in the user agent";
        let help = "add `names`, or leave `networks` out: its signature proves it";
        cx.report(Diagnostic::new(Code::UnprovenAgent, keys.key_span("networks"), message).help(help));
    }
}

/// What only shows when all packs are read.
pub(super) fn check(cx: &mut Context<'_>, agents: &[AgentSource], lab: bool) {
    for (at, agent) in agents.iter().enumerate() {
        let Some((url, place)) = agent.agent.directory.as_ref().zip(agent.directory.as_ref()) else { continue };
        let before = agents.iter().take(at).find(|other| other.agent.directory.as_ref() == Some(url));
        if let Some(first) = before.and_then(|other| other.directory.as_ref()) {
            let message = "two agents have one directory: a key of it would not tell which of them signed";
            let diagnostic =
                Diagnostic::new(Code::BadDirectory, place.clone(), message).related(first.clone(), "first here");
            cx.report(diagnostic.help("make one agent of them"));
        }
    }
    for place in agents.iter().filter(|_| !lab).filter_map(|agent| agent.test_keys.as_ref()) {
        let message = "whoever reads a standard can sign as this agent";
        let help = "take `test_keys` out; in a laboratory, write `lab = true` in `[policy]`";
        cx.report(Diagnostic::new(Code::TestKeys, place.clone(), message).help(help));
    }
}
