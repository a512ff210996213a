//! What the engine's tests share: keys, a bundle and a request.
#![expect(clippy::unwrap_used, reason = "a test fails loudly")]
use outwork_engine::{
    agents::Agent,
    bundle::{self, Section},
    fact::Fact,
    facts::{Connection, Facts, Headers, Protocol, Request, Seen, Session},
    keys::Keyring,
    limits::Limit,
    policy::Settings,
    rules::{Mode, Rule},
    scoring::Entry,
    time::Time,
    transaction::Transaction,
};

/// Two keys of 32 bytes, all `A` and all `B`.
pub(crate) const KEYS: &str =
    "now:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=,before:QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI";

/// The keyring of [`KEYS`].
pub(crate) fn keys() -> Keyring {
    Keyring::parse(KEYS).unwrap()
}

/// A bundle in force without rules.
pub(crate) fn bundle() -> Vec<u8> {
    bundle_of(&Settings { mode: Mode::Enforce, ..Settings::default() })
}

/// A bundle without rules.
pub(crate) fn bundle_of(settings: &Settings) -> Vec<u8> {
    let encoded = postcard::to_allocvec(settings).unwrap();
    let rules = postcard::to_allocvec(&Vec::<Rule>::new()).unwrap();
    let limits = postcard::to_allocvec(&Vec::<Limit>::new()).unwrap();
    let models = postcard::to_allocvec(&Vec::<Entry<'_>>::new()).unwrap();
    let agents = postcard::to_allocvec(&Vec::<Agent>::new()).unwrap();
    let transactions = postcard::to_allocvec(&Vec::<Transaction>::new()).unwrap();
    let sections: [(Section, &[u8]); 6] = [
        (Section::Settings, &encoded),
        (Section::Rules, &rules),
        (Section::Limits, &limits),
        (Section::Models, &models),
        (Section::Agents, &agents),
        (Section::Transactions, &transactions),
    ];
    bundle::write("test", &sections).unwrap()
}

/// A request with these headers from a documentation address.
pub(crate) fn facts<'a>(headers: &'a [(&'a [u8], &'a [u8])]) -> Facts<'a> {
    Facts {
        now: Time::from_seconds(1_795_305_600),
        entropy: *b"0123456789abcdef",
        request: Request {
            method: b"GET",
            scheme: b"https",
            authority: b"shop.example",
            target: b"/",
            protocol: Fact::Known(Protocol::Http2),
            pseudo_order: Fact::Unavailable,
        },
        headers: Headers { list: headers, ordered: true },
        seen: Seen::ALL,
        connection: Connection { address: Fact::Known([203, 0, 113, 7].into()), ..Connection::UNAVAILABLE },
        session: Session::Cookie,
        body: Fact::Unavailable,
        directories: None,
    }
}
