//! `import signals` prints the signals that the bench's columns are named after; `import FOLDER` makes models of the
//! exports in it.

use outwork_compiler::model::{Column, Plan, import};
use outwork_engine::{
    model::write,
    rules::Layer,
    signals::{Kind, SIGNALS},
};
use std::{fs, path::Path};

const INPUTS: usize = 64;

fn main() {
    match std::env::args().nth(1).expect("`signals`, or a folder") {
        word if word == "signals" => names().for_each(|name| println!("{name}")),
        folder => ["100", "300"].into_iter().for_each(|name| make(Path::new(&folder), name)),
    }
}

/// Numbers first: the columns of the bench's rows that are truths are the last ones.
fn names() -> impl Iterator<Item = &'static str> {
    let of = |kind: Kind| SIGNALS.iter().filter(move |signal| signal.kind == kind).map(|signal| signal.name);
    of(Kind::Int).take(48).chain(of(Kind::Bool)).take(INPUTS)
}

fn make(folder: &Path, name: &str) {
    let column = |signal: &str| Column {
        signal: signal.into(),
        // Twelve reasons, as many as a model about behaviour has.
        reason: format!("reason.{}", signal.len() % 12),
        categories: None,
    };
    let columns = names().map(column).collect();
    let plan = Plan { id: format!("bench-{name}"), layer: Layer::Behaviour, columns, needs: Vec::new() };
    let export = fs::read(folder.join(format!("{name}.json"))).expect("an export");
    let mut parts = import(&export, &plan).unwrap_or_else(|error| panic!("{error}"));
    fs::write(folder.join(format!("{name}.model")), write(&parts).expect("a model within bounds")).expect("a file");
    parts.contributions = None;
    println!("{name} {} {}", parts.inputs.len(), write(&parts).expect("a model within bounds").len());
}
