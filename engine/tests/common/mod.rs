//! What the engine's tests share: keys, a bundle and a request.
#![expect(clippy::unwrap_used, reason = "a test fails loudly")]
use hmac::{Hmac, KeyInit};
use outwork_engine::{
    bundle::{self, Section},
    decision::{Decision, Edit},
    fact::Fact,
    facts::{Connection, Facts, Headers, Protocol, Request, Seen, Session},
    keys::Keyring,
    limits::Limit,
    policy::Settings,
    rules::{Mode, Rule},
    time::Time,
};
use sha2::Sha256;

/// Two keys of 32 bytes, all `A` and all `B`.
pub(crate) const KEYS: &str =
    "now:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=,before:QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI";

/// The keyring of [`KEYS`].
pub(crate) fn keys() -> Keyring {
    Keyring::parse(KEYS).unwrap()
}

/// The evidence MAC of the first key, derived here once more from RFC 5869.
pub(crate) fn evidence_mac() -> Hmac<Sha256> {
    let mut key = [0; 32];
    hkdf::Hkdf::<Sha256>::new(None, &[b'A'; 32]).expand(b"outwork/v1/evidence", &mut key).unwrap();
    Hmac::new_from_slice(&key).unwrap()
}

/// A bundle in force without rules.
pub(crate) fn bundle() -> Vec<u8> {
    let settings = Settings { mode: Mode::Enforce, ..Settings::default() };
    let encoded = postcard::to_allocvec(&settings).unwrap();
    let rules = postcard::to_allocvec(&Vec::<Rule>::new()).unwrap();
    let limits = postcard::to_allocvec(&Vec::<Limit>::new()).unwrap();
    bundle::write("test", &[(Section::Settings, &encoded), (Section::Rules, &rules), (Section::Limits, &limits)])
        .unwrap()
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
    }
}

/// The edits as text: whether it appends, the name, the value.
pub(crate) fn edits(decision: &Decision<'_>) -> Vec<(bool, String, String)> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    decision
        .edits
        .iter()
        .map(|edit| match edit {
            Edit::Remove(name) => (false, text(name), String::new()),
            Edit::Append(name, value) => (true, (*name).into(), text(value)),
        })
        .collect()
}
