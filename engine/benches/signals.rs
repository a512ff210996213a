//! What it takes to read the signals of one page view: `cargo bench -p outwork-engine --bench signals`.

use outwork_engine::{
    fact::Fact,
    facts::Facts,
    signals::{SIGNALS, Sample, Scene},
};
use std::{hint::black_box, time::Instant};

/// The fastest of many short rounds: other programs on the machine only ever add time.
const ROUNDS: usize = 400;
const REPEATS: u32 = 1_000;

fn main() {
    let sample = Sample { ja4: Fact::Known("t13d1516h2_8daaf6152771_d8a2da3f94cd"), ..Sample::CHROME };
    let mut headers: Vec<(&[u8], &[u8])> =
        sample.headers.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect();
    headers.push((b"cookie", b"session=8d1f2c; theme=dark; _ga=GA1.2.3.4"));
    let facts = sample.facts(&headers);
    println!("{} headers, {} signals, fastest of {ROUNDS} rounds of {REPEATS}", headers.len(), SIGNALS.len());
    println!("scene alone      {:>6} ns", nanoseconds(|| scene_alone(black_box(&facts))));
    println!("and all signals  {:>6} ns", nanoseconds(|| read_all(black_box(&facts))));
    if std::env::args().any(|argument| argument == "--each") {
        each(&facts);
    }
}

fn scene_alone(facts: &Facts<'_>) {
    black_box(Scene::new(facts));
}

fn read_all(facts: &Facts<'_>) {
    let scene = Scene::new(facts);
    for signal in SIGNALS {
        black_box((signal.read)(&scene));
    }
}

/// Each signal with a scene of its own, so that shared parts count for each.
fn each(facts: &Facts<'_>) {
    for signal in SIGNALS {
        let time = nanoseconds(|| {
            let scene = Scene::new(black_box(facts));
            black_box((signal.read)(&scene));
        });
        println!("{:32} {time:>6} ns with its scene", signal.name);
    }
}

fn nanoseconds(mut work: impl FnMut()) -> u128 {
    let round = |_| {
        let start = Instant::now();
        (0..REPEATS).for_each(|_| work());
        start.elapsed().as_nanos() / u128::from(REPEATS)
    };
    (0..ROUNDS).map(round).min().unwrap_or_default()
}
