//! Rounds in which everybody is asked in turn, so that what else the machine does falls on all alike.

use crate::question::{Engine, Question};
use std::time::{Duration, Instant};

/// What one engine may take in one round.
const BUDGET: Duration = Duration::from_millis(150);

/// An engine, and what it took in each round.
pub(crate) struct Contender {
    pub(crate) engine: Box<dyn Engine>,
    pub(crate) questions: &'static [Question],
    /// How many of the questions are asked in a round: all of them, if the budget is enough.
    asked: usize,
    pub(crate) rounds: Vec<Round>,
    pub(crate) allocations: f64,
}

/// Nanoseconds a request.
#[derive(Clone, Copy)]
pub(crate) struct Round {
    pub(crate) p50: f64,
    pub(crate) p99: f64,
}

impl Contender {
    pub(crate) fn new(mut engine: Box<dyn Engine>, questions: &'static [Question]) -> Self {
        let few: Vec<&'static Question> = spread(questions, 16).collect();
        let begun = Instant::now();
        few.iter().for_each(|question| drop(ask(&mut *engine, question)));
        let each = begun.elapsed() / u32::try_from(few.len().max(1)).unwrap_or(1);
        let fitting = BUDGET.as_nanos() / each.as_nanos().max(1);
        let asked = usize::try_from(fitting).unwrap_or(usize::MAX).clamp(16, questions.len());
        Self { engine, questions, asked, rounds: Vec::new(), allocations: 0.0 }
    }

    pub(crate) fn run(&mut self) {
        let Self { engine, questions, asked, rounds, .. } = self;
        let mut times: Vec<u128> = spread(questions, *asked).map(|one| ask(&mut **engine, one).0.as_nanos()).collect();
        times.sort_unstable();
        let at = |part: usize| times.get(times.len() * part / 100).map_or(0.0, |&time| time as f64);
        rounds.push(Round { p50: at(50), p99: at(99) });
    }

    /// Counts what a request allocates on average, the vector of answers left out.
    pub(crate) fn count(&mut self) {
        let Self { engine, questions, asked, allocations, .. } = self;
        let mut fired = Vec::with_capacity(crate::LARGEST);
        let mut count = 0;
        for question in spread(questions, *asked) {
            let with = allocation_counter::measure(|| _ = engine.fired(question, &mut fired)).count_total;
            let facts = question.request.headers.len() as u64;
            count += with.saturating_sub(if engine.name().starts_with("Outwork") { facts + 2 } else { 0 });
            fired.clear();
        }
        *allocations = count as f64 / *asked as f64;
    }

    pub(crate) fn median(&self, of: impl Fn(&Round) -> f64) -> f64 {
        quartiles(self.rounds.iter().map(of).collect())[1]
    }
}

/// What an engine took, and which rules fire.
pub(crate) fn ask(engine: &mut dyn Engine, question: &'static Question) -> (Duration, Vec<usize>) {
    let mut fired = Vec::with_capacity(crate::LARGEST);
    let taken = engine.fired(question, &mut fired);
    (taken, fired)
}

/// So many of them, evenly spread.
pub(crate) fn spread(questions: &'static [Question], count: usize) -> impl Iterator<Item = &'static Question> {
    (0..count).filter_map(move |at| questions.get(at * questions.len() / count))
}

/// Lower quartile, median, upper quartile.
pub(crate) fn quartiles(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_unstable_by(f64::total_cmp);
    [1, 2, 3].map(|part| values.get(values.len() * part / 4).copied().unwrap_or(0.0))
}
