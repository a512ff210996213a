//! Reads a log and plays it through policies: on one core or several, always as if line by line.
//!
//! Reading and assessing a request depends on nothing before it, so blocks of lines are taken by any worker. Charging
//! limits depends on the order: a worker charges its block when every block before it has been charged. What is counted
//! in the end does not depend on who counted it. So the result is the same for every number of workers.

mod feed;
mod turn;
mod worker;

use crate::{Entry, Format, Input, Passed, Progress, Reject, Window, store::Store, window::Passing};
use feed::{Feed, Job};
use outwork_engine::{
    decision::Judgement, facts::Facts, keys::Keyring, limits::Charged, policy::Policy, rules::Standing, time::Time,
};
use std::{
    fmt, io,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
};
use turn::Turn;
use worker::{Stage, Worker, lock};

/// The most workers: more than machines have cores, and threads that any system gives.
pub const MAX_JOBS: usize = 512;

/// How a log is played.
#[derive(Clone, Debug)]
pub struct Options {
    /// The format of all files; found out for each where it is not given.
    pub format: Option<Format>,
    /// Names of the user's own, as TOML.
    pub map: Option<String>,
    /// Whether limits are charged.
    pub limits: bool,
    /// Of which time lines are taken; the others charge no limit, either.
    pub window: Window,
    /// How many workers there are, from 1 to [`MAX_JOBS`].
    pub jobs: usize,
    /// The instant of lines that do not tell theirs.
    pub now: Time,
    /// Where lines that were decided about are counted.
    pub progress: Progress,
}

/// What a policy makes of one line.
#[derive(Debug)]
pub struct Outcome<'a> {
    /// What it decides.
    pub judgement: Judgement<'a>,
    /// The rules that hold, by their places in the policy, and what became of each.
    pub fired: &'a [(usize, Standing)],
    /// What became of the charges.
    pub charged: &'a [Charged],
    /// The key of each of them.
    pub keys: &'a [u128],
    /// The limits, by their places, that were due and have no key: the log lacks a part of it.
    pub keyless: &'a [u16],
}

/// One line that was read.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// The place of its file among the inputs.
    pub file: usize,
    /// Its number in the file, from 1.
    pub number: u64,
    /// What it tells.
    pub entry: &'a Entry<'a>,
    /// The same as facts.
    pub facts: &'a Facts<'a>,
}

/// Takes in what becomes of lines. Every worker has its own, and they are put together in the end.
pub trait Sink: Send {
    /// A line was read; one outcome a policy.
    fn line(&mut self, line: Line<'_>, outcomes: &[Outcome<'_>]);

    /// A line was passed over.
    fn reject(&mut self, file: usize, number: u64, reason: Reject);

    /// What is to be written of the block that just ended, in the order of the log.
    fn text(&mut self) -> Vec<u8> {
        Vec::new()
    }

    /// Takes in what another worker counted.
    fn merge(&mut self, other: Self)
    where
        Self: Sized;
}

/// Where the texts of blocks are written, in the order of the log.
pub type Output<'w> = &'w Mutex<dyn io::Write + Send>;

/// What came of a log.
#[derive(Debug)]
pub struct Played<S> {
    /// What was counted.
    pub sink: S,
    /// The format of each file.
    pub formats: Vec<Option<Format>>,
    /// Charges for which the memory had no room, one number a policy.
    pub dropped: Vec<u64>,
    /// Lines that were older by more than a minute than one before them in their file, and were charged as if not.
    pub late: u64,
    /// Files that began before the end of the one before them, and found full buckets.
    pub restarts: u64,
    /// What was passed over because of its time, where times were given.
    pub passed: Option<Passed>,
    /// Files that could not be read to their end, and why.
    pub broken: Vec<(usize, String)>,
}

/// Why a log cannot be played.
#[derive(Debug)]
pub enum PlayError {
    /// A file is in no format that is known.
    UnknownFormat(String),
    /// A file is in another format than the one that was given.
    OtherFormat(String, Format, Format),
    /// The map of names cannot be used.
    Map(crate::MapError),
    /// The keys of the replay cannot be used.
    Keys,
    /// A worker panicked: what it counted is lost, and so is the rest. Its message has been shown.
    Panic,
    /// The output cannot be written.
    Output(io::Error),
}

impl fmt::Display for PlayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownFormat(name) => write!(f, "`{name}` is in no format that is known"),
            Self::OtherFormat(name, given, looks) => {
                write!(f, "no line of `{name}` is in the format `{}`: it looks like `{}`", given.name(), looks.name())
            }
            Self::Map(error) => error.fmt(f),
            Self::Keys => f.write_str("the keys of the replay cannot be used"),
            Self::Panic => f.write_str("the replay broke off: a mistake of Outwork, please report it"),
            Self::Output(error) => write!(f, "the output cannot be written: {error}"),
        }
    }
}

impl std::error::Error for PlayError {}

/// Signs nothing and names nobody: the same in every replay, so that a client is the same canary each time.
const KEYS: &str = "replay:YSByZXBsYXkgaXMgbm8gZXZpZGVuY2Ugb2YgYW55dGhpbmc=";

/// Plays inputs through policies.
///
/// # Errors
/// The format of a file is not known, or the output cannot be written. Lines that cannot be read are no error.
pub fn play<S: Sink>(
    inputs: Vec<Input>,
    policies: &[&Policy],
    options: &Options,
    sink: impl Fn() -> S + Sync,
    output: Option<Output<'_>>,
) -> Result<Played<S>, PlayError> {
    let stage = Stage {
        policies,
        keys: Keyring::parse(KEYS).map_err(|_| PlayError::Keys)?,
        limits: options.limits,
        passing: Passing::of(options.window),
        now: options.now,
        progress: &options.progress,
        stores: Mutex::new(policies.iter().map(|_| Store::new(crate::store::MAX_BUCKETS)).collect()),
        charging: Turn::default(),
        writing: Turn::default(),
        output,
        unwritten: Mutex::new(None),
        has_panicked: AtomicBool::new(false),
    };
    let mut feed = Feed::new(inputs, options);
    let sink = if options.jobs <= 1 {
        let mut worker = Worker::new(&stage, sink());
        feed.each(|job| {
            worker.work(&job);
            stage.goes_on()
        })?;
        worker.sink
    } else {
        in_parallel(&mut feed, &stage, options.jobs.min(MAX_JOBS), &sink)?
    };
    if let Some(error) = lock(&stage.unwritten).take() {
        return Err(PlayError::Output(error));
    }
    let stores = lock(&stage.stores);
    let dropped = stores.iter().map(|store| store.dropped).collect();
    // The clocks of all policies are set by the same lines.
    let (late, restarts) = stores.first().map_or((0, 0), |store| (store.late, store.restarts));
    let passed = stage.passing.passed();
    Ok(Played { sink, formats: feed.formats, dropped, late, restarts, passed, broken: feed.broken })
}

fn in_parallel<S: Sink>(
    feed: &mut Feed<'_>,
    stage: &Stage<'_>,
    jobs: usize,
    sink: &(impl Fn() -> S + Sync),
) -> Result<S, PlayError> {
    let (send, receive) = mpsc::sync_channel::<Job>(jobs * 2);
    let receive = Mutex::new(receive);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..jobs)
            .map(|_| {
                scope.spawn(|| {
                    let mut worker = Worker::new(stage, sink());
                    loop {
                        // Who takes a block takes it alone, so that no later one is taken first and waited for.
                        let job = lock(&receive).recv();
                        let Ok(job) = job else { break worker.sink };
                        worker.work_among_others(&job);
                    }
                })
            })
            .collect();
        let fed = feed.each(|job| send.send(job).is_ok() && stage.goes_on());
        drop(send);
        let mut all = sink();
        for worker in workers {
            all.merge(worker.join().map_err(|_| PlayError::Panic)?);
        }
        fed?;
        if stage.has_panicked.load(Ordering::Relaxed) { Err(PlayError::Panic) } else { Ok(all) }
    })
}
