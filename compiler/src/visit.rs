//! A session as people write one down, beside the request that it comes with.

use outwork_engine::{
    beacon::{Environment, FEATURES, Feature},
    clearance::{Clearance, Passed},
    signals::{SIGNALS, by_name},
    time::Time,
    window::Window,
};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The most that a feature can be.
const MOST: u16 = u16::MAX - 1;

/// A session of which something was observed a moment ago, but for what is said. As if its window had come in the token.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Visit {
    /// Seconds since it was opened; as long as it is idle unless said otherwise.
    pub age: Option<u64>,
    /// Seconds since it was last observed.
    pub idle: u64,
    /// How sure one could be then, in thousandths; what it says now fades with `idle`.
    pub confidence: u16,
    /// How many batches were observed; with 0 nothing was.
    pub observations: u16,
    /// How many seconds the page's clock was ahead.
    pub skew: i32,
    /// Whether a batch followed a path from another session.
    pub replayed: bool,
    /// Which challenge was passed a moment ago: one that holds for every band.
    pub clearance: Option<Way>,
    /// What was observed, by the names of its signals.
    pub features: BTreeMap<String, Observed>,
}

/// How a challenge was passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Way {
    /// By proof of work.
    Work,
    /// By waiting.
    Wait,
}

/// One thing that was observed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "a feature is a whole number from 0 to 65534, true or false")]
pub enum Observed {
    /// Whether it is so.
    Truth(bool),
    /// How much of it there was.
    Number(u16),
}

/// The words for [`Way`].
pub(crate) const WAYS: &[(&str, Way)] = &[("work", Way::Work), ("wait", Way::Wait)];

impl Default for Visit {
    fn default() -> Self {
        Self {
            age: None,
            idle: 0,
            confidence: 1_000,
            observations: 1,
            skew: 0,
            replayed: false,
            clearance: None,
            features: BTreeMap::new(),
        }
    }
}

impl Visit {
    /// The window at an instant.
    pub(crate) fn window(&self, now: Time) -> Window {
        let before = |seconds: u64| Time(now.0.saturating_sub(Time::from_seconds(seconds).0));
        let mut window = Window::new([1; 16], before(self.age.unwrap_or(self.idle)));
        if self.observations > 0 {
            window.observed = Some(before(self.idle));
            window.sure = self.confidence.min(1_000);
        }
        (window.observations, window.skew, window.replays) = (self.observations, self.skew, self.replayed.into());
        for (name, &value) in &self.features {
            set(&mut window, name, value);
        }
        window
    }

    /// The clearance at an instant.
    pub(crate) fn clearance(&self, now: Time) -> Option<Clearance> {
        let until = Time(now.0.saturating_add(60_000_000));
        self.clearance.map(|way| Clearance { id: [1; 8], passed: way.passed(), level: 2, since: now, until })
    }
}

impl Way {
    fn passed(self) -> Passed {
        match self {
            Self::Work => Passed::Work,
            Self::Wait => Passed::Wait,
        }
    }
}

/// Where what is observed under a name stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Number(Feature),
    Truth(Environment),
}

impl Place {
    /// The place of a signal's name.
    pub(crate) fn of(name: &str) -> Option<Self> {
        let bit = ENVIRONMENT.iter().find(|(known, _)| *known == name).map(|&(_, bit)| Self::Truth(bit));
        let feature = || FEATURES.iter().find(|feature| feature.name() == name).map(|&feature| Self::Number(feature));
        // A feature without a signal of its name is no rule's to ask.
        bit.or_else(|| feature().filter(|_| by_name(name).is_some()))
    }

    /// Every name that has one.
    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        SIGNALS.iter().map(|signal| signal.name).filter(|name| Self::of(name).is_some())
    }
}

/// What is wrong with a feature; none where nothing is.
pub(crate) fn mistake(name: &str, value: Observed) -> Option<String> {
    match (Place::of(name), value) {
        (None, _) => Some(format!("`{name}` is nothing that a page's script observes")),
        (Some(Place::Truth(_)), Observed::Number(_)) => Some(format!("`{name}` is true or false")),
        (Some(Place::Number(_)), Observed::Truth(_)) => Some(format!("`{name}` is a number")),
        (Some(Place::Number(_)), Observed::Number(number)) if number > MOST => {
            Some(format!("`{name}` goes from 0 to {MOST}"))
        }
        (Some(_), _) => None,
    }
}

fn set(window: &mut Window, name: &str, value: Observed) {
    match (Place::of(name), value) {
        (Some(Place::Number(feature)), Observed::Number(number)) => window.features.set(feature, number),
        (Some(Place::Truth(bit)), Observed::Truth(truth)) => {
            let known = window.features.environment().known().unwrap_or_default();
            let bits = if truth { known.0 | bit.0 } else { known.0 & !bit.0 };
            window.features.set(Feature::BeaconEnvironment, bits);
        }
        _ => {}
    }
}

const ENVIRONMENT: &[(&str, Environment)] = &[
    ("beacon.coalesces", Environment::COALESCES),
    ("beacon.fine_pointer", Environment::FINE_POINTER),
    ("beacon.frameless", Environment::FRAMELESS),
    ("beacon.hover", Environment::HOVER),
    ("beacon.no_brands", Environment::NO_BRANDS),
    ("beacon.no_languages", Environment::NO_LANGUAGES),
    ("beacon.no_plugins", Environment::NO_PLUGINS),
    ("beacon.no_pointer", Environment::NO_POINTER),
    ("beacon.small_screen", Environment::SMALL_SCREEN),
    ("beacon.touch", Environment::TOUCH),
    ("beacon.webdriver", Environment::WEBDRIVER),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Request;
    use outwork_engine::{
        fact::Fact,
        signals::{Kind, Scene, Value},
    };

    /// What a signal reads of a session.
    fn read(session: &str, signal: &str) -> Option<String> {
        let request: Request = serde_json::from_str(&format!("{{\"session\": {session}}}")).unwrap();
        request.with_facts(Time::from_seconds(1_760_000_000), [0; 16], |facts| {
            let scene = Scene::new(facts);
            match (SIGNALS[by_name(signal).unwrap()].read)(&scene) {
                Fact::Known(Value::Text(text)) => Some(String::from_utf8_lossy(text).into_owned()),
                Fact::Known(Value::Int(number)) => Some(number.to_string()),
                Fact::Known(Value::Bool(truth)) => Some(truth.to_string()),
                Fact::Known(Value::Address(_)) | Fact::Absent | Fact::Unavailable => None,
            }
        })
    }

    /// Every signal of what is observed can be written down, and reads what was written.
    #[test]
    fn each_name_reads_what_is_written() {
        let groups = ["beacon", "click", "key", "pointer", "touch", "wheel"];
        let observed =
            SIGNALS.iter().filter(|signal| groups.iter().any(|group| signal.name.split('.').next() == Some(group)));
        let mut count = 0;
        for signal in observed {
            let value = if signal.kind == Kind::Bool { "true" } else { "7" };
            // A spread is of three strokes or more.
            let strokes = if signal.name.ends_with("_spread") { "\"pointer.strokes\": 3, " } else { "" };
            let session = format!("{{\"features\": {{{strokes}\"{}\": {value}}}}}", signal.name);
            assert_eq!(read(&session, signal.name).as_deref(), Some(value), "{}", signal.name);
            count += 1;
        }
        assert!(count > 40, "{count} signals of what is observed");
        assert_eq!(Place::names().count(), count);
    }

    #[test]
    fn a_session_is_inside_its_window_unless_it_says_otherwise() {
        assert_eq!(read("{}", "session.window").as_deref(), Some("inside"));
        assert_eq!(read("{\"idle\": 600}", "session.window").as_deref(), Some("inside"));
        assert_eq!(read("{\"idle\": 601}", "session.window").as_deref(), Some("expiring"));
        assert_eq!(read("{\"observations\": 0}", "session.window").as_deref(), Some("none"));
        assert_eq!(read("{\"clearance\": \"wait\"}", "session.clearance").as_deref(), Some("wait"));
        assert_eq!(read("{\"age\": 90, \"idle\": 7}", "session.age").as_deref(), Some("90"));
        assert_eq!(read("{\"replayed\": true}", "session.replayed").as_deref(), Some("true"));
        assert_eq!(read("null", "session.window").as_deref(), Some("none"));
    }

    #[test]
    fn what_cannot_be_observed_is_no_session() {
        let wrong = [r#"{"features": {"pointer.nonsense": 1}}"#, r#"{"features": {"pointer.speed": true}}"#];
        let more =
            [r#"{"features": {"beacon.webdriver": 1}}"#, r#"{"features": {"pointer.speed": 65535}}"#, r#"{"mood": 1}"#];
        for session in wrong.into_iter().chain(more) {
            assert!(serde_json::from_str::<Request>(&format!("{{\"session\": {session}}}")).is_err(), "{session}");
        }
    }
}
