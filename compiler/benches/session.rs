//! What a session costs natively: an ordinary request with and without the token, a hello, and a batch.
//!
//! `cargo bench -p outwork-compiler --bench session`. The requests are the browsers' of the corpus, decided by the shipped
//! policy; each is timed by itself, in turns with its variants, and of each the least of many rounds counts.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a bench fails loudly")]

use outwork_compiler::{Request, compile, corpus::CaseFile};
use outwork_engine::{
    beacon::{Batch, Event, Kind},
    facts::Facts,
    identity,
    keys::Keyring,
    limits::{Charged, Word},
    memo::Remembered,
    policy::Policy,
    rules::Scratch,
    session::{self, Binding, COOKIE},
    signals::Scene,
    time::Time,
    window::{Decay, Window},
};
use std::{hint::black_box, path::PathBuf, time::Instant};

const KEYS: &str = "bench:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=,old:QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI";
const NOW: Time = Time::from_seconds(1_795_305_600);
const ENTROPY: [u8; 16] = *b"0123456789abcdef";
const ROUNDS: usize = 300;

struct Bench {
    policy: Policy,
    keys: Keyring,
    scratch: Scratch,
}

type Measured = fn(&mut Bench, &Request) -> u64;

fn main() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let bundle = compile(&root.join("rules")).unwrap_or_else(|report| panic!("{}", report.render(false))).bundle;
    let keys = Keyring::parse(KEYS).unwrap();
    let mut bench = Bench { policy: Policy::load(&bundle).unwrap(), keys, scratch: Scratch::default() };
    let files = CaseFile::read_all(&root.join("tests/corpus")).unwrap();
    let cases = files.iter().flat_map(|file| &file.cases).map(|case| case.request().unwrap());
    let browsers: Vec<Request> = cases.filter(|request| request.headers.len() > 8).collect();
    let with = |cookie: &dyn Fn(&Request) -> String| -> Vec<Request> {
        browsers.iter().map(|request| with_cookie(request, &cookie(request))).collect()
    };
    let other = with(&|_| "sid=31d4d96e407aad42; theme=dark".into());
    let opens = with(&|request| bench.token(request));
    let altered = with(&|request| bench.token(request).replace("=A", "=B"));
    let foreign = with(&|_| bench.token(&Request::default()));
    println!(
        "{} requests of tests/corpus with more than eight headers, {ROUNDS} rounds, least of each.\n",
        browsers.len()
    );
    println!("| what | p50 ns | p90 ns |\n|---|---|---|");
    let decide: Measured = Bench::decide;
    let rows: [(&str, &[Request], Measured); 9] = [
        ("assess + decide, no cookie", &browsers, decide),
        ("assess + decide, other cookies", &other, decide),
        ("assess + decide, a token that opens", &opens, decide),
        ("assess + decide, a token of another device", &foreign, decide),
        ("assess + decide, a token of an unknown version", &altered, decide),
        ("looking for a token, no cookie", &browsers, Bench::look),
        ("looking for a token, other cookies", &other, Bench::look),
        ("looking for a token, and opening it", &opens, Bench::look),
        ("a batch of 256 events, from bytes to set-cookie", &opens, Bench::batch),
    ];
    for ((name, ..), times) in rows.iter().zip(bench.run(&rows)) {
        let at = |part: usize| times.get(times.len() * part / 100).copied().unwrap_or(0);
        println!("| {name} | {} | {} |", at(50), at(90));
    }
}

impl Bench {
    /// The least time of every request in every row, sorted; the rows take turns.
    fn run(&mut self, rows: &[(&str, &[Request], Measured)]) -> Vec<Vec<u64>> {
        let mut least: Vec<Vec<u64>> = rows.iter().map(|(_, requests, _)| vec![u64::MAX; requests.len()]).collect();
        for _ in 0..ROUNDS {
            for ((_, requests, measured), least) in rows.iter().zip(&mut least) {
                for (request, least) in requests.iter().zip(least) {
                    *least = measured(self, request).min(*least);
                }
            }
        }
        least.iter_mut().for_each(|times| times.sort_unstable());
        least
    }

    fn decide(&mut self, request: &Request) -> u64 {
        request.with_facts(NOW, ENTROPY, |facts| {
            timed(|| {
                let assessment = self.policy.assess(facts, &self.keys, &mut self.scratch);
                let step = |charge: &outwork_engine::limits::Charge| charge.step(Word::default(), facts.now).0;
                let charged: Vec<Charged> = assessment.charges().iter().map(step).collect();
                drop(black_box(assessment.decide(&charged)));
            })
        })
    }

    /// What the token adds to a scene: the same without looking is taken off.
    fn look(&mut self, request: &Request) -> u64 {
        request.with_facts(NOW, ENTROPY, |facts| {
            let with = timed(|| drop(black_box(Scene::opened(facts, &self.keys, Decay::default()))));
            with.saturating_sub(timed(|| drop(black_box(Scene::new(facts)))))
        })
    }

    fn batch(&mut self, request: &Request) -> u64 {
        let key = self.keys.beacon_keys(&[1; 16]).next().unwrap();
        let blob = batch().write(&key);
        request.with_facts(NOW, ENTROPY, |facts| {
            let mut list = facts.headers.list.to_vec();
            list.retain(|(name, _)| {
                !matches!(*name, b"content-type" | b"content-length" | b"origin" | b"sec-fetch-site")
            });
            list.push((b"content-type", b"application/octet-stream"));
            let mut facts = *facts;
            facts.headers.list = &list;
            (facts.request.method, facts.request.target) = (b"POST", b"/.well-known/outwork/beacon");
            timed(|| {
                let service = self.policy.serve(&facts, &blob, &self.keys, &mut self.scratch);
                let answer = service.admit(&[]);
                let known = vec![Remembered::Nothing; answer.memos().len()];
                let reply = answer.reply(&known);
                assert!(matches!(reply.status, 204 | 403), "{reply:?}");
                black_box(reply);
            })
        })
    }

    /// The cookie of a session that was observed, for the device of this request.
    fn token(&self, request: &Request) -> String {
        let mut window = Window::new([1; 16], NOW);
        window.observe(&batch().features(), 1, Decay::default(), NOW).unwrap();
        request.with_facts(NOW, ENTROPY, |facts: &Facts<'_>| {
            let fingerprint = identity::fingerprint(&Scene::new(facts).device_parts());
            let binding = Binding { fingerprint, network: None, authority: facts.request.authority };
            format!("{COOKIE}={}", session::seal(&window, &self.keys, binding, &ENTROPY, NOW).unwrap())
        })
    }
}

fn timed(work: impl FnOnce()) -> u64 {
    let begun = Instant::now();
    work();
    u64::try_from(begun.elapsed().as_nanos()).unwrap()
}

fn with_cookie(request: &Request, cookie: &str) -> Request {
    let mut request = request.clone();
    request.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("cookie"));
    request.headers.push(("cookie".into(), cookie.as_bytes().to_vec()));
    request
}

/// 256 moves of a path that winds.
fn batch() -> Batch {
    let turn = |n: u32| f64::from(n * n % 97) / 31.0;
    let step = |n: u32| Event {
        after: 8 + n % 9,
        kind: Kind::Move { dx: (7.0 * turn(n).cos()) as i32, dy: (7.0 * turn(n).sin()) as i32, coalesced: 1 + n % 3 },
        untrusted: false,
        fractional: true,
        disagrees: false,
    };
    Batch { sequence: 2, clock: NOW.millis(), events: (0..256).map(step).collect(), ..Batch::default() }
}
