//! How the probabilities of a source lie.

use std::collections::BTreeMap;

use serde::Serialize;

use super::slice::Scored;

/// Where probabilities of one source of people or one generator lie: at 5, 25, 50, 75 and 95 of 100 rows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Spread {
    pub(crate) name: String,
    pub(crate) is_program: bool,
    pub(crate) rows: usize,
    pub(crate) at: [f64; 5],
}

/// Of every source and generator, people first, by their medians.
pub(crate) fn spreads(rows: &[Scored]) -> Vec<Spread> {
    let mut all: BTreeMap<(bool, &str), Vec<f64>> = BTreeMap::new();
    for scored in rows {
        all.entry(scored.row.stratum()).or_default().push(scored.probability);
    }
    let spread = |((is_program, name), mut values): ((bool, &str), Vec<f64>)| {
        values.sort_by(f64::total_cmp);
        let at = |share: f64| values.get(((values.len() - 1) as f64 * share).round() as usize).copied().unwrap_or(0.0);
        Spread { name: name.to_owned(), is_program, rows: values.len(), at: [0.05, 0.25, 0.5, 0.75, 0.95].map(at) }
    };
    let mut spreads: Vec<Spread> = all.into_iter().map(spread).collect();
    spreads.sort_by(|one, other| {
        let key = |spread: &Spread| (spread.is_program, spread.at.get(2).copied().unwrap_or(0.0));
        key(one).0.cmp(&key(other).0).then(key(other).1.total_cmp(&key(one).1)).then(one.name.cmp(&other.name))
    });
    spreads
}
