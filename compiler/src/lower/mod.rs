//! From checked conditions to what a bundle carries.

mod atoms;
pub(crate) mod pattern;
mod program;
mod searches;
mod sets;
mod triggers;

pub(crate) use atoms::Atoms;

use crate::{
    cel::Condition,
    diagnostic::{Code, Diagnostic},
    lists::Contents,
};
use outwork_engine::rules::wire::{Matchers, Sets, Table};

/// The sections of conditions, and the questions that became atoms.
pub(crate) struct Lowered {
    pub(crate) table: Table,
    pub(crate) sets: Sets,
    pub(crate) matchers: Matchers,
    pub(crate) atoms: Atoms,
}

/// Lowers conditions, rules' first and limits' after them.
pub(crate) fn lower(conditions: &[&Condition], lists: &[Contents]) -> Result<Lowered, Box<Diagnostic>> {
    let atoms = atoms::Atoms::of(conditions);
    let mut table = Table { fields: atoms.fields(), ..Table::default() };
    let mut sets = sets::SetWriter::new(lists);
    table.atoms = sets.atoms(&atoms)?;
    table.predicates = std::mem::take(&mut sets.predicates);
    let matchers = searches::write(&atoms, &mut table)?;
    for (number, condition) in conditions.iter().enumerate() {
        let number = index(number)?;
        program::write(condition, &atoms, &mut table.code)?;
        table.ends.push(index(table.code.len())?);
        match triggers::of(condition, &atoms) {
            Some(triggers) => table.triggers.extend(triggers.into_iter().map(|atom| (atom, number))),
            None => table.untriggered.push(number),
        }
    }
    table.triggers.sort_unstable();
    Ok(Lowered { table, sets: sets.sets, matchers, atoms })
}

/// A count as bundles carry it.
fn index(count: usize) -> Result<u32, Box<Diagnostic>> {
    u32::try_from(count)
        .map_err(|_| Diagnostic::nowhere(Code::TooMany, "the policy has more than 4 billion of something").into())
}
