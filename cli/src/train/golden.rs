//! Golden vectors: generated rows with what the slow reference makes of them. No row of the data is among them.

use std::fmt::Write;

use outwork_engine::model::{Bins, Cell, Input, Parts, reference};
use serde_json::{Map, Value, json};

use crate::dice::Dice;

/// How many rows.
const ROWS: usize = 64;

/// One JSON object a line: `row` by signal (what is missing is not there), `sum`, `probability` and `contributions` by signal; all
/// of them null where the row has not what the model needs.
pub(crate) fn golden(parts: &Parts, seed: u64) -> String {
    let mut dice = Dice::new(seed);
    let mut lines = String::new();
    for _ in 0..ROWS {
        let row: Vec<_> =
            parts.inputs.iter().enumerate().map(|(at, input)| value(parts, at, input, &mut dice)).collect();
        // Writing to a `String` cannot fail.
        let _ = writeln!(lines, "{}", line(parts, &row));
    }
    lines
}

/// On a border, beside one, at the ends, or missing.
fn value<'p>(parts: &'p Parts, at: usize, input: &'p Input, dice: &mut Dice) -> Option<Cell<'p>> {
    let need = parts.needs.iter().find(|(place, _)| usize::from(*place) == at).map(|(_, least)| *least);
    if let Some(least) = need.filter(|_| dice.below(8) > 0) {
        return Some(Cell::Number(least.saturating_add(u16::try_from(dice.below(1_000)).unwrap_or(0))));
    }
    if dice.below(6) == 0 {
        return None;
    }
    match &input.bins {
        Bins::Number(borders) => {
            let border = borders.get(dice.below(borders.len())).copied().unwrap_or(0);
            let choices = [0, border, border.saturating_add(1), border.saturating_sub(1), u16::MAX];
            choices.get(dice.below(choices.len())).map(|number| Cell::Number(*number))
        }
        Bins::Text { known, .. } => {
            let text = known.get(dice.below(known.len() + 1)).map_or("?", |(text, _)| text);
            Some(Cell::Text(text.as_bytes()))
        }
    }
}

fn line(parts: &Parts, row: &[Option<Cell<'_>>]) -> Value {
    let named = |values: Vec<Option<Value>>| -> Map<String, Value> {
        let pairs = parts.inputs.iter().zip(values);
        pairs.filter_map(|(input, value)| Some((input.signal.clone(), value?))).collect()
    };
    let score = reference::score(parts, row);
    let added = reference::contributions(parts, row);
    json!({
        "row": named(row.iter().map(|value| value.map(plain)).collect()),
        "sum": score.map(|(sum, _)| sum),
        "probability": score.map(|(_, probability)| probability),
        "contributions": added.map(|all| named(all.into_iter().map(|adds| Some(adds.into())).collect())),
    })
}

fn plain(cell: Cell<'_>) -> Value {
    match cell {
        Cell::Number(number) => number.into(),
        Cell::Text(text) => String::from_utf8_lossy(text).into(),
    }
}
