use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use outwork_engine::keys::AuditKeys;
use outwork_engine::record::chain::{Before, Id, Opens, Place as Number, Why};
use outwork_replay::parts;

use super::chain::{MOST_KEPT, Read};
use super::finding::{Finding, Kind, Place, name};
use super::heads::Heads;
use super::judged::{Judged, Proven, judge};
use super::report::{ChainReport, Report, Rotation, seconds};
use crate::lines::too_long;

/// The most records that wait for others, of all chains together: 120 MB.
const MOST_WAITING: usize = 1 << 20;

/// The most findings that are kept; all are counted.
const MOST_FINDINGS: usize = 1_000;

/// What is known of a log's chains while it is read.
#[derive(Clone)]
pub(crate) struct Ledger {
    keys: Rc<AuditKeys>,
    chains: BTreeMap<Id, Read>,
    /// The chains of each run of a host, by their numbers.
    runs: BTreeMap<u64, BTreeSet<u32>>,
    /// How many chains each run has, as records of any of them say.
    counts: BTreeMap<u64, u32>,
    findings: Vec<Finding>,
    counted: BTreeMap<Kind, u64>,
    ordinal: u64,
    others: u64,
    cut: u64,
    long: u64,
    first_long: Option<Place>,
    unchained: u64,
    first_unchained: Option<Place>,
    /// The key of the chain that was opened last, and where it was not that of the one before.
    key: Option<String>,
    rotations: Vec<Rotation>,
    /// The numbers of chains that were missing when an earlier run ended.
    missed: BTreeMap<u64, BTreeSet<u32>>,
    /// Of which time chains are not known any more, in milliseconds: those that had been quiet for long.
    forgotten: u64,
}

/// What an auditor wants beside the records.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wants {
    /// No record behind one that was decided so many milliseconds later, or more; none behind any that was written later where
    /// this is not given.
    pub(crate) displaced: Option<u64>,
    /// So many of them.
    pub(crate) count: Option<u64>,
    /// Whether records without a chain may stand among the others.
    pub(crate) allow_unchained: bool,
    /// Whether another run follows, which may find what stands behind the end of this log.
    pub(crate) goes_on: bool,
}

impl Ledger {
    /// Begins where an earlier run ended.
    pub(crate) fn new(keys: AuditKeys, heads: &Heads) -> Self {
        Self {
            keys: Rc::new(keys),
            chains: heads.chains(),
            missed: heads.missed(),
            runs: heads.runs(),
            counts: heads.counts(),
            findings: Vec::new(),
            counted: BTreeMap::new(),
            ordinal: 0,
            others: 0,
            cut: 0,
            long: 0,
            first_long: None,
            unchained: 0,
            first_unchained: None,
            key: heads.key.clone(),
            rotations: Vec::new(),
            forgotten: heads.forgotten,
        }
    }

    /// Takes in a line.
    pub(crate) fn read(&mut self, place: Place, line: &[u8]) {
        let judged = judge(line, &self.keys);
        self.others += u64::from(judged.is_empty());
        for one in judged {
            self.take(place, &one);
        }
    }

    /// Takes in the beginning of a line that is too long to be read.
    pub(crate) fn long(&mut self, place: Place, begins: &[u8]) {
        self.long += 1;
        self.first_long = self.first_long.or(Some(place));
        if !parts(begins).is_empty() {
            self.changed(place, None, &format!("what begins like a record cannot be read: the line is {}", too_long()));
        }
    }

    /// Takes in what a line proves by itself.
    pub(super) fn take(&mut self, place: Place, judged: &Judged) {
        match judged {
            Judged::Proven(record) => self.proven(place, record),
            Judged::Cut => self.cut += 1,
            Judged::Torn(message) => self.changed(place, None, message),
            Judged::Changed(id, sequence) => {
                let message =
                    format!("record {sequence} was changed after it was written, or its JSON was written anew");
                self.changed(place, Some((*id, *sequence)), &message);
            }
            Judged::Key(id, sequence, key) => {
                let message = format!("record {sequence} has a key that is not at hand, `{key}`");
                self.note([Finding::of(Kind::Key, *id, message).at(place)]);
            }
            Judged::Unchained => {
                self.unchained += 1;
                self.first_unchained = self.first_unchained.or(Some(place));
            }
        }
    }

    fn proven(&mut self, place: Place, record: &Proven) {
        self.ordinal += 1;
        let mut findings = Vec::new();
        if record.millis.is_some_and(|millis| millis < self.forgotten) && !self.chains.contains_key(&record.id) {
            let message = format!("record {} is older than all that the heads still know", record.sequence);
            self.note([Finding::of(Kind::Repeated, record.id, message).at(place)]);
            return;
        }
        let is_early = match &record.before {
            Before::Opens(opens) => self.opens(place, record, opens),
            Before::Record(_) => false,
        };
        let chain = self.chains.entry(record.id).or_insert_with(|| Read::new(record.id));
        chain.add(record, place, &mut findings);
        chain.early = chain.early.or(Some(place).filter(|_| is_early));
        let is_long = chain.waiting() > MOST_KEPT;
        self.note(findings);
        // Rarely: counting them takes a walk over all chains.
        if is_long && self.ordinal.is_multiple_of(MOST_KEPT as u64) {
            self.make_room();
        }
    }

    /// Takes in how a chain begins; tells whether the record that it follows does not stand before it.
    fn opens(&mut self, place: Place, record: &Proven, opens: &Opens) -> bool {
        if let Some(Number { run, number }) = opens.place {
            self.runs.entry(run).or_default().insert(number);
        }
        let followed = opens.follows.and_then(|head| self.chains.get(&head.id));
        let from = followed.and_then(|chain| chain.keys.last()).or(self.key.as_ref());
        let to = &record.key;
        let is_other = opens.why == Why::Rotation || from.is_some_and(|from| from != to);
        if is_other && self.rotations.len() < MOST_KEPT {
            let (chain, why, from) = (name(record.id), opens.why.name(), from.cloned());
            self.rotations.push(Rotation { chain, why, from, to: to.clone(), place });
        }
        let reached = followed.map_or(0, |chain| chain.highest);
        self.key = Some(record.key.clone());
        opens.follows.is_some_and(|head| reached < head.sequence)
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
        let Wants { displaced, count, allow_unchained, goes_on } = wants;
        let mut findings = Vec::new();
        for chain in self.chains.values_mut() {
            chain.give_up(&mut findings);
            // In the next log stands nothing of this one, unless somebody says that its order is lost.
            chain.settle(goes_on && (chain.unordered || displaced.is_some()), &mut findings);
        }
        let followed = self.successions(&mut findings);
        self.numbers(goes_on, &mut findings);
        findings.extend(self.chains.iter().filter_map(|(id, chain)| order(*id, chain, displaced)));
        let early = self.chains.iter().filter(|_| displaced.is_none());
        findings.extend(early.filter_map(|(id, chain)| self.before_its_time(*id, chain)));
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
        let heads = Heads::of(&self.chains, (&self.runs, &self.counts), (self.key, self.forgotten));
        let read = self.chains.iter().filter(|(_, chain)| chain.records > 0);
        let chains = read.map(|(id, chain)| ChainReport::of(*id, chain, followed.contains(id))).collect();
        let report = Report {
            complete: self.counted.is_empty(),
            displaced_at_most: displaced.map(seconds),
            counted: count,
            records: self.ordinal,
            unchained: self.unchained,
            others: self.others,
            cut: self.cut,
            long: self.long,
            first_long: self.first_long,
            chains,
            rotations: self.rotations,
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
            let head = before.and_then(Read::head);
            let last = head.map_or(0, |head| head.sequence);
            if head.is_some_and(|head| last == follows.sequence && head.mac != follows.mac) {
                let message = format!("record {last} is proven, and is not the one that chain {} follows", name(*id));
                findings.push(Finding::of(Kind::Forged, follows.id, message).records(last, last));
            }
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

    /// A chain that begins before the record that it follows, where that is there.
    fn before_its_time(&self, id: Id, chain: &Read) -> Option<Finding> {
        let (place, follows) = (chain.early.filter(|_| !chain.unordered)?, chain.opens?.follows?);
        let last = self.chains.get(&follows.id)?.head()?.sequence;
        let message =
            format!("it begins before record {} of chain {}, which it follows", follows.sequence, name(follows.id));
        (last >= follows.sequence).then(|| Finding::of(Kind::Displaced, id, message).at(place).records(1, 1))
    }

    /// Holds the chains of each run against their numbers.
    fn numbers(&mut self, goes_on: bool, findings: &mut Vec<Finding>) {
        for chain in self.chains.values() {
            let Some(run) = chain.run else { continue };
            let count = self.counts.entry(run).or_default();
            *count = chain.chains.max(*count);
        }
        for (run, &last) in &self.counts {
            let numbers = self.runs.entry(*run).or_default();
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

/// What is wrong with the order of a chain's lines; nothing is where its host keeps none, and nobody asks for any.
fn order(id: Id, chain: &Read, displaced: Option<u64>) -> Option<Finding> {
    let (sequence, place, message) = match displaced {
        Some(limit) => {
            let (late, sequence, place) = chain.latest.filter(|(late, ..)| *late >= limit)?;
            let late = seconds(late);
            (sequence, place, format!("record {sequence} stands behind one that was decided {late} s after it"))
        }
        None => {
            let (sequence, behind, place) = chain.first_displaced.filter(|_| !chain.unordered)?;
            let others = match chain.displaced - 1 {
                0 => String::new(),
                1 => ", and so does another".to_owned(),
                others => format!(", and so do {others} others"),
            };
            let remedy = "if the log was shuffled on its way here, `--displaced 5m` says by how much";
            (sequence, place, format!("record {sequence} stands behind record {behind}{others}; {remedy}"))
        }
    };
    Some(Finding::of(Kind::Displaced, id, message).at(place).records(sequence, sequence))
}
