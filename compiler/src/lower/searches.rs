//! How texts are searched: for each field one automaton over all its literals, and tables for what literals cannot say.

use super::{
    atoms::Atoms,
    index,
    pattern::{Allowance, Search, group},
    sets::too_large,
};
use crate::{cel::Test, diagnostic::Diagnostic};
use outwork_engine::rules::{
    Automaton, Literal, build_literals,
    wire::{Matchers, Table, Test as WireTest},
};
use regex_syntax::hir::Hir;
use std::collections::{BTreeMap, BTreeSet};

/// Writes the automata of all fields, and in the table which field and which atom has which.
pub(super) fn write(atoms: &Atoms, table: &mut Table) -> Result<Matchers, Box<Diagnostic>> {
    let mut writer = Writer { table, matchers: Matchers::default(), allowance: Allowance::default() };
    let mut literals: BTreeMap<u32, BTreeSet<Literal>> = BTreeMap::new();
    let mut open: BTreeMap<u32, Vec<(u32, &Hir, &Automaton)>> = BTreeMap::new();
    for question in atoms.questions() {
        let (field, atom) = (atoms.field_of(question), atoms.atom(question));
        match &question.test {
            Test::Literals(own) => {
                let own = own.iter().map(|one| (one.from_start, one.to_end, one.text.as_bytes()));
                literals.entry(field).or_default().extend(own.map(|own| literal(own, atom)));
            }
            Test::Matches(pattern) => {
                let needs = match &pattern.plan.search {
                    Search::Literals(pieces) => Some(pieces),
                    Search::Table { table, needs: Some(needs), .. } => {
                        writer.add(table, &[atom])?;
                        Some(needs)
                    }
                    Search::Table { expression, table, needs: None } => {
                        open.entry(field).or_default().push((atom, expression, table));
                        None
                    }
                };
                let pieces =
                    needs.into_iter().flatten().map(|piece| (piece.from_start, piece.to_end, piece.text.as_slice()));
                literals.entry(field).or_default().extend(pieces.map(|piece| literal(piece, atom)));
            }
            _ => {}
        }
    }
    for (field, tables) in open {
        writer.add_groups(field, &tables)?;
    }
    for (field, literals) in literals {
        writer.add_literals(field, &literals)?;
    }
    Ok(writer.matchers)
}

fn literal((from_start, to_end, text): (bool, bool, &[u8]), atom: u32) -> Literal {
    Literal { from_start, to_end, text: text.to_vec(), atom }
}

struct Writer<'a> {
    table: &'a mut Table,
    matchers: Matchers,
    allowance: Allowance,
}

impl Writer<'_> {
    /// Adds the table of expressions that answer these atoms.
    fn add(&mut self, automaton: &Automaton, atoms: &[u32]) -> Result<u32, Box<Diagnostic>> {
        let place = index(self.matchers.automata.len())?;
        for &atom in atoms {
            if let Some(atom) = self.table.atoms.get_mut(atom as usize) {
                atom.test = WireTest::Matches(place);
            }
        }
        let answers = |set: &Vec<u32>| set.iter().filter_map(|&at| atoms.get(at as usize)).copied().collect();
        let sets = automaton.sets.iter().map(answers).collect();
        self.matchers.automata.push(Automaton { sets, ..automaton.clone() });
        Ok(place)
    }

    /// Adds what is searched whatever literals a text has, several expressions in one table where that stays small.
    fn add_groups(&mut self, field: u32, tables: &[(u32, &Hir, &Automaton)]) -> Result<(), Box<Diagnostic>> {
        let expressions: Vec<(&Hir, &Automaton)> =
            tables.iter().map(|&(_, expression, table)| (expression, table)).collect();
        for (members, automaton) in group(&expressions, &mut self.allowance) {
            let atoms: Vec<u32> = tables.get(members).unwrap_or_default().iter().map(|&(atom, ..)| atom).collect();
            let place = self.add(&automaton, &atoms)?;
            if let Some(field) = self.table.fields.get_mut(field as usize) {
                field.automata.push(place);
            }
        }
        Ok(())
    }

    fn add_literals(&mut self, field: u32, literals: &BTreeSet<Literal>) -> Result<(), Box<Diagnostic>> {
        let place = index(self.matchers.literals.len())?;
        let words = build_literals(literals).ok_or_else(|| too_large("the literals of one field"))?;
        self.matchers.literals.push(words);
        if let Some(field) = self.table.fields.get_mut(field as usize) {
            field.literals = Some(place);
        }
        Ok(())
    }
}
