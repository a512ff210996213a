//! Runs the command, and writes captures for it to read.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// What the command said.
pub(crate) struct Output {
    pub(crate) code: i32,
    pub(crate) hellos: Vec<Value>,
    pub(crate) notes: String,
}

/// Runs `outwork fingerprint --format json` with `input` on its standard input.
pub(crate) fn fingerprint(input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_outwork"))
        .args(["fingerprint", "--format", "json", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The command may stop reading early and close the pipe; what it says is what counts.
    child.stdin.take().unwrap().write_all(input).ok();
    let output = child.wait_with_output().unwrap();
    Output {
        code: output.status.code().unwrap(),
        hellos: String::from_utf8(output.stdout).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect(),
        notes: String::from_utf8(output.stderr).unwrap(),
    }
}

pub(crate) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures").join(name)
}

/// A hello of curl, as TLS records, and its JA4.
pub(crate) fn curl() -> (Vec<u8>, String) {
    let clients = std::fs::read_to_string(fixture("hello/clients.tsv")).unwrap();
    let [_, ja4, _, _, _, hex] = clients.lines().next().unwrap().split('\t').collect::<Vec<_>>().try_into().unwrap();
    let bytes = (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect();
    (bytes, ja4.into())
}

/// The byte order and the timestamps of a pcap file.
#[derive(Clone, Copy)]
pub(crate) enum Pcap {
    Little,
    LittleNanoseconds,
    Big,
}

/// A pcap file of `frames`.
pub(crate) fn pcap(kind: Pcap, link: u32, frames: &[Vec<u8>]) -> Vec<u8> {
    let word = |value: u32| match kind {
        Pcap::Big => value.to_be_bytes(),
        Pcap::Little | Pcap::LittleNanoseconds => value.to_le_bytes(),
    };
    let magic = if matches!(kind, Pcap::LittleNanoseconds) { 0xa1b2_3c4d } else { 0xa1b2_c3d4 };
    // Version 2.4 is two halves of a word, which the byte order swaps.
    let version = if matches!(kind, Pcap::Big) { 0x0002_0004 } else { 0x0004_0002 };
    let mut file: Vec<u8> = [magic, version, 0, 0, 0xffff, link].into_iter().flat_map(word).collect();
    for frame in frames {
        let length = u32::try_from(frame.len()).unwrap();
        file.extend([0, 0, length, length].into_iter().flat_map(word));
        file.extend(frame);
    }
    file
}

/// A pcapng file in big-endian order, with an interface that no packet uses before the one that all do.
pub(crate) fn pcapng(link: u16, frames: &[Vec<u8>]) -> Vec<u8> {
    let block = |kind: u32, body: &[u8]| {
        let length = u32::try_from(body.len() + 12).unwrap().to_be_bytes();
        [&kind.to_be_bytes()[..], &length, body, &length].concat()
    };
    let interface = |link: u16| block(1, &[&link.to_be_bytes()[..], &[0; 6]].concat());
    let section = [&0x1a2b_3c4d_u32.to_be_bytes()[..], &[0, 1, 0, 0], &[0xff; 8]].concat();
    let mut file = [block(0x0a0d_0d0a, &section), interface(147), interface(link)].concat();
    for frame in frames {
        let length = u32::try_from(frame.len()).unwrap().to_be_bytes();
        let padding = vec![0; frame.len().next_multiple_of(4) - frame.len()];
        file.extend(block(6, &[&[0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0][..], &length, &length, frame, &padding].concat()));
    }
    file
}
