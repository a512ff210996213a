//! A page view in a session that was observed: what signals are read out of.

use outwork_engine::{
    beacon::{FEATURES, Features},
    identity::fingerprint,
    keys::Keyring,
    session::{Binding, COOKIE, seal},
    signals::{Sample, Scene},
    window::{Decay, Window},
};

const KEYS: &str = "a:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE";

/// Calls `work` with the scene.
pub fn with<T>(work: impl FnOnce(&Scene<'_>) -> T) -> T {
    let (sample, keys, now) = (Sample::CHROME, Keyring::parse(KEYS).expect("keys"), Sample::NOW);
    let mut features = Features::default();
    FEATURES.iter().zip(1..).for_each(|(&feature, value)| features.set(feature, 100 * value));
    let mut window = Window::new([1; 16], now);
    window.observe(&features, 5_000, Decay::default(), now).expect("a first batch is newer than none");
    let mut headers: Vec<(&[u8], &[u8])> =
        sample.headers.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect();
    let device = fingerprint(&Scene::new(&sample.facts(&headers)).device_parts());
    let here = Binding { fingerprint: device, network: None, authority: sample.authority.as_bytes() };
    let token = seal(&window, &keys, here, &[9; 16], now).expect("an authority of ordinary length");
    let cookie = format!("{COOKIE}={token}");
    headers.push((b"cookie", cookie.as_bytes()));
    let facts = sample.facts(&headers);
    work(&Scene::opened(&facts, &keys, Decay::default()))
}
