//! What the session token says, and what was observed in its window.

use super::Scene;
use crate::{
    beacon::{Environment, Feature},
    fact::Fact,
    facts::Session,
    identity,
    keys::Keyring,
    session::{COOKIE, Presented},
    window::{Decay, State, Window},
};

impl Scene<'_> {
    /// Opens the token, if there is one, as that of this device; before that its session is unavailable.
    pub(crate) fn open_session(&mut self, keys: &Keyring, decay: Decay) {
        self.decay = decay;
        if let (Session::Cookie, Fact::Known(token)) = (self.facts.session, self.cookie(COOKIE.as_bytes())) {
            let fingerprint = identity::fingerprint(&self.device_parts());
            self.session = Presented::open(token, self.facts, keys, fingerprint).into();
        }
    }

    /// What the request tells of its session.
    pub fn session(&self) -> &Presented {
        self.session.get_or_init(|| Presented::unopened(self.facts, self.cookie(COOKIE.as_bytes())))
    }

    /// The same, for those who go on without the scene.
    pub(crate) fn into_session(mut self) -> Presented {
        let session = self.session.take();
        session.unwrap_or_else(|| Presented::unopened(self.facts, self.cookie(COOKIE.as_bytes())))
    }

    /// The window of observation: absent without a token that opens.
    pub fn window(&self) -> Fact<&Window> {
        self.session().window()
    }

    /// A feature of what was observed.
    pub fn feature(&self, feature: Feature) -> Fact<u16> {
        self.window().and_then(|window| window.features.get(feature))
    }

    /// What the page says of its browser.
    pub(crate) fn environment(&self) -> Fact<Environment> {
        self.window().and_then(|window| window.features.environment())
    }

    /// Where in the window the request falls: seen also where there is none.
    pub(crate) fn window_state(&self) -> Fact<State> {
        let window = self.window().optional();
        window.map(|window| window.map_or(State::None, |window| window.state(self.decay, self.facts.now)))
    }

    /// What the window is still worth, in thousandths.
    pub(crate) fn window_confidence(&self) -> Fact<u16> {
        self.window().map(|window| window.confidence(self.decay, self.facts.now))
    }
}
