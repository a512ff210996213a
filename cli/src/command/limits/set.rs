//! Limits otherwise than the policy has them: values as a pack writes them, read by the compiler itself.

use std::fmt::{self, Write};
use std::io;
use std::process::ExitCode;
use std::str::FromStr;

use outwork_compiler::{Files, compile_files};
use outwork_engine::limits::{Limit, Rung};
use outwork_engine::policy::Policy;

use crate::command::complain;
use crate::failure::Failure;

/// What can be set.
const KEYS: [&str; 5] = ["burst", "refill", "cost", "ladder", "penalty"];

/// One key of one limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Set {
    limit: String,
    key: String,
    value: String,
}

impl FromStr for Set {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('=').and_then(|(name, value)| Some((name.trim().rsplit_once('.')?, value.trim())));
        let Some(((limit, key), value)) = parts else {
            return Err("write the limit, a key and its value, as `login.per-ip.burst=10`".into());
        };
        if !KEYS.contains(&key) {
            return Err(format!("`{key}` cannot be set: there are {}", KEYS.join(", ")));
        }
        Ok(Self { limit: limit.into(), key: key.into(), value: value.into() })
    }
}

impl fmt::Display for Set {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{} = {}", self.limit, self.key, self.value)
    }
}

/// The policy with these keys set; an exit code when a value has mistakes, which have been shown.
pub(super) fn apply(policy: Policy, sets: &[Set]) -> Result<Result<Policy, ExitCode>, Failure> {
    let mut limits = policy.limits().to_vec();
    for set in sets {
        if !limits.iter().any(|limit| limit.id == set.limit) {
            let known: Vec<_> = limits.iter().map(|limit| limit.id.as_str()).collect();
            let failure = Failure::new(format!("the policy has no limit `{}`", set.limit));
            return Err(failure.with_help(format!("it has {}", known.join(", "))));
        }
    }
    for limit in &mut limits {
        let own: Vec<_> = sets.iter().filter(|set| set.limit == limit.id).collect();
        if own.is_empty() {
            continue;
        }
        match written(limit, &own)? {
            Ok(written) => own.iter().for_each(|set| take(limit, &written, &set.key)),
            Err(complaint) => return Ok(Err(complaint)),
        }
    }
    Ok(Ok(policy.what_if(|old| old.clone_from_slice(&limits))))
}

/// A pack with one limit, as it would be written.
struct Pack(String);

impl Files for Pack {
    fn read(&self, _: &str) -> io::Result<Vec<u8>> {
        Ok(self.0.clone().into_bytes())
    }
}

fn written(limit: &Limit, sets: &[&Set]) -> Result<Result<Limit, ExitCode>, Failure> {
    let compiled = match compile_files(&Pack(pack(limit, sets)), "--set") {
        Ok(compiled) => compiled,
        Err(report) => return complain(&report).map(Err),
    };
    let policy = Policy::load(&compiled.bundle).map_err(Failure::because("the limit cannot be used"))?;
    let limit = policy.limits().first().cloned();
    limit.map(Ok).ok_or_else(|| Failure::new("the limit cannot be read"))
}

/// What is not set stands as it is, because what is set has to fit it: no request costs more than the burst.
fn pack(limit: &Limit, sets: &[&Set]) -> String {
    let [low, medium, high] = limit.cost;
    let rungs: Vec<_> = limit.ladder.rungs().map(Rung::name).collect();
    let mut keys = vec![
        ("burst", limit.burst.to_string()),
        ("refill", "\"1/s\"".to_owned()),
        ("cost", format!("{{ low = {low}, medium = {medium}, high = {high} }}")),
    ];
    if !rungs.is_empty() {
        keys.push(("ladder", format!("{rungs:?}")));
    }
    keys.retain(|(key, _)| !sets.iter().any(|set| set.key == *key));
    let mut pack = "[pack]\nid = \"set\"\nversion = \"1\"\nwhy = \"given by --set\"\n\n[[limit]]\n".to_owned();
    // Writing to a `String` cannot fail.
    let _ = writeln!(pack, "id = \"{}\"\nwhen = 'request.path == \"/\"'\nkey = [\"ip\"]", limit.id);
    for (key, value) in keys {
        let _ = writeln!(pack, "{key} = {value}");
    }
    for set in sets {
        let _ = writeln!(pack, "{} = {}", set.key, value(&set.value));
    }
    pack
}

/// A value of TOML; a text need not be quoted.
fn value(text: &str) -> String {
    let is_value = toml::from_str::<toml::Table>(&format!("value = {text}")).is_ok_and(|table| table.len() == 1);
    // TOML reads the texts of JSON.
    if is_value { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}

fn take(limit: &mut Limit, written: &Limit, key: &str) {
    match key {
        "burst" => limit.burst = written.burst,
        "refill" => {
            let [low, ..] = limit.interval;
            let [new, ..] = written.interval;
            let scaled = |interval: u64| u128::from(interval) * u128::from(new) / u128::from(low.max(1));
            limit.interval = limit.interval.map(|interval| u64::try_from(scaled(interval)).unwrap_or(u64::MAX).max(1));
        }
        "cost" => limit.cost = written.cost,
        "ladder" => limit.ladder = written.ladder,
        "penalty" => limit.penalty = written.penalty,
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(text: &str) -> Set {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_set_is_read_as_a_pack_writes_it() {
        let limit = Limit { id: "a.b".into(), interval: [1_000_000, 1_000_000, 4_000_000], ..Limit::default() };
        let sets = [set("a.b.burst=10"), set("a.b.refill=10/min"), set("a.b.ladder=[\"tag\", \"block\"]")];
        let written = written(&limit, &sets.iter().collect::<Vec<_>>()).unwrap().unwrap();
        let mut changed = limit;
        sets.iter().for_each(|set| take(&mut changed, &written, &set.key));
        assert_eq!((changed.burst, changed.interval), (10, [6_000_000, 6_000_000, 24_000_000]));
        assert_eq!(changed.ladder.rungs().collect::<Vec<_>>(), [Rung::Tag, Rung::Block]);
    }

    #[test]
    fn what_is_no_setting_says_so() {
        let says = |text: &str| text.parse::<Set>().unwrap_err();
        assert!(says("burst").contains("as `login.per-ip.burst=10`"));
        assert!(says("login.key=ip").contains("`key` cannot be set: there are burst, refill"));
        assert_eq!(value("5/s"), "\"5/s\"");
        assert_eq!(value("{ base = \"2s\" }"), "{ base = \"2s\" }");
        assert_eq!(value("1\nid = 2"), r#""1\nid = 2""#);
    }
}
