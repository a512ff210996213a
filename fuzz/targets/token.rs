//! Bytes as a session token, as what a token seals, and as a cookie header: opened or not, and never another's.
#![no_main]

use libfuzzer_sys::fuzz_target;
use outwork_engine::clearance::Clearance;
use outwork_engine::fact::Fact;
use outwork_engine::keys::Keyring;
use outwork_engine::risk::Bands;
use outwork_engine::session::{Binding, open, seal};
use outwork_engine::signals::{SIGNALS, Sample, Scene};
use outwork_engine::time::Time;
use outwork_engine::window::{Decay, Window};
use std::sync::LazyLock;

static KEYS: LazyLock<Keyring> =
    LazyLock::new(|| Keyring::parse("a:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE").expect("a key of 32 bytes"));

const HERE: Binding<'_> = Binding { fingerprint: 7, network: None, authority: b"shop.example" };

fuzz_target!(|data: &[u8]| {
    // No fuzzer finds a tag of 128 bits.
    assert_eq!(open::<Window>(data, &KEYS, HERE, Time(0)), None);
    assert_eq!(open::<Clearance>(data, &KEYS, HERE, Time(0)), None);
    passed(data);
    cookie(data);
    if let Some((choice, bytes)) = data.split_first_chunk::<24>()
        && let Some(window) = Window::decode(bytes)
    {
        sealed(&window, choice);
        fades(&window, choice);
    }
});

/// Seals what was read: it opens as it is, and not when a bit of it is another.
fn sealed(window: &Window, choice: &[u8; 24]) {
    let (entropy, rest) = choice.split_first_chunk::<16>().expect("24 bytes");
    let at = Time(u64::from_le_bytes(rest.try_into().expect("8 bytes")));
    assert_eq!(Window::decode(&window.encode()).as_ref(), Some(window));
    let token = seal(window, &KEYS, HERE, entropy, at).expect("an authority of ordinary length");
    let newest = window.observed.map_or(window.opened, |observed| observed.max(window.opened));
    let fits = newest.0 <= window.opened.0 + 600_000_000;
    assert!(token.len() + "__Host-outwork=".len() <= 400);
    assert_eq!(open(token.as_bytes(), &KEYS, HERE, window.opened).as_ref(), Some(window).filter(|_| fits));
    assert_eq!(open::<Clearance>(token.as_bytes(), &KEYS, HERE, window.opened), None);
    let mut altered = token.into_bytes();
    let place = usize::from(entropy[0]) % altered.len();
    altered[place] ^= 1 << (entropy[1] % 8);
    assert_eq!(open::<Window>(&altered, &KEYS, HERE, window.opened), None);
}

/// Bytes as what a clearance seals: it opens as it is while it lasts, and as no session.
fn passed(data: &[u8]) {
    let Some(clearance) = Clearance::decode(data) else { return };
    let token = seal(&clearance, &KEYS, HERE, &[1; 16], Time(0)).expect("an authority of ordinary length");
    let opens = clearance.until.seconds() > clearance.since.seconds();
    assert_eq!(open(token.as_bytes(), &KEYS, HERE, clearance.since), Some(clearance).filter(|_| opens));
    assert_eq!(open::<Window>(token.as_bytes(), &KEYS, HERE, clearance.since), None);
}

/// Time never adds to a window; a batch never takes from it, and an old one changes nothing.
fn fades(window: &Window, choice: &[u8; 24]) {
    let [a, b, c, d, e, f, ..] = *choice;
    let (decay, sequence) =
        (Decay { half_life: u32::from_le_bytes([a, b, c, d]).into() }, u32::from_le_bytes([c, d, e, f]));
    let now = Time(window.opened.0.saturating_add(u64::from(sequence) * 1_000));
    let later = Time(now.0.saturating_add(u64::from(a) * 1_000_000));
    assert!(window.confidence(decay, later) <= window.confidence(decay, now));
    assert!(window.state(decay, now) <= window.state(decay, later));
    let mut after = window.clone();
    match after.observe(&window.features, sequence, decay, now) {
        Ok(()) => assert!(sequence > window.sequence && after.confidence(decay, now) >= window.confidence(decay, now)),
        Err(_) => assert!(sequence <= window.sequence && after == *window),
    }
    assert!(Bands::default().hold(b % 101, window.held, now).band <= 2);
}

/// A request with these cookies: every signal reads it.
fn cookie(data: &[u8]) {
    let header = [b"__Host-outwork=", data, b"; __Host-outwork-clearance=", data].concat();
    let headers: [(&[u8], &[u8]); 1] = [(b"cookie", &header)];
    let facts = Sample::GET.facts(&headers);
    let scene = Scene::opened(&facts, &KEYS, Decay::default());
    assert_eq!(scene.window(), Fact::Absent);
    assert_eq!(scene.clearance(), Fact::Absent);
    for signal in SIGNALS {
        if let Fact::Known(value) = (signal.read)(&scene) {
            assert_eq!(value.kind(), signal.kind, "{}", signal.name);
        }
    }
}
