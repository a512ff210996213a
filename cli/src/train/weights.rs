//! What each row weighs.

use std::collections::{BTreeMap, BTreeSet};

use outwork_replay::Rate;

use super::data::Row;

/// The weight of each row; together they are as many as there are rows.
///
/// People and programs weigh the same; among people each source does, among programs each generator; within one each session,
/// whose windows share its weight. Where records were sampled, a session stands for those of which none was kept, too: for one
/// by the chance that any of its records was, as far as the rows tell, and its rows share its weight as they were kept.
pub(crate) fn weights(rows: &[Row]) -> Vec<f64> {
    let mut strata: [BTreeSet<&str>; 2] = Default::default();
    let mut sessions: BTreeMap<(bool, &str), Sessions<'_>> = BTreeMap::new();
    for row in rows {
        let (is_program, name) = row.stratum();
        let [people, programs] = &mut strata;
        if is_program {
            programs.insert(name)
        } else {
            people.insert(name)
        };
        sessions.entry((is_program, name)).or_default().entry(session(row)).or_default().add(row.rate);
    }
    let wholes: BTreeMap<_, f64> = sessions
        .iter()
        .map(|(stratum, sessions)| (*stratum, sessions.values().map(Session::stands_for).sum()))
        .collect();
    let [people, programs] = strata.map(|names| names.len().max(1) as f64);
    let classes = sessions.keys().map(|(is_program, _)| is_program).collect::<BTreeSet<_>>().len();
    let whole = rows.len() as f64 / classes.max(1) as f64;
    let weight = |row: &Row| {
        let stratum = row.stratum();
        let of_class = whole / if stratum.0 { programs } else { people };
        let own = sessions.get(&stratum)?.get(&session(row))?;
        Some(of_class / wholes.get(&stratum)? * own.stands_for() * stands_for(row.rate) / own.rows)
    };
    rows.iter().map(|row| weight(row).unwrap_or(0.0)).collect()
}

/// The sessions of a stratum, by their names.
type Sessions<'a> = BTreeMap<(&'a str, &'a str), Session>;

/// What is known of a session.
struct Session {
    /// How many rows it has, those that were not kept included.
    rows: f64,
    /// The chance that none of the rows that are here would have been kept.
    missed: f64,
}

impl Default for Session {
    fn default() -> Self {
        Self { rows: 0.0, missed: 1.0 }
    }
}

impl Session {
    fn add(&mut self, rate: Rate) {
        self.rows += stands_for(rate);
        self.missed *= 1.0 - f64::from(rate);
    }

    fn stands_for(&self) -> f64 {
        1.0 / (1.0 - self.missed)
    }
}

fn stands_for(rate: Rate) -> f64 {
    1.0 / f64::from(rate)
}

/// A session's name is only its own within its source.
fn session(row: &Row) -> (&str, &str) {
    (&row.source, &row.session)
}

#[cfg(test)]
mod tests {
    use super::super::split::tests::row;
    use super::*;

    #[test]
    fn classes_then_sources_then_sessions_share() {
        let rows = [
            row("a", "p", "1", None),
            row("a", "p", "1", None),
            row("a", "q", "2", None),
            row("b", "r", "1", None),
            row("x", "s", "1", Some("wind")),
            row("y", "s", "1", Some("wind")),
            row("x", "s", "2", Some("line")),
            row("x", "s", "3", Some("line")),
        ];
        assert_eq!(weights(&rows), [0.5, 0.5, 1.0, 2.0, 1.0, 1.0, 1.0, 1.0]);
    }

    #[test]
    fn a_sampled_session_stands_for_those_that_were_not_kept() {
        let at = |session: &str, share: f64| Row { rate: Rate::of(share).unwrap(), ..row("a", "p", session, None) };
        let close = |rows: &[Row], expected: &[f64]| {
            let weights = weights(rows);
            assert!(weights.iter().zip(expected).all(|(one, other)| (one - other).abs() < 1e-9), "{weights:?}");
        };
        // One kept of ten beside one of which each is: eleven sessions, of which ten are like the first.
        close(&[at("1", 0.1), at("2", 1.0)], &[20.0 / 11.0, 2.0 / 11.0]);
        // A session with a row that is kept for sure is seen for sure; nine of ten rows like its other one were not kept.
        close(&[at("1", 0.1), at("1", 1.0), at("2", 1.0)], &[1.5 * 10.0 / 11.0, 1.5 / 11.0, 1.5]);
        // Two rows at one half: three of four such sessions are seen.
        close(&[at("1", 0.5), at("1", 0.5), at("2", 1.0)], &[6.0 / 7.0, 6.0 / 7.0, 9.0 / 7.0]);
    }

    #[test]
    fn one_class_has_all() {
        assert_eq!(weights(&[row("a", "p", "1", None), row("b", "p", "1", None)]), [1.0, 1.0]);
        assert_eq!(weights(&[]), [0.0; 0]);
    }
}
