//! What one lookup in a large list takes: `cargo bench -p outwork-engine --bench lists`.
//!
//! Questions come in an order that no cache and no branch predictor knows; half of them are in the list.

use outwork_engine::{ranges::Ranges, rules::Strings};
use std::{hint::black_box, net::IpAddr, time::Instant};

const QUESTIONS: usize = 1 << 16;

fn main() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let networks: Vec<IpAddr> = (0..100_000).map(|_| IpAddr::V4((random.next() as u32 & !0xff).into())).collect();
    let v4 = Ranges::from_networks(networks.iter().map(|&network| (network, 24)));
    report(
        "100,000 IPv4 networks",
        v4.len(),
        &questions(&mut random, &networks, |random| IpAddr::V4((random as u32).into())),
        |address| v4.contains(*address),
    );
    let networks: Vec<IpAddr> =
        (0..100_000).map(|_| IpAddr::V6((u128::from(random.next() & !0xffff) << 64).into())).collect();
    let v6 = Ranges::from_networks(networks.iter().map(|&network| (network, 48)));
    report(
        "100,000 IPv6 networks",
        v6.len(),
        &questions(&mut random, &networks, |random| IpAddr::V6((u128::from(random) << 64).into())),
        |address| v6.contains(*address),
    );
    let texts: Vec<String> = (0..50_000).map(|_| format!("/made-up/{:x}", random.next())).collect();
    if let Some(strings) = Strings::from_set(&texts.iter().map(|text| text.as_bytes()).collect()) {
        report(
            "50,000 strings",
            strings.len(),
            &questions(&mut random, &texts, |random| format!("/made-up/{random:x}")),
            |text| strings.contains(text.as_bytes()),
        );
    }
}

fn questions<T: Clone>(random: &mut Random, known: &[T], other: impl Fn(u64) -> T) -> Vec<T> {
    let mut one = || match random.next() {
        even if even % 2 == 0 => known.get(even as usize / 2 % known.len()).cloned().unwrap_or_else(|| other(even)),
        odd => other(odd.rotate_left(32)),
    };
    (0..QUESTIONS).map(|_| one()).collect()
}

/// The fastest of several rounds: other programs on the machine only ever add time.
fn report<T>(name: &str, entries: usize, questions: &[T], ask: impl Fn(&T) -> bool) {
    let mut best = u128::MAX;
    let mut found = 0;
    for _ in 0..20 {
        let begun = Instant::now();
        found = questions.iter().filter(|question| black_box(ask(black_box(question)))).count();
        best = best.min(begun.elapsed().as_nanos());
    }
    let each = best as f64 / QUESTIONS as f64;
    println!("{name}: {entries} entries, {each:.0} ns a lookup, {found} of {QUESTIONS} found");
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}
