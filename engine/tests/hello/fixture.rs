//! What the suites on ClientHellos share.
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// A hello and what it must give.
pub(crate) struct Client {
    pub(crate) name: String,
    pub(crate) ja4: String,
    pub(crate) ja3_md5: String,
    /// JA4 and MD5 of JA3 as a real Envoy reported them, where they were asked of it.
    pub(crate) envoy: Option<[String; 2]>,
    pub(crate) hello: Vec<u8>,
}

/// The committed hellos.
pub(crate) fn clients() -> Vec<Client> {
    include_str!("../../../tests/fixtures/hello/clients.tsv").lines().map(from_line).collect()
}

fn from_line(line: &str) -> Client {
    let [name, ja4, ja3_md5, envoy_ja4, envoy_ja3_md5, hello] =
        line.split('\t').collect::<Vec<_>>().try_into().unwrap();
    Client {
        name: name.into(),
        ja4: ja4.into(),
        ja3_md5: ja3_md5.into(),
        envoy: Some([envoy_ja4.into(), envoy_ja3_md5.into()]),
        hello: from_hex(hello),
    }
}

pub(crate) fn from_hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

pub(crate) fn md5_hex(text: &str) -> String {
    use md5::Digest as _;
    md5::Md5::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Where the larger data lie.
pub(crate) fn data_dir() -> PathBuf {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    std::env::var_os("OUTWORK_DATA").map_or(beside, PathBuf::from)
}

/// Says so past the capture of the test harness, which hides what a passing test prints.
pub(crate) fn did_not_run(why: &str) {
    std::io::stderr().write_all(format!("DID NOT RUN: {why}\n").as_bytes()).unwrap();
}
