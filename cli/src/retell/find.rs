use std::path::PathBuf;

use outwork_engine::bundle::Digest256;
use outwork_engine::keys::AuditKeys;
use outwork_engine::record::chain::{self, Before, Id, Unproven};
use outwork_replay::{Part, Window, parts};
use serde_json::Value;

use super::recorded::Recorded;
use super::{each_whole, first};
use crate::failure::Failure;

/// A record that was looked for.
pub(crate) struct Found {
    pub(crate) id: String,
    pub(crate) file: PathBuf,
    pub(crate) line: u64,
    pub(super) record: Value,
    /// Whether its MAC says that it is as it was written.
    pub(super) proof: &'static str,
    pub(crate) is_proven: bool,
    /// The chain that it is of.
    chain: Option<Id>,
    /// Where else a record of this reference stands, which no honest log has.
    pub(super) others: Vec<String>,
}

impl Found {
    /// The name of the bundle that decided.
    pub(crate) fn bundle(&self) -> &str {
        first(&self.record, BUNDLE).and_then(Value::as_str).unwrap_or_default()
    }

    /// The SHA-256 of that bundle, as the record says that opens the chain; none where that is not in these logs.
    ///
    /// # Errors
    /// Names the file that cannot be read.
    pub(crate) fn digest(&self, files: &[PathBuf], keys: Option<&AuditKeys>) -> Result<Option<Digest256>, Failure> {
        let Some(id) = self.chain else { return Ok(None) };
        let (name, mut found) = (format!("{id:016x}"), None);
        each_whole(files, |_, _, text| {
            let has = |part: &str| memchr::memmem::find(text, part.as_bytes()).is_some();
            if found.is_none() && has("opens") && has(&name) {
                found = parts(text).into_iter().find_map(|part| match part {
                    Part::Record(record) => opening(record.as_bytes(), id, keys),
                    Part::Torn => None,
                });
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// Whether it is as it was written, in words.
    pub(crate) fn proof(&self) -> &'static str {
        self.proof
    }
}

/// Where records name it.
pub(super) const BUNDLE: &[&str] = &["/policy/version", "/outwork/bundle"];

/// Where records have their reference.
pub(super) const ID: &[&str] = &["/metadata/uid", "/event/id"];

/// The record with this reference: of several the first that is proven. As people say it, so that `o` is 0, `i` and `l` are 1, and case
/// and hyphens are nothing.
///
/// # Errors
/// Names the file that cannot be read; says that there is no such record.
pub(crate) fn find(files: &[PathBuf], id: &str, window: Window, keys: Option<&AuditKeys>) -> Result<Found, Failure> {
    let wanted = spoken(id);
    if wanted.is_empty() {
        return Err(Failure::new("a reference has 16 letters and digits"));
    }
    let mut all: Vec<Found> = Vec::new();
    let long = each_whole(files, |file, line, text| {
        if all.len() < MOST && memchr::memmem::find(text, wanted.as_bytes()).is_some() {
            let found = parts(text).into_iter().filter_map(|part| match part {
                Part::Record(record) => read(&record, &wanted, window).map(|json| {
                    let chain = chain::read(record.as_bytes()).map(|sealed| sealed.id);
                    (json, proof(&record, keys), chain)
                }),
                Part::Torn => None,
            });
            let file = files.get(file).cloned().unwrap_or_default();
            all.extend(found.map(|(record, (is_proven, proof), chain)| Found {
                id: wanted.clone(),
                file: file.clone(),
                line,
                record,
                is_proven,
                proof,
                chain,
                others: Vec::new(),
            }));
        }
        Ok(())
    })?;
    long.iter().for_each(|long| eprintln!("{long}"));
    let at = all.iter().position(|found| found.is_proven).unwrap_or(0);
    if all.is_empty() {
        return Err(Failure::new(format!("there is no record `{wanted}`")).with_help(
            "a policy may record only some decisions (`record`, `sample_allowed`), and a log is kept for a time",
        ));
    }
    let found = all.remove(at);
    let others = all.iter().map(|other| format!("{}:{}: {}", other.file.display(), other.line, other.proof)).collect();
    Ok(Found { others, ..found })
}

/// The most records of one reference that are looked at: there is one, unless somebody copied it.
const MOST: usize = 1_000;

/// A reference in Crockford's base 32, as it is written.
fn spoken(id: &str) -> String {
    let digit = |c: char| match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    id.trim().chars().filter(|c| !matches!(c, '-' | ' ')).map(digit).collect()
}

fn read(record: &str, id: &str, window: Window) -> Option<Value> {
    let json: Value = serde_json::from_str(record).ok()?;
    let is_it = first(&json, ID).and_then(Value::as_str) == Some(id);
    // One that cannot be read is of any time: what is wrong with it is said later.
    let is_in = is_it && Recorded::of(&json).map_or(true, |recorded| window.takes(recorded.time()));
    is_in.then_some(json)
}

/// The bundle that a record names which opens a chain; none where it is another record, or not proven.
fn opening(record: &[u8], id: Id, keys: Option<&AuditKeys>) -> Option<Digest256> {
    let sealed = chain::read(record).filter(|sealed| sealed.id == id)?;
    let is_trusted = keys.is_none_or(|keys| sealed.verify(keys).is_ok());
    match sealed.before {
        Before::Opens(opens) if is_trusted => opens.bundle,
        _ => None,
    }
}

/// Whether a record is as it was written, and how far that is known.
pub(super) fn proof(record: &str, keys: Option<&AuditKeys>) -> (bool, &'static str) {
    let Some(sealed) = chain::read(record.as_bytes()) else { return (false, "not chained: nothing proves it") };
    match keys.map(|keys| sealed.verify(keys)) {
        Some(Ok(())) => (true, "proven: as it was written"),
        Some(Err(Unproven::Changed)) => (false, "CHANGED after it was written, or its JSON was written anew"),
        Some(Err(Unproven::Key)) => (false, "not proven: its key is not at hand"),
        None => (false, "not proven: no keys were given"),
    }
}

#[cfg(test)]
mod tests {
    use super::spoken;

    #[test]
    fn a_reference_is_read_as_people_say_it() {
        assert_eq!(spoken(" 7q3m-oi1l 0abc "), "7Q3M01110ABC");
    }
}
