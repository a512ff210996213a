use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::ValueEnum;
use outwork_engine::keys::Keyring;
use outwork_engine::risk::Band;
use outwork_engine::rules::Scratch;
use outwork_engine::time::Time;
use serde::Serialize;

use super::super::explain::KEYS;
use crate::failure::Failure;
use crate::output::print;
use crate::recorded::{Half, InputKind, Judge, Judged, Session, Sessions, observe};
use crate::replay::load;

/// Say what a policy makes of recorded sessions: of how many people, of how many programs
///
/// Each session is cut into batches as the page's script sends them and observed as the edge observes it. After every
/// batch a page view by a Chrome with nothing else against it is judged; what counts is the last, when most was seen, and
/// `ever` the worst of all. Thresholds are chosen on the people and seeds of one half and reported on the other.
///
/// Exit code: 0; 1 if the policy has mistakes, 2 if a file cannot be read.
#[derive(clap::Args)]
pub(crate) struct EvalPolicy {
    #[command(flatten)]
    sessions: Sessions,
    /// The policy: a bundle, a folder with an `outwork.toml`, that file, or a pack
    #[arg(short, long, default_value = ".")]
    policy: PathBuf,
    /// As from what input the sessions are taken
    #[arg(long, value_enum, default_value_t = InputKind::Auto)]
    input: InputKind,
    /// Which half of the people and seeds
    #[arg(long, value_enum, default_value_t = Halves::All)]
    half: Halves,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Halves {
    /// Both
    All,
    /// The one that thresholds are chosen on
    Tune,
    /// The one that is reported
    Report,
}

/// What became of one source.
#[derive(Default)]
struct Tally {
    risks: Vec<u8>,
    observed: usize,
    above_low: usize,
    high: usize,
    ever_above_low: usize,
    reasons: BTreeMap<String, usize>,
}

/// The same, as it is printed.
#[derive(Serialize)]
struct Row {
    source: String,
    sessions: usize,
    /// How many had a window at their end.
    observed: usize,
    /// Shares of all sessions.
    above_low: f64,
    high: f64,
    ever_above_low: f64,
    median_risk: u8,
    /// The rules that fired most often, with the share of sessions.
    reasons: Vec<(String, f64)>,
}

#[derive(Serialize)]
struct Evaluation {
    bundle: String,
    input: String,
    /// The risk of the same request without a window.
    unobserved_risk: u8,
    sources: Vec<Row>,
}

impl EvalPolicy {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let loaded = match load(&self.policy)? {
            Ok(loaded) => loaded,
            Err(complaint) => return Ok(complaint),
        };
        let keys = Keyring::parse(KEYS).map_err(Failure::because("the key of explanations cannot be used"))?;
        let mut judge = Judge { policy: &loaded.policy, keys: &keys, scratch: Scratch::default() };
        let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
        self.sessions.each(|session| {
            if !self.has(&session) {
                return Ok(());
            }
            let tally = tallies.entry(source(&session)).or_default();
            tally.add(&play(&session, self.input, &mut judge)?);
            Ok(())
        })?;
        let unobserved_risk = judge.judge(None, Time::default()).risk;
        let input = self.input.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
        let sources = tallies.into_iter().map(|(source, tally)| tally.row(source)).collect();
        let evaluation = Evaluation { bundle: loaded.policy.name().to_owned(), input, unobserved_risk, sources };
        print(&if self.json { json(&evaluation)? } else { text(&evaluation) })?;
        Ok(ExitCode::SUCCESS)
    }

    fn has(&self, session: &Session) -> bool {
        match self.half {
            Halves::All => true,
            Halves::Tune => session.half() == Some(Half::Tune),
            Halves::Report => session.half() == Some(Half::Report),
        }
    }
}

/// Everything a policy says in the course of a session.
fn play(session: &Session, input: InputKind, judge: &mut Judge<'_>) -> Result<Vec<Judged>, Failure> {
    let mut course = Vec::new();
    observe(session, input, |observed| {
        course.push(judge.judge(Some(observed.window), observed.window.observed.unwrap_or_default()));
        Ok(())
    })?;
    Ok(course)
}

/// Recordings of people and programs share names: the label tells them apart.
fn source(session: &Session) -> String {
    let touch = if session.is_touch() { ", touch" } else { "" };
    format!("{}, {}{touch}", session.label.split(':').next().unwrap_or_default(), name(session))
}

fn name(session: &Session) -> &str {
    session.label.split_once(':').map_or(session.source.as_str(), |(_, generator)| generator)
}

impl Tally {
    fn add(&mut self, course: &[Judged]) {
        let last = course.last();
        let is_above = |judged: &Judged| judged.band > Band::Low;
        self.risks.push(last.map_or(0, |judged| judged.risk));
        self.observed += usize::from(last.is_some_and(|judged| judged.observed));
        self.above_low += usize::from(last.is_some_and(is_above));
        self.high += usize::from(last.is_some_and(|judged| judged.band == Band::High));
        self.ever_above_low += usize::from(course.iter().any(is_above));
        for reason in last.into_iter().flat_map(|judged| &judged.reasons) {
            *self.reasons.entry(reason.clone()).or_default() += 1;
        }
    }

    fn row(mut self, source: String) -> Row {
        let sessions = self.risks.len();
        let share = |count: usize| count as f64 / sessions.max(1) as f64;
        self.risks.sort_unstable();
        let mut reasons: Vec<_> = self.reasons.into_iter().map(|(id, count)| (id, share(count))).collect();
        reasons.sort_by(|one, other| other.1.total_cmp(&one.1));
        reasons.truncate(4);
        Row {
            source,
            sessions,
            observed: self.observed,
            above_low: share(self.above_low),
            high: share(self.high),
            ever_above_low: share(self.ever_above_low),
            median_risk: self.risks.get(sessions / 2).copied().unwrap_or(0),
            reasons,
        }
    }
}

fn json(evaluation: &Evaluation) -> Result<String, Failure> {
    let json = serde_json::to_string_pretty(evaluation);
    Ok(json.map_err(Failure::because("the evaluation cannot be written"))? + "\n")
}

fn text(evaluation: &Evaluation) -> String {
    let Evaluation { bundle, input, unobserved_risk, sources } = evaluation;
    let mut text = format!(
        "{bundle}, input `{input}`; the same request without a window has risk {unobserved_risk}\n\n{:32} {:>8} {:>8} {:>9} {:>6} {:>6} {:>6}  {}\n",
        "source", "sessions", "observed", "above low", "high", "ever", "risk", "reasons"
    );
    for row in sources {
        let percent = |share: f64| format!("{:.1} %", 100.0 * share);
        let reasons = row.reasons.iter().map(|(id, share)| format!("{id} {:.0} %", 100.0 * share));
        text += &format!(
            "{:32} {:>8} {:>8} {:>9} {:>6} {:>6} {:>6}  {}\n",
            row.source,
            row.sessions,
            row.observed,
            percent(row.above_low),
            percent(row.high),
            percent(row.ever_above_low),
            row.median_risk,
            reasons.collect::<Vec<_>>().join(", ")
        );
    }
    text
}
