//! What the session token says, and what was observed in its window.

use super::{Known, Scene};
use crate::{
    beacon::{Environment, Feature},
    clearance::Clearance,
    fact::Fact,
    facts::Session,
    identity,
    keys::Keyring,
    session::{Binding, Presented, Shown, Tokens},
    window::{Decay, State, Window},
};

impl Scene<'_> {
    /// Opens the tokens, if there are any, as those of this device; before that its session is unavailable.
    pub(crate) fn open_session(&mut self, keys: &Keyring, decay: Decay) {
        self.decay = decay;
        let tokens = self.tokens();
        let shown = match (self.facts.session, tokens) {
            (Session::Cookie, Fact::Known(tokens)) if tokens.are_there() => {
                tokens.open(self.facts, keys, self.binding())
            }
            _ => Shown::unopened(self.facts, tokens),
        };
        self.shown = shown.into();
    }

    /// What the tokens of this client are bound to.
    pub(crate) fn binding(&self) -> Binding<'_> {
        let network = self.facts.connection.address.map(identity::network_prefix).known();
        Binding { fingerprint: self.fingerprint(), network, authority: self.facts.request.authority }
    }

    /// The device, by a name that stays when keys change.
    pub(crate) fn fingerprint(&self) -> u64 {
        identity::fingerprint(&self.device_parts())
    }

    /// What the request tells of its session.
    pub fn session(&self) -> &Presented {
        &self.shown().session
    }

    /// The challenge that was passed, for as long as that counts.
    pub fn clearance(&self) -> Fact<Clearance> {
        self.shown().clearance
    }

    /// Both, for those who go on without the scene.
    pub(crate) fn into_shown(mut self) -> Shown {
        self.shown.take().unwrap_or_else(|| Shown::unopened(self.facts, self.tokens()))
    }

    fn shown(&self) -> &Shown {
        self.shown.get_or_init(|| Shown::unopened(self.facts, self.tokens()))
    }

    fn tokens(&self) -> Fact<Tokens<'_>> {
        self.known(Known::Cookie).map(|_| Tokens::of(self.cookies()))
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

    /// Whether it followed a path of another session.
    pub(crate) fn window_replayed(&self) -> Fact<bool> {
        self.window().map(|window| window.replayed(self.decay, self.facts.now))
    }

    /// What the window is still worth, in thousandths.
    pub(crate) fn window_confidence(&self) -> Fact<u16> {
        self.window().map(|window| window.confidence(self.decay, self.facts.now))
    }
}
