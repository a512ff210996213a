//! The report as one page: no script, nothing from elsewhere.

use maud::{Markup, PreEscaped, html};
use outwork_replay::html::{page, section, tiles};

use super::text::{BASELINE, baseline_title, halves, heads};
use super::{Cut, Evaluation, Slice, figures};
use crate::failure::Failure;
use crate::metrics::MEASURES;

/// Writes an evaluation.
///
/// # Errors
/// A plot cannot be drawn.
pub(crate) fn html(evaluation: &Evaluation) -> Result<String, Failure> {
    let figures = figures(evaluation)?;
    let body = html! {
        (first(evaluation))
        (notes(evaluation))
        @for figure in &figures {
            // Drawn here: names in it were escaped by the one who draws.
            (section(figure.title, &html! { figure { (PreEscaped(&figure.svg)) } }))
        }
        @for cut in [Cut::All, Cut::Window, Cut::Source, Cut::Group, Cut::Generator, Cut::Inside] {
            (slices(cut.title(), evaluation.cut(cut)))
        }
        (slices(&baseline_title(evaluation), evaluation.baseline.iter()))
        (left_out(evaluation))
        p.note { (evaluation.weighted) " " (evaluation.intervals) }
        p.note { "Columns: rows (persons or seeds); FPR@90, 95, 99: people above the score that so many of 100 programs are above; \
                  TPR@0.1, 0.5, 1: programs above the score that so many of 100 people are above; ECE: expected calibration \
                  error in 15 bins. The worst AUC stands first." }
    };
    Ok(page("Model", &format!("{} · {}", evaluation.model, evaluation.of), &body))
}

fn first(evaluation: &Evaluation) -> Markup {
    let all = evaluation.all();
    let tile = |key: &str| {
        let measure = MEASURES.iter().find(|measure| measure.key == key)?;
        let interval = all?.measure(key)?;
        let (value, range) = halves(interval, measure.unit);
        Some((measure.name, value, range))
    };
    let unscored = format!("{} with too little for a score", evaluation.unscored);
    let numbers = ["auc", "fpr_at_tpr_95", "tpr_at_fpr_0.5", "brier", "ece"].into_iter().filter_map(tile);
    let all: Vec<_> = std::iter::once(("Rows", evaluation.rows.to_string(), unscored)).chain(numbers).collect();
    tiles(&all)
}

fn slices<'a>(title: &str, slices: impl Iterator<Item = &'a Slice>) -> Markup {
    let slices: Vec<&Slice> = slices.collect();
    if slices.is_empty() {
        return html! {};
    }
    let table = html! {
        div.scroll {
            table {
                thead { tr { @for head in heads("") { th scope="col" { (head) } } } }
                tbody { @for slice in slices { (row(slice)) } }
            }
        }
    };
    section(title, &table)
}

/// Each number with its interval below.
fn row(slice: &Slice) -> Markup {
    let counts =
        [&slice.people, &slice.programs].map(|counts| (counts.rows.to_string(), format!("({})", counts.persons)));
    let numbers = slice.measures.iter().flatten().zip(&MEASURES);
    let cells = counts.into_iter().chain(numbers.map(|(interval, measure)| halves(*interval, measure.unit)));
    html! {
        tr {
            th scope="row" style="min-width:12rem" { (slice.name) }
            @for (value, rest) in cells {
                td { (value) br; span.note { (rest) } }
            }
        }
    }
}

/// What could not be done, or what to be careful about.
fn notes(evaluation: &Evaluation) -> Markup {
    html! {
        @if let Some(warning) = &evaluation.warning { p.note { "Warning: " (warning) } }
        @if let Some(why) = evaluation.baseline_missing { p.note { (BASELINE) ": could not be fitted, " (why) } }
    }
}

fn left_out(evaluation: &Evaluation) -> Markup {
    html! {
        @for (title, left_out) in evaluation.all_left_out() {
            (slices(&title, left_out.iter().map(|one| &one.slice)))
        }
    }
}
