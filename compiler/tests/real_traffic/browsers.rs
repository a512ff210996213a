//! Browsers must pass.

use crate::{
    baseline::{Baseline, Outcome},
    data,
};
use outwork_compiler::Request;
use outwork_engine::{fact::Fact, facts::Protocol};
use serde::Deserialize;
use std::{collections::BTreeMap, fs, path::Path};

#[derive(Deserialize)]
struct HeaderSet {
    browser: String,
    os: String,
    http: String,
    headers: Vec<(String, String)>,
}

#[test]
fn of_2400_header_sets_of_browsers_99_in_100_pass() {
    let Some(sets) = data::lines::<HeaderSet>("real_browser_headers_2400.jsonl.gz") else { return };
    let baseline = Baseline::load();
    for (what, with_hello) in [("without JA4", false), ("with the JA4 of the browser", true)] {
        // 72 sets are of a program that says "compatible; pageburst" in Chrome's user agent: no browser of a person.
        let browsers = sets.iter().filter(|set| !set.names_itself());
        let outcomes: Vec<_> = browsers.map(|set| (set, baseline.decide(&set.request(with_hello)))).collect();
        let missed: Vec<_> = outcomes.iter().filter(|(_, outcome)| !outcome.passes()).collect();
        println!("{what}: {} of {} header sets pass", outcomes.len() - missed.len(), outcomes.len());
        print_misses(&missed);
        assert!(missed.len() * 100 <= outcomes.len(), "more than one in a hundred is missed, {what}");
    }
}

#[test]
fn a_program_among_the_header_sets_is_told_without_risk() {
    let Some(sets) = data::lines::<HeaderSet>("real_browser_headers_2400.jsonl.gz") else { return };
    let baseline = Baseline::load();
    let programs: Vec<_> = sets.iter().filter(|set| set.names_itself()).collect();
    assert_eq!(programs.len(), 72);
    for set in programs {
        let outcome = baseline.decide(&set.request(true));
        assert!(outcome.has("crawler.declared") && outcome.risk == 0, "{outcome:?}");
    }
}

#[test]
fn every_recorded_browser_passes() {
    #[derive(Deserialize)]
    struct Case {
        id: String,
        source: String,
        facts: serde_json::Value,
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/corpus/browsers.jsonl");
    let text = fs::read_to_string(path).unwrap();
    let cases = text.lines().map(|line| serde_json::from_str::<Case>(line).unwrap());
    let recorded = cases.filter(|case| case.source.starts_with("browser_signatures"));
    let baseline = Baseline::load();
    let mut passed = 0;
    for case in recorded {
        let outcome = baseline.decide(&serde_json::from_value(case.facts).unwrap());
        assert!(outcome.passes(), "{}: {outcome:?}", case.id);
        passed += 1;
    }
    println!("{passed} of {passed} recorded browsers pass");
    assert_eq!(passed, 43);
}

impl HeaderSet {
    fn names_itself(&self) -> bool {
        self.headers.iter().any(|(name, value)| name.eq_ignore_ascii_case("user-agent") && value.contains("pageburst"))
    }

    fn request(&self, with_hello: bool) -> Request {
        let hello = match (self.browser.as_str(), self.os.as_str()) {
            ("safari", _) | (_, "ios") => "t13d2014h2_a09f3c656075_e42f34c56612",
            ("firefox", _) => "t13d1717h2_5b57614c22b0_3cbfd9057e0d",
            _ => "t13d1516h2_8daaf6152771_d8a2da3f94cd",
        };
        Request {
            protocol: Fact::Known(if self.http == "2" { Protocol::Http2 } else { Protocol::Http11 }),
            headers: data::headers(&self.headers),
            ordered: true,
            address: Fact::Known([203, 0, 113, 7].into()),
            ja4: if with_hello { Fact::Known(hello.to_owned()) } else { Fact::Unavailable },
            ..Request::default()
        }
    }
}

fn print_misses(missed: &[&(&HeaderSet, Outcome)]) {
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for (set, outcome) in missed {
        let Outcome { verdict, risk, reasons } = outcome;
        let agent = set.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("user-agent"));
        let agent = agent.map_or("", |(_, value)| value.as_str());
        let kind = format!("{verdict:?} {risk} {} | {} {} | {agent}", reasons.join(" "), set.browser, set.os);
        *kinds.entry(kind).or_default() += 1;
    }
    for (kind, count) in kinds {
        println!("  {count} × {kind}");
    }
}
