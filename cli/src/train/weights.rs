//! What each row weighs.

use std::collections::{BTreeMap, BTreeSet};

use super::data::Row;

/// The weight of each row; together they are as many as there are rows.
///
/// People and programs weigh the same; among people each source does, among programs each generator; within one each session,
/// whose windows share its weight.
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
        *sessions.entry((is_program, name)).or_default().entry(session(row)).or_default() += 1;
    }
    let [people, programs] = strata.map(|names| names.len().max(1) as f64);
    let classes = sessions.keys().map(|(is_program, _)| is_program).collect::<BTreeSet<_>>().len();
    let whole = rows.len() as f64 / classes.max(1) as f64;
    let weight = |row: &Row| {
        let stratum = row.stratum();
        let of_class = whole / if stratum.0 { programs } else { people };
        let sessions = sessions.get(&stratum)?;
        Some(of_class / sessions.len() as f64 / *sessions.get(&session(row))? as f64)
    };
    rows.iter().map(|row| weight(row).unwrap_or(0.0)).collect()
}

/// How many rows each session has.
type Sessions<'a> = BTreeMap<(&'a str, &'a str), usize>;

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
    fn one_class_has_all() {
        assert_eq!(weights(&[row("a", "p", "1", None), row("b", "p", "1", None)]), [1.0, 1.0]);
        assert_eq!(weights(&[]), [0.0; 0]);
    }
}
