//! Rows that are reported together, and what was measured of them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Serialize, Serializer};

use crate::metrics::{Interval, MEASURES, Point, Ranked, measure_all};
use crate::train::{Counts, Row, Seen, weights};

/// A row and what was made of it.
#[derive(Clone)]
pub(crate) struct Scored {
    pub(crate) row: Row,
    /// Higher is more like a program.
    pub(crate) score: f64,
    /// From 0 to 1.
    pub(crate) probability: f64,
}

/// What is reported apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Cut {
    /// Everything.
    All,
    /// The rows of one length, of people and programs.
    Window,
    /// The people of one source, among all programs.
    Source,
    /// The people of one instrument or environment, among all programs.
    Group,
    /// One generator, among all people.
    Generator,
    /// People and programs of one environment, among themselves.
    Inside,
}

impl Cut {
    /// What a table of such slices is called.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::All => "Everything",
            Self::Window => "Length of observation",
            Self::Source => "People by source, among all programs",
            Self::Group => "People by instrument, among all programs",
            Self::Generator => "Programs by generator, among all people",
            Self::Inside => "People and programs of one environment, among themselves",
        }
    }
}

/// Some rows and what was measured of them.
#[derive(Clone, Serialize)]
pub(crate) struct Slice {
    pub(crate) cut: Cut,
    pub(crate) name: String,
    pub(crate) people: Counts,
    pub(crate) programs: Counts,
    /// In the order of [`MEASURES`]; none where there are only people or only programs.
    #[serde(serialize_with = "by_key")]
    pub(crate) measures: Option<Vec<Interval>>,
}

fn by_key<S: Serializer>(measures: &Option<Vec<Interval>>, to: S) -> Result<S::Ok, S::Error> {
    let keyed = |all: &Vec<Interval>| -> BTreeMap<&str, Interval> {
        MEASURES.iter().zip(all).map(|(measure, interval)| (measure.key, *interval)).collect()
    };
    measures.as_ref().map(keyed).serialize(to)
}

impl Slice {
    /// Measures some rows.
    pub(crate) fn of(cut: Cut, name: &str, rows: &[&Scored]) -> Self {
        let (mut people, mut programs) = (Seen::default(), Seen::default());
        for scored in rows {
            let seen = if scored.row.is_program() { &mut programs } else { &mut people };
            seen.add(&scored.row);
        }
        let measures = measure_all(&ranked(rows));
        Self { cut, name: name.to_owned(), people: people.counts(), programs: programs.counts(), measures }
    }

    /// A number by its key in [`MEASURES`].
    pub(crate) fn measure(&self, key: &str) -> Option<Interval> {
        let at = MEASURES.iter().position(|measure| measure.key == key)?;
        self.measures.as_ref()?.get(at).copied()
    }
}

/// Rows in the order of their scores, weighted as training weighs them: classes alike, sources and generators alike, sessions
/// alike.
pub(crate) fn ranked(rows: &[&Scored]) -> Ranked {
    let alone: Vec<Row> = rows.iter().map(|scored| scored.row.clone()).collect();
    let mut persons: BTreeMap<&str, usize> = BTreeMap::new();
    let points = rows.iter().zip(weights(&alone)).map(|(scored, weight)| {
        let next = persons.len();
        Point {
            score: scored.score,
            probability: scored.probability,
            is_program: scored.row.is_program(),
            weight,
            person: *persons.entry(&scored.row.person).or_insert(next),
        }
    });
    Ranked::new(points.collect())
}

/// Everything, and all that is reported apart, the worst of each kind first.
pub(crate) fn slices(rows: &[Scored]) -> Vec<Slice> {
    let all: Vec<&Scored> = rows.iter().collect();
    let mut slices = vec![Slice::of(Cut::All, "all", &all)];
    for (cut, names) in names(rows) {
        let mut of_cut: Vec<Slice> = names.iter().map(|name| one(cut, name, &all)).collect();
        of_cut.sort_by(|one, other| badness(other).total_cmp(&badness(one)).then(one.name.cmp(&other.name)));
        slices.extend(of_cut);
    }
    slices
}

fn one(cut: Cut, name: &str, all: &[&Scored]) -> Slice {
    let kept: Vec<&Scored> = all.iter().copied().filter(|scored| belongs(cut, name, &scored.row)).collect();
    Slice::of(cut, name, &kept)
}

fn belongs(cut: Cut, name: &str, row: &Row) -> bool {
    match cut {
        Cut::All => true,
        Cut::Window => row.window == name,
        Cut::Source => row.is_program() || row.source == name,
        Cut::Group => row.is_program() || row.group == name,
        Cut::Generator => row.generator.as_deref().is_none_or(|generator| generator == name),
        Cut::Inside => row.group == name,
    }
}

/// The names that there are of each kind.
fn names(rows: &[Scored]) -> BTreeMap<Cut, BTreeSet<&str>> {
    let mut names: BTreeMap<Cut, BTreeSet<&str>> = BTreeMap::new();
    let mut environments: BTreeMap<&str, [bool; 2]> = BTreeMap::new();
    for Scored { row, .. } in rows {
        names.entry(Cut::Window).or_default().insert(row.window);
        match row.generator.as_deref() {
            Some(generator) => names.entry(Cut::Generator).or_default().insert(generator),
            None => {
                names.entry(Cut::Source).or_default().insert(&row.source);
                names.entry(Cut::Group).or_default().insert(&row.group)
            }
        };
        let [people, programs] = environments.entry(&row.group).or_default();
        if row.is_program() { *programs = true } else { *people = true }
    }
    let both = environments.into_iter().filter(|(_, has)| *has == [true, true]).map(|(name, _)| name).collect();
    names.insert(Cut::Inside, both);
    names
}

/// Higher is worse: what is caught too late, and what could not be measured last.
fn badness(slice: &Slice) -> f64 {
    slice.measure("auc").map_or(-1.0, |auc| 1.0 - auc.value)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A scored row of a person or of a generator.
    pub(crate) fn scored(source: &str, person: &str, generator: Option<&str>, probability: f64) -> Scored {
        let row = Row {
            source: source.into(),
            session: person.into(),
            person: person.into(),
            generator: generator.map(Into::into),
            kind: "mouse",
            group: format!("{source} lab"),
            window: "3s",
            rate: outwork_replay::Rate::ALL,
        };
        Scored { row, score: probability, probability }
    }

    #[test]
    fn every_source_and_generator_is_reported_the_worst_first() {
        let mut rows = Vec::new();
        for n in 0..20_u8 {
            let at = f64::from(n) / 40.0;
            rows.push(scored("calm", &format!("c{n}"), None, at / 2.0));
            rows.push(scored("busy", &format!("b{n}"), None, at + 0.3));
            rows.push(scored("calm", &format!("w{n}"), Some("wind"), at + 0.5));
            rows.push(scored("gen", &format!("l{n}"), Some("line"), 0.99));
        }
        let slices = slices(&rows);
        let named = |cut: Cut| {
            slices.iter().filter(|slice| slice.cut == cut).map(|slice| slice.name.as_str()).collect::<Vec<_>>()
        };
        assert_eq!(named(Cut::Source), ["busy", "calm"]);
        assert_eq!(named(Cut::Generator), ["wind", "line"]);
        assert_eq!(named(Cut::Group), ["busy lab", "calm lab"]);
        assert_eq!(named(Cut::Inside), ["calm lab"]);
        assert_eq!(named(Cut::Window), ["3s"]);
        let all = &slices[0];
        assert_eq!((all.people.persons, all.programs.rows), (40, 40));
        let line = slices.iter().find(|slice| slice.name == "line").unwrap();
        assert_eq!(line.measure("auc").unwrap().value, 1.0);
        assert_eq!((line.people.rows, line.programs.rows), (40, 20));
    }

    #[test]
    fn people_alone_have_counts_and_no_measures() {
        let slices = slices(&[scored("a", "p", None, 0.1)]);
        assert!(slices.iter().all(|slice| slice.measures.is_none() && slice.people.rows == 1));
    }
}
