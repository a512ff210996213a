//! What a policy asks for and a log does not tell.

use crate::Line;
use outwork_engine::{
    agents::Registry,
    policy::Policy,
    rules::{
        Asked,
        wire::{List, Source},
    },
    signals::Scene,
};

/// How many lines of the first file are all asked, half as many of the second, and so on. Each costs as much as
/// assessing it, and a small log is asked whole.
const WHOLE: u64 = 1 << 12;
/// Of a longer log one line in so many is asked, wherever it stands.
const SPARSE: u64 = 64;
/// As many lines from here and there say more than the beginnings do.
const ENOUGH: u64 = 64;

/// Every field that a policy's conditions ask for, and how often it was unavailable.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields<'p> {
    agents: Option<&'p Registry>,
    rows: Vec<Row<'p>>,
    // Lines that were asked: from the beginnings of files, and here and there.
    asked: [u64; 2],
    // Whether some file is longer than its beginning.
    is_long: bool,
}

#[derive(Clone, Debug)]
struct Row<'p> {
    name: String,
    asked: Asked<'p>,
    /// In how many of the lines that were asked it was unavailable.
    missing: [u64; 2],
    /// The places of the conditions that ask for it: rules first, limits after them.
    conditions: Vec<usize>,
}

/// A field that was unavailable.
#[derive(Clone, Debug)]
pub(crate) struct Missing<'t> {
    pub(crate) name: &'t str,
    pub(crate) lines: u64,
    pub(crate) conditions: &'t [usize],
}

impl<'p> Fields<'p> {
    /// The fields of a policy.
    pub(crate) fn of(policy: &'p Policy) -> Self {
        let mut fields = Self { agents: Some(policy.registry()), ..Self::default() };
        let conditions = policy.conditions();
        for place in 0..conditions.len() {
            conditions.asked(place).for_each(|asked| fields.note(asked, place));
        }
        fields.rows.sort_by(|one, other| one.name.cmp(&other.name));
        fields
    }

    fn note(&mut self, asked: Asked<'p>, condition: usize) {
        let name = name(&asked.source());
        match self.rows.iter_mut().find(|row| row.name == name) {
            Some(row) if row.conditions.last() != Some(&condition) => row.conditions.push(condition),
            Some(_) => {}
            None => self.rows.push(Row { name, asked, missing: [0; 2], conditions: vec![condition] }),
        }
    }

    pub(super) fn ask(&mut self, line: &Line<'_>) {
        let whole = WHOLE.checked_shr(u32::try_from(line.file).unwrap_or(u32::MAX)).unwrap_or(0);
        let samples = [line.number <= whole, is_sampled(line)];
        self.is_long |= line.number > whole;
        if samples == [false; 2] {
            return;
        }
        let scene = Scene::new(line.facts);
        let scene = match self.agents {
            Some(agents) => scene.knowing(agents),
            None => scene,
        };
        add(&mut self.asked, samples);
        for row in &mut self.rows {
            if row.asked.is_unavailable(&scene) {
                add(&mut row.missing, samples);
            }
        }
    }

    /// How many lines were looked at.
    pub(crate) fn asked(&self) -> u64 {
        self.count(self.asked)
    }

    /// What some of those lines do not tell.
    pub(crate) fn missing(&self) -> impl Iterator<Item = Missing<'_>> {
        let rows = self.rows.iter().map(|row| Missing {
            name: &row.name,
            lines: self.count(row.missing),
            conditions: &row.conditions,
        });
        rows.filter(|row| row.lines > 0)
    }

    /// The beginnings where they are all, or nearly; else what was taken here and there.
    fn count(&self, [whole, sparse]: [u64; 2]) -> u64 {
        let [_, enough] = self.asked;
        if self.is_long && enough >= ENOUGH { sparse } else { whole }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.is_long |= other.is_long;
        crate::count::add(&mut self.asked, &other.asked);
        let rows = self.rows.iter_mut().zip(&other.rows);
        rows.for_each(|(row, more)| crate::count::add(&mut row.missing, &more.missing));
    }
}

fn add(counts: &mut [u64; 2], samples: [bool; 2]) {
    counts.iter_mut().zip(samples).for_each(|(count, is_in)| *count += u64::from(is_in));
}

/// Chosen by a hash of the line's place, so that nothing that comes again and again in a log is always met or never, and
/// any number of workers chooses the same. The mixing is that of SplitMix64 (Steele, Lea, Flood 2014).
fn is_sampled(line: &Line<'_>) -> bool {
    let file = u64::try_from(line.file).unwrap_or(u64::MAX);
    let seed = line.number.wrapping_add(file.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let mixed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (mixed ^ (mixed >> 31)).is_multiple_of(SPARSE)
}

/// As a condition names it. Cookies stand in a header, which a log tells or not.
fn name(source: &Source) -> String {
    match source {
        Source::Signal(name) => name.clone(),
        Source::Header(name) | Source::Many(List::HeaderValues(name)) => format!("request.headers[\"{name}\"]"),
        Source::Cookie(_) | Source::Many(List::CookieNames) => "request.headers[\"cookie\"]".to_owned(),
        Source::Param(_) | Source::Many(List::ParamNames) => "request.params".to_owned(),
        Source::Many(List::HeaderNames) => "request.header_names".to_owned(),
        Source::Element(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Entry;
    use outwork_engine::time::Time;

    fn ask(fields: &mut Fields<'_>, file: usize, number: u64) {
        let entry = Entry::EMPTY;
        let lists = entry.lists();
        let facts = entry.facts(lists.first(), Time(0));
        fields.ask(&Line { file, number, entry: &entry, facts: &facts });
    }

    #[test]
    fn every_line_of_a_small_log_is_asked_and_a_share_of_a_long_one() {
        let mut fields = Fields::default();
        (1..=40).for_each(|number| ask(&mut fields, 0, number));
        (1..=60).for_each(|number| ask(&mut fields, 1, number));
        assert_eq!(fields.asked(), 100);
        let mut more = Fields::default();
        (41..=200_000).for_each(|number| ask(&mut more, 0, number));
        fields.merge(&more);
        let expected = 200_060 / SPARSE;
        assert!(fields.asked().abs_diff(expected) < expected / 10, "{} of {expected}", fields.asked());
    }
}
