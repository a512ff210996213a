//! What challenges cost the edge on one core, and what they cost who answers: `cargo bench -p outwork-compiler --bench challenge`.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a bench fails loudly")]

use outwork_compiler::{Request, compile_files};
use outwork_engine::{
    challenge::{Client, Terms, check_work, issue, zero_bits},
    fact::Fact,
    keys::Keyring,
    policy::Policy,
    risk::Band,
    rules::Scratch,
    time::Time,
};
use std::{
    collections::BTreeMap,
    hint::black_box,
    time::{Duration, Instant},
};

/// The fastest of many short rounds: other programs on the machine only ever add time.
const ROUNDS: usize = 200;
const REPEATS: u32 = 500;
const NOW: Time = Time::from_seconds(1_795_305_600);

const POLICY: &str =
    "[policy]\nversion = \"1\"\nmode = \"enforce\"\ncontact = \"https://shop.example/help\"\npacks = [\"pack.toml\"]\n";
const PACK: &str = r#"
[pack]
id = "bench"
version = "1"
why = "a bench"

[[rule]]
id = "login"
when = 'request.path == "/login"'
action = "challenge"
why = "a challenge"
"#;

fn main() {
    let keys = Keyring::parse("test:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=").expect("a key");
    let client = Client { device: 7, network: None, authority: b"shop.example" };
    let mut random = 0_u128;
    let mut text = || {
        random += 1;
        issue(&keys, &Terms::default(), Band::High, &client, b"/login", random.to_le_bytes(), NOW)
    };
    let issued = text();
    println!("fastest of {ROUNDS} rounds of {REPEATS}, one core");
    report("issue the text of a challenge", fastest(|| drop(black_box(text()))));
    report("check an answer", fastest(|| _ = black_box(check_work(&keys, issued.as_bytes(), b"7", &client, NOW))));
    for (what, accept) in [("a page", "text/html,*/*;q=0.8"), ("problem+json", "application/json")] {
        report(&format!("decide, and answer with {what}"), decided(&keys, accept));
    }
    let mut counter = 0_u64;
    let hash = fastest(|| {
        counter += 1;
        black_box(zero_bits(issued.as_bytes(), counter.to_string().as_bytes()));
    });
    report("one hash of the work, natively", hash);
    for bits in Terms::default().bits {
        println!("{bits} bits: {:?} of one core on average, natively", hash * (1 << bits));
    }
}

fn decided(keys: &Keyring, accept: &str) -> Duration {
    let files = BTreeMap::from([
        ("outwork.toml".to_owned(), POLICY.as_bytes().to_vec()),
        ("pack.toml".to_owned(), PACK.as_bytes().to_vec()),
    ]);
    let compiled = compile_files(&files, "outwork.toml").map_err(|report| report.render(false)).expect("a policy");
    let policy = Policy::load(&compiled.bundle).unwrap();
    let mut scratch = Scratch::default();
    let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
    let headers = [("user-agent", agent), ("accept", accept), ("accept-language", "en"), ("accept-encoding", "gzip")];
    let request = Request {
        target: "/login?next=%2Fcart".into(),
        headers: headers.map(|(name, value)| (name.into(), value.into())).into(),
        address: Fact::Known([203, 0, 113, 7].into()),
        ..Request::default()
    };
    request.with_facts(NOW, [9; 16], |facts| {
        let decide = || policy.assess(facts, keys, &mut scratch).decide(&[]).reply;
        let mut decide = decide;
        assert_eq!(decide().map(|reply| reply.status), Some(403));
        fastest(|| drop(black_box(decide())))
    })
}

fn report(what: &str, time: Duration) {
    println!("{what:34} {:>7} ns, {:>9.0} a second", time.as_nanos(), 1.0 / time.as_secs_f64());
}

fn fastest(mut work: impl FnMut()) -> Duration {
    let round = |_| {
        let start = Instant::now();
        (0..REPEATS).for_each(|_| work());
        start.elapsed() / REPEATS
    };
    (0..ROUNDS).map(round).min().unwrap_or_default()
}
