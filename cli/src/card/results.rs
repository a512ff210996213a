use super::table;
use crate::evaluate::{BASELINE, Cut, Evaluation, Slice, baseline_title, cell, count, heads};
use crate::metrics::MEASURES;

/// What the model does, altogether.
pub(super) fn results(evaluation: &Evaluation) -> String {
    let mut text = format!(
        "\n## Results\n\nOn {}: {} rows, {} of them with too little for a score. {} {}\n\n",
        evaluation.of, evaluation.rows, evaluation.unscored, evaluation.weighted, evaluation.intervals
    );
    let beside = |slices: &[Slice], name: &str| {
        let all = slices.iter().filter(|slice| matches!(slice.cut, Cut::All | Cut::Window));
        all.map(|slice| row(&format!("{name}, {}", slice.name), slice)).collect::<Vec<_>>()
    };
    let rows =
        beside(&evaluation.slices, "model").into_iter().chain(beside(&evaluation.baseline, "logistic regression"));
    text += &table(&heads(""), rows);
    text += "\nRows (persons or seeds). FPR@95: the share of people above the score that 95 of 100 programs are above. TPR@0.5: the \
             share of programs above the score that 0.5 of 100 people are above. ECE: expected calibration error, 15 bins.\n\n";
    text += &match evaluation.baseline_missing {
        Some(why) => format!("{BASELINE}: could not be fitted, {why}.\n"),
        None => format!("{}: it was fitted to the other parts.\n", baseline_title(evaluation)),
    };
    text
}

/// The same by source, instrument and generator, the worst first.
pub(super) fn apart(evaluation: &Evaluation) -> String {
    let mut text = String::new();
    for cut in [Cut::Source, Cut::Group, Cut::Generator, Cut::Inside] {
        let rows: Vec<_> = evaluation.cut(cut).map(|slice| row(&slice.name, slice)).collect();
        if !rows.is_empty() {
            text += &format!("\n## {}\n\n{}", cut.title(), table(&heads(""), rows));
        }
    }
    text
}

fn row(name: &str, slice: &Slice) -> Vec<String> {
    let measures = slice.measures.iter().flatten().zip(&MEASURES);
    let numbers: Vec<String> = measures.map(|(interval, measure)| cell(*interval, measure.unit)).collect();
    let missing = vec!["–".to_owned(); MEASURES.len() - numbers.len()];
    [name.to_owned(), count(&slice.people), count(&slice.programs)].into_iter().chain(numbers).chain(missing).collect()
}
