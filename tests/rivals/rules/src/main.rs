//! `rules [ROUNDS]`: what the rules stage costs with 10, 100, 1,000 and 5,000 rules of a realistic mix, beside others.
//!
//! Prints Markdown, and says on standard error where it is. Fails when two engines disagree about a request, and exits
//! with 1 when a bar is missed.

mod common_expression;
mod load;
mod measure;
mod outwork;
mod question;
mod report;
mod sets;
mod wire;

use common_expression::{CommonExpression, Patterns};
use load::Load;
use measure::{Contender, ask, spread};
use mix::{Agents, MOST_RULES, Rule, requests, rules};
use outwork::{Stage, Whole};
use outwork_engine::policy::Policy;
use question::{Engine, Question};
use std::{env, error::Error, path::Path, process::ExitCode, rc::Rc, time::Instant};

const SIZES: [usize; 4] = [10, 100, 1_000, 5_000];
const LARGEST: usize = MOST_RULES;
const REQUESTS: usize = 4_000;
/// How many of the requests are put to the engine that compiles each pattern anew each time.
const FEW: usize = 100;

/// All that is measured of one policy. The first contender is Outwork's rules stage.
struct Size {
    rules: usize,
    load: Load,
    stage: Contender,
    recurring: Contender,
    whole: Contender,
    rivals: Vec<Contender>,
    fired: f64,
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let rounds = env::args().nth(1).map_or(Ok(9), |count| count.parse())?;
    let all = rules(MOST_RULES);
    let (varied, recurring) = (questions(&all, Agents::Varied)?, questions(&all, Agents::Recurring)?);
    let mut sizes = Vec::new();
    for count in SIZES {
        sizes.push(Size::new(all.get(..count).unwrap_or(&all), varied, recurring)?);
    }
    for round in 0..rounds {
        sizes.iter_mut().for_each(Size::run);
        eprintln!("round {} of {rounds}", round + 1);
    }
    Ok(report::print(&sizes, rounds))
}

fn questions(rules: &[Rule], agents: Agents) -> Result<&'static [Question], Box<dyn Error>> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus");
    Ok(Vec::leak(requests(&corpus, rules, agents, REQUESTS)?.into_iter().map(Question::new).collect()))
}

impl Size {
    fn new(
        rules: &[Rule],
        varied: &'static [Question],
        recurring: &'static [Question],
    ) -> Result<Self, Box<dyn Error>> {
        let bundle = outwork::bundle(rules)?;
        let load = Load::of(&bundle)?;
        let policy = Rc::new(Policy::load(&bundle)?);
        let mut rivals: Vec<Box<dyn Engine>> = vec![
            Box::new(sets::Sets::new(rules)?),
            Box::new(wire::Wire::new(rules)?),
            Box::new(CommonExpression::new(rules, Patterns::CompiledBefore)?),
            Box::new(CommonExpression::new(rules, Patterns::AsTheyAre)?),
        ];
        let fired = agree(&policy, &mut rivals, varied)?;
        eprintln!("{} rules: all agree about {} requests", rules.len(), varied.len());
        let stage = || Box::new(Stage::new(&policy));
        Ok(Self {
            rules: rules.len(),
            load,
            stage: Contender::new(stage(), varied),
            recurring: Contender::new(stage(), recurring),
            whole: Contender::new(Box::new(Whole::new(&policy)?), varied),
            rivals: rivals.into_iter().map(|rival| Contender::new(rival, varied)).collect(),
            fired,
        })
    }

    fn run(&mut self) {
        let own = [&mut self.stage, &mut self.recurring, &mut self.whole];
        for contender in own.into_iter().chain(&mut self.rivals) {
            contender.run();
            if contender.rounds.len() == 1 {
                contender.count();
            }
        }
    }
}

/// Fails where a rival disagrees with Outwork. Returns how many rules fire on average.
fn agree(
    policy: &Rc<Policy>,
    rivals: &mut [Box<dyn Engine>],
    questions: &'static [Question],
) -> Result<f64, Box<dyn Error>> {
    let mut stage = Stage::new(policy);
    let expected: Vec<Vec<usize>> = questions.iter().map(|question| ask(&mut stage, question).1).collect();
    for rival in rivals {
        let begun = Instant::now();
        let asked = if rival.name() == "crate `cel`" { FEW } else { questions.len() };
        for (question, expected) in spread(questions, asked).zip(spread_of(&expected, asked)) {
            let fired = ask(&mut **rival, question).1;
            if fired != *expected {
                return Err(
                    format!("{} says {fired:?}, Outwork {expected:?} of {:?}", rival.name(), question.request).into()
                );
            }
        }
        eprintln!("{} agrees about {asked} requests, after {:.1} s", rival.name(), begun.elapsed().as_secs_f64());
    }
    Ok(expected.iter().map(Vec::len).sum::<usize>() as f64 / questions.len() as f64)
}

fn spread_of<T>(all: &[T], count: usize) -> impl Iterator<Item = &T> {
    (0..count).filter_map(move |at| all.get(at * all.len() / count))
}
