//! Signals read any bytes without a panic, and always a value of their kind.

use outwork_engine::{
    fact::Fact,
    facts::{Connection, Facts, Headers, Protocol, Request},
    signals::{SIGNALS, Scene},
    time::Time,
};
use proptest::{prelude::*, sample::select};

const NAMES: &[&str] = &[
    "accept",
    "accept-encoding",
    "accept-language",
    "cookie",
    "host",
    "origin",
    "priority",
    "referer",
    "sec-ch-ua",
    "sec-ch-ua-mobile",
    "sec-ch-ua-platform",
    "sec-fetch-dest",
    "sec-fetch-mode",
    "sec-fetch-site",
    "sec-fetch-user",
    "te",
    "upgrade-insecure-requests",
    "user-agent",
    "x-any",
    "",
];

/// Pieces of which values that get somewhere are made.
const PIECES: &[&str] = &[
    "Mozilla/5.0 (",
    "Chrome/",
    "Firefox/1",
    "AppleWebKit/537.36",
    "Safari",
    "(compatible; ",
    "; wv)",
    "\"",
    "\";v=\"",
    "Chromium",
    "https://",
    "/",
    ":",
    ".",
    ";",
    "=",
    " ",
    ",",
    ")",
    "bot",
    "+http",
    "navigate",
    "same-site",
    "none",
    "text/html",
    "99999999999",
    "t13d1516h2_8daaf6152771_",
    "d8a2da3f94cd",
    "\u{e9}",
    "\0",
];

fn value() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![select(PIECES).prop_map(|piece| piece.as_bytes().to_vec()), any::<Vec<u8>>()];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

fn fact() -> impl Strategy<Value = Option<Option<Vec<u8>>>> {
    prop::option::of(prop::option::of(value()))
}

fn headers() -> impl Strategy<Value = Vec<(Vec<u8>, Vec<u8>)>> {
    let name = prop_oneof![select(NAMES).prop_map(|name| name.as_bytes().to_vec()), any::<Vec<u8>>()];
    prop::collection::vec((name, value()), 0..40)
}

fn of(fact: &Option<Option<Vec<u8>>>) -> Fact<&[u8]> {
    match fact {
        Some(Some(value)) => Fact::Known(value),
        Some(None) => Fact::Absent,
        None => Fact::Unavailable,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn every_signal_reads_them(
        headers in headers(), line in prop::collection::vec(value(), 4), tls in prop::collection::vec(fact(), 7),
        flags in any::<[bool; 2]>(), protocol in 0..4_u8, address in prop::option::of(any::<std::net::IpAddr>()),
    ) {
        let list: Vec<(&[u8], &[u8])> = headers.iter().map(|(name, value)| (&name[..], &value[..])).collect();
        let protocols = [Protocol::Http10, Protocol::Http11, Protocol::Http2, Protocol::Http3];
        let facts = Facts {
            now: Time::from_seconds(0),
            entropy: [0; 16],
            request: Request {
                method: &line[0],
                scheme: if flags[0] { b"https" } else { &line[1] },
                authority: &line[2],
                target: &line[3],
                protocol: Fact::Known(protocols[usize::from(protocol)]),
                pseudo_order: of(&tls[0]),
            },
            headers: Headers { list: &list, ordered: flags[1] },
            connection: Connection {
                address: Fact::from_option(address),
                ja4: of(&tls[1]), ja3: of(&tls[2]), tls_version: of(&tls[3]), sni: of(&tls[4]), alpn: of(&tls[5]), country: of(&tls[6]),
                ..Connection::UNAVAILABLE
            },
        };
        let scene = Scene::new(&facts);
        for signal in SIGNALS {
            if let Fact::Known(value) = (signal.read)(&scene) {
                prop_assert_eq!(value.kind(), signal.kind, "{}", signal.name);
            }
        }
        for (name, value) in &headers {
            prop_assert!(scene.header(name).is_known());
            let (_, _, _) = (scene.cookie(value), scene.param(value), scene.device_parts());
        }
    }
}

#[test]
fn a_request_of_nothing_is_read() {
    let nothing: Vec<(&[u8], &[u8])> = Vec::new();
    let request = Request {
        method: b"",
        scheme: b"",
        authority: b"",
        target: b"",
        protocol: Fact::Unavailable,
        pseudo_order: Fact::Unavailable,
    };
    let facts = Facts {
        now: Time::from_seconds(0),
        entropy: [0; 16],
        request,
        headers: Headers { list: &nothing, ordered: false },
        connection: Connection::UNAVAILABLE,
    };
    let scene = Scene::new(&facts);
    let known = SIGNALS.iter().filter(|signal| (signal.read)(&scene).is_known());
    assert!(known.count() < SIGNALS.len() / 2);
}
