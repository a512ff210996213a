//! What a decision costs natively: time, instructions and allocations a request, over the corpus and the shipped policy.
//!
//! `cargo bench -p outwork-compiler --bench engine`. Every request is timed by itself, and no request follows itself:
//! branch predictors learn a row that is repeated. Instructions are counted by valgrind in a child process, as the
//! difference of two runs of different length.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a bench fails loudly")]

use outwork_compiler::{Request, compile};
use outwork_engine::{
    keys::Keyring,
    limits::{Charged, Word},
    policy::Policy,
    rules::Scratch,
    time::Time,
};
use std::{collections::BTreeMap, env, fs, hint::black_box, path::PathBuf, process::Command, time::Instant};

const KEYS: &str = "bench:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=";
const NOW: Time = Time::from_seconds(1_795_305_600);
const ROUNDS: usize = 60;

fn main() {
    let requests = requests();
    let arguments: Vec<String> = env::args().collect();
    if let Some(at) = arguments.iter().position(|argument| argument == "--passes") {
        let bench = Bench::new(&root_policy());
        bench.pass(&requests, arguments.get(at + 1).unwrap().parse().unwrap());
        return;
    }
    println!("{} requests of tests/corpus, {ROUNDS} rounds.\n", requests.len());
    println!("| policy | rules | p50 ns | p99 ns | instructions | allocations | bytes allocated |");
    println!("|---|---|---|---|---|---|---|");
    let shipped = Bench::new(&root_policy());
    println!("{}", shipped.row("shipped, `rules/`", &requests, shipped.instructions(&requests)));
    println!(
        "\nassess + decide, with the signed risk field; the record and the parsing of the host's headers are not in it."
    );
    shipped.verdicts(&requests);
    shipped.undisturbed(&requests);
}

struct Bench {
    policy: Policy,
    keys: Keyring,
}

impl Bench {
    fn new(bundle: &[u8]) -> Self {
        Self { policy: Policy::load(bundle).unwrap(), keys: Keyring::parse(KEYS).unwrap() }
    }

    fn decide(&self, request: &Request, scratch: &mut Scratch) -> (u64, &'static str) {
        request.with_facts(NOW, *b"0123456789abcdef", |facts| {
            let begun = Instant::now();
            let assessment = self.policy.assess(facts, &self.keys, scratch);
            let charged: Vec<Charged> =
                assessment.charges().iter().map(|charge| charge.step(Word::default(), facts.now).0).collect();
            let decision = black_box(assessment.decide(&charged));
            let taken = begun.elapsed();
            (u64::try_from(taken.as_nanos()).unwrap(), decision.verdict.name())
        })
    }

    fn pass(&self, requests: &[Request], passes: usize) {
        let mut scratch = Scratch::default();
        for _ in 0..passes {
            for request in requests {
                black_box(self.decide(request, &mut scratch));
            }
        }
    }

    fn row(&self, name: &str, requests: &[Request], instructions: Option<u64>) -> String {
        let mut scratch = Scratch::default();
        let mut times = Vec::with_capacity(ROUNDS * requests.len());
        self.pass(requests, 3);
        for _ in 0..ROUNDS {
            times.extend(requests.iter().map(|request| self.decide(request, &mut scratch).0));
        }
        times.sort_unstable();
        let at = |part: usize| times.get(times.len() * part / 100).copied().unwrap_or(0);
        let (count, bytes) = self.allocations(requests, &mut scratch);
        let instructions = instructions.map_or_else(|| "–".into(), |count| count.to_string());
        let (p50, p99, rules) = (at(50), at(99), self.policy.rules().len());
        format!("| {name} | {rules} | {p50} | {p99} | {instructions} | {count:.1} | {bytes:.0} |")
    }

    /// What requests take when nothing disturbs them, by the size of their headers: of each the least of many rounds.
    fn undisturbed(&self, requests: &[Request]) {
        let mut scratch = Scratch::default();
        let mut least = vec![u64::MAX; requests.len()];
        for _ in 0..ROUNDS {
            for (least, request) in least.iter_mut().zip(requests) {
                *least = self.decide(request, &mut scratch).0.min(*least);
            }
        }
        println!("\n| bytes of headers | requests | least ns: p50 | most |");
        println!("|---|---|---|---|");
        for (from, to, name) in
            [(0, 1_000, "less than 1,000"), (1_000, 4_000, "1,000 to 3,999"), (4_000, usize::MAX, "4,000 and more")]
        {
            let own = requests.iter().zip(&least).filter(|(request, _)| (from..to).contains(&size(request)));
            let mut times: Vec<u64> = own.map(|(_, &least)| least).collect();
            times.sort_unstable();
            let at = |place: usize| times.get(place).copied().unwrap_or(0);
            println!("| {name} | {} | {} | {} |", times.len(), at(times.len() / 2), at(times.len().saturating_sub(1)));
        }
        least.sort_unstable();
        let p99 = least.get(least.len() * 99 / 100).copied().unwrap_or(0);
        println!("\nOf all requests' least times the p99 is {p99} ns: what a p99 is above it comes of the machine.");
    }

    /// Mean allocations of a request, and their bytes, after warm-up.
    fn allocations(&self, requests: &[Request], scratch: &mut Scratch) -> (f64, f64) {
        let (mut count, mut bytes) = (0, 0);
        for request in requests {
            request.with_facts(NOW, [7; 16], |facts| {
                let info = allocation_counter::measure(|| {
                    drop(black_box(self.policy.assess(facts, &self.keys, scratch).decide(&[])));
                });
                count += info.count_total;
                bytes += info.bytes_total;
            });
        }
        let mean = |sum: u64| sum as f64 / requests.len() as f64;
        (mean(count), mean(bytes))
    }

    /// Instructions a request, by valgrind; none where there is no valgrind.
    fn instructions(&self, requests: &[Request]) -> Option<u64> {
        let (few, many) = (2, 12);
        let difference = counted(many)?.checked_sub(counted(few)?)?;
        Some(difference / (requests.len() as u64 * (many - few)))
    }

    fn verdicts(&self, requests: &[Request]) {
        let mut counts = BTreeMap::<&str, usize>::new();
        let mut scratch = Scratch::default();
        for request in requests {
            *counts.entry(self.decide(request, &mut scratch).1).or_default() += 1;
        }
        println!("Verdicts: {counts:?}.");
    }
}

/// Bytes of names and values.
fn size(request: &Request) -> usize {
    request.headers.iter().map(|(name, value)| name.len() + value.len()).sum()
}

fn counted(passes: u64) -> Option<u64> {
    let out = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(env::current_exe().unwrap())
        .args(["--passes", &passes.to_string()])
        .output()
        .ok()?;
    let report = String::from_utf8_lossy(&out.stderr);
    let line = report.lines().find_map(|line| line.split("Collected : ").nth(1))?;
    line.trim().parse().ok()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn root_policy() -> Vec<u8> {
    compile(&root().join("rules")).unwrap_or_else(|report| panic!("{}", report.render(false))).bundle
}

/// The corpus, without the few requests that are not UTF-8.
fn requests() -> Vec<Request> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(root().join("tests/corpus")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    files.sort();
    let text: String = files.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let cases = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    cases.filter_map(|case| serde_json::from_value(case.get("facts")?.clone()).ok()).collect()
}
