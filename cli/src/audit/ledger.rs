use std::collections::{BTreeMap, BTreeSet};

use outwork_engine::keys::AuditKeys;
use outwork_engine::record::chain::{self, Id, Place as Number, Sealed, Unproven};
use serde::Serialize;

use super::chain::{MOST_KEPT, Read};
use super::finding::{Finding, Kind, Place, name};
use super::heads::Heads;
use super::line::{Part, parts};

/// The most records that wait for others, of all chains together: 120 MB.
const MOST_WAITING: usize = 1 << 20;

/// The most findings that are kept; all are counted.
const MOST_FINDINGS: usize = 1_000;

/// What is known of a log's chains while it is read.
pub(crate) struct Ledger {
    keys: AuditKeys,
    chains: BTreeMap<Id, Read>,
    /// The chains of each run of a host, by their numbers.
    runs: BTreeMap<u64, BTreeSet<u32>>,
    findings: Vec<Finding>,
    counted: BTreeMap<Kind, u64>,
    ordinal: u64,
    others: u64,
    unchained: u64,
    first_unchained: Option<Place>,
    /// The numbers of chains that were missing when an earlier run ended.
    missed: BTreeMap<u64, BTreeSet<u32>>,
}

/// What an auditor wants beside the records.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wants {
    /// Every record behind those that were written before it.
    pub(crate) ordered: bool,
    /// So many of them.
    pub(crate) count: Option<u64>,
    /// Whether records without a chain may stand among the others.
    pub(crate) allow_unchained: bool,
    /// Whether another run follows, which may find what stands behind the end of this log.
    pub(crate) goes_on: bool,
}

/// What was found.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    /// Whether the log is what was written, as far as it can tell.
    pub(crate) complete: bool,
    /// Those that are proven.
    pub(crate) records: u64,
    /// Records of a policy without a chain: nothing can be said of them.
    pub(crate) unchained: u64,
    /// Lines that hold no record.
    pub(crate) others: u64,
    pub(crate) chains: Vec<ChainReport>,
    /// The first of them.
    pub(crate) findings: Vec<Finding>,
    /// How many there are of each kind.
    pub(crate) counts: BTreeMap<Kind, u64>,
}

/// One chain.
#[derive(Debug, Serialize)]
pub(crate) struct ChainReport {
    pub(crate) id: String,
    pub(crate) records: u64,
    /// The number of the last one.
    pub(crate) last: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) opened: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) run: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) number: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) follows: Option<String>,
    /// Whether another chain says how far this one had got at least.
    pub(crate) followed: bool,
    pub(crate) keys: Vec<String>,
    /// How many stand behind one that was written later, as happens where lines are written when answers end.
    pub(crate) displaced: u64,
    /// By how many records at the most.
    pub(crate) most_displaced: u64,
}

impl Ledger {
    /// Begins where an earlier run ended.
    pub(crate) fn new(keys: AuditKeys, heads: &Heads) -> Self {
        Self {
            keys,
            chains: heads.chains(),
            missed: heads.missed(),
            runs: heads.runs(),
            findings: Vec::new(),
            counted: BTreeMap::new(),
            ordinal: 0,
            others: 0,
            unchained: 0,
            first_unchained: None,
        }
    }

    /// Takes in a line.
    pub(crate) fn read(&mut self, place: Place, line: &[u8]) {
        let parts = parts(line);
        self.others += u64::from(parts.is_empty());
        for part in parts {
            match part {
                Part::Record(record) => self.record(place, record.as_bytes()),
                Part::Torn => {
                    self.changed(place, None, "what was a record is none: it was changed, or its JSON was written anew")
                }
            }
        }
    }

    fn record(&mut self, place: Place, record: &[u8]) {
        let Some(sealed) = chain::read(record) else {
            if record.windows(7).any(|part| part == b"\"chain\"") || record.windows(5).any(|part| part == b"\"mac\"") {
                self.changed(place, None, "its chain cannot be read: it was changed, or its JSON was written anew");
            } else {
                self.unchained += 1;
                self.first_unchained = self.first_unchained.or(Some(place));
            }
            return;
        };
        match sealed.verify(&self.keys) {
            Ok(()) => self.proven(place, &sealed),
            Err(Unproven::Changed) => {
                let message = format!("record {} was changed after it was written", sealed.sequence);
                self.changed(place, Some((sealed.id, sealed.sequence)), &message);
            }
            Err(Unproven::Key) => {
                let message = format!("record {} has a key that is not at hand, `{}`", sealed.sequence, sealed.key);
                self.note([Finding::of(Kind::Key, sealed.id, message).at(place)]);
            }
        }
    }

    fn proven(&mut self, place: Place, sealed: &Sealed<'_>) {
        self.ordinal += 1;
        let mut findings = Vec::new();
        if let chain::Before::Opens(opens) = sealed.before
            && let Some(Number { run, number }) = opens.place
        {
            self.runs.entry(run).or_default().insert(number);
        }
        let chain = self.chains.entry(sealed.id).or_insert_with(|| Read::new(sealed.id));
        chain.add(sealed, place, self.ordinal, &mut findings);
        let is_long = chain.waiting() > MOST_KEPT;
        self.note(findings);
        // Rarely: counting them takes a walk over all chains.
        if is_long && self.ordinal.is_multiple_of(MOST_KEPT as u64) {
            self.make_room();
        }
    }

    /// Gives up what is missing in the chain of which most records wait.
    fn make_room(&mut self) {
        while self.chains.values().map(Read::waiting).sum::<usize>() > MOST_WAITING {
            let Some(chain) = self.chains.values_mut().max_by_key(|chain| chain.waiting()) else { return };
            let mut findings = Vec::new();
            chain.settle(false, &mut findings);
            self.note(findings);
        }
    }

    fn changed(&mut self, place: Place, says: Option<(Id, u64)>, message: &str) {
        let mut finding =
            Finding { kind: Kind::Changed, chain: None, records: None, place: Some(place), message: message.into() };
        if let Some((id, sequence)) = says {
            // What a changed record says of its chain may be changed, too.
            if let Some(chain) = self.chains.get_mut(&id).filter(|chain| chain.changed.len() < MOST_KEPT) {
                chain.changed.insert(sequence, place);
            }
            finding = Finding { chain: Some(name(id)), records: Some((sequence, sequence)), ..finding };
        }
        self.note([finding]);
    }

    fn note(&mut self, findings: impl IntoIterator<Item = Finding>) {
        for finding in findings {
            *self.counted.entry(finding.kind).or_default() += 1;
            if self.findings.len() < MOST_FINDINGS {
                self.findings.push(finding);
            }
        }
    }

    /// Ends: what is missing now stays missing, unless another run follows.
    pub(crate) fn finish(mut self, wants: Wants) -> (Report, Heads) {
        let Wants { ordered, count, allow_unchained, goes_on } = wants;
        let mut findings = Vec::new();
        for chain in self.chains.values_mut() {
            chain.give_up(&mut findings);
            chain.settle(goes_on, &mut findings);
        }
        let followed = self.successions(&mut findings);
        self.numbers(goes_on, &mut findings);
        for (id, chain) in self.chains.iter().filter(|(_, chain)| ordered && chain.displaced > 0) {
            let message = format!("{} records are out of order, by at most {}", chain.displaced, chain.most_displaced);
            findings.push(Finding::of(Kind::Displaced, *id, message));
        }
        if let Some(place) = self.first_unchained.filter(|_| !allow_unchained && self.ordinal > 0) {
            let message =
                format!("{} records have no chain, this one first: anybody can have written them", self.unchained);
            findings.push(Finding { kind: Kind::Unchained, chain: None, records: None, place: Some(place), message });
        }
        if let Some(count) = count.filter(|count| *count != self.ordinal) {
            let message = format!("{count} records were written, and {} are here", self.ordinal);
            findings.push(Finding { kind: Kind::Count, chain: None, records: None, place: None, message });
        }
        self.note(findings);
        let heads = Heads::of(&self.chains, &self.runs);
        let read = self.chains.iter().filter(|(_, chain)| chain.records > 0);
        let chains = read.map(|(id, chain)| ChainReport::of(*id, chain, followed.contains(id))).collect();
        let report = Report {
            complete: self.counted.is_empty(),
            records: self.ordinal,
            unchained: self.unchained,
            others: self.others,
            chains,
            findings: self.findings,
            counts: self.counted,
        };
        (report, heads)
    }

    /// Holds each chain against what the one that follows it says of its end.
    fn successions(&self, findings: &mut Vec<Finding>) -> BTreeSet<Id> {
        let mut followed = BTreeSet::new();
        for (id, chain) in &self.chains {
            let Some(follows) = chain.opens.and_then(|opens| opens.follows) else { continue };
            followed.insert(follows.id);
            let before = self.chains.get(&follows.id);
            let last = before.and_then(Read::head).map_or(0, |head| head.sequence);
            if last >= follows.sequence {
                continue;
            }
            let finding = match before {
                Some(before) => before.missing(last + 1, follows.sequence, None),
                None => Read::new(follows.id).missing(1, follows.sequence, None),
            };
            let message = format!("{}; chain {} follows record {}", finding.message, name(*id), follows.sequence);
            findings.push(Finding { message, ..finding });
        }
        followed
    }

    /// Holds the chains of each run against their numbers.
    fn numbers(&mut self, goes_on: bool, findings: &mut Vec<Finding>) {
        for (run, numbers) in &mut self.runs {
            let last = numbers.last().copied().unwrap_or(0);
            let before = self.missed.get(run);
            let is_due = |number: &u32| !goes_on || before.is_some_and(|before| before.contains(number));
            let missing: Vec<u32> =
                (1..=last).filter(|number| !numbers.contains(number) && is_due(number)).take(MOST_KEPT).collect();
            if missing.is_empty() {
                continue;
            }
            // They are reported once.
            numbers.extend(&missing);
            let missing: Vec<String> = missing.iter().map(u32::to_string).collect();
            let message = format!(
                "of the chains of run {} there is no beginning of number {}: they are missing, or in another log",
                name(*run),
                missing.join(", ")
            );
            findings.push(Finding { kind: Kind::Missing, chain: None, records: None, place: None, message });
        }
    }
}

impl ChainReport {
    fn of(id: Id, chain: &Read, followed: bool) -> Self {
        let place = chain.opens.and_then(|opens| opens.place);
        Self {
            id: name(id),
            records: chain.records,
            last: chain.head().map_or(0, |head| head.sequence),
            opened: chain.opens.map(|opens| opens.why.name()),
            run: place.map(|place| name(place.run)),
            number: place.map(|place| place.number),
            follows: chain.opens.and_then(|opens| opens.follows).map(|head| name(head.id)),
            followed,
            keys: chain.keys.clone(),
            displaced: chain.displaced,
            most_displaced: chain.most_displaced,
        }
    }
}
