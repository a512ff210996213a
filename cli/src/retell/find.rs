use std::path::PathBuf;

use outwork_engine::bundle::Digest256;
use outwork_engine::keys::AuditKeys;
use outwork_engine::record::chain::{self, Before, Id, Unproven};
use outwork_replay::{Part, Window, parts};
use serde_json::Value;

use super::recorded::Recorded;
use super::{each_whole, first};
use crate::failure::Failure;
use crate::output::tame;

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

/// The record with this reference, or the only one whose reference begins so: of several copies the first that is proven. As people
/// say it, so that `o` is 0, `i` and `l` are 1, and case and hyphens are nothing.
///
/// # Errors
/// Names the file that cannot be read; says that there is no such record, or which there are.
pub(crate) fn find(files: &[PathBuf], id: &str, window: Window, keys: Option<&AuditKeys>) -> Result<Found, Failure> {
    let wanted = spoken(id);
    if wanted.chars().count() < FEWEST {
        return Err(Failure::new(format!("`{id}` is too short to find a record by")).with_help(format!(
            "give the first {FEWEST} or more of the {LENGTH} letters and digits of its reference"
        )));
    }
    // The records of each reference.
    let mut all: Vec<Vec<Found>> = Vec::new();
    let long = each_whole(files, |file, line, text| {
        if memchr::memmem::find(text, wanted.as_bytes()).is_none() {
            return Ok(());
        }
        let file = files.get(file).cloned().unwrap_or_default();
        for part in parts(text) {
            let Part::Record(text) = part else { continue };
            let Some((id, record)) = read(&text, &wanted, window) else { continue };
            let ((is_proven, proof), chain) =
                (proof(&text, keys), chain::read(text.as_bytes()).map(|sealed| sealed.id));
            add(&mut all, Found { id, file: file.clone(), line, record, proof, is_proven, chain, others: Vec::new() });
        }
        Ok(())
    })?;
    long.iter().for_each(|long| eprintln!("{long}"));
    if all.len() > 1 {
        return Err(several(&wanted, &all));
    }
    let Some(mut same) = all.pop() else {
        return Err(Failure::new(format!("there is no record `{wanted}`")).with_help(
            "a policy may record only some decisions (`record`, `sample_allowed`), and a log is kept for a time",
        ));
    };
    let found = same.remove(same.iter().position(|found| found.is_proven).unwrap_or(0));
    let others = same.iter().map(|other| format!("{}:{}: {}", other.file.display(), other.line, other.proof)).collect();
    Ok(Found { others, ..found })
}

/// How many letters and digits a reference has, and how many of them find it.
const LENGTH: usize = 16;
const FEWEST: usize = 4;

/// The most records of one reference that are looked at: there is one, unless somebody copied it.
const MOST: usize = 1_000;

/// The most references that begin alike and are listed.
const MOST_LISTED: usize = 10;

/// Adds a record to those of its reference.
fn add(all: &mut Vec<Vec<Found>>, found: Found) {
    let has_room = all.len() <= MOST_LISTED;
    match all.iter_mut().find(|same| same.first().is_some_and(|first| first.id == found.id)) {
        Some(same) if same.len() < MOST => same.push(found),
        // One more than are listed, so that it can be said that there are more.
        None if has_room => all.push(vec![found]),
        _ => {}
    }
}

/// Says which records have a reference that begins as the one that was asked for.
fn several(wanted: &str, all: &[Vec<Found>]) -> Failure {
    let mut message = format!("several records have a reference that begins with `{wanted}`:");
    for found in all.iter().take(MOST_LISTED).filter_map(|same| same.first()) {
        let at = Recorded::of(&found.record).map_or_else(|_| "no time".to_owned(), |recorded| recorded.at());
        message += &format!("\n  {}", tame(&format!("{}  {at}", found.id)));
    }
    if all.len() > MOST_LISTED {
        message += "\n  … and more";
    }
    Failure::new(message)
        .with_help("give more of the reference, or say with `--since` and `--until` of which time it is")
}

/// A reference in Crockford's base 32, as it is written.
fn spoken(id: &str) -> String {
    let digit = |c: char| match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    id.trim().chars().filter(|c| !matches!(c, '-' | ' ')).map(digit).collect()
}

/// A record that is wanted, and its reference. All of one finds that alone: no longer one that somebody made up.
fn read(record: &str, wanted: &str, window: Window) -> Option<(String, Value)> {
    let json: Value = serde_json::from_str(record).ok()?;
    let id = first(&json, ID).and_then(Value::as_str)?.to_owned();
    let is_it = if wanted.len() < LENGTH { id.starts_with(wanted) } else { id == wanted };
    // One that cannot be read is of any time: what is wrong with it is said later.
    let is_in = is_it && Recorded::of(&json).map_or(true, |recorded| window.takes(recorded.time()));
    is_in.then_some((id, json))
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
    use super::*;

    #[test]
    fn a_reference_is_read_as_people_say_it() {
        assert_eq!(spoken(" 7q3m-oi1l 0abc "), "7Q3M01110ABC");
    }

    /// Looks in a log of records with these references, one a second.
    fn found(ids: &[&str], wanted: &str) -> Result<Found, String> {
        let log = tempfile::NamedTempFile::new().unwrap();
        let record = |(id, at): (&&str, u64)| {
            let time = 1_795_305_600_000 + 1_000 * at;
            format!(
                r#"{{"time":{time},"metadata":{{"uid":"{id}"}},"policy":{{"version":"b"}},"unmapped":{{"outwork":{{"verdict":"allow"}}}}}}"#
            ) + "\n"
        };
        std::fs::write(log.path(), ids.iter().zip(0..).map(record).collect::<String>()).unwrap();
        find(&[log.path().to_path_buf()], wanted, Window::default(), None).map_err(|failure| format!("{failure:?}"))
    }

    const IDS: [&str; 4] = ["YJV1XVXC9M9G6C49", "YJV2000000000000", "0000YJV100000000", "YJV2000000000001"];

    #[test]
    fn a_record_is_found_by_the_beginning_of_its_reference() {
        for wanted in ["yjv1", "YJV1-XVXC-9", "yjvl xvxc", IDS[0]] {
            let found = found(&IDS, wanted).unwrap_or_else(|error| panic!("{wanted}: {error}"));
            assert_eq!((found.id.as_str(), found.line), (IDS[0], 1), "{wanted}");
        }
        let copied = found(&[IDS[0], IDS[1], IDS[0]], "YJV1").unwrap();
        assert_eq!((copied.line, copied.others.len()), (1, 1), "a copy is no other record");
        let made_up = found(&[IDS[0], "YJV1XVXC9M9G6C49X"], IDS[0]).unwrap();
        assert_eq!((made_up.id.as_str(), made_up.others.len()), (IDS[0], 0));
        assert!(found(&IDS, "XVXC").is_err_and(|error| error.contains("there is no record `XVXC`")));
    }

    #[test]
    fn what_several_references_begin_with_lists_them_and_what_is_too_short_says_so() {
        let error = found(&IDS, "yjv2").err().unwrap();
        for part in ["YJV2000000000000  2026-11-22T00:00:01Z", "YJV2000000000001  2026-11-22T00:00:03Z", "give more of"]
        {
            assert!(error.contains(part) && !error.contains("and more"), "{error}");
        }
        let many: Vec<String> = (10..21).map(|n| format!("YJV20000000000{n}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let error = found(&many, "YJV2").err().unwrap();
        assert!(error.contains("0019  2026") && !error.contains("0020") && error.contains("… and more"), "{error}");
        for short in ["", "YJV", "y-j-v"] {
            let error = found(&IDS, short).err().unwrap();
            assert!(error.contains("is too short") && error.contains("give the first 4 or more of the 16"), "{error}");
        }
    }
}
