//! A session as its origin's requests are judged: after every batch, a page view by a browser with nothing else against it.

use outwork_engine::fact::Fact;
use outwork_engine::facts::Session as Token;
use outwork_engine::keys::Keyring;
use outwork_engine::policy::Policy;
use outwork_engine::risk::Band;
use outwork_engine::rules::Scratch;
use outwork_engine::signals::Sample;
use outwork_engine::time::Time;
use outwork_engine::window::{State, Window};

/// What a policy says of one request.
pub(crate) struct Judged {
    pub(crate) risk: u8,
    pub(crate) band: Band,
    /// The rules of the behaviour pack and others that fired, the weightiest first.
    pub(crate) reasons: Vec<String>,
    /// Whether the request fell inside its window of observation, or at its edge.
    pub(crate) observed: bool,
}

/// A Chrome that contradicts itself in nothing, over a connection whose hello the host sees.
const CHROME: Sample = Sample {
    ja4: Fact::Known("t13d1516h2_8daaf6152771_d8a2da3f94cd"),
    address: Fact::Known(std::net::IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 7))),
    ..Sample::CHROME
};

/// Judges with one policy.
pub(crate) struct Judge<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) keys: &'a Keyring,
    pub(crate) scratch: Scratch,
}

impl Judge<'_> {
    pub(crate) fn judge(&mut self, window: Option<&Window>, now: Time) -> Judged {
        let headers: Vec<(&[u8], &[u8])> =
            CHROME.headers.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect();
        let mut facts = CHROME.facts(&headers);
        facts.now = now;
        if let Some(window) = window {
            facts.session = Token::Window(window, None);
        }
        let assessment = self.policy.assess(&facts, self.keys, &mut self.scratch);
        let judgement = assessment.judge(&[]);
        let decay = self.policy.settings().behaviour;
        let state = window.map_or(State::None, |window| window.state(decay, now));
        Judged {
            risk: judgement.risk.total,
            band: self.policy.settings().bands.of(judgement.risk.total),
            reasons: judgement.reasons.counted().iter().map(|reason| reason.id.to_owned()).collect(),
            observed: matches!(state, State::Inside | State::Expiring),
        }
    }
}
