use std::path::PathBuf;

use outwork_engine::keys::AuditKeys;
use outwork_engine::record::chain::{self, Unproven};
use serde_json::Value;

use super::first;
use crate::audit::{Part, parts};
use crate::failure::Failure;
use crate::lines;

/// A record that was looked for.
pub(crate) struct Found {
    pub(crate) id: String,
    pub(crate) file: PathBuf,
    pub(crate) line: u64,
    pub(super) record: Value,
    /// Whether its MAC says that it is as it was written.
    pub(super) proof: &'static str,
}

impl Found {
    /// The name of the bundle that decided.
    pub(crate) fn bundle(&self) -> &str {
        first(&self.record, BUNDLE).and_then(Value::as_str).unwrap_or_default()
    }
}

/// Where records name it.
pub(super) const BUNDLE: &[&str] = &["/policy/version", "/outwork/bundle"];

/// The first record with this reference. As people say it, so that `o` is 0, `i` and `l` are 1, and case and hyphens are nothing.
///
/// # Errors
/// Names the file that cannot be read; says that there is no such record.
pub(crate) fn find(files: &[PathBuf], id: &str, keys: Option<&AuditKeys>) -> Result<Found, Failure> {
    let wanted = spoken(id);
    let mut found = None;
    lines::each_text(files, |file, line, text| {
        if found.is_none() && text.windows(wanted.len()).any(|window| window == wanted.as_bytes()) {
            found = parts(text).into_iter().find_map(|part| match part {
                Part::Record(record) => read(&record, &wanted).map(|json| (file, line, json, proof(&record, keys))),
                Part::Torn => None,
            });
        }
        Ok(())
    })?;
    let (file, line, record, proof) = found.ok_or_else(|| {
        Failure::new(format!("there is no record `{wanted}`")).with_help(
            "a policy may record only some decisions (`record`, `sample_allowed`), and a log is kept for a time",
        )
    })?;
    let file = files.get(file).cloned().unwrap_or_default();
    Ok(Found { id: wanted, file, line, record, proof })
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

fn read(record: &str, id: &str) -> Option<Value> {
    let json: Value = serde_json::from_str(record).ok()?;
    let is_it = first(&json, &["/metadata/uid", "/event/id"]).and_then(Value::as_str) == Some(id);
    is_it.then_some(json)
}

fn proof(record: &str, keys: Option<&AuditKeys>) -> &'static str {
    let Some(sealed) = chain::read(record.as_bytes()) else { return "not chained: nothing proves it" };
    match keys.map(|keys| sealed.verify(keys)) {
        Some(Ok(())) => "proven: as it was written",
        Some(Err(Unproven::Changed)) => "CHANGED after it was written, or its JSON was written anew",
        Some(Err(Unproven::Key)) => "not proven: its key is not at hand",
        None => "not proven: no keys were given",
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
