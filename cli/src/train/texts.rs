//! Texts as numbers: the share of programs among the training rows that have a text, smoothed.

use std::collections::{BTreeMap, BTreeSet};

use outwork_compiler::model::Categories;
use outwork_engine::model::{MAX_CATEGORIES, MAX_TEXT};

use super::data::Row;
use super::split::{fraction, hash};

/// How many sessions' worth of "half are programs" each text begins with.
const PRIOR: f64 = 10.0;

/// A text with fewer persons is like every other rare one.
const FEWEST: usize = 3;

/// Parts of the training rows, each encoded by what the others say.
const FOLDS: u8 = 5;

/// A column of texts among training rows.
pub(crate) struct Texts<'a> {
    pub(crate) rows: &'a [Row],
    pub(crate) weights: &'a [f64],
    pub(crate) values: &'a [Option<String>],
}

/// The number of every text, for serving.
pub(crate) fn table(texts: &Texts<'_>) -> Categories {
    count(texts, |_| true)
}

/// The numbers of training rows, each by a table that does not know its person: what a text says of itself would be learned
/// instead of what it says of strangers. None is above or below all numbers of serving: a border between two such would be one
/// that all texts, or none, are beyond.
pub(crate) fn out_of_fold(texts: &Texts<'_>, seed: u64) -> Vec<Option<u16>> {
    let fold = |row: &Row| (fraction(&hash(seed, &["fold", &row.person])) * f64::from(FOLDS)) as u8;
    let folds: Vec<u8> = texts.rows.iter().map(fold).collect();
    let tables: Vec<_> = (0..FOLDS).map(|own| Lookup::of(count(texts, |row| folds.get(row) != Some(&own)))).collect();
    let (lowest, highest) = Lookup::of(table(texts)).ends();
    let number = |(value, fold): (&Option<String>, &u8)| {
        let table = tables.get(usize::from(*fold))?;
        value.as_deref().map(|text| table.number(text).clamp(lowest, highest))
    };
    texts.values.iter().zip(&folds).map(number).collect()
}

/// A table, to look things up in.
pub(crate) struct Lookup {
    known: BTreeMap<String, u16>,
    other: u16,
}

impl Lookup {
    pub(crate) fn of(categories: Categories) -> Self {
        Self { known: categories.known.into_iter().collect(), other: categories.other }
    }

    pub(crate) fn number(&self, text: &str) -> u16 {
        self.known.get(text).copied().unwrap_or(self.other)
    }

    /// The least and the greatest number that it gives.
    fn ends(&self) -> (u16, u16) {
        let numbers = self.known.values().copied();
        numbers.fold((self.other, self.other), |(low, high), number| (low.min(number), high.max(number)))
    }
}

/// What was seen of one text.
#[derive(Default)]
struct Seen<'a> {
    all: f64,
    programs: f64,
    persons: BTreeSet<&'a str>,
}

impl Seen<'_> {
    fn add(&mut self, other: &Self) {
        self.all += other.all;
        self.programs += other.programs;
    }

    /// In ten-thousandths.
    fn share(&self) -> u16 {
        ((self.programs + PRIOR / 2.0) / (self.all + PRIOR) * 10_000.0).round() as u16
    }
}

fn count(texts: &Texts<'_>, keep: impl Fn(usize) -> bool) -> Categories {
    let mut seen: BTreeMap<&str, Seen<'_>> = BTreeMap::new();
    for (at, ((row, weight), value)) in texts.rows.iter().zip(texts.weights).zip(texts.values).enumerate() {
        let Some(text) = value.as_deref().filter(|_| keep(at)) else { continue };
        let of = seen.entry(text).or_default();
        of.all += weight;
        of.programs += if row.is_program() { *weight } else { 0.0 };
        of.persons.insert(&row.person);
    }
    let mut ranked: Vec<_> = seen.into_iter().collect();
    ranked.sort_by(|(one, a), (two, b)| b.persons.len().cmp(&a.persons.len()).then(one.cmp(two)));
    let mut rare = Seen::default();
    let mut known = Vec::new();
    for (at, (text, of)) in ranked.iter().enumerate() {
        if at < MAX_CATEGORIES && of.persons.len() >= FEWEST && text.len() <= MAX_TEXT {
            known.push(((*text).to_owned(), of.share()));
        } else {
            rare.add(of);
        }
    }
    known.sort();
    Categories { known, other: rare.share() }
}

#[cfg(test)]
mod tests {
    use super::super::split::tests::row;
    use super::*;

    fn rows() -> (Vec<Row>, Vec<Option<String>>) {
        let mut rows = Vec::new();
        let mut values = Vec::new();
        for n in 0..40 {
            let (generator, text) = if n % 2 == 0 { (Some("g"), "curl") } else { (None, "chrome") };
            rows.push(row("s", &format!("p{n}"), &n.to_string(), generator));
            values.push(Some(text.to_owned()));
        }
        rows.push(row("s", "alone", "40", Some("g")));
        values.push(Some("rare".to_owned()));
        rows.push(row("s", "none", "41", None));
        values.push(None);
        (rows, values)
    }

    #[test]
    fn a_text_is_the_smoothed_share_of_programs() {
        let (rows, values) = rows();
        let weights = vec![1.0; rows.len()];
        let table = table(&Texts { rows: &rows, weights: &weights, values: &values });
        // 20 of 20 and 0 of 20, with 5 of 10 beforehand; the rare one: 1 of 1.
        assert_eq!(table.known, [("chrome".to_owned(), 1_667), ("curl".to_owned(), 8_333)]);
        assert_eq!(table.other, 5_455);
    }

    #[test]
    fn nobody_is_encoded_by_themselves() {
        let (mut rows, mut values) = rows();
        let weights = vec![1.0; rows.len() + 30];
        // One person's text of their own must tell nothing about them.
        for n in 0..30 {
            rows.push(row("s", "busy", &format!("b{n}"), Some("g")));
            values.push(Some("own".to_owned()));
        }
        let numbers = out_of_fold(&Texts { rows: &rows, weights: &weights, values: &values }, 1);
        let own: Vec<_> = numbers.iter().rev().take(30).collect();
        assert!(own.iter().all(|number| **number == *own[0]), "{own:?}");
        assert!(own[0].is_some_and(|number| number <= 5_455), "{own:?}");
        assert_eq!(numbers[41], None);
        assert!(numbers[0].unwrap() > numbers[1].unwrap());
    }

    #[test]
    fn no_number_is_beyond_those_of_serving() {
        // Without its few people a text looks more like a program's than it is, and without its few programs less.
        let few_people = |n: u8| (n >= 12).then_some("g");
        let few_programs = |n: u8| (n < 12).then_some("g");
        for generator in [few_people, few_programs] {
            let all = (0..60).map(|n| row("s", &format!("p{}", n / 3), &n.to_string(), generator(n)));
            let rows: Vec<Row> = all.collect();
            let (weights, values) = (vec![1.0; rows.len()], vec![Some("a".to_owned()); rows.len()]);
            let texts = Texts { rows: &rows, weights: &weights, values: &values };
            let (lowest, highest) = Lookup::of(table(&texts)).ends();
            let numbers = out_of_fold(&texts, 1);
            assert!(numbers.iter().flatten().all(|number| (lowest..=highest).contains(number)), "{numbers:?}");
        }
    }
}
