//! Lines a second of `outwork replay`, on one core, beside what reading the same lines costs alone.
//!
//! Times are of the processor, not of the wall, because the machine may be shared.
//!
//! `cargo bench -p outwork-replay --bench lines` prints a table; `-- generate FILE LINES [envoy|combined|logpush]` writes
//! such a log; `-- values FILE` reads one and does nothing with it, as a rival of `./scripts/bench replay`. The requests
//! come from ../shared/data where it is, else from a few of our own: see `synthetic.rs`.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a bench that cannot work shall stop")]

mod synthetic;

use outwork_engine::{policy::Policy, time::Time};
use outwork_replay::{Format, Input, Keep, Options, Progress, Reader, Tally, Window, play};
use std::{fs, hint::black_box, io::Cursor, path::Path};

const LINES: u64 = 100_000;
const ROUNDS: usize = 9;

/// A name, and what is measured under it.
type Work<'w> = (&'w str, Box<dyn Fn() + 'w>);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["generate", file, lines] => fs::write(file, synthetic::log(lines.parse().unwrap(), Format::Envoy)).unwrap(),
        ["generate", file, lines, format] => {
            let format = Format::ALL.into_iter().find(|known| known.name() == *format).unwrap();
            fs::write(file, synthetic::log(lines.parse().unwrap(), format)).unwrap();
        }
        ["values", file] => values(&fs::read(file).unwrap()),
        _ => measure(),
    }
}

fn measure() {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../rules");
    let bundle = outwork_compiler::compile(&rules).unwrap_or_else(|report| panic!("{}", report.render(false))).bundle;
    let policy = Policy::load(&bundle).unwrap();
    println!(
        "{LINES} lines, {} rules, one thread, seconds of processor time; medians of {ROUNDS} rounds, in which all take turns\n",
        policy.rules().len()
    );
    println!("| format | bytes a line | work | lines/s | × replay |\n|---|---|---|---|---|");
    for format in [Format::Envoy, Format::Logpush, Format::Combined] {
        let log = synthetic::log(LINES, format);
        let mut works: Vec<Work<'_>> = vec![
            ("`outwork replay`", Box::new(|| replay(&log, &policy, format))),
            ("reading alone", Box::new(|| read(&log, format))),
        ];
        if format != Format::Combined {
            works.push(("`serde_json::Value` of each line", Box::new(|| values(&log))));
        }
        let times = rounds(&works);
        for ((name, _), time) in works.iter().zip(&times) {
            let ratio = times[0] / time;
            let speed = LINES as f64 / time;
            println!("| {} | {} | {name} | {speed:.0} | {ratio:.2} |", format.name(), log.len() as u64 / LINES);
        }
    }
}

/// The median seconds of each, in rounds in which all take turns.
fn rounds(works: &[Work<'_>]) -> Vec<f64> {
    let mut times = vec![Vec::new(); works.len()];
    for _ in 0..ROUNDS {
        for ((_, work), times) in works.iter().zip(&mut times) {
            let start = nanoseconds();
            work();
            times.push(nanoseconds() - start);
        }
    }
    let median = |mut times: Vec<u64>| {
        times.sort_unstable();
        times[times.len() / 2] as f64 / 1e9
    };
    times.into_iter().map(median).collect()
}

/// What this thread has had of a processor: the first number in Linux's schedstat.
fn nanoseconds() -> u64 {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    text.split(' ').next().unwrap().parse().unwrap()
}

fn replay(log: &[u8], policy: &Policy, format: Format) {
    let progress = Progress::default();
    let input = Input::of("log".into(), Cursor::new(log.to_vec()), None, &progress).unwrap();
    let options = Options {
        format: Some(format),
        map: None,
        limits: true,
        window: Window::default(),
        jobs: 1,
        now: Time::default(),
        progress,
    };
    let keep = Keep { samples: 0, decisions: false };
    let played = play(vec![input], &[policy], &options, || Tally::new(policy, keep), None).unwrap();
    black_box(played.sink);
}

fn read(log: &[u8], format: Format) {
    let reader = Reader::new(format);
    for line in log.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
        black_box(reader.read(line).unwrap());
    }
}

fn values(log: &[u8]) {
    for line in log.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
        black_box(serde_json::from_slice::<serde_json::Value>(line).unwrap());
    }
}
