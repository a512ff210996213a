//! FoxIO's captures and the JA4 that they published for them.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{fingerprint, fixture};

/// A published value that is not ours, and why. The suite fails when one of them starts to agree.
const KNOWN_DIFFERENCES: [(&str, &str); 1] = [(
    "tls-non-ascii-alpn.pcapng",
    "the Python implementation writes `99` for a protocol name that is not alphanumeric, against the specification \
     (FoxIO-LLC/ja4 issue 326)",
)];

/// Captures with hellos that the Python implementation does not look for: how many.
const MORE_THAN_PUBLISHED: [(&str, usize, &str); 6] = [
    ("chrome-cloudflare-quic-with-secrets.pcapng", 1, "QUIC"),
    ("quic-tls-handshake.pcapng", 1, "QUIC"),
    ("quic-with-several-tls-frames.pcapng", 1, "QUIC"),
    ("tls-sni.pcapng", 20, "QUIC"),
    ("https-connect.pcap", 1, "TLS in a CONNECT tunnel"),
    ("dtls-udp.notest.cap", 1, "DTLS"),
];

#[test]
fn committed_captures_give_what_was_published() {
    let expected = std::fs::read_to_string(fixture("ja4/expected.jsonl")).unwrap();
    let expected: Vec<Value> = expected.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(expected.len(), 7);
    for expected in expected {
        let file = expected["file"].as_str().unwrap();
        let output = fingerprint(&std::fs::read(fixture("ja4").join(file)).unwrap());
        let [hello] = &output.hellos[..] else { panic!("{file}: {} hellos", output.hellos.len()) };
        for (key, value) in expected.as_object().unwrap().iter().filter(|(key, _)| *key != "file") {
            assert_eq!(&hello[key], value, "{file}: {key}");
        }
    }
}

#[test]
fn all_captures_give_what_was_published() {
    let Some(captures) = captures() else { return };
    let mut agreed = 0;
    for file in captures {
        let name = file.file_name().unwrap().to_str().unwrap().to_owned();
        let expected = published(&file);
        let output = fingerprint(&std::fs::read(&file).unwrap());
        let found: BTreeSet<_> = output.hellos.iter().map(ours).collect();
        assert_eq!(found.len(), output.hellos.len(), "{name}: a hello is found twice");
        if KNOWN_DIFFERENCES.iter().any(|(known, _)| *known == name) {
            assert!(found.is_disjoint(&expected), "{name} agrees now: take it off the list of known differences");
            continue;
        }
        assert!(found.is_superset(&expected), "{name}: {:#?}", expected.difference(&found).collect::<Vec<_>>());
        let more = MORE_THAN_PUBLISHED.iter().find(|(known, ..)| *known == name).map_or(0, |(_, more, _)| *more);
        assert_eq!(
            found.len() - expected.len(),
            more,
            "{name}: {:#?}",
            found.difference(&expected).collect::<Vec<_>>()
        );
        agreed += expected.len();
    }
    assert_eq!(agreed, 82);
}

/// Source, destination, SNI, JA4 and its raw form.
type Hello = [String; 5];

fn ours(hello: &Value) -> Hello {
    ["source", "destination", "sni", "ja4", "ja4_r"].map(|key| hello[key].as_str().unwrap_or_default().to_owned())
}

/// Of each stream `JA4.1`, and `JA4.2` where the client had to send a second hello.
fn published(capture: &Path) -> BTreeSet<Hello> {
    let mut path = capture.as_os_str().to_owned();
    path.push(".json");
    let Ok(text) = std::fs::read_to_string(path) else { return BTreeSet::new() };
    let streams: Vec<Value> = serde_json::from_str(&text).unwrap();
    let hellos = streams.iter().flat_map(|stream| ["1", "2"].map(|number| theirs(stream, number)));
    hellos.flatten().collect()
}

fn theirs(stream: &Value, number: &str) -> Option<Hello> {
    let text = |key: &str| stream[key].as_str().unwrap_or_default().to_owned();
    let end = |address: &str, port: &str| {
        let address: std::net::IpAddr = text(address).parse().unwrap();
        std::net::SocketAddr::new(address, text(port).parse().unwrap()).to_string()
    };
    let ja4 = stream.get(format!("JA4.{number}"))?.as_str().unwrap().to_owned();
    Some([end("src", "srcport"), end("dst", "dstport"), text("domain"), ja4, text(&format!("JA4_r.{number}"))])
}

/// The captures in the data directory, if it is there.
fn captures() -> Option<Vec<PathBuf>> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let folder = std::env::var_os("OUTWORK_DATA").map_or(beside, PathBuf::from).join("lists/ja4_test");
    let entries = match std::fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) => {
            // Past the capture of the test harness, which hides what a passing test prints.
            let note = format!("DID NOT RUN: {}: {error}\n", folder.display());
            std::io::stderr().write_all(note.as_bytes()).unwrap();
            return None;
        }
    };
    let files = entries.map(|entry| entry.unwrap().path());
    let is_capture =
        |file: &PathBuf| file.extension().is_some_and(|kind| ["pcap", "pcapng", "cap"].iter().any(|k| kind == *k));
    let captures: Vec<_> = files.filter(is_capture).collect();
    assert!(!captures.is_empty(), "{} has no captures", folder.display());
    Some(captures)
}
