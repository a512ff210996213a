//! The results as Markdown, and whether the bars are met.

use crate::{
    FEW, REQUESTS, Size,
    measure::{Contender, Round, quartiles},
};
use std::process::ExitCode;

/// At 1,000 rules, as a multiple of what it costs at 10.
const MOST_TIMES: f64 = 2.0;
/// At 1,000 rules, in nanoseconds.
const MOST_TIME: f64 = 5_000.0;
/// At 1,000 rules, in milliseconds.
const MOST_LOAD: f64 = 50.0;
/// At 1,000 rules, in bytes.
const MOST_MEMORY: i64 = 8 << 20;

pub(crate) fn print(sizes: &[Size], rounds: usize) -> ExitCode {
    println!("{REQUESTS} requests, {rounds} interleaved rounds; nanoseconds a request, medians over the rounds.\n");
    own(sizes);
    rivals(sizes);
    loads(sizes);
    bars(sizes)
}

fn own(sizes: &[Size]) {
    println!(
        "| rules | fire | rules stage p50 | p99 | × 10 rules | agents recur: p50 | whole decision p50 | p99 | allocations: stage | decision |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    for size in sizes {
        let Size { rules, fired, stage, recurring, whole, .. } = size;
        let (p50, p99) = (stage.median(p50), stage.median(p99));
        let (again, decision, worst) = (recurring.median(self::p50), whole.median(self::p50), whole.median(self::p99));
        let times = sizes.first().map(|first| spread(stage, &first.stage)).unwrap_or_default();
        let (few, all) = (stage.allocations, whole.allocations);
        println!(
            "| {rules} | {fired:.2} | {p50:.0} | {p99:.0} | {times} | {again:.0} | {decision:.0} | {worst:.0} | {few:.1} | {all:.1} |"
        );
    }
}

fn rivals(sizes: &[Size]) {
    println!("\nOthers' p50, and how many times Outwork's rules stage that is, with quartiles of the rounds' ratios.");
    println!(
        "`cel` as it is compiles every pattern anew each time it is asked: {FEW} of the requests were put to it to compare answers.\n"
    );
    let names: Vec<&str> =
        sizes.first().into_iter().flat_map(|size| &size.rivals).map(|rival| rival.engine.name()).collect();
    println!("| rules | {} |", names.join(" | "));
    println!("|---|{}", "---|".repeat(names.len()));
    for size in sizes {
        let cell = |rival: &Contender| format!("{:.0}: {}", rival.median(p50), spread(rival, &size.stage));
        let cells: Vec<String> = size.rivals.iter().map(cell).collect();
        println!("| {} | {} |", size.rules, cells.join(" | "));
    }
}

fn loads(sizes: &[Size]) {
    println!("\n| rules | bundle KiB | load ms | memory once loaded KiB | most while loading KiB |");
    println!("|---|---|---|---|---|");
    for Size { rules, load, .. } in sizes {
        let (bundle, held, most) = (load.bytes >> 10, load.held >> 10, load.most >> 10);
        println!("| {rules} | {bundle} | {:.2} | {held} | {most} |", load.milliseconds);
    }
}

fn bars(sizes: &[Size]) -> ExitCode {
    let find = |rules: usize| sizes.iter().find(|size| size.rules == rules);
    let (Some(small), Some(large)) = (find(10), find(1_000)) else { return ExitCode::FAILURE };
    let (times, time) = (ratios(&large.stage, &small.stage)[1], large.stage.median(p50));
    println!(
        "\nAt 1,000 rules the rules stage costs {times:.2} × that at 10; the bar is {MOST_TIMES}. It takes {time:.0} ns; the bar is {MOST_TIME:.0}."
    );
    let light = large.load.milliseconds <= MOST_LOAD && large.load.held <= MOST_MEMORY;
    if times <= MOST_TIMES && time <= MOST_TIME && light { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn spread(own: &Contender, other: &Contender) -> String {
    let [low, middle, high] = ratios(own, other);
    format!("{middle:.2} ({low:.2}–{high:.2})")
}

fn ratios(own: &Contender, other: &Contender) -> [f64; 3] {
    quartiles(own.rounds.iter().zip(&other.rounds).map(|(own, other)| own.p50 / other.p50).collect())
}

fn p50(round: &Round) -> f64 {
    round.p50
}

fn p99(round: &Round) -> f64 {
    round.p99
}
