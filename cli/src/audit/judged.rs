use jiff::Timestamp;
use outwork_engine::keys::AuditKeys;
use outwork_engine::record::chain::{self, Before, Id, Mac, Opens, Unproven, Why};
use outwork_replay::{Part, parts};
use serde::de::IgnoredAny;

/// What a part of a line proves by its own bytes. How it stands to the others is for the ledger.
#[derive(Clone, Debug)]
pub(super) enum Judged {
    Proven(Proven),
    /// A record, of which nothing is proven.
    Unchained,
    /// What is no record any more, and why.
    Torn(&'static str),
    /// The part of a line that was there when its host was killed. It begins anew in the same line.
    Cut,
    /// A record that says that it is this one of that chain, and was changed.
    Changed(Id, u64),
    /// A record by a key that is not at hand.
    Key(Id, u64, String),
}

/// A record as it was written.
#[derive(Clone, Debug)]
pub(super) struct Proven {
    pub(super) id: Id,
    pub(super) sequence: u64,
    pub(super) key: String,
    pub(super) before: Before,
    pub(super) chains: Option<u32>,
    pub(super) mac: Mac,
    /// When it was decided, in milliseconds since 1970.
    pub(super) millis: Option<u64>,
}

/// Judges each record of a line.
pub(super) fn judge(line: &[u8], keys: &AuditKeys) -> Vec<Judged> {
    let judged = judge_parts(line, keys);
    if let [] | [Judged::Torn(_)] = judged[..]
        && let Some(anew) = anew(line, keys)
    {
        return vec![Judged::Cut, anew];
    }
    judged
}

fn judge_parts(line: &[u8], keys: &AuditKeys) -> Vec<Judged> {
    let judged = parts(line).into_iter().map(|part| match part {
        Part::Record(record) => record_of(record.as_bytes(), keys),
        Part::Torn => {
            Judged::Torn("what was a record is none: it was changed or cut off, or its JSON was written anew")
        }
    });
    judged.collect()
}

/// In so many places of a line a host is looked for that begins anew: a record has some forty objects.
const MOST_BEGINNINGS: usize = 256;

/// The record with which a host begins anew behind what it had written of a line when it was killed. What is lost with that is
/// the end of a chain, which is missed by the count alone whether something is left of it or not.
fn anew(line: &[u8], keys: &AuditKeys) -> Option<Judged> {
    if line.is_empty() || serde_json::from_slice::<IgnoredAny>(line).is_ok() {
        return None;
    }
    let mut begins = memchr::memmem::find_iter(line, b"{\"").filter(|at| *at > 0).take(MOST_BEGINNINGS);
    begins.find_map(|at| match judge_parts(line.get(at..)?, keys).pop() {
        Some(Judged::Proven(record)) if is_start(&record) => Some(Judged::Proven(record)),
        _ => None,
    })
}

const fn is_start(record: &Proven) -> bool {
    matches!(record.before, Before::Opens(Opens { why: Why::Start, .. }))
}

fn record_of(record: &[u8], keys: &AuditKeys) -> Judged {
    let Some(sealed) = chain::read(record) else {
        let has = |name: &[u8]| memchr::memmem::find(record, name).is_some();
        return if has(b"\"chain\"") || has(b"\"mac\"") {
            Judged::Torn("its chain cannot be read: it was changed, or its JSON was written anew")
        } else {
            Judged::Unchained
        };
    };
    match sealed.verify(keys) {
        Ok(()) => Judged::Proven(Proven {
            id: sealed.id,
            sequence: sealed.sequence,
            key: sealed.key.to_owned(),
            before: sealed.before,
            chains: sealed.chains,
            mac: sealed.mac,
            millis: millis(record),
        }),
        Err(Unproven::Changed) => Judged::Changed(sealed.id, sealed.sequence),
        Err(Unproven::Key) => Judged::Key(sealed.id, sealed.sequence, sealed.key.to_owned()),
    }
}

/// The time with which records of either vocabulary begin.
fn millis(record: &[u8]) -> Option<u64> {
    let record = std::str::from_utf8(record).ok()?;
    if let Some(rest) = record.strip_prefix("{\"time\":") {
        return rest.split(',').next()?.parse().ok();
    }
    let (stamp, _) = record.strip_prefix("{\"@timestamp\":\"")?.split_once('"')?;
    u64::try_from(stamp.parse::<Timestamp>().ok()?.as_millisecond()).ok()
}

#[cfg(test)]
mod tests {
    use super::millis;

    #[test]
    fn the_time_of_either_vocabulary_is_read() {
        assert_eq!(millis(b"{\"time\":1795305601000,\"class_uid\":4002}"), Some(1_795_305_601_000));
        assert_eq!(millis(b"{\"@timestamp\":\"2026-11-22T00:00:01.000Z\",\"ecs\":{}}"), Some(1_795_305_601_000));
        assert_eq!((millis(b"{\"@timestamp\":\"x\",}"), millis(b"{}")), (None, None));
    }
}
