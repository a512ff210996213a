//! Sets and automata, each once however many conditions use it.

use super::{atoms::Atoms, index, pattern};
use crate::{
    cel::{ListRef, Test},
    diagnostic::{Code, Diagnostic},
    lists::Contents,
};
use outwork_engine::rules::{
    Literal, Ranges, Strings, build_literals,
    wire::{Atom, Matchers, Sets, Table, Test as WireTest},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
};

/// Writes sets as tests ask for them.
pub(super) struct SetWriter<'a> {
    pub(super) sets: Sets,
    lists: &'a [Contents],
    ranges: BTreeMap<&'a BTreeSet<(IpAddr, u8)>, u32>,
    strings: BTreeMap<&'a BTreeSet<String>, u32>,
    numbers: BTreeMap<&'a BTreeSet<i64>, u32>,
    patterns: BTreeMap<String, (u32, Vec<u8>)>,
}

impl<'a> SetWriter<'a> {
    pub(super) fn new(lists: &'a [Contents]) -> Self {
        Self {
            sets: Sets::default(),
            lists,
            ranges: BTreeMap::new(),
            strings: BTreeMap::new(),
            numbers: BTreeMap::new(),
            patterns: BTreeMap::new(),
        }
    }

    pub(super) fn atoms(&mut self, atoms: &'a Atoms) -> Result<Vec<Atom>, Box<Diagnostic>> {
        atoms
            .questions()
            .map(|question| Ok(Atom { field: atoms.field(&question.field), test: self.test(&question.test, atoms)? }))
            .collect()
    }

    /// The automata of all patterns, by their place.
    pub(super) fn patterns(&mut self) -> Vec<Vec<u8>> {
        let mut patterns: Vec<_> = std::mem::take(&mut self.patterns).into_values().collect();
        patterns.sort_unstable_by_key(|(place, _)| *place);
        patterns.into_iter().map(|(_, bytes)| bytes).collect()
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
            Test::Matches(pattern) => WireTest::Matches(self.pattern(pattern)?),
            Test::SizeEquals(size) => WireTest::SizeEquals(*size),
            Test::SizeLess(size) => WireTest::SizeLess(*size),
            Test::InNetworks(networks) => WireTest::InRanges(self.ranges(networks)?),
            Test::InRanges(list) => WireTest::InRanges(self.listed_ranges(list)?),
            Test::SameAs(other) => WireTest::SameAs(atoms.field(other)),
            Test::LessThan(other) => WireTest::LessThan(atoms.field(other)),
        })
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

    fn pattern(&mut self, text: &str) -> Result<u32, Box<Diagnostic>> {
        if let Some((place, _)) = self.patterns.get(text) {
            return Ok(*place);
        }
        let place = index(self.patterns.len())?;
        let bytes = pattern::compile(text).map_err(|_| {
            Diagnostic::nowhere(Code::BadPattern, format!("the regular expression `{text}` does not compile"))
        })?;
        self.patterns.insert(text.to_owned(), (place, bytes));
        Ok(place)
    }
}

/// Writes one automaton for each field that literals are looked for in.
pub(super) fn literals(atoms: &Atoms, table: &mut Table, matchers: &mut Matchers) -> Result<(), Box<Diagnostic>> {
    let mut wanted: BTreeMap<u32, BTreeSet<Literal>> = BTreeMap::new();
    for question in atoms.questions() {
        let Test::Literals(literals) = &question.test else { continue };
        let atom = atoms.atom(question);
        let own = literals.iter().map(|literal| Literal {
            from_start: literal.from_start,
            to_end: literal.to_end,
            text: literal.text.clone().into_bytes(),
            atom,
        });
        wanted.entry(atoms.field(&question.field)).or_default().extend(own);
    }
    for (number, field) in (0..).zip(&mut table.fields) {
        let Some(literals) = wanted.get(&number) else { continue };
        field.literals = Some(index(matchers.literals.len())?);
        matchers.literals.push(build_literals(literals).ok_or_else(|| too_large("the literals of one field"))?);
    }
    Ok(())
}

fn too_large(what: &str) -> Diagnostic {
    Diagnostic::nowhere(Code::TooLarge, format!("{what} need more room than a bundle has"))
        .help("test whole values with `in` instead of parts of them, or drop entries")
}

fn lost(list: &ListRef) -> Diagnostic {
    Diagnostic::nowhere(Code::UnknownList, format!("there is no list `{}`", list.name))
}
