//! Signals read any bytes without a panic, and always a value of their kind.

use outwork_engine::{
    fact::Fact,
    facts::{Connection, Facts, Headers, Protocol, Request, Seen, Session, Unlisted},
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
    "access-control-request-method",
    "forwarded",
    "proxy-connection",
    "range",
    "sec-purpose",
    "sec-websocket-version",
    "upgrade",
    "via",
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
            seen: Seen::ALL,
            connection: Connection {
                address: Fact::from_option(address),
                ja4: of(&tls[1]), ja3: of(&tls[2]), tls_version: of(&tls[3]), sni: of(&tls[4]), alpn: of(&tls[5]), country: of(&tls[6]),
                ..Connection::UNAVAILABLE
            }, session: Session::Cookie, body: Fact::Unavailable, directories: None };
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn a_part_of_a_request_says_what_the_whole_says_or_nothing(
        client in 0..CLIENTS.len(), method in 0..METHODS.len(), more in headers(),
        flags in any::<[bool; 2]>(), hidden in any::<[bool; 8]>(), hide in any::<u64>(), protocol in 0..4_usize,
        sni in fact(), ja4 in fact(),
    ) {
        let list: Vec<(&[u8], &[u8])> = CLIENTS[client].iter().map(|(name, value)| (name.as_bytes(), value.as_bytes()))
            .chain(more.iter().map(|(name, value)| (&name[..], &value[..]))).collect();
        let protocols = [Protocol::Http10, Protocol::Http11, Protocol::Http2, Protocol::Http3];
        let whole = Facts {
            now: Time::from_seconds(0),
            entropy: [0; 16],
            request: Request {
                method: METHODS[method],
                scheme: if flags[0] { b"https" } else { b"http" },
                authority: b"shop.example",
                target: b"/a/b.php?q=1",
                protocol: Fact::Known(protocols[protocol]),
                pseudo_order: if protocol < 2 { Fact::Absent } else { Fact::Known(b"masp") },
            },
            headers: Headers { list: &list, ordered: flags[1] },
            seen: Seen::ALL,
            connection: Connection { ja4: of(&ja4), sni: of(&sni), ..Connection::UNAVAILABLE },
            session: Session::Cookie, body: Fact::Unavailable, directories: None,
        };
        // Every name is shown or hidden, whether or not it was sent.
        let is_hidden = |name: &[u8]| hide >> (name.iter().fold(7_u32, |sum, &byte| sum.wrapping_mul(31).wrapping_add(byte.into())) % 64) & 1 == 1;
        let shown: Vec<(&[u8], &[u8])> = list.iter().copied().filter(|(name, _)| !is_hidden(name)).collect();
        let names = NAMES.iter().map(|name| name.as_bytes()).filter(|name| !is_hidden(name));
        let except: Vec<&[u8]> = names.filter(|name| list.iter().all(|(known, _)| known != name)).collect();
        let mut part = whole;
        part.headers.list = &shown;
        part.seen = Seen {
            scheme: hidden[0], authority: hidden[1], path: hidden[2], query: hidden[3], hidden_address: false, client: None,
            headers: Unlisted::Unavailable { except: &except },
        };
        if hidden[4] { part.request.protocol = Fact::Unavailable; }
        if hidden[5] { part.request.pseudo_order = Fact::Unavailable; }
        if hidden[6] { part.connection.ja4 = Fact::Unavailable; }
        if hidden[7] { part.connection.sni = Fact::Unavailable; }
        let (whole, part) = (Scene::new(&whole), Scene::new(&part));
        for signal in SIGNALS {
            let (all, some) = ((signal.read)(&whole), (signal.read)(&part));
            prop_assert!(some == Fact::Unavailable || some == all, "{}: {:?} of {:?}", signal.name, some, all);
        }
        for name in NAMES.iter().map(|name| name.as_bytes()).chain([&b"x-other"[..]]) {
            for (all, some) in [(whole.header(name), part.header(name)), (whole.cookie(name), part.cookie(name)), (whole.param(b"q"), part.param(b"q"))] {
                prop_assert!(some == Fact::Unavailable || some == all);
            }
        }
    }
}

const METHODS: [&[u8]; 3] = [b"GET", b"POST", b"OPTIONS"];

/// Headers of page views, so that more than a few comparisons have something to compare.
const CLIENTS: [&[(&str, &str)]; 4] = [
    &[],
    &[
        ("sec-ch-ua", "\"Chromium\";v=\"147\""),
        ("sec-ch-ua-mobile", "?0"),
        ("sec-ch-ua-platform", "\"Linux\""),
        ("upgrade-insecure-requests", "1"),
        ("user-agent", CHROME),
        ("accept", "text/html,application/xhtml+xml"),
        ("sec-fetch-site", "same-origin"),
        ("sec-fetch-mode", "navigate"),
        ("sec-fetch-dest", "document"),
        ("accept-encoding", "gzip, deflate, br"),
        ("accept-language", "de"),
        ("referer", "https://shop.example/"),
        ("priority", "u=0"),
    ],
    &[
        ("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
        ("accept", "*/*"),
        ("accept-encoding", "gzip, deflate, br"),
        ("te", "trailers"),
        ("sec-websocket-version", "13"),
        ("upgrade", "websocket"),
    ],
    &[("user-agent", CHROME), ("accept", "text/html"), ("range", "bytes=0-"), ("cookie", "a=1")],
];

const CHROME: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36";

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
        seen: Seen::ALL,
        connection: Connection::UNAVAILABLE,
        session: Session::Cookie,
        body: Fact::Unavailable,
        directories: None,
    };
    let scene = Scene::new(&facts);
    let known = SIGNALS.iter().filter(|signal| (signal.read)(&scene).is_known());
    assert!(known.count() < SIGNALS.len() / 2);
}
