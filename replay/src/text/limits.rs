//! Simulated limits for people, as text.

use super::{cautions, files, number, passed, rejects, share};
use crate::{AskedCounts, LimitReport, Simulation, StepRow};
use std::fmt::Write;

/// The most rows of a plot; steps are put together where there are more.
const ROWS: u64 = 24;
/// How many characters the longest bar of a plot has.
const WIDTH: u64 = 48;
/// How a bar is drawn: passed, tagged, throttled, challenged, blocked. They differ in shape, so that no colour is needed.
const MARKS: [char; 5] = ['█', '▓', '▒', '░', '×'];

/// Writes what limits would do.
pub fn simulation(simulation: &Simulation) -> String {
    let mut out = String::new();
    head(&mut out, simulation);
    table(&mut out, &simulation.limits);
    cautions(&mut out, &simulation.cautions);
    let charged: Vec<_> = simulation.limits.iter().filter(|limit| limit.counts.charged > 0).collect();
    if !charged.is_empty() {
        let marks = ["let through", "tagged", "throttled", "challenged", "blocked"].iter().zip(MARKS);
        let marks: Vec<_> = marks.map(|(name, mark)| format!("{mark} {name}")).collect();
        line!(out, "\nin the plots: {}", marks.join(", "));
    }
    for limit in charged {
        one(&mut out, limit, simulation.step);
    }
    rejects(&mut out, &simulation.rejected);
    out
}

fn head(out: &mut String, simulation: &Simulation) {
    let Simulation { bundle, mode, requests, charged, refused, .. } = simulation;
    line!(out, "{} requests under {bundle} (mode {mode})", number(*requests));
    files(out, &simulation.files);
    passed(out, simulation.passed);
    for set in &simulation.set {
        line!(out, "  with {set}");
    }
    line!(out, "  {} ({}) were charged by a limit", number(*charged), share(*charged, *requests));
    line!(out, "  {} ({}) would have been refused by one", number(*refused), share(*refused, *requests));
}

fn table(out: &mut String, limits: &[LimitReport]) {
    line!(out);
    if limits.is_empty() {
        line!(out, "the policy has no limits");
        return;
    }
    let width = limits.iter().map(|limit| limit.id.len()).max().unwrap_or(0).max(5);
    let head = ["charged", "tagged", "throttled", "challenged", "blocked", "refused", "keys", "refused"];
    line!(out, "{:<width$}{}", "limit", head.map(|name| format!("{name:>11}")).concat());
    for limit in limits {
        let AskedCounts { charged, tagged, throttled, challenged, blocked } = limit.counts;
        let counts = [charged, tagged, throttled, challenged, blocked].map(number);
        let refused = share(limit.counts.refused(), charged);
        let [keys, keys_refused] = [limit.keys, limit.keys_refused].map(number);
        let cells = counts.into_iter().chain([refused, keys, keys_refused]);
        line!(out, "{:<width$}{}", limit.id, cells.map(|cell| format!("{cell:>11}")).collect::<String>());
    }
}

fn one(out: &mut String, limit: &LimitReport, step: u64) {
    let ladder =
        if limit.ladder.is_empty() { String::new() } else { format!(", ladder {}", limit.ladder.join(" → ")) };
    let [low, ..] = limit.interval;
    line!(
        out,
        "\n{}: a bucket of {}, one token every {} s{ladder}, {}",
        limit.id,
        number(limit.burst.into()),
        low,
        limit.scope
    );
    plot(out, &limit.time, step);
    for key in &limit.heaviest {
        let AskedCounts { charged, .. } = key.counts;
        let refused = key.counts.refused();
        line!(
            out,
            "  key {}  charged {:>9}  refused {:>9}  first {}:{}",
            key.key,
            number(charged),
            number(refused),
            key.file,
            key.line
        );
    }
}

fn plot(out: &mut String, time: &[StepRow], step: u64) {
    let rows = rows(time, step);
    let most = rows.iter().map(|(_, counts)| counts.charged).max().unwrap_or(0);
    for (from, counts) in &rows {
        let refused =
            if counts.refused() > 0 { format!(", {} refused", number(counts.refused())) } else { String::new() };
        line!(out, "  {from}  {} {}{refused}", bar(counts, most), number(counts.charged));
    }
}

/// Steps put together so that they are few enough, those in between that are empty included.
fn rows(time: &[StepRow], step: u64) -> Vec<(String, AskedCounts)> {
    let (Some(first), Some(last)) = (time.first(), time.last()) else { return Vec::new() };
    let steps = (last.seconds - first.seconds) / step.max(1) + 1;
    let length = steps.div_ceil(ROWS) * step.max(1);
    let of = |row: u64| {
        let from = first.seconds + row * length;
        let own = time.iter().filter(|step| step.seconds >= from && step.seconds < from + length);
        let counts = own.fold(AskedCounts::default(), |sum, step| sum.plus(&step.counts));
        let from = crate::summary::instant(outwork_engine::time::Time::from_seconds(from));
        (from, counts)
    };
    (0..steps.div_ceil(steps.div_ceil(ROWS))).map(of).collect()
}

/// Every part that is not nothing has at least one mark.
fn bar(counts: &AskedCounts, most: u64) -> String {
    let mut bar = String::new();
    for ((_, number), mark) in counts.named().iter().zip(MARKS) {
        let length = (u128::from(*number) * u128::from(WIDTH)).div_ceil(u128::from(most.max(1)));
        bar.extend(std::iter::repeat_n(mark, usize::try_from(length).unwrap_or(0)));
    }
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(seconds: u64, charged: u64, blocked: u64) -> StepRow {
        StepRow { from: String::new(), seconds, counts: AskedCounts { charged, blocked, ..AskedCounts::default() } }
    }

    #[test]
    fn a_plot_has_few_rows_and_shows_the_least_refusal() {
        let time: Vec<_> = (0..96).map(|at| step(at * 60, 1_000, u64::from(at == 50))).collect();
        let rows = rows(&time, 60);
        assert_eq!((rows.len(), rows[0].1.charged, rows[12].1.blocked), (24, 4_000, 1));
        assert_eq!(rows[1].0, "1970-01-01T00:04:00Z");
        assert!(bar(&rows[12].1, 4_000).ends_with("█×"));
        assert!(!bar(&rows[11].1, 4_000).contains('×'));
    }

    #[test]
    fn time_in_which_nothing_was_is_shown() {
        let rows = rows(&[step(0, 1, 0), step(4, 1, 0)], 1);
        assert_eq!(rows.iter().map(|row| row.1.charged).collect::<Vec<_>>(), [1, 0, 0, 0, 1]);
    }
}
