//! What the table of hosts says is what hosts make known: requests of the corpus, cut to what each host sees.

use outwork_compiler::{Host, Request, corpus::CaseFile};
use outwork_engine::{
    agents::{Agent, Purpose, Registry},
    beacon::FEATURES,
    fact::Fact,
    facts::{Facts, Session},
    ranges::Ranges,
    signals::{SIGNALS, Scene},
    time::Time,
    window::Window,
};
use std::{
    collections::BTreeSet,
    net::{IpAddr, Ipv4Addr},
    path::Path,
};

/// A request as a host sees it, as `filter/src/connection.rs` and `worker/src/request.rs` fill facts in.
fn seen_by(host: Host, mut request: Request) -> Request {
    match host {
        Host::Envoy | Host::Istio => {
            request.alpn = Fact::Unavailable;
            request.asn = Fact::Unavailable;
            request.country = Fact::Unavailable;
        }
        Host::Worker | Host::WorkerBotManagement => {
            request.pseudo_order = Fact::Unavailable;
            request.sni = Fact::Unavailable;
            request.ordered = false;
            (request.asn, request.country) = (Fact::Known(64_500), Fact::Known("DE".into()));
            if request.alpn == Fact::Absent {
                request.alpn = Fact::Unavailable;
            }
        }
    }
    match host {
        Host::Worker => (request.ja4, request.ja3) = (Fact::Unavailable, Fact::Unavailable),
        _ if request.ja4.is_known() => request.ja3 = Fact::Known("cd08e31494f9531f560d64c695473da9".into()),
        _ => {}
    }
    request
}

/// A window in which everything was observed.
fn observed() -> Window {
    let mut window = Window { observed: Some(Time::default()), sure: 1_000, ..Window::new([1; 16], Time::default()) };
    // Three of everything: spreads are of as many.
    FEATURES.iter().for_each(|&feature| window.features.set(feature, 3));
    window
}

/// One agent, which is whoever says that it is Googlebot.
fn agents() -> Registry {
    let networks = Ranges::from_networks([(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0)]);
    let agent = Agent {
        id: "google".into(),
        name: "Google".into(),
        purpose: Purpose::Search,
        names: vec!["googlebot".into()],
        networks,
        directory: None,
        keys: vec![],
        test_keys: false,
    };
    Registry::new(vec![agent], 0)
}

#[test]
fn a_signal_is_known_on_a_host_exactly_when_the_table_says_so() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/corpus");
    let files = CaseFile::read_all(&corpus).unwrap();
    let requests: Vec<Request> =
        files.iter().flat_map(|file| &file.cases).map(|case| case.request().unwrap()).collect();
    let (window, agents) = (observed(), agents());
    for host in Host::ALL {
        let mut known = BTreeSet::new();
        for request in &requests {
            seen_by(host, request.clone()).with_facts(Time::default(), [0; 16], |facts| {
                // Tokens are opened on every host alike.
                let facts = Facts { session: Session::Window(&window, None), ..*facts };
                let scene = Scene::new(&facts).knowing(&agents);
                known
                    .extend(SIGNALS.iter().filter(|signal| (signal.read)(&scene).is_known()).map(|signal| signal.name));
            });
        }
        let said: BTreeSet<&str> = SIGNALS.iter().map(|signal| signal.name).filter(|name| host.sees(name)).collect();
        let wrong: Vec<_> = known.symmetric_difference(&said).collect();
        assert!(wrong.is_empty(), "{host}: the table and the facts differ in {wrong:?}");
    }
}
