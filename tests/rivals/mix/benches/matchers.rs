//! How expressions over one field are best searched for, and what conditions cost as rules grow in number.
//!
//! `cargo bench --manifest-path tests/rivals/Cargo.toml -p mix --bench matchers`. Requests come in an order that no branch
//! predictor knows, and nearly every one has a user agent of its own.

use mix::{Agents, Ask, Field, MOST_RULES, Rule, pack, requests, rules};
use outwork_compiler::{Request, compile_files};
use outwork_engine::{policy::Policy, rules::Scratch, signals::Scene, time::Time};
use regex_automata::{
    Anchored, Input, MatchKind, PatternSet,
    dfa::{Automaton, StartKind, dense, sparse},
    nfa::thompson,
    util::syntax,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    fmt::Write,
    hint::black_box,
    path::Path,
    time::{Duration, Instant},
};

const REQUESTS: usize = 4_000;
const ROUNDS: usize = 15;

fn main() -> Result<(), Box<dyn Error>> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus");
    let all = rules(MOST_RULES);
    let requests = requests(&corpus, &all, Agents::Varied, REQUESTS)?;
    scaling(&all, &requests)?;
    let own = agent_patterns(&all);
    ways(&format!("{} expressions of the mix", own.len()), &own, &requests)?;
    let open = open_patterns();
    ways(&format!("{} expressions that need no literal", open.len()), &open, &requests)
}

/// What conditions cost, by the number of rules.
fn scaling(all: &[Rule], requests: &[Request]) -> Result<(), Box<dyn Error>> {
    println!("| rules | ns a request | built in ms | bundle KiB | loaded in ms |\n|---|---|---|---|---|");
    for count in [10, 100, 1_000, MOST_RULES] {
        let (begun, text) = (Instant::now(), pack(all.get(..count).unwrap_or(all)));
        let bundle = bundle(text)?;
        let built = begun.elapsed();
        let policy = Policy::load(&bundle)?;
        let loaded = fastest(|| drop(black_box(Policy::load(&bundle))));
        let each = evaluated(&policy, requests);
        let (built, loaded) = (built.as_millis(), loaded.as_secs_f64() * 1e3);
        println!("| {count} | {each:.0} | {built} | {} | {loaded:.1} |", bundle.len() >> 10);
    }
    println!();
    Ok(())
}

/// The same expressions over the same user agents, searched for in different ways.
fn ways(title: &str, patterns: &[String], requests: &[Request]) -> Result<(), Box<dyn Error>> {
    let agents: Vec<&[u8]> = requests.iter().filter_map(agent).collect();
    let mut expected = None;
    println!("{title}, {} user agents:\n\n| way | ns a text | KiB | built in ms |\n|---|---|---|---|", agents.len());
    let mut report = |name: &str, built: Duration, bytes: usize, search: &mut dyn FnMut(&[u8]) -> usize| {
        let matches: usize = agents.iter().map(|agent| search(agent)).sum();
        assert_eq!(*expected.get_or_insert(matches), matches, "{name} finds what the others find");
        let time = fastest(|| {
            agents.iter().for_each(|agent| {
                black_box(search(agent));
            })
        });
        let each = time.as_secs_f64() * 1e9 / agents.len() as f64;
        println!("| {name} | {each:.0} | {} | {} |", bytes >> 10, built.as_millis());
    };
    let begun = Instant::now();
    let dense =
        patterns.iter().map(|pattern| build(&[pattern], 1 << 24)).collect::<Option<Vec<_>>>().ok_or("too large")?;
    let built = begun.elapsed();
    report("a dense DFA each", built, dense.iter().map(dense::DFA::memory_usage).sum(), &mut |text| {
        dense.iter().filter(|dfa| is_match(*dfa, text)).count()
    });
    let sparse = dense.iter().map(|dfa| dfa.to_sparse()).collect::<Result<Vec<_>, _>>()?;
    report("a sparse DFA each", built, sparse.iter().map(sparse::DFA::memory_usage).sum(), &mut |text| {
        sparse.iter().filter(|dfa| is_match(*dfa, text)).count()
    });
    for limit in [64 << 10, 256 << 10, 1 << 20] {
        let begun = Instant::now();
        let groups = groups(patterns, limit);
        let built = begun.elapsed();
        let mut found = PatternSet::new(patterns.len());
        let name = |form: &str| format!("{} {form} DFAs of {} KiB at most", groups.len(), limit >> 10);
        report(&name("dense"), built, groups.iter().map(dense::DFA::memory_usage).sum(), &mut |text| {
            groups.iter().map(|dfa| matches(dfa, text, &mut found)).sum()
        });
        let sparse = groups.iter().map(|dfa| dfa.to_sparse()).collect::<Result<Vec<_>, _>>()?;
        report(&name("sparse"), built, sparse.iter().map(sparse::DFA::memory_usage).sum(), &mut |text| {
            sparse.iter().map(|dfa| matches(dfa, text, &mut found)).sum()
        });
    }
    let begun = Instant::now();
    let set = regex::bytes::RegexSetBuilder::new(patterns).unicode(false).size_limit(1 << 30).build()?;
    report("`regex::RegexSet`", begun.elapsed(), 0, &mut |text| set.matches(text).iter().count());
    let begun = Instant::now();
    let bundle = bundle(pattern_pack(patterns))?;
    let (built, policy) = (begun.elapsed(), Policy::load(&bundle)?);
    let mut scratch = Scratch::default();
    report("Outwork, rules and all", built, bundle.len(), &mut |text| {
        let request = Request { headers: vec![("user-agent".into(), text.to_vec())], ..Request::default() };
        evaluate(&policy, &request, &mut scratch);
        scratch.holding(usize::MAX).count()
    });
    println!();
    Ok(())
}

fn agent(request: &Request) -> Option<&[u8]> {
    request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("user-agent")).map(|(_, value)| value.as_slice())
}

fn agent_patterns(rules: &[Rule]) -> Vec<String> {
    let tests = rules.iter().flat_map(|rule| &rule.tests);
    let patterns = tests.filter_map(|test| match (&test.field, &test.ask) {
        (Field::Header("user-agent"), Ask::Matches(pattern, _)) => Some(pattern.clone()),
        _ => None,
    });
    patterns.collect::<BTreeSet<_>>().into_iter().collect()
}

/// Expressions without a literal of three letters.
fn open_patterns() -> Vec<String> {
    let shapes = |n: u8| {
        let (one, other) = (char::from(b'a' + n % 20), char::from(b'b' + n % 23));
        [
            format!("^[{one}-z]{{4,{}}}[0-9]$", 8 + n % 8),
            format!("[A-Z][{one}-z]+[0-9]{{2}}[.]{other}"),
            format!("{one}[0-9]+{other}[ ;]"),
            format!("[{one}{other}]{{3}}/[0-9]+$"),
        ]
    };
    (0..25).flat_map(shapes).collect::<BTreeSet<_>>().into_iter().collect()
}

fn build(patterns: &[&String], limit: usize) -> Option<dense::DFA<Vec<u32>>> {
    let config = dense::Config::new().match_kind(MatchKind::All).start_kind(StartKind::Unanchored).accelerate(false);
    let config = config.dfa_size_limit(Some(limit)).determinize_size_limit(Some(limit.saturating_mul(8)));
    dense::Builder::new()
        .syntax(syntax::Config::new().unicode(false).utf8(false))
        .thompson(thompson::Config::new().utf8(false))
        .configure(config)
        .build_many(patterns)
        .ok()
}

/// Neighbours together, as many as fit.
fn groups(patterns: &[String], limit: usize) -> Vec<dense::DFA<Vec<u32>>> {
    let own: Vec<&String> = patterns.iter().collect();
    if let Some(dfa) = build(&own, limit) {
        return vec![dfa];
    }
    let (first, second) = patterns.split_at(patterns.len() / 2);
    if first.is_empty() {
        return build(&own, 1 << 24).into_iter().collect();
    }
    [groups(first, limit), groups(second, limit)].into_iter().flatten().collect()
}

fn is_match(dfa: &impl Automaton, text: &[u8]) -> bool {
    matches!(dfa.try_search_fwd(&Input::new(text).anchored(Anchored::No).earliest(true)), Ok(Some(_)))
}

fn matches(dfa: &impl Automaton, text: &[u8], found: &mut PatternSet) -> usize {
    found.clear();
    let searched = dfa.try_which_overlapping_matches(&Input::new(text), found);
    if searched.is_ok() { found.len() } else { 0 }
}

fn pattern_pack(patterns: &[String]) -> String {
    let mut pack = String::from("[pack]\nid = \"patterns\"\nversion = \"1\"\nwhy = \"a bench\"\n");
    for (number, pattern) in patterns.iter().enumerate() {
        let when = format!("request.headers[\"user-agent\"].matches(r\"{pattern}\")");
        let _ = write!(pack, "[[rule]]\nid = \"r{number}\"\nwhen = '''{when}'''\nscore = 1\nwhy = \"a bench\"\n");
    }
    pack
}

fn bundle(pack: String) -> Result<Vec<u8>, Box<dyn Error>> {
    let files = BTreeMap::from([("pack.toml".to_owned(), pack.into_bytes())]);
    Ok(compile_files(&files, "pack.toml").map_err(|report| report.render(false))?.bundle)
}

fn evaluate(policy: &Policy, request: &Request, scratch: &mut Scratch) {
    request.with_facts(Time::default(), [0; 16], |facts| policy.conditions().evaluate(&Scene::new(facts), scratch));
}

/// Nanoseconds of the evaluation alone, the mean of the requests in the best of all rounds.
fn evaluated(policy: &Policy, requests: &[Request]) -> f64 {
    let mut scratch = Scratch::default();
    let mut round = || {
        let mut sum = Duration::ZERO;
        for request in requests {
            request.with_facts(Time::default(), [0; 16], |facts| {
                let scene = Scene::new(facts);
                let begun = Instant::now();
                policy.conditions().evaluate(&scene, &mut scratch);
                sum += begun.elapsed();
            });
        }
        sum
    };
    let best = (0..ROUNDS).map(|_| round()).min().unwrap_or_default();
    best.as_secs_f64() * 1e9 / requests.len() as f64
}

fn fastest(mut run: impl FnMut()) -> Duration {
    let time = |_| {
        let begun = Instant::now();
        run();
        begun.elapsed()
    };
    (0..ROUNDS).map(time).min().unwrap_or_default()
}
