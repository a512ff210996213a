//! A bundle of any bytes: refused, or it decides about requests without a panic.
//!
//! A checksum guards every bundle, so the target also reads its bytes as sections, which it puts in one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use outwork_engine::{
    bundle::{Bundle, Section, write},
    keys::Keyring,
    limits::Word,
    policy::Policy,
    rules::Scratch,
    signals::Sample,
};

const KEYS: &str = "k:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=";

fuzz_target!(|data: &[u8]| {
    decide(data);
    if let Ok(bytes) = write("fuzz", &sections(data)) {
        decide(&bytes);
    }
});

/// The sections of a bundle whose checksum need not fit, or the bytes cut by lengths of two bytes.
fn sections(data: &[u8]) -> Vec<(Section, &[u8])> {
    if let Ok(bundle) = Bundle::open(data) {
        return Section::OF_HOSTS.into_iter().filter_map(|section| Some((section, bundle.section(section)?))).collect();
    }
    let mut rest = data;
    let mut take = || {
        let (length, after) = rest.split_first_chunk::<2>()?;
        let length = usize::from(u16::from_le_bytes(*length)).min(after.len());
        let (section, after) = after.split_at(length);
        rest = after;
        Some(section)
    };
    Section::OF_HOSTS.into_iter().filter_map(|section| Some((section, take()?))).collect()
}

fn decide(bytes: &[u8]) {
    let Ok(policy) = Policy::load(bytes) else { return };
    let keys = Keyring::parse(KEYS).unwrap();
    let mut scratch = Scratch::default();
    let headers: &[(&[u8], &[u8])] = &[
        (b"user-agent", b"curl/8.5.0"),
        (b"cookie", b"a=b; sid=1"),
        (b"x-a", b"\xff\x00 ab"),
        (b"accept", b"text/html, \"a, \\\"b\", ,c"),
        (b"accept", b"*/*;q=0.1,\xff"),
    ];
    for headers in [&[][..], headers] {
        let facts = Sample { target: "/login?q=1", ..Sample::GET }.facts(headers);
        let assessment = policy.assess(&facts, &keys, &mut scratch);
        let charged: Vec<_> =
            assessment.charges().iter().map(|charge| charge.step(Word::default(), facts.now).0).collect();
        assessment.decide(&charged);
        for condition in 0..policy.conditions().len() {
            policy.conditions().trace(condition, &scratch).for_each(|_| {});
        }
    }
}
