use std::collections::BTreeMap;

use outwork_engine::record::chain::{Before, Head, Id, Mac, Opens};

use super::finding::{Finding, Kind, Place};
use super::judged::Proven;

/// One chain, as far as its records were read. All of them are proven.
#[derive(Clone, Debug)]
pub(super) struct Read {
    id: Id,
    /// The last record of those without a gap, and its MAC; nothing before the first.
    upto: Option<(u64, Mac)>,
    /// Where it stands; nothing where an earlier run read it.
    upto_at: Option<Place>,
    /// What was read beyond it.
    waiting: BTreeMap<u64, Waiting>,
    /// Gaps that were reported: from and to.
    gaps: Vec<(u64, u64)>,
    /// Gaps that an earlier run left open, and those that this one leaves open: where the order is not kept, a record may
    /// stand in the next file behind one that was written later.
    open: Vec<(u64, u64)>,
    pub(super) left_open: Vec<(u64, u64)>,
    pub(super) opens: Option<Opens>,
    /// Whether its host says that its lines come in any order.
    pub(super) unordered: bool,
    pub(super) keys: Vec<String>,
    pub(super) records: u64,
    /// When the first record that is here was decided, and the last, in milliseconds.
    pub(super) times: Option<(u64, u64)>,
    /// When the last one of all was.
    pub(super) newest: Option<u64>,
    /// The run of the host that it is of.
    pub(super) run: Option<u64>,
    /// How many chains that has, as its records say.
    pub(super) chains: u32,
    /// The record that stands behind one that was decided so many milliseconds later: the one of which that is most.
    pub(super) latest: Option<(u64, u64, Place)>,
    /// The highest number that was read.
    pub(super) highest: u64,
    /// Where the chain begins, if that is before the record that it follows.
    pub(super) early: Option<Place>,
    /// How many stand behind one that was written later, the first of them, and which that stands behind.
    pub(super) displaced: u64,
    pub(super) first_displaced: Option<(u64, u64, Place)>,
    /// Lines that were changed and say that they are these.
    pub(super) changed: BTreeMap<u64, Place>,
}

#[derive(Clone, Copy, Debug)]
struct Waiting {
    before: Before,
    mac: Mac,
    place: Place,
}

/// The most gaps that are kept of a chain, and the most changed lines.
pub(super) const MOST_KEPT: usize = 1_000;

impl Read {
    pub(super) fn new(id: Id) -> Self {
        Self {
            id,
            upto: None,
            upto_at: None,
            waiting: BTreeMap::new(),
            gaps: Vec::new(),
            open: Vec::new(),
            left_open: Vec::new(),
            opens: None,
            unordered: false,
            keys: Vec::new(),
            records: 0,
            times: None,
            newest: None,
            run: None,
            chains: 0,
            latest: None,
            highest: 0,
            early: None,
            displaced: 0,
            first_displaced: None,
            changed: BTreeMap::new(),
        }
    }

    /// As an earlier run left it.
    pub(super) fn known(head: Head, open: Vec<(u64, u64)>, newest: Option<u64>, run: Option<u64>) -> Self {
        let (upto, highest) = (Some((head.sequence, head.mac)), head.sequence);
        Self { upto, open, highest, newest, run, ..Self::new(head.id) }
    }

    /// The last record; none where none was read.
    pub(super) fn head(&self) -> Option<Head> {
        let last = self.waiting.iter().next_back().map(|(sequence, waiting)| (*sequence, waiting.mac));
        last.or(self.upto).map(|(sequence, mac)| Head { id: self.id, sequence, mac })
    }

    /// How many records wait for one that is missing so far.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Takes in a record that is proven.
    pub(super) fn add(&mut self, sealed: &Proven, place: Place, findings: &mut Vec<Finding>) {
        let sequence = sealed.sequence;
        self.records += 1;
        if !self.keys.contains(&sealed.key) {
            self.keys.push(sealed.key.clone());
        }
        self.at(sealed, place);
        self.chains = self.chains.max(sealed.chains.unwrap_or(0));
        if let Some(open) = self.open.iter().position(|gap| (gap.0..=gap.1).contains(&sequence)) {
            take(&mut self.open, open, sequence);
            return self.stands_behind(sequence, place);
        }
        if let Some(late) = self.gaps.iter().position(|gap| (gap.0..=gap.1).contains(&sequence)) {
            return self.fill(late, sequence, place, findings);
        }
        if let Some(kind) = self.seen(sequence, sealed.mac) {
            let message = match kind {
                Kind::Forged => format!("there is another record {sequence} of this chain, and both are proven"),
                _ => format!("record {sequence} was there before"),
            };
            findings.push(Finding::of(kind, self.id, message).at(place).records(sequence, sequence));
            return;
        }
        if sequence < self.highest {
            self.stands_behind(sequence, place);
        }
        self.highest = self.highest.max(sequence);
        self.waiting.insert(sequence, Waiting { before: sealed.before, mac: sealed.mac, place });
        self.go_on(findings);
    }

    /// Notes when a record was decided, and by how much one of those before it was later.
    fn at(&mut self, record: &Proven, place: Place) {
        let Some(millis) = record.millis else { return };
        let (from, to) = self.times.unwrap_or((millis, millis));
        let newest = self.newest.unwrap_or(millis);
        let late = newest.saturating_sub(millis);
        if late > self.latest.map_or(0, |(most, ..)| most) {
            self.latest = Some((late, record.sequence, place));
        }
        self.times = Some((from.min(millis), to.max(millis)));
        self.newest = Some(newest.max(millis));
    }

    /// Notes a record that stands behind one that was written later.
    fn stands_behind(&mut self, sequence: u64, place: Place) {
        self.displaced += 1;
        self.first_displaced.get_or_insert((sequence, self.highest, place));
    }

    /// What it means that a record with this number comes again.
    fn seen(&self, sequence: u64, mac: Mac) -> Option<Kind> {
        if let Some(waiting) = self.waiting.get(&sequence) {
            return Some(if waiting.mac == mac { Kind::Repeated } else { Kind::Forged });
        }
        match self.upto {
            Some((last, known)) if last == sequence && known != mac => Some(Kind::Forged),
            Some((last, _)) if sequence <= last => Some(Kind::Repeated),
            _ => None,
        }
    }

    /// A record whose absence was reported, which comes after all.
    fn fill(&mut self, gap: usize, sequence: u64, place: Place, findings: &mut Vec<Finding>) {
        take(&mut self.gaps, gap, sequence);
        let message = format!("record {sequence}, which was missed before, is here");
        findings.push(Finding::of(Kind::Displaced, self.id, message).at(place).records(sequence, sequence));
    }

    /// Follows the chain as far as it goes without a gap.
    fn go_on(&mut self, findings: &mut Vec<Finding>) {
        while let Some(entry) = self.waiting.first_entry() {
            let next = self.upto.map_or(1, |(last, _)| last.saturating_add(1));
            if *entry.key() != next {
                return;
            }
            let Waiting { before, mac, place } = entry.remove();
            let follows = match (before, self.upto) {
                (Before::Opens(opens), None) => {
                    self.opens = Some(opens);
                    self.run = opens.place.map(|place| place.run);
                    self.unordered = opens.unordered;
                    true
                }
                (Before::Record(previous), Some((_, last))) => previous == last,
                (Before::Opens(_), Some(_)) | (Before::Record(_), None) => false,
            };
            if !follows {
                let message = format!("record {next} is proven, and does not follow the one before it");
                findings.push(Finding::of(Kind::Forged, self.id, message).at(place).records(next, next));
            }
            (self.upto, self.upto_at) = (Some((next, mac)), Some(place));
        }
    }

    /// Gives up the records that are missing before those that wait, and says so.
    /// Those near the end stay open where another run follows.
    pub(super) fn settle(&mut self, goes_on: bool, findings: &mut Vec<Finding>) {
        let end = self.head().map_or(0, |head| head.sequence);
        while let Some((&sequence, waiting)) = self.waiting.first_key_value() {
            let first = self.upto.map_or(1, |(last, _)| last.saturating_add(1));
            if sequence > first {
                let (last, after) = (sequence - 1, *waiting);
                if goes_on && end - first < MOST_KEPT as u64 {
                    self.left_open.push((first, last));
                } else {
                    findings.push(self.missing(first, last, Some(after.place)));
                    if self.gaps.len() < MOST_KEPT {
                        self.gaps.push((first, last));
                    }
                }
                // What stands before it is not there to be compared; only its own MAC speaks for the link.
                self.upto = match after.before {
                    Before::Record(previous) => Some((last, previous)),
                    Before::Opens(_) => None,
                };
                self.upto_at = None;
                if self.upto.is_none() {
                    let message = format!("record {sequence} opens the chain, and is not its first");
                    findings.push(Finding::of(Kind::Forged, self.id, message).at(after.place));
                    (self.upto, self.upto_at) = (Some((sequence, after.mac)), Some(after.place));
                    self.waiting.remove(&sequence);
                }
            }
            self.go_on(findings);
        }
    }

    /// Reports what an earlier run left open, and this one did not find either.
    pub(super) fn give_up(&mut self, findings: &mut Vec<Finding>) {
        for (first, last) in std::mem::take(&mut self.open) {
            let finding = Self::new(self.id).missing(first, last, None);
            let which =
                if first == last { format!("record {first} is") } else { format!("records {first} to {last} are") };
            let message = format!("{which} missing: neither in this log nor in that of the run before");
            findings.push(Finding { message, ..finding });
        }
    }

    /// Records that are not there, of which some may be there changed.
    pub(super) fn missing(&self, first: u64, last: u64, after: Option<Place>) -> Finding {
        let which = if first == last { format!("record {first} is") } else { format!("records {first} to {last} are") };
        let changed: Vec<_> = self.changed.range(first..=last).map(|(number, place)| (*number, place.line)).collect();
        let mut message = format!("{which} missing");
        match (self.upto_at, after) {
            (Some(before), Some(after)) => {
                message += &format!(", between lines {} and {}", before.line, after.line);
            }
            (Some(before), None) => message += &format!(", after line {}", before.line),
            (None, _) if first == 1 => message += ": the log begins later, or lost its beginning",
            (None, _) => {}
        }
        if let Some((number, line)) = changed.first() {
            message += &format!("; line {line}, which was changed, says that it is {number}");
        }
        let finding = Finding::of(Kind::Missing, self.id, message).records(first, last);
        match after {
            Some(after) => finding.at(after),
            None => finding,
        }
    }
}

/// Takes a record out of a gap.
fn take(gaps: &mut Vec<(u64, u64)>, gap: usize, sequence: u64) {
    let (first, last) = gaps.remove(gap);
    let rest = [(first, sequence.saturating_sub(1)), (sequence.saturating_add(1), last)];
    gaps.extend(rest.into_iter().filter(|(first, last)| first <= last));
}
