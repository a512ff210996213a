//! Everything about conditions that can be wrong is found here, so that an evaluation needs no checks that can fail.

use super::{
    automaton::Automaton,
    conditions::{Conditions, Field},
    error::ConditionsError,
    literals::Literals,
    program,
    sets::Sets,
    source::Place,
    unsent::Unsent,
    wire::{self, Atom, List, Matchers, Table, Test},
};
use crate::signals::Kind;
use alloc::{collections::BTreeMap, vec, vec::Vec};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

pub(super) fn load(conditions: &[u8], lists: &[u8], matchers: &[u8]) -> Result<Conditions, ConditionsError> {
    let mut table: Table = decode(conditions)?;
    let Matchers { literals, automata } = decode(matchers)?;
    let mut sets = Sets::load(decode(lists)?)?;
    let mut fields = fields(core::mem::take(&mut table.fields), &table.atoms, (literals.len(), automata.len()))?;
    for atom in &table.atoms {
        check_atom(atom, &fields, &sets, automata.len())?;
    }
    check_predicates(&fields, &table)?;
    let searching: BTreeMap<usize, &Field> = fields.iter().filter_map(|field| Some((field.literals?, field))).collect();
    for (at, words) in literals.into_iter().enumerate() {
        let owner = searching.get(&at).ok_or(ConditionsError::OutOfBounds)?;
        sets.literals.push(Literals::load(words, |atom| is_searched_in(owner, atom, &table.atoms))?);
    }
    check_automata(&automata, &fields, &table.atoms)?;
    sets.automata = automata;
    for field in &mut fields {
        field.is_recalled = matches!(field.place, Place::Header(_)) && sets.takes_long(field);
    }
    let count = table.ends.len();
    let wakes = wakes(&table.triggers, table.atoms.len(), count)?;
    check_programs(&table.code, &table.ends, table.atoms.len())?;
    if !table.untriggered.iter().all(|&condition| (condition as usize) < count) {
        return Err(ConditionsError::OutOfBounds);
    }
    let mut loaded = Conditions {
        unsent: Unsent::new(&fields, &table.atoms),
        fields,
        atoms: table.atoms,
        code: table.code,
        ends: table.ends,
        wakes,
        woken: table.triggers.into_iter().map(|(_, condition)| condition).collect(),
        untriggered: Vec::new(),
        negations: Vec::new(),
        predicates: table.predicates,
        sets,
        mark: mark(conditions, matchers),
    };
    for condition in table.untriggered {
        match program::negated(loaded.program(condition as usize)) {
            Some(atom) => loaded.negations.push((atom, condition)),
            None => loaded.untriggered.push(condition),
        }
    }
    Ok(loaded)
}

/// The lists that atoms ask about, with the places of the atoms, of which the first stands at `first`.
fn lists(first: usize, atoms: &[Atom]) -> Vec<(usize, usize)> {
    let list = |(at, atom): (usize, &Atom)| match atom.test {
        Test::InRanges(list) => Some((list as usize, at)),
        _ => None,
    };
    let mut lists: Vec<(usize, usize)> = (first..).zip(atoms).filter_map(list).collect();
    lists.sort_unstable();
    lists
}

/// The first bits of a hash of what automata are made of and what their answers mean.
fn mark(conditions: &[u8], matchers: &[u8]) -> u64 {
    let hash = Sha256::new().chain_update(conditions).chain_update(matchers).finalize();
    hash.first_chunk().map_or(0, |first| u64::from_le_bytes(*first))
}

/// A whole section as one value. An empty section is the empty value. Serde reserves at most 1 MiB on a length's word,
/// so memory grows with the bytes that are there, not with those that are claimed: an element of a byte or two takes up to
/// 32 in memory, and twice that while its list grows.
fn decode<T: DeserializeOwned + Default>(section: &[u8]) -> Result<T, ConditionsError> {
    if section.is_empty() {
        return Ok(T::default());
    }
    match postcard::take_from_bytes(section) {
        Ok((value, [])) => Ok(value),
        _ => Err(ConditionsError::Malformed),
    }
}

/// The fields, which may name so many automata over literals and over regular expressions.
fn fields(
    fields: Vec<wire::Field>,
    atoms: &[Atom],
    (literals, automata): (usize, usize),
) -> Result<Vec<Field>, ConditionsError> {
    if !atoms.is_sorted_by_key(|atom| (atom.field, atom.test.rank())) {
        return Err(ConditionsError::OutOfBounds);
    }
    let before = |key: (usize, u8)| atoms.partition_point(|atom| (atom.field as usize, atom.test.rank()) < key);
    let resolve = |(at, field): (usize, wire::Field)| {
        let searched = field.literals.map(|place| place as usize);
        let known = |&place: &u32| (place as usize) < automata;
        if searched.is_some_and(|place| place >= literals) || !field.automata.iter().all(known) {
            return Err(ConditionsError::OutOfBounds);
        }
        let (values, pairs) = (before((at, 1)), before((at, 2)));
        let (start, end) = (before((at, 0)), before((at, 3)));
        let own = atoms.get(values..pairs).unwrap_or_default();
        Ok(Field {
            others: own.iter().any(|atom| !is_searched(&atom.test) && !matches!(atom.test, Test::InRanges(_))),
            lists: lists(values, own),
            yes_or_no: (start, end) == (values, pairs) && matches!(own, [Atom { test: Test::IsTrue, .. }]),
            place: Place::resolve(field.source)?,
            lower: field.lower,
            literals: searched,
            automata: field.automata,
            is_recalled: false,
            start,
            values,
            pairs,
            end,
            elements: Vec::new(),
        })
    };
    let mut fields = fields.into_iter().enumerate().map(resolve).collect::<Result<Vec<Field>, ConditionsError>>()?;
    find_elements(&mut fields)?;
    Ok(fields)
}

/// Tells every list the fields that stand for its elements. Elements of a list that is not there are of no use.
fn find_elements(fields: &mut [Field]) -> Result<(), ConditionsError> {
    let mut lists: BTreeMap<List, usize> = BTreeMap::new();
    for (at, field) in fields.iter().enumerate() {
        if let Place::Many(list) = &field.place
            && lists.insert(list.clone(), at).is_some()
        {
            return Err(ConditionsError::OutOfBounds);
        }
    }
    for at in 0..fields.len() {
        let Some(Field { place: Place::Element(list), .. }) = fields.get(at) else { continue };
        let owner = lists.get(list).and_then(|&owner| fields.get_mut(owner)).ok_or(ConditionsError::OutOfBounds)?;
        owner.elements.push(at);
    }
    Ok(())
}

/// A program that is run for elements reads nothing but them, and one list uses it. One that nothing names is never run.
fn check_predicates(fields: &[Field], table: &Table) -> Result<(), ConditionsError> {
    let named = |test: &Test| if let Test::Exists(predicate) = test { Some(*predicate) } else { None };
    let users = users(&table.atoms, table.predicates.len(), named)?;
    let elements = |(list, field): (u32, &Field)| field.elements.iter().map(|&place| (place, list)).collect::<Vec<_>>();
    let lists: BTreeMap<usize, u32> = (0..).zip(fields).flat_map(elements).collect();
    for (program, user) in table.predicates.iter().zip(users) {
        let Some(user) = user else { continue };
        let list_of = |atom: usize| lists.get(&(table.atoms.get(atom)?.field as usize)).copied();
        if !program::is_sound(program, table.atoms.len())
            || !program::atoms(program).all(|atom| list_of(atom) == Some(user))
        {
            return Err(ConditionsError::OutOfBounds);
        }
    }
    Ok(())
}

/// The one field whose atoms name each of so many things, where any do.
fn users(
    atoms: &[Atom],
    count: usize,
    named: impl Fn(&Test) -> Option<u32>,
) -> Result<Vec<Option<u32>>, ConditionsError> {
    let mut users = vec![None; count];
    for atom in atoms {
        let Some(place) = named(&atom.test) else { continue };
        let user = users.get_mut(place as usize).ok_or(ConditionsError::OutOfBounds)?;
        if *user.get_or_insert(atom.field) != atom.field {
            return Err(ConditionsError::OutOfBounds);
        }
    }
    Ok(users)
}

fn check_atom(atom: &Atom, fields: &[Field], sets: &Sets, automata: usize) -> Result<(), ConditionsError> {
    let field = fields.get(atom.field as usize).ok_or(ConditionsError::OutOfBounds)?;
    if matches!(atom.test, Test::Known | Test::Absent | Test::Unavailable | Test::Present) {
        return Ok(());
    }
    let Some(kind) = field.place.kind() else { return check_list(&atom.test, field) };
    let there = |at: u32, len: usize| (at as usize) < len;
    let (wanted, there) = match &atom.test {
        Test::Known | Test::Absent | Test::Unavailable | Test::Present => return Ok(()),
        Test::IsTrue => (Kind::Bool, true),
        Test::Equals(_) | Test::Less(_) => (Kind::Int, true),
        Test::Literal | Test::SizeEquals(_) | Test::SizeLess(_) | Test::Before(_) => (Kind::Text, true),
        Test::Exists(_) => return Err(ConditionsError::Type),
        Test::InNumbers(at) => (Kind::Int, there(*at, sets.numbers.len())),
        Test::InStrings(at) => (Kind::Text, there(*at, sets.strings.len())),
        Test::Matches(at) => (Kind::Text, there(*at, automata)),
        Test::InRanges(at) => (Kind::Address, there(*at, sets.ranges)),
        Test::SameAs(other)
        | Test::LessThan(other)
        | Test::StartsWith(other)
        | Test::EndsWith(other)
        | Test::Contains(other) => {
            let other = fields.get(*other as usize).ok_or(ConditionsError::OutOfBounds)?;
            let single = |field: &Field| !matches!(field.place, Place::Many(_) | Place::Element(_));
            match other.place.kind() {
                Some(wanted) if single(field) && single(other) && is_comparable(&atom.test, kind) => (wanted, true),
                _ => return Err(ConditionsError::Type),
            }
        }
    };
    match (wanted == kind, there) {
        (true, true) => Ok(()),
        (false, _) => Err(ConditionsError::Type),
        (_, false) => Err(ConditionsError::OutOfBounds),
    }
}

/// What a list can be asked.
fn check_list(test: &Test, field: &Field) -> Result<(), ConditionsError> {
    match test {
        Test::Exists(_) | Test::SizeEquals(_) | Test::SizeLess(_)
            if !field.lower && field.literals.is_none() && field.automata.is_empty() =>
        {
            Ok(())
        }
        _ => Err(ConditionsError::Type),
    }
}

/// Whether two values of a kind can be compared in this way.
fn is_comparable(test: &Test, kind: Kind) -> bool {
    match test {
        Test::SameAs(_) => true,
        Test::LessThan(_) => matches!(kind, Kind::Int | Kind::Text),
        _ => kind == Kind::Text,
    }
}

/// Whether automata answer a test.
fn is_searched(test: &Test) -> bool {
    matches!(test, Test::Literal | Test::Matches(_))
}

fn is_searched_in(field: &Field, atom: u32, atoms: &[Atom]) -> bool {
    let at = atom as usize;
    (field.values..field.pairs).contains(&at) && atoms.get(at).is_some_and(|atom| is_searched(&atom.test))
}

/// Each automaton answers atoms that name it, all of one field: a field that searches it finds its own atoms only.
fn check_automata(automata: &[Automaton], fields: &[Field], atoms: &[Atom]) -> Result<(), ConditionsError> {
    let named = |test: &Test| if let Test::Matches(automaton) = test { Some(*automaton) } else { None };
    let owners = users(atoms, automata.len(), named)?;
    let searched = (0_u32..).zip(fields).flat_map(|(at, field)| field.automata.iter().map(move |place| (at, place)));
    for (field, &place) in searched {
        if owners.get(place as usize).copied().flatten() != Some(field) {
            return Err(ConditionsError::OutOfBounds);
        }
    }
    (0_u32..).zip(automata).try_for_each(|(at, automaton)| {
        automaton.check(|atom| atoms.get(atom as usize).is_some_and(|atom| atom.test == Test::Matches(at)))
    })
}

/// Where the conditions of each atom begin among the triggers.
fn wakes(triggers: &[(u32, u32)], atoms: usize, conditions: usize) -> Result<Vec<u32>, ConditionsError> {
    let sound = triggers.is_sorted()
        && triggers.iter().all(|&(atom, condition)| (atom as usize) < atoms && (condition as usize) < conditions);
    if !sound {
        return Err(ConditionsError::OutOfBounds);
    }
    let begin = |atom: usize| triggers.partition_point(|&(known, _)| (known as usize) < atom);
    (0..=atoms).map(|atom| u32::try_from(begin(atom)).map_err(|_| ConditionsError::OutOfBounds)).collect()
}

fn check_programs(code: &[u32], ends: &[u32], atoms: usize) -> Result<(), ConditionsError> {
    let mut start = 0;
    for &end in ends {
        let end = end as usize;
        if !code.get(start..end).is_some_and(|program| program::is_sound(program, atoms)) {
            return Err(ConditionsError::OutOfBounds);
        }
        start = end;
    }
    if start == code.len() { Ok(()) } else { Err(ConditionsError::OutOfBounds) }
}
