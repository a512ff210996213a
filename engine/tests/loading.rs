//! What a hostile bundle makes of its bytes while it is loaded: no more than a well-meant one.

use outwork_engine::rules::{
    Conditions,
    wire::{Atom, Field, List, Op, Source, Table, Test},
};
use std::time::Instant;

/// One long program over the elements of a list, which very many atoms name: 35 KB of a bundle took 13.7 s once.
#[test]
fn a_program_over_elements_is_verified_once_however_many_atoms_name_it() {
    let field = |source| Field { source, lower: false, literals: None, automata: vec![] };
    let element = |at: i64| Atom { field: 0, test: Test::SizeEquals(at) };
    let mut program: Vec<u32> = vec![Op::Atom(0).encode().unwrap()];
    for _ in 0..20_000 {
        program.extend([Op::Atom(0), Op::Or].map(|op| op.encode().unwrap()));
    }
    let asked = std::iter::repeat_n(Atom { field: 1, test: Test::Exists(0) }, 20_000);
    let table = Table {
        fields: vec![field(Source::Element(List::ParamNames)), field(Source::Many(List::ParamNames))],
        atoms: std::iter::once(element(1)).chain(asked).collect(),
        predicates: vec![program],
        ..Table::default()
    };
    let load = |table: &Table| Conditions::load(&postcard::to_allocvec(table).unwrap(), &[], &[]);
    let start = Instant::now();
    assert!(load(&table).is_ok());
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());

    let mut foreign = table.clone();
    foreign.fields[0].source = Source::Element(List::CookieNames);
    foreign.fields.push(field(Source::Many(List::CookieNames)));
    assert!(load(&foreign).is_err(), "a program over the elements of another list");
    let mut outside = table;
    outside.atoms.push(Atom { field: 1, test: Test::Exists(1) });
    assert!(load(&outside).is_err(), "a program that is not there");
}
