use super::{Written, table};
use crate::train::bin;

/// An input and how much it matters.
pub(super) struct Importance {
    signal: String,
    reason: String,
    monotone: i8,
    /// The mean of its contributions' sizes over rows of the test part, in logits.
    moves: f64,
    /// The share of learned rows that lack it.
    missing: f64,
}

/// What each input does, the most important first; empty for models without contributions.
pub(super) fn importance(written: &Written<'_>) -> Vec<Importance> {
    let (model, parts) = (&written.fitted.model, &written.fitted.parts);
    let rows: Vec<_> =
        (0..written.test.rows.len()).filter_map(|row| model.contributions(&bin(model, written.test, row))).collect();
    let unit = 1.0 / f64::from(parts.per_logit) / rows.len().max(1) as f64;
    let of = |(at, input): (usize, &outwork_engine::model::Input)| {
        let sizes = rows.iter().filter_map(|row| row.by_input().get(at)).map(|adds| f64::from(adds.unsigned_abs()));
        let asked = written.recipe.inputs.iter().find(|asked| asked.signal == input.signal);
        Some(Importance {
            signal: input.signal.clone(),
            reason: input.reason.clone(),
            monotone: asked?.monotone,
            moves: sizes.sum::<f64>() * unit,
            missing: f64::from(*input.shares.first()?) / f64::from(u16::MAX),
        })
    };
    let mut all: Vec<Importance> = parts.inputs.iter().enumerate().filter_map(of).collect();
    all.sort_by(|one, other| other.moves.total_cmp(&one.moves).then(one.signal.cmp(&other.signal)));
    all
}

/// Names and lengths of bars.
pub(super) fn plotted(importance: &[Importance]) -> Vec<(String, f64)> {
    importance.iter().map(|input| (input.signal.clone(), input.moves)).collect()
}

/// The inputs, as a table.
pub(super) fn inputs(written: &Written<'_>, importance: &[Importance]) -> String {
    let monotone = |direction: i8| match direction {
        0 => String::new(),
        1.. => "more is more like a program".to_owned(),
        _ => "more is more like a person".to_owned(),
    };
    let rows = importance.iter().map(|input| {
        let (moves, missing) = (format!("{:.3}", input.moves), format!("{:.1} %", 100.0 * input.missing));
        vec![format!("`{}`", input.signal), input.reason.clone(), moves, missing, monotone(input.monotone)]
    });
    let table = table(&["Input", "Reason", "Moves the score by", "Missing", "Held to"], rows);
    let used = |signal: &str| importance.iter().any(|input| input.signal == signal);
    let unused: Vec<_> = written
        .recipe
        .inputs
        .iter()
        .filter(|input| !used(&input.signal))
        .map(|input| format!("`{}`", input.signal))
        .collect();
    let unused =
        if unused.is_empty() { String::new() } else { format!("\nNo tree asks about {}.\n", unused.join(", ")) };
    format!(
        "\n## Inputs\n\nThe mean size of exact Shapley values over rows of the test part, in logits; the share of learned rows \
         that lack the input.\n\n![Importance of inputs](card/importance.svg)\n\n{table}{unused}"
    )
}
