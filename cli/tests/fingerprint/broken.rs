//! Captures that are cut or changed never make the command panic.

use proptest::prelude::*;

use crate::support::{fingerprint, fixture};

/// The smallest captures: pcap with TLS, pcapng with QUIC, pcap with loopback and IPv6.
const CAPTURES: [&str; 3] = ["tls12.pcap", "quic-with-several-tls-frames.pcapng", "ipv6.pcapng"];

fn read(name: &str) -> Vec<u8> {
    std::fs::read(fixture("ja4").join(name)).unwrap()
}

/// 101 is the exit code of a panic.
#[track_caller]
fn survives(bytes: &[u8]) {
    let output = fingerprint(bytes);
    assert!(output.code <= 2, "{}", output.notes);
}

#[test]
fn every_cut_is_survived() {
    for name in CAPTURES {
        let bytes = read(name);
        (0..bytes.len()).step_by(7).for_each(|end| survives(&bytes[..end]));
    }
}

#[test]
fn a_capture_that_was_cut_says_so() {
    let bytes = read("tls12.pcap");
    let output = fingerprint(&bytes[..bytes.len() - 1]);
    assert!(output.notes.contains("the capture ends within a packet"), "{}", output.notes);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn every_change_is_survived(
        name in prop::sample::select(&CAPTURES[..]),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = read(name);
        for (at, value) in changes {
            *at.get_mut(&mut bytes) = value;
        }
        survives(&bytes);
    }
}
