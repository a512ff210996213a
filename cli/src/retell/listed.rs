use std::fmt::Write;
use std::net::IpAddr;
use std::path::PathBuf;

use outwork_engine::identity;
use outwork_engine::keys::{AuditKeys, Keyring};
use outwork_replay::{Part, Rate, Window, parts};
use serde::Serialize;
use serde_json::Value;

use super::find::{ID, proof};
use super::recorded::Recorded;
use super::{each_whole, first};
use crate::failure::Failure;
use crate::output::tame;

/// Whose records are wanted, and of which time.
pub(crate) struct Wanted {
    /// The pseudonyms of an address, by every key.
    pub(crate) names: Vec<String>,
    pub(crate) window: Window,
}

/// One record of a client.
#[derive(Debug, Serialize)]
pub(crate) struct Listed {
    at: String,
    #[serde(skip)]
    millis: u64,
    id: String,
    verdict: String,
    enforced: bool,
    /// The first reason; none where nothing counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// At which rate records like it were kept; none where each was.
    #[serde(skip_serializing_if = "Option::is_none")]
    sampled: Option<f64>,
    record_is: &'static str,
    pub(crate) is_proven: bool,
}

impl Wanted {
    /// A client by the name that records have, or by its address.
    ///
    /// # Errors
    /// It is neither, or there are no keys to work out the names of an address.
    pub(crate) fn of(client: &str, keys: Option<&Keyring>) -> Result<Self, Failure> {
        let names = match (client.parse::<IpAddr>(), keys) {
            (Ok(address), Some(keys)) => {
                identity::pseudonyms(address, keys).into_iter().map(|(_, name)| format!("{name:016x}")).collect()
            }
            (Ok(_), None) => {
                return Err(Failure::new("records name an address by a hash, which takes `OUTWORK_KEYS`")
                    .with_help("or give the name: `outwork keys pseudonym ADDRESS` says it, where the keys are"));
            }
            (Err(_), _) if client.len() == 16 && client.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
                vec![client.to_ascii_lowercase()]
            }
            (Err(_), _) => {
                return Err(Failure::new(format!(
                    "`{client}` is neither an address nor the name of one in records: 16 hex digits"
                )));
            }
        };
        Ok(Self { names, window: Window::default() })
    }

    fn takes(&self, recorded: &Recorded) -> bool {
        recorded.client.as_ref().is_some_and(|client| self.names.contains(client)) && self.window.takes(recorded.time())
    }
}

/// The records of a client, the oldest first.
///
/// # Errors
/// Names the file that cannot be read.
pub(crate) fn list(files: &[PathBuf], wanted: &Wanted, keys: Option<&AuditKeys>) -> Result<Vec<Listed>, Failure> {
    let mut all = Vec::new();
    let long = each_whole(files, |_, _, text| {
        if wanted.names.iter().any(|name| memchr::memmem::find(text, name.as_bytes()).is_some()) {
            all.extend(parts(text).into_iter().filter_map(|part| match part {
                Part::Record(record) => listed(&record, wanted, keys),
                Part::Torn => None,
            }));
        }
        Ok(())
    })?;
    long.iter().for_each(|long| eprintln!("{long}"));
    all.sort_by_key(|one: &Listed| one.millis);
    Ok(all)
}

fn listed(record: &str, wanted: &Wanted, keys: Option<&AuditKeys>) -> Option<Listed> {
    let json: Value = serde_json::from_str(record).ok()?;
    let recorded = Recorded::of(&json).ok().filter(|recorded| wanted.takes(recorded))?;
    let (is_proven, record_is) = proof(record, keys);
    Some(Listed {
        at: recorded.at(),
        millis: recorded.millis,
        id: first(&json, ID)?.as_str()?.to_owned(),
        verdict: recorded.undecided.as_ref().map_or_else(|| recorded.verdict.clone(), |_| "undecided".into()),
        enforced: recorded.enforced || recorded.undecided.is_some(),
        reason: match &recorded.undecided {
            Some(undecided) => Some(format!("{}, {}", undecided.stage, undecided.ended())),
            None => recorded.reasons.first().map(|reason| reason.id.clone()),
        },
        sampled: recorded.sampled,
        record_is,
        is_proven,
    })
}

/// Writes them for people, one a line.
pub(crate) fn write_list(all: &[Listed]) -> String {
    let mut out = String::new();
    for Listed { at, id, verdict, enforced, reason, record_is, is_proven, .. } in all {
        let force = if *enforced { "" } else { " (in shadow)" };
        let reason = reason.as_deref().unwrap_or("no reason counted");
        let proof = if *is_proven { String::new() } else { format!("  {record_is}") };
        _ = writeln!(out, "{}", tame(&format!("{at}  {id}  {verdict}{force}  {reason}{proof}")));
    }
    _ = writeln!(out, "{} record{}{}", all.len(), if all.len() == 1 { "" } else { "s" }, stand_for(all));
    out
}

/// How many requests records stand for, where some are of a sample.
fn stand_for(all: &[Listed]) -> String {
    let sampled = all.iter().filter(|one| one.sampled.is_some()).count();
    if sampled == 0 {
        return String::new();
    }
    // What is no rate is no reason to think of more requests than one.
    let rate = |one: &Listed| one.sampled.and_then(Rate::of).unwrap_or(Rate::ALL);
    let (requests, error) = Rate::together(all.iter().map(rate));
    format!(", {sampled} of them a sample: about {requests} requests, with a standard error of {error:.0}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use outwork_compiler::{Request, corpus::Player};
    use outwork_engine::policy::Policy;
    use outwork_engine::record::{self, Context, Format};
    use outwork_engine::rules::Scratch;
    use outwork_engine::time::Time;

    #[test]
    fn a_client_is_found_by_its_address_and_by_its_name_in_both_vocabularies() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../compiler/tests/everything");
        let compiled = outwork_compiler::compile(&folder).unwrap_or_else(|report| panic!("{}", report.render(false)));
        let policy = Policy::load(&compiled.bundle).unwrap();
        let keys = Keyring::parse("k:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=").unwrap();
        let mut lines = String::new();
        for (address, format, day) in
            [("203.0.113.9", Format::Ecs, 1), ("203.0.113.9", Format::Ocsf, 0), ("203.0.113.10", Format::Ocsf, 0)]
        {
            let request: Request = serde_json::from_value(serde_json::json!({
                "method": "GET", "scheme": "https", "authority": "shop.example", "target": "/", "address": address,
                "headers": [["user-agent", "curl/8"]],
            }))
            .unwrap();
            let now = Time(Player::NOW.0 + day * 86_400_000_000);
            request.with_facts(now, [7; 16], |facts| {
                let decision = policy.assess(facts, &keys, &mut Scratch::default()).decide(&[]);
                let mut context = Context::NATIVE;
                context.records.format = format;
                lines += &(record::write(&decision, facts, &keys, context) + "\n");
            });
        }
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), lines).unwrap();
        let files = [file.path().to_owned()];
        let all = list(&files, &Wanted::of("203.0.113.9", Some(&keys)).unwrap(), None).unwrap();
        assert_eq!(all.len(), 2);
        assert!(all[0].millis < all[1].millis, "the oldest first");
        let name = format!("{:016X}", identity::pseudonyms("203.0.113.9".parse().unwrap(), &keys)[0].1);
        let since = Some(Time(Player::NOW.0 + 1));
        let window = Window { since, until: None };
        let later = list(&files, &Wanted { window, ..Wanted::of(&name, None).unwrap() }, None).unwrap();
        assert_eq!(later.len(), 1);
        let text = write_list(&later);
        assert!(text.contains(&later[0].id) && text.ends_with("not chained: nothing proves it\n1 record\n"), "{text}");
        let window = Window { since: None, until: since };
        let before = list(&files, &Wanted { window, ..Wanted::of(&name, None).unwrap() }, None).unwrap();
        assert_eq!(before.len(), 1);
        let mut sampled = before;
        sampled[0].sampled = Some(0.1);
        let text = write_list(&sampled);
        assert!(
            text.ends_with("1 record, 1 of them a sample: about 10 requests, with a standard error of 9\n"),
            "{text}"
        );
        assert!(Wanted::of("203.0.113.9", None).is_err() && Wanted::of("somebody", Some(&keys)).is_err());
    }
}
