//! How far numbers are known: people and seeds drawn again.

use std::collections::BTreeSet;

use serde::Serialize;

use super::curve::{Point, Ranked};
use super::measures::{MEASURES, Measure};
use crate::dice::Dice;

/// How often persons are drawn.
const DRAWS: usize = 200;

/// The seed of all draws.
const SEED: u64 = 20_261_122;

/// With fewer persons or seeds on a side draws say nothing of how far a number is known.
const FEWEST: usize = 5;

/// The two-sided 95 % point of the normal distribution.
const Z: f64 = 1.959_964;

/// A number, and where it lies in 95 of 100 draws; no range where there are too few to draw from.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) struct Interval {
    pub(crate) value: f64,
    #[serde(flatten)]
    pub(crate) range: Option<Range>,
}

/// Its ends.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) struct Range {
    pub(crate) low: f64,
    pub(crate) high: f64,
}

/// All measures of some rows; none where there are only people or only programs.
///
/// Persons are drawn with replacement, people and programs apart, each with all their rows; the interval is that of the
/// middle 95 % of draws, for shares the wider of that and Wilson's with persons as its number. With fewer than five persons on a
/// side there is none.
pub(crate) fn measure_all(ranked: &Ranked) -> Option<Vec<Interval>> {
    let values = measured(ranked, |_| 1.0)?;
    let people = persons(ranked, false);
    let programs = persons(ranked, true);
    if people.len().min(programs.len()) < FEWEST {
        return Some(values.into_iter().map(|value| Interval { value, range: None }).collect());
    }
    let mut dice = Dice::new(SEED);
    let mut draws: Vec<Vec<f64>> = vec![Vec::with_capacity(DRAWS); MEASURES.len()];
    for _ in 0..DRAWS {
        let times = [draw(&people, &mut dice), draw(&programs, &mut dice)];
        let of = |point: &Point| {
            let [people, programs] = &times;
            let drawn = if point.is_program { programs } else { people };
            drawn.get(point.person).copied().unwrap_or(0.0)
        };
        let drawn = measured(ranked, of).unwrap_or_default();
        draws.iter_mut().zip(drawn).for_each(|(all, one)| all.push(one));
    }
    let interval = |((measure, value), drawn): ((&Measure, &f64), &mut Vec<f64>)| {
        let range = widen(measure, *value, middle(drawn, *value), people.len(), programs.len());
        Interval { value: *value, range: Some(range) }
    };
    Some(MEASURES.iter().zip(&values).zip(&mut draws).map(interval).collect())
}

fn measured(ranked: &Ranked, times: impl Fn(&Point) -> f64) -> Option<Vec<f64>> {
    let curve = ranked.curve(&times)?;
    let weighted: Vec<_> = ranked.points().iter().map(|point| (point.weight * times(point), *point)).collect();
    Some(MEASURES.iter().map(|measure| measure.of(&curve, &weighted)).collect())
}

fn persons(ranked: &Ranked, is_program: bool) -> Vec<usize> {
    let points = ranked.points().iter().filter(|point| point.is_program == is_program);
    points.map(|point| point.person).collect::<BTreeSet<_>>().into_iter().collect()
}

/// How often each person is drawn, by their number.
fn draw(persons: &[usize], dice: &mut Dice) -> Vec<f64> {
    let mut times = vec![0.0; persons.last().map_or(0, |last| last + 1)];
    for _ in persons {
        let drawn = persons.get(dice.below(persons.len())).and_then(|person| times.get_mut(*person));
        drawn.into_iter().for_each(|times| *times += 1.0);
    }
    times
}

fn middle(drawn: &mut [f64], value: f64) -> Range {
    drawn.sort_by(f64::total_cmp);
    let at = |share: f64| drawn.get((share * drawn.len() as f64) as usize).copied();
    // What was measured is one of the draws that could have been.
    Range { low: at(0.025).unwrap_or(value).min(value), high: at(0.975).unwrap_or(value).max(value) }
}

/// Widens what draws of a few persons cannot tell: nobody among them is not nobody at all.
fn widen(measure: &Measure, value: f64, drawn: Range, people: usize, programs: usize) -> Range {
    use super::Unit;
    let count = match measure.unit {
        Unit::People => people,
        Unit::Programs => programs,
        Unit::Plain => return drawn,
    };
    let (low, high) = wilson(value, count);
    Range { low: drawn.low.min(low), high: drawn.high.max(high) }
}

/// Wilson's interval of a share of so many (*Probable inference, the law of succession, and statistical inference*, 1927).
fn wilson(share: f64, count: usize) -> (f64, f64) {
    let n = count.max(1) as f64;
    let centre = share + Z * Z / (2.0 * n);
    let spread = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    let whole = 1.0 + Z * Z / n;
    (((centre - spread) / whole).max(0.0), ((centre + spread) / whole).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::super::Unit;
    use super::*;

    fn rows(people: usize, programs: usize, overlap: f64) -> Ranked {
        let mut dice = Dice::new(5);
        let mut point = |person: usize, is_program: bool| {
            let noise = dice.below(1_000) as f64 / 1_000.0;
            let score = if is_program { noise + 1.0 - overlap } else { noise };
            Point { score, probability: score / 2.0, is_program, weight: 1.0, person }
        };
        let all = (0..people).map(|person| (person, false)).chain((people..people + programs).map(|p| (p, true)));
        Ranked::new(
            all.flat_map(|(person, is_program)| [point(person, is_program), point(person, is_program)]).collect(),
        )
    }

    #[test]
    fn more_persons_are_known_better() {
        let width = |persons| {
            let measured = measure_all(&rows(persons, persons, 0.5)).unwrap();
            for Interval { value, range } in &measured {
                assert!(range.is_some_and(|range| range.low <= *value && *value <= range.high), "{measured:?}");
            }
            measured[0].range.map(|range| range.high - range.low).unwrap()
        };
        let (few, many) = (width(10), width(300));
        assert!(few > 2.0 * many && many > 0.0, "{few} {many}");
        assert_eq!(measure_all(&rows(30, 30, 0.5)), measure_all(&rows(30, 30, 0.5)));
    }

    #[test]
    fn nobody_of_forty_may_be_one_of_twelve() {
        let measured = measure_all(&rows(40, 40, 0.0)).unwrap();
        assert_eq!((measured[0].value, measured[3].value), (1.0, 0.0));
        let (people, programs) = (measured[3].range.unwrap(), measured[6].range.unwrap());
        assert!((people.high - 0.0876).abs() < 0.001 && (programs.low - 0.9124).abs() < 0.001, "{measured:?}");
        assert!(measure_all(&rows(40, 0, 0.0)).is_none());
    }

    #[test]
    fn four_persons_have_no_interval() {
        for (people, programs) in [(4, 40), (40, 4)] {
            let measured = measure_all(&rows(people, programs, 0.5)).unwrap();
            assert!(measured.iter().all(|one| one.range.is_none()), "{measured:?}");
        }
        assert!(measure_all(&rows(5, 5, 0.5)).unwrap().iter().all(|one| one.range.is_some()));
    }

    #[test]
    fn a_rate_is_never_surer_than_its_persons_allow() {
        for one in MEASURES.iter().zip(measure_all(&rows(12, 12, 0.5)).unwrap()) {
            let (low, high) = wilson(one.1.value, 12);
            let range = one.1.range.unwrap();
            assert!(one.0.unit == Unit::Plain || range.low <= low && range.high >= high, "{} {:?}", one.0.key, one.1);
        }
    }

    #[test]
    fn wilson_as_published() {
        let (low, high) = wilson(0.5, 10);
        assert!((low - 0.2366).abs() < 1e-3 && (high - 0.7634).abs() < 1e-3);
    }
}
