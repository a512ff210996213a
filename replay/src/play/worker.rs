//! Plays blocks, one at a time.

use super::{Job, Line, Outcome, Output, Sink, Turn};
use crate::{Entry, Lists, Progress, Reject, Spare, store::Store, window::Passing};
use outwork_engine::{
    facts::Facts,
    keys::Keyring,
    limits::Charged,
    policy::{Assessment, Policy},
    rules::{Scratch, Standing},
    time::Time,
};
use std::{
    io,
    panic::{self, AssertUnwindSafe},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

/// What all workers share.
pub(super) struct Stage<'s> {
    pub(super) policies: &'s [&'s Policy],
    pub(super) keys: Keyring,
    pub(super) limits: bool,
    pub(super) passing: Passing,
    pub(super) now: Time,
    pub(super) progress: &'s Progress,
    // One a policy.
    pub(super) stores: Mutex<Vec<Store>>,
    pub(super) charging: Turn,
    pub(super) writing: Turn,
    pub(super) output: Option<Output<'s>>,
    pub(super) unwritten: Mutex<Option<io::Error>>,
    pub(super) has_panicked: AtomicBool,
}

impl Stage<'_> {
    pub(super) fn goes_on(&self) -> bool {
        lock(&self.unwritten).is_none() && !self.has_panicked.load(Ordering::Relaxed)
    }

    fn write(&self, ticket: u64, text: &[u8]) {
        let Some(output) = self.output else { return };
        self.writing.take(ticket, || {
            if let Err(error) = output.lock().unwrap_or_else(PoisonError::into_inner).write_all(text) {
                lock(&self.unwritten).get_or_insert(error);
            }
        });
    }
}

/// What a worker that panicked left behind is counters, good enough for the others to end.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Plays blocks.
pub(super) struct Worker<'s, S> {
    stage: &'s Stage<'s>,
    pub(super) sink: S,
    // One a policy.
    scratches: Vec<Scratch>,
    // Lists of entries that are done with: what fills millions of them need not be asked of the system each time.
    spare: Vec<Spare<'static>>,
}

impl<'s, S: Sink> Worker<'s, S> {
    pub(super) fn new(stage: &'s Stage<'s>, sink: S) -> Self {
        Self { stage, sink, scratches: stage.policies.iter().map(|_| Scratch::default()).collect(), spare: Vec::new() }
    }

    /// Works; where that panics, lets those who wait for the block go on, so that all come to an end.
    pub(super) fn work_among_others(&mut self, job: &Job) {
        if panic::catch_unwind(AssertUnwindSafe(|| self.work(job))).is_err() {
            self.stage.has_panicked.store(true, Ordering::Relaxed);
            self.stage.charging.take(job.ticket, || ());
            self.stage.write(job.ticket, b"");
        }
    }

    pub(super) fn work(&mut self, job: &Job) {
        if let Some(number) = job.block.too_long {
            self.sink.reject(job.file, number, Reject::TooLong);
        }
        let (mut numbers, mut entries) = (Vec::new(), Vec::new());
        let Self { spare, sink, stage, .. } = self;
        for (number, line) in job.block.lines() {
            let mut outside = None;
            job.reader.each(
                line,
                || spare.pop().unwrap_or_default(),
                |entry| match entry {
                    Ok(entry) if !stage.passing.takes(entry.time) => outside = Some(entry),
                    Ok(entry) => {
                        numbers.push(number);
                        entries.push(entry);
                    }
                    Err(reason) => sink.reject(job.file, number, reason),
                },
            );
            spare.extend(outside.map(Spare::of));
        }
        self.play(job, &numbers, &entries);
        self.stage.progress.add_lines(entries.len());
        self.spare.extend(entries.into_iter().map(Spare::of));
        let text = self.sink.text();
        self.stage.write(job.ticket, &text);
    }

    fn play(&mut self, job: &Job, numbers: &[u64], entries: &[Entry<'_>]) {
        let stage = self.stage;
        let lists = Lists::of(entries);
        let facts: Vec<_> =
            entries.iter().zip(lists.iter()).map(|(entry, list)| entry.facts(list, stage.now)).collect();
        let (mut assessed, mut traces) = (Vec::new(), Vec::new());
        for (policy, scratch) in stage.policies.iter().zip(&mut self.scratches) {
            let (assessments, trace) = assess(policy, &facts, &stage.keys, scratch);
            assessed.push(assessments);
            traces.push(trace);
        }
        stage.charging.take(job.ticket, || {
            let mut stores = lock(&stage.stores);
            for ((assessments, trace), store) in assessed.iter().zip(&mut traces).zip(stores.iter_mut()) {
                trace.charge((job.file, entries), assessments, store, stage.limits);
            }
        });
        let mut assessed: Vec<_> = assessed.into_iter().map(Vec::into_iter).collect();
        let mut outcomes = Vec::with_capacity(traces.len());
        for (at, ((&number, entry), facts)) in numbers.iter().zip(entries).zip(&facts).enumerate() {
            outcomes.clear();
            outcomes.extend(assessed.iter_mut().zip(&traces).filter_map(|(assessments, trace)| {
                let charged = trace.charged.get(at);
                let judgement = assessments.next()?.judge(charged);
                let (keys, keyless) = (trace.keys.get(at), trace.keyless.get(at));
                Some(Outcome { judgement, fired: trace.fired.get(at), charged, keys, keyless })
            }));
            self.sink.line(Line { file: job.file, number, entry, facts }, &outcomes);
        }
    }
}

fn assess<'f>(
    policy: &'f Policy,
    facts: &'f [Facts<'f>],
    keys: &'f Keyring,
    scratch: &mut Scratch,
) -> (Vec<Assessment<'f>>, Trace) {
    let mut assessments = Vec::with_capacity(facts.len());
    let mut trace = Trace::default();
    for facts in facts {
        let assessment = policy.assess(facts, keys, scratch);
        trace.fired.push(assessment.fired(scratch));
        trace.keys.push(assessment.charges().iter().map(|charge| charge.key));
        trace.keyless.push(assessment.keyless().iter().copied());
        assessments.push(assessment);
    }
    (assessments, trace)
}

/// What led to the outcomes of a block, one span a line.
#[derive(Default)]
struct Trace {
    fired: Spans<(usize, Standing)>,
    charged: Spans<Charged>,
    keys: Spans<u128>,
    keyless: Spans<u16>,
}

impl Trace {
    /// Charges the limits of every line. Of a line without a time nothing can be said.
    fn charge(
        &mut self,
        (file, entries): (usize, &[Entry<'_>]),
        assessments: &[Assessment<'_>],
        store: &mut Store,
        limits: bool,
    ) {
        for (assessment, entry) in assessments.iter().zip(entries) {
            let now = entry.time.filter(|_| limits).map(|time| store.at(file, time));
            let charges = assessment.charges().iter();
            self.charged.push(charges.map(|charge| now.map_or(Charged::Unknown, |now| store.charge(charge, now))));
        }
    }
}

/// Many short lists in one.
struct Spans<T> {
    all: Vec<T>,
    ends: Vec<usize>,
}

impl<T> Default for Spans<T> {
    fn default() -> Self {
        Self { all: Vec::new(), ends: Vec::new() }
    }
}

impl<T> Spans<T> {
    fn push(&mut self, span: impl Iterator<Item = T>) {
        self.all.extend(span);
        self.ends.push(self.all.len());
    }

    fn get(&self, at: usize) -> &[T] {
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(at).copied().unwrap_or(start);
        self.all.get(start..end).unwrap_or_default()
    }
}
