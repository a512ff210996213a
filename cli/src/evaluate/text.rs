//! The report for people, as text.

use std::fmt::Write;

use super::{Cut, Evaluation, LeftOut, Slice};
use crate::metrics::{Interval, MEASURES, Range, Unit};
use crate::train::Counts;

/// What the baseline is called.
pub(crate) const BASELINE: &str = "Logistic regression on the same inputs";

/// Writes an evaluation.
pub(crate) fn text(evaluation: &Evaluation) -> String {
    let Evaluation { model, of, rows, unscored, .. } = evaluation;
    let mut out = format!("{model}: {of}, {rows} rows");
    if *unscored > 0 {
        let _ = write!(out, ", of which {unscored} have too little for a score");
    }
    let _ = write!(out, "\n{}\n{}\n", evaluation.weighted, evaluation.intervals);
    if let Some(warning) = &evaluation.warning {
        let _ = writeln!(out, "warning: {warning}");
    }
    for cut in [Cut::All, Cut::Window, Cut::Source, Cut::Group, Cut::Generator, Cut::Inside] {
        table(&mut out, cut.title(), evaluation.cut(cut));
    }
    if !evaluation.baseline.is_empty() {
        let baseline = |cut| evaluation.baseline.iter().filter(move |slice| slice.cut == cut);
        let rows = baseline(Cut::All)
            .chain(baseline(Cut::Window))
            .chain(baseline(Cut::Source))
            .chain(baseline(Cut::Generator));
        table(&mut out, &baseline_title(evaluation), rows);
    }
    if let Some(why) = evaluation.baseline_missing {
        let _ = writeln!(out, "\n{BASELINE}: could not be fitted, {why}");
    }
    for (title, left_out) in evaluation.all_left_out() {
        table(&mut out, &title, left_out.iter().map(|one| &one.slice));
    }
    out
}

/// What the baseline is, with its cross-validation.
pub(crate) fn baseline_title(evaluation: &Evaluation) -> String {
    let folds: Vec<_> = evaluation.baseline_folds.iter().map(|area| format!("{area:.3}")).collect();
    format!("{BASELINE} (AUC in cross-validation by person: {})", folds.join(", "))
}

impl Evaluation {
    /// What was left out of training, with a title that has the mean of its areas under the curve; none that is empty.
    pub(crate) fn all_left_out(&self) -> impl Iterator<Item = (String, &[LeftOut])> {
        let all =
            [("Generators", self.left_out.as_slice()), ("Families of generators", self.left_out_families.as_slice())];
        let titled =
            |(what, of): (&str, _)| (format!("{what} left out of training (mean AUC {:.4})", mean_area(of)), of);
        all.into_iter().filter(|(_, of)| !of.is_empty()).map(titled)
    }
}

/// The mean area under the curve over what was left out.
fn mean_area(left_out: &[LeftOut]) -> f64 {
    let areas: Vec<f64> = left_out.iter().filter_map(|one| one.slice.measure("auc")).map(|auc| auc.value).collect();
    areas.iter().sum::<f64>() / areas.len().max(1) as f64
}

fn table<'a>(out: &mut String, title: &str, slices: impl Iterator<Item = &'a Slice>) {
    let slices: Vec<&Slice> = slices.collect();
    if slices.is_empty() {
        return;
    }
    let width = slices.iter().map(|slice| slice.name.chars().count()).max().unwrap_or(0).max(4);
    let _ = write!(out, "\n{title}\n{:width$} {:>13} {:>13}", "", "people", "programs");
    for measure in &MEASURES {
        let _ = write!(out, " {:>20}", measure.name);
    }
    out.push('\n');
    for slice in slices {
        let _ = write!(out, "{:width$} {:>13} {:>13}", slice.name, count(&slice.people), count(&slice.programs));
        let cells =
            slice.measures.iter().flatten().zip(&MEASURES).map(|(interval, measure)| cell(*interval, measure.unit));
        for cell in cells {
            let _ = write!(out, " {cell:>20}");
        }
        out.push('\n');
    }
}

/// `rows (persons)`.
pub(crate) fn count(counts: &Counts) -> String {
    format!("{} ({})", counts.rows, counts.persons)
}

/// A number with its interval: `0.9950 0.991–0.998`, `0.50 % 0.1–1.2`; alone where nobody can tell.
pub(crate) fn cell(interval: Interval, unit: Unit) -> String {
    let (value, range) = halves(interval, unit);
    if range.is_empty() { value } else { format!("{value} {range}") }
}

/// The same apart: the number, and its interval, which may be empty.
pub(crate) fn halves(Interval { value, range }: Interval, unit: Unit) -> (String, String) {
    let written = |of: fn(Range) -> String| range.map(of).unwrap_or_default();
    match unit {
        Unit::Plain => (format!("{value:.4}"), written(|Range { low, high }| format!("{low:.3}–{high:.3}"))),
        Unit::People => (
            format!("{:.2} %", 100.0 * value),
            written(|Range { low, high }| format!("{:.1}–{:.1}", 100.0 * low, 100.0 * high)),
        ),
        Unit::Programs => (
            format!("{:.1} %", 100.0 * value),
            written(|Range { low, high }| format!("{:.0}–{:.0}", 100.0 * low, 100.0 * high)),
        ),
    }
}

/// The heads of a table's columns.
pub(crate) fn heads(first: &str) -> Vec<&str> {
    [first, "People", "Programs"].into_iter().chain(MEASURES.iter().map(|measure| measure.name)).collect()
}
