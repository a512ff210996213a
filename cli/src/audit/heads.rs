use std::collections::{BTreeMap, BTreeSet};
use std::io::{ErrorKind, Write};
use std::path::Path;

use base64ct::{Base64UrlUnpadded, Encoding};
use outwork_engine::record::chain::{Head, Id};
use serde::{Deserialize, Serialize};

use super::chain::Read;
use super::finding::name;
use crate::failure::Failure;

/// How far each chain was verified: what one run leaves for the next, and what is kept away from the log.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Heads {
    version: u32,
    chains: BTreeMap<String, Kept>,
    /// The numbers of the chains of each run: those that were seen.
    runs: BTreeMap<String, BTreeSet<u32>>,
    /// How many each has, as records say: the last of those that were seen, or more.
    #[serde(default)]
    counts: BTreeMap<String, u32>,
    /// The key of the chain that was opened last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) key: Option<String>,
    /// Chains that were quiet from this instant on, in milliseconds, are left out: their threads have ended.
    #[serde(default)]
    pub(super) forgotten: u64,
}

#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    sequence: u64,
    mac: String,
    /// When the last was decided, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last: Option<u64>,
    /// The run of its host, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    run: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    open: Vec<(u64, u64)>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    unordered: bool,
}

const VERSION: u32 = 1;

/// After so many milliseconds without a record a chain is over, and a run whose chains all are: 30 days.
const QUIET: u64 = 30 * 86_400_000;

impl Heads {
    /// Reads what an earlier run left; nothing where there was none.
    ///
    /// # Errors
    /// The file is there, and is not what a run leaves.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let name = path.display();
        let text = match std::fs::read_to_string(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            text => text.map_err(Failure::because(format!("`{name}` cannot be read")))?,
        };
        let heads: Self = serde_json::from_str(&text).map_err(Failure::because(format!("`{name}` holds no heads")))?;
        let is_sound = heads.chains.iter().all(|(id, kept)| number(id).is_some() && kept.mac().is_some())
            && heads.chains.values().filter_map(|kept| kept.run.as_deref()).all(|run| number(run).is_some())
            && heads.runs.keys().chain(heads.counts.keys()).all(|run| number(run).is_some());
        if heads.version != VERSION || !is_sound {
            return Err(Failure::new(format!("`{name}` holds heads that this version cannot read")));
        }
        Ok(heads)
    }

    /// Writes them beside the file and puts them in its place, so that it is never half written.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn save(&self, path: &Path) -> Result<(), Failure> {
        let fails =
            |error: &dyn std::fmt::Display| Failure::new(format!("`{}` cannot be written: {error}", path.display()));
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(|error| fails(&error))?;
        let json = serde_json::to_string_pretty(self).map_err(|error| fails(&error))? + "\n";
        file.write_all(json.as_bytes()).and_then(|()| file.as_file().sync_all()).map_err(|error| fails(&error))?;
        file.persist(path).map_err(|error| fails(&error))?;
        Ok(())
    }

    pub(super) fn of(
        chains: &BTreeMap<Id, Read>,
        (runs, counts): (&BTreeMap<u64, BTreeSet<u32>>, &BTreeMap<u64, u32>),
        (key, forgotten): (Option<String>, u64),
    ) -> Self {
        let newest = chains.values().filter_map(|read| read.newest).max().unwrap_or(0);
        let forgotten = forgotten.max(newest.saturating_sub(QUIET));
        let lives = |read: &&Read| read.newest.is_none_or(|newest| newest >= forgotten) || !read.left_open.is_empty();
        let living: BTreeSet<u64> = chains.values().filter(lives).filter_map(|read| read.run).collect();
        let kept = |(id, read): (&Id, &Read)| {
            let Head { sequence, mac, .. } = read.head().filter(|_| lives(&read))?;
            let mac = Base64UrlUnpadded::encode_string(&mac);
            let run = read.run.map(name);
            let Read { newest: last, unordered, .. } = *read;
            Some((name(*id), Kept { sequence, mac, last, run, open: read.left_open.clone(), unordered }))
        };
        let runs = runs.iter().filter(|(run, _)| living.contains(run));
        let runs = runs.map(|(run, numbers)| (name(*run), numbers.clone())).collect();
        let counts = counts.iter().filter(|(run, _)| living.contains(run));
        let counts = counts.map(|(run, count)| (name(*run), *count)).collect();
        Self { version: VERSION, chains: chains.iter().filter_map(kept).collect(), runs, counts, key, forgotten }
    }

    pub(super) fn chains(&self) -> BTreeMap<Id, Read> {
        let known = self.chains.iter().filter_map(|(id, kept)| {
            let (id, mac) = (number(id)?, kept.mac()?);
            let run = kept.run.as_deref().and_then(number);
            let head = Head { id, sequence: kept.sequence, mac };
            let mut read = Read::known(head, kept.open.clone(), kept.last, run);
            read.unordered = kept.unordered;
            Some((id, read))
        });
        known.collect()
    }

    /// The numbers of chains that were missing then.
    pub(super) fn missed(&self) -> BTreeMap<u64, BTreeSet<u32>> {
        let runs = self.runs();
        let missed = |(run, last): (u64, u32)| {
            let is_missing = |number: &u32| runs.get(&run).is_none_or(|seen| !seen.contains(number));
            (run, (1..=last).filter(is_missing).collect())
        };
        self.counts().into_iter().map(missed).collect()
    }

    /// How many chains each run has; what an older version wrote names the last one alone.
    pub(super) fn counts(&self) -> BTreeMap<u64, u32> {
        let seen = self.runs.iter().map(|(run, seen)| (run, seen.last().copied().unwrap_or(0)));
        let mut counts = BTreeMap::new();
        for (run, last) in seen.chain(self.counts.iter().map(|(run, count)| (run, *count))) {
            let Some(run) = number(run) else { continue };
            counts.entry(run).and_modify(|count| *count = last.max(*count)).or_insert(last);
        }
        counts
    }

    pub(super) fn runs(&self) -> BTreeMap<u64, BTreeSet<u32>> {
        self.runs.iter().filter_map(|(run, numbers)| Some((number(run)?, numbers.clone()))).collect()
    }
}

impl Kept {
    fn mac(&self) -> Option<[u8; 16]> {
        Base64UrlUnpadded::decode_vec(&self.mac).ok()?.try_into().ok()
    }
}

fn number(hex: &str) -> Option<u64> {
    u64::from_str_radix(hex, 16).ok().filter(|_| hex.len() == 16)
}
