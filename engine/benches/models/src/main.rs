//! What it takes to score a request by a model: `./scripts/bench models`.
//!
//! Takes a folder with `rows.u16` (64 numbers a row, the highest for what is missing), `names` (of the signals that they
//! are), and `100.model` and `300.model`.
//! Prints what the first call took, in microseconds; then, for each line `MODEL WHAT` that it is sent, nanoseconds a row.

mod scene;

use outwork_engine::{
    fact::Fact,
    model::{Binned, Model, Row},
    signals::Value,
};
use std::{fs, hint::black_box, io, path::Path, time::Instant};

const INPUTS: usize = 64;
const MISSING: u16 = u16::MAX;

/// Rows of one slice, about a tenth of a millisecond: a slice that the system interrupts is one of many.
const SLICE: usize = 128;
const SLICES: usize = 256;

fn main() {
    let folder = std::env::args().nth(1).expect("a folder");
    let file = fs::read(Path::new(&folder).join("rows.u16")).expect("rows");
    let numbers: Vec<u16> = file.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    let rows: Vec<&[u16]> = numbers.chunks_exact(INPUTS).collect();
    let names = fs::read_to_string(Path::new(&folder).join("names")).expect("names");
    let load = |name| Bound::load(&fs::read(Path::new(&folder).join(name)).expect("a model"), &names);
    let (small, large) = (load("100.model"), load("300.model"));
    let first = large.row(rows[0]);
    let start = Instant::now();
    black_box(large.model.score(&large.model.bin_row(black_box(&first))));
    println!("{:.1}", start.elapsed().as_secs_f64() * 1e6);
    let mut line = String::new();
    while io::stdin().read_line(&mut line).is_ok_and(|bytes| bytes > 0) {
        let (name, what) = line.trim().split_once(' ').expect("a model and what to do");
        let model = if name == "100" { &small } else { &large };
        println!("{:.1}", nanoseconds(model, &rows, what));
        line.clear();
    }
}

/// A model, and the columns of its inputs: those that no tree asks about are none.
struct Bound {
    model: Model,
    columns: Vec<usize>,
}

impl Bound {
    fn load(bytes: &[u8], names: &str) -> Self {
        let model = Model::load(bytes).expect("a sound model");
        let column = |name: &str| names.lines().position(|line| line == name).expect("a signal that has a column");
        Self { columns: model.inputs().map(|(signal, _)| column(signal.name)).collect(), model }
    }

    fn row(&self, numbers: &[u16]) -> Row {
        let mut columns = self.columns.iter();
        self.model.row(|_| match columns.next().and_then(|column| numbers.get(*column)) {
            None | Some(&MISSING) => Fact::Absent,
            Some(number) => Fact::Known(Value::Int((*number).into())),
        })
    }
}

fn nanoseconds(bound: &Bound, rows: &[&[u16]], what: &str) -> f64 {
    let model = &bound.model;
    let values: Vec<Row> = rows.iter().map(|numbers| bound.row(numbers)).collect();
    match what {
        "bin" => time(&values, |row| _ = black_box(model.bin_row(row))),
        "score" => time(&values, |row| _ = black_box(model.score(&model.bin_row(row)))),
        "why" => time(&values, |row| why(model, &model.bin_row(row))),
        "readings" => time(rows, |numbers| _ = black_box(model.score(&model.bin_row(&bound.row(numbers))))),
        "scene" => scene::with(|scene| time(rows, |_| _ = black_box(model.row(|signal| (signal.read)(scene))))),
        "sums" => values.iter().map(|row| sum(model, row)).sum(),
        _ => f64::NAN,
    }
}

fn why(model: &Model, binned: &Binned) {
    let contributions = model.contributions(binned);
    black_box((model.score(binned), contributions.map(|these| model.reasons(&these).iter().count())));
}

/// In logits.
fn sum(model: &Model, row: &Row) -> f64 {
    let score = model.score(&model.bin_row(row)).expect("a model without needs");
    f64::from(score.sum) / f64::from(model.per_logit())
}

/// The median slice.
fn time<T>(rows: &[T], mut work: impl FnMut(&T)) -> f64 {
    let mut rows = rows.iter().cycle();
    let mut slice = || {
        let start = Instant::now();
        rows.by_ref().take(SLICE).for_each(|row| work(black_box(row)));
        start.elapsed().as_secs_f64() * 1e9 / SLICE as f64
    };
    let mut taken: Vec<f64> = (0..SLICES).map(|_| slice()).collect();
    taken.sort_by(f64::total_cmp);
    taken[SLICES / 2]
}
