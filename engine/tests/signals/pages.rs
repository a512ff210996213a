//! `docs/signals.md` is made of the signals' own pages: `OUTWORK_WRITE_DOCS=1 cargo test -p outwork-engine --test signals`
//! writes it anew.

use outwork_engine::{
    beacon::FEATURES,
    clearance::Passed,
    fact::Fact,
    facts::Protocol,
    signals::{Expected, Kind, PAGES, Page, SIGNALS, Sample, Signal, Visit},
};
use std::{fmt::Write as _, fs, path::Path};

const HEAD: &str = "# Signals

Made from the code by `OUTWORK_WRITE_DOCS=1 cargo test -p outwork-engine --test signals`; edit the page in
`engine/src/signals/`, not this one. Every example is executed by the same test.

A signal has a value, or it is absent (the client did not send it, or claims nothing that could be compared), or it is
unavailable (this host cannot see it). Comparisons with the last two are neither true nor false. A signal whose name has
`matches` in it is true when a request agrees with what it claims to be, and false when it contradicts itself.

Examples show what differs from `GET https://shop.example/` over HTTP/2 by a client of which nothing else is known. They know
two agents: `example.search`, whose user agent has `finderbot` in it and which comes from 198.51.100.0/24, and `example.assistant`, which
signs with the key of RFC 9421, B.1.4, on 22 November 2026.
";

#[test]
fn the_reference_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/signals.md");
    let made = reference();
    if std::env::var_os("OUTWORK_WRITE_DOCS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &made).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == made,
        "docs/signals.md is not what the code says: run `OUTWORK_WRITE_DOCS=1 cargo test -p outwork-engine --test signals`"
    );
}

#[test]
fn pages_are_whole_sentences() {
    for (signal, page) in SIGNALS.iter().zip(PAGES) {
        for text in [page.means, page.evasion, page.honest_cost] {
            assert!(text.ends_with('.') && !text.contains(".."), "{}: {text}", signal.name);
        }
        assert!(!page.seen_by.is_empty() && !page.seen_by.ends_with('.'), "{}", signal.name);
    }
}

fn reference() -> String {
    let mut text = HEAD.to_owned();
    let mut group = "";
    for (signal, page) in SIGNALS.iter().zip(PAGES) {
        let its_group = signal.name.split('.').next().unwrap();
        if its_group != group {
            group = its_group;
            write!(text, "\n## {group}\n").unwrap();
        }
        section(&mut text, signal, page);
    }
    text
}

fn section(text: &mut String, signal: &Signal, page: &Page) {
    let kind = match signal.kind {
        Kind::Bool => "bool",
        Kind::Int => "int",
        Kind::Text => "text",
        Kind::Address => "address",
    };
    write!(text, "\n### `{}`: {kind}\n\n{}\n\n", signal.name, page.means).unwrap();
    if let Some(feature) = FEATURES.iter().find(|feature| feature.name() == signal.name) {
        writeln!(text, "- Computed: {} In {}.", feature.formula(), feature.unit()).unwrap();
    }
    writeln!(text, "- To fake it: {}", page.evasion).unwrap();
    writeln!(text, "- Honest visitors: {}", page.honest_cost).unwrap();
    writeln!(text, "- Known on: {}", page.seen_by).unwrap();
    for (sample, expected) in page.examples {
        writeln!(text, "- {} → {}", request(sample), value(expected)).unwrap();
    }
}

/// What differs from the plainest request.
fn request(sample: &Sample) -> String {
    let mut parts = Vec::new();
    let chrome = sample.headers == Sample::CHROME.headers;
    if chrome {
        parts.push("a page view by Chrome 147 on Linux".to_owned());
    } else {
        parts.extend(sample.headers.iter().map(|(name, value)| format!("`{name}: {}`", value.escape_default())));
    }
    let plain = Sample::GET;
    if (sample.method, sample.target) != (plain.method, plain.target) {
        parts.push(format!("`{} {}`", sample.method, sample.target));
    }
    if (sample.scheme, sample.authority) != (plain.scheme, plain.authority) {
        parts.push(format!("`{}://{}`", sample.scheme, sample.authority));
    }
    if !sample.ordered {
        parts.push("order not visible".to_owned());
    }
    if sample.protocol != plain.protocol {
        parts.push(fact("protocol", sample.protocol.map(Protocol::name)));
    }
    let texts = [("ja4", sample.ja4), ("ja3", sample.ja3), ("tls version", sample.tls_version), ("sni", sample.sni)];
    let more = [("alpn", sample.alpn), ("country", sample.country), ("pseudo-headers", sample.pseudo_order)];
    let seen =
        |(_, value): &(&str, Fact<&str>)| *value != Fact::Unavailable && !(chrome && *value == Fact::Known("masp"));
    parts.extend(texts.into_iter().chain(more).filter(seen).map(|(name, value)| fact(name, value)));
    parts.extend(sample.address.known().map(|address| format!("address `{address}`")));
    parts.extend(sample.asn.known().map(|asn| format!("asn `{asn}`")));
    parts.extend(sample.visit.iter().map(visit));
    if parts.is_empty() { "nothing more".into() } else { parts.join(", ") }
}

/// What its token holds, so far as it is not what one holds at first.
fn visit(visit: &Visit) -> String {
    let mut parts = vec![format!("a session of {} s", visit.age)];
    parts.extend(visit.idle.map(|idle| {
        let (batches, sure) = (visit.observations, visit.sure);
        format!("{batches} batches, the last {idle} s ago, with confidence {sure}")
    }));
    parts.extend((visit.skew != 0).then(|| format!("the page's clock {} s ahead", visit.skew)));
    parts.extend((visit.replays > 0).then(|| "one of them replayed".to_owned()));
    parts.extend(visit.passed.map(|passed| match passed {
        Passed::Work => "proof of work passed".to_owned(),
        Passed::Wait => "the wait passed".to_owned(),
    }));
    parts.extend(visit.features.iter().map(|(feature, value)| format!("`{}` {value}", feature.name())));
    parts.join(", ")
}

fn fact(name: &str, value: Fact<&str>) -> String {
    match value {
        Fact::Known(value) => format!("{name} `{value}`"),
        Fact::Absent => format!("no {name}"),
        Fact::Unavailable => format!("{name} not visible"),
    }
}

fn value(expected: &Expected) -> String {
    match expected {
        Expected::Bool(value) => format!("`{value}`"),
        Expected::Int(value) => format!("`{value}`"),
        Expected::Text(value) => format!("`\"{value}\"`"),
        Expected::Address(value) => format!("`{value}`"),
        Expected::Absent => "absent".into(),
        Expected::Unavailable => "unavailable".into(),
    }
}
