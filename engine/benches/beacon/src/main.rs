//! What it takes to open a blob of 256 events and compute its features: `./scripts/bench beacon`.

use outwork_engine::beacon::{Batch, Environment, Event, Kind, open};
use std::{hint::black_box, time::Instant};

const KEY: [u8; 16] = *b"0123456789abcdef";
const ROUNDS: usize = 1_000;
const REPEATS: u32 = 10;

fn main() {
    let blob = batch().write(&KEY);
    let opened = open(&blob, &KEY).expect("a blob that we wrote");
    println!("events {}", opened.events.len());
    println!("bytes {}", blob.len());
    println!("opened {}", microseconds(|| drop(black_box(read(&blob)))));
    println!("features {}", microseconds(|| _ = black_box(read(&blob).map(|batch| batch.features()))));
    println!(
        "sketched {}",
        microseconds(|| drop(black_box(read(&blob).map(|batch| (batch.features(), batch.sketch())))))
    );
}

fn read(blob: &[u8]) -> Option<Batch> {
    open(black_box(blob), &KEY).ok()
}

/// Four seconds at 60 Hz: eight movements of 30 moves that gather speed and slow down along a curve, and a click behind
/// each.
fn batch() -> Batch {
    let mut events = Vec::new();
    for stroke in 0..8_u32 {
        let turn = f64::from(stroke) * 2.4;
        let place = |step: u32| {
            let share = 0.5 - 0.5 * (std::f64::consts::PI * f64::from(step) / 30.0).cos();
            let bow = 30.0 * (std::f64::consts::PI * share).sin();
            (600.0 * share * turn.cos() - bow * turn.sin(), 400.0 * share * turn.sin() + bow * turn.cos())
        };
        let mut last = (0, 0);
        for step in 1..=30 {
            let (x, y) = place(step);
            let here = (x.round() as i32, y.round() as i32);
            let (dx, dy) = (here.0 - last.0, here.1 - last.1);
            last = here;
            events.push(event(16 + step % 2, Kind::Move { dx, dy, coalesced: 3 + step % 2 }));
        }
        events.push(event(90, Kind::Down { dx: 0, dy: 0, pressure: 128, offset: Some((20, -31)) }));
        events.push(event(80, Kind::Up { dx: 0, dy: 0 }));
    }
    Batch { sequence: 4_321, clock: 1_795_305_600_000, environment: Environment(26), events }
}

fn event(after: u32, kind: Kind) -> Event {
    Event { after, kind, untrusted: false, fractional: false, disagrees: false }
}

/// The fastest and the median of many short rounds, as `fastest median`: other programs on the machine only ever add time.
fn microseconds(mut work: impl FnMut()) -> String {
    (0..50 * REPEATS).for_each(|_| work());
    let mut round = || {
        let start = Instant::now();
        (0..REPEATS).for_each(|_| work());
        start.elapsed().as_secs_f64() * 1e6 / f64::from(REPEATS)
    };
    let mut taken: Vec<f64> = (0..ROUNDS).map(|_| round()).collect();
    taken.sort_by(f64::total_cmp);
    let at = |place: usize| taken.get(place).copied().unwrap_or(f64::NAN);
    format!("{:.1} {:.1}", at(0), at(ROUNDS / 2))
}
