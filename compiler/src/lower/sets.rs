//! Sets, each once however many conditions use it.

use super::{atoms::Atoms, index, pattern::Search, program};
use crate::{
    cel::{Condition, ListRef, Test},
    diagnostic::{Code, Diagnostic},
    lists::Contents,
};
use outwork_engine::{
    ranges::Ranges,
    rules::{
        Strings,
        wire::{Atom, Sets, Test as WireTest},
    },
};
use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
};

/// Writes sets as tests ask for them.
pub(super) struct SetWriter<'a> {
    pub(super) sets: Sets,
    /// The programs over the elements of lists.
    pub(super) predicates: Vec<Vec<u32>>,
    lists: &'a [Contents],
    ranges: BTreeMap<&'a BTreeSet<(IpAddr, u8)>, u32>,
    strings: BTreeMap<&'a BTreeSet<String>, u32>,
    numbers: BTreeMap<&'a BTreeSet<i64>, u32>,
}

impl<'a> SetWriter<'a> {
    pub(super) fn new(lists: &'a [Contents]) -> Self {
        Self {
            sets: Sets::default(),
            predicates: Vec::new(),
            lists,
            ranges: BTreeMap::new(),
            strings: BTreeMap::new(),
            numbers: BTreeMap::new(),
        }
    }

    pub(super) fn atoms(&mut self, atoms: &'a Atoms) -> Result<Vec<Atom>, Box<Diagnostic>> {
        atoms
            .questions()
            .map(|question| Ok(Atom { field: atoms.field_of(question), test: self.test(&question.test, atoms)? }))
            .collect()
    }

    fn test(&mut self, test: &'a Test, atoms: &Atoms) -> Result<WireTest, Box<Diagnostic>> {
        Ok(match test {
            Test::Known => WireTest::Known,
            Test::Absent => WireTest::Absent,
            Test::Unavailable => WireTest::Unavailable,
            Test::Present => WireTest::Present,
            Test::IsTrue => WireTest::IsTrue,
            Test::Equals(number) => WireTest::Equals(*number),
            Test::Less(bound) => WireTest::Less(*bound),
            Test::InNumbers(numbers) => WireTest::InNumbers(self.numbers(numbers)?),
            Test::Literals(_) => WireTest::Literal,
            Test::InStrings(list) => WireTest::InStrings(self.strings(list)?),
            Test::Matches(pattern) => match &pattern.plan.search {
                Search::Literals(_) => WireTest::Literal,
                // Its place is known when the automata are written.
                Search::Table { .. } => WireTest::Matches(u32::MAX),
            },
            Test::SizeEquals(size) => WireTest::SizeEquals(*size),
            Test::SizeLess(size) => WireTest::SizeLess(*size),
            Test::InNetworks(networks) => WireTest::InRanges(self.ranges(networks)?),
            Test::InRanges(list) => WireTest::InRanges(self.listed_ranges(list)?),
            Test::Before(text) => WireTest::Before(text.clone()),
            Test::Exists(inner) => WireTest::Exists(self.predicate(inner, atoms)?),
            Test::StartsWith(other) => WireTest::StartsWith(atoms.field(other)),
            Test::EndsWith(other) => WireTest::EndsWith(atoms.field(other)),
            Test::Contains(other) => WireTest::Contains(atoms.field(other)),
            Test::SameAs(other) => WireTest::SameAs(atoms.field(other)),
            Test::LessThan(other) => WireTest::LessThan(atoms.field(other)),
        })
    }

    fn predicate(&mut self, condition: &Condition, atoms: &Atoms) -> Result<u32, Box<Diagnostic>> {
        let place = index(self.predicates.len())?;
        let mut program = Vec::new();
        program::write(condition, atoms, &mut program)?;
        self.predicates.push(program);
        Ok(place)
    }

    fn numbers(&mut self, numbers: &'a BTreeSet<i64>) -> Result<u32, Box<Diagnostic>> {
        let place = index(self.sets.numbers.len())?;
        Ok(*self.numbers.entry(numbers).or_insert_with(|| {
            self.sets.numbers.push(numbers.iter().copied().collect());
            place
        }))
    }

    fn ranges(&mut self, networks: &'a BTreeSet<(IpAddr, u8)>) -> Result<u32, Box<Diagnostic>> {
        let place = index(self.sets.ranges.len())?;
        Ok(*self.ranges.entry(networks).or_insert_with(|| {
            self.sets.ranges.push(Ranges::from_networks(networks.iter().copied()));
            place
        }))
    }

    fn listed_ranges(&mut self, list: &ListRef) -> Result<u32, Box<Diagnostic>> {
        match self.lists.get(list.place) {
            Some(Contents::Networks(networks)) => self.ranges(networks),
            _ => Err(lost(list).into()),
        }
    }

    fn strings(&mut self, list: &ListRef) -> Result<u32, Box<Diagnostic>> {
        let Some(Contents::Strings(strings)) = self.lists.get(list.place) else { return Err(lost(list).into()) };
        if let Some(&place) = self.strings.get(strings) {
            return Ok(place);
        }
        let place = index(self.sets.strings.len())?;
        let set = Strings::from_set(&strings.iter().map(|string| string.as_bytes()).collect());
        self.sets.strings.push(set.ok_or_else(|| too_large(&format!("list `{}`", list.name)))?);
        self.strings.insert(strings, place);
        Ok(place)
    }
}

pub(super) fn too_large(what: &str) -> Diagnostic {
    Diagnostic::nowhere(Code::TooLarge, format!("{what} need more room than a bundle has"))
        .help("test whole values with `in` instead of parts of them, or drop entries")
}

fn lost(list: &ListRef) -> Diagnostic {
    Diagnostic::nowhere(Code::UnknownList, format!("there is no list `{}`", list.name))
}
