//! Who is learned from, who is validated on, and who is tested on.

use std::collections::BTreeMap;

use clap::ValueEnum;
use sha2::{Digest, Sha256};

use super::data::Row;

/// A part of the rows. Nobody is in two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Part {
    /// Learned from
    Train,
    /// Early stopping and calibration look at it
    Validate,
    /// Nothing looks at it but reports
    Test,
}

impl Part {
    /// Its name in options and tables.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Validate => "validate",
            Self::Test => "test",
        }
    }

    const fn at(share: f64) -> Self {
        match share {
            ..0.6 => Self::Train,
            0.6..0.8 => Self::Validate,
            _ => Self::Test,
        }
    }
}

/// The part of each row.
///
/// The persons of a source, and apart from them its programs, stand in the order of the SHA-256 of seed, source and person.
/// Whoever begins within the first 60 % of its rows is learned from, within the next 20 % validated on, after that tested on. A
/// person of several sources is placed by the hash of seed and person alone.
pub(crate) fn split(rows: &[Row], seed: u64) -> Vec<Part> {
    let mut sources: BTreeMap<(&str, bool), BTreeMap<&str, usize>> = BTreeMap::new();
    let mut appears: BTreeMap<&str, &str> = BTreeMap::new();
    let mut placed: BTreeMap<&str, Part> = BTreeMap::new();
    for row in rows {
        *sources.entry((&row.source, row.generator.is_some())).or_default().entry(&row.person).or_default() += 1;
        if *appears.entry(&row.person).or_insert(&row.source) != row.source {
            placed.entry(&row.person).or_insert_with(|| Part::at(fraction(&hash(seed, &[&row.person]))));
        }
    }
    for ((source, _), mut persons) in sources {
        persons.retain(|person, _| !placed.contains_key(person));
        place(seed, source, &persons, &mut placed);
    }
    rows.iter().map(|row| placed.get(row.person.as_str()).copied().unwrap_or(Part::Train)).collect()
}

fn place<'a>(seed: u64, source: &str, persons: &BTreeMap<&'a str, usize>, placed: &mut BTreeMap<&'a str, Part>) {
    let all: usize = persons.values().sum();
    let mut order: Vec<_> = persons.iter().collect();
    order.sort_by_cached_key(|(person, _)| hash(seed, &[source, person]));
    let mut before = 0;
    for (person, rows) in order {
        placed.insert(person, Part::at(before as f64 / all.max(1) as f64));
        before += rows;
    }
}

/// The SHA-256 of a seed and texts, each ended by a zero byte.
pub(crate) fn hash(seed: u64, texts: &[&str]) -> [u8; 32] {
    let mut hash = Sha256::new().chain_update(seed.to_string()).chain_update([0]);
    for text in texts {
        hash = hash.chain_update(text).chain_update([0]);
    }
    hash.finalize().into()
}

/// A hash as a number from 0 up to 1.
pub(crate) fn fraction(hash: &[u8; 32]) -> f64 {
    let [a, b, c, d, ..] = *hash;
    f64::from(u32::from_be_bytes([a, b, c, d])) / (f64::from(u32::MAX) + 1.0)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A row of a person, or of a generator.
    pub(crate) fn row(source: &str, person: &str, session: &str, generator: Option<&str>) -> Row {
        Row {
            source: source.into(),
            session: session.into(),
            person: person.into(),
            generator: generator.map(Into::into),
            kind: "mouse",
            group: "browser".into(),
            window: "whole",
            rate: outwork_replay::Rate::ALL,
        }
    }

    fn many(source: &str, persons: usize, rows: usize) -> Vec<Row> {
        let each =
            |person: usize| (0..rows).map(move |n| row(source, &format!("{source}:{person}"), &n.to_string(), None));
        (0..persons).flat_map(each).collect()
    }

    #[test]
    fn each_source_is_split_by_person() {
        let rows = [many("a", 50, 3), many("b", 10, 30)].concat();
        let parts = split(&rows, 1);
        for (source, all) in [("a", 150), ("b", 300)] {
            let in_part =
                |part| rows.iter().zip(&parts).filter(|(row, is)| row.source == source && **is == part).count();
            assert_eq!([Part::Train, Part::Validate, Part::Test].map(in_part), [all * 3 / 5, all / 5, all / 5]);
        }
        let mut of: BTreeMap<&str, Part> = BTreeMap::new();
        assert!(rows.iter().zip(&parts).all(|(row, part)| of.entry(&row.person).or_insert(*part) == part));
        assert_ne!(split(&rows, 2), parts);
    }

    #[test]
    fn the_order_of_rows_does_not_matter() {
        let rows = many("a", 20, 2);
        let mut parts = split(&rows, 1);
        let mut turned = rows;
        turned.reverse();
        parts.reverse();
        assert_eq!(split(&turned, 1), parts);
    }

    #[test]
    fn a_person_of_several_sources_is_in_one_part() {
        let rows: Vec<Row> = (0..40)
            .flat_map(|n| ["a", "b"].map(|source| row(source, &format!("p{n}"), "s", None)))
            .chain(many("a", 40, 1))
            .collect();
        let parts = split(&rows, 1);
        let both: Vec<_> = parts.iter().take(80).collect();
        assert!(both.chunks(2).all(|pair| pair[0] == pair[1]));
        assert!(both.contains(&&Part::Train) && both.contains(&&Part::Test));
    }

    #[test]
    fn who_is_alone_is_learned_from() {
        assert!(split(&many("a", 1, 9), 1).iter().all(|part| *part == Part::Train));
    }
}
