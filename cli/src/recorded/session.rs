use serde::Deserialize;
use serde::de::{self, Deserializer, SeqAccess, Visitor};
use sha2::{Digest, Sha256};
use std::fmt;

/// One recorded session.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Session {
    /// Where it is from.
    pub(crate) source: String,
    /// Its name within all sources.
    pub(crate) session_id: String,
    /// Who made it, as far as the source tells people apart.
    pub(crate) user: String,
    /// `human`, or `bot:` and the generator.
    pub(crate) label: String,
    /// `mouse` or `touch`.
    #[serde(default)]
    pub(crate) pointer_type: String,
    /// What recorded it.
    #[serde(default)]
    pub(crate) env: String,
    /// What the page saw beside the events, where a page recorded it.
    #[serde(default)]
    pub(crate) meta: Option<Meta>,
    /// What happened.
    pub(crate) events: Vec<Seen>,
}

/// What a page saw of all events together.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Meta {
    /// How many events the browser joined into moves, altogether.
    pub(crate) coal: f64,
    /// How many moves, by the pointer's type.
    #[serde(default)]
    pub(crate) ptype: std::collections::BTreeMap<String, f64>,
    /// The pressure of each press.
    #[serde(default)]
    pub(crate) pres: Vec<f64>,
}

/// One event: `[milliseconds, x, y, kind]`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    pub(crate) at: f64,
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) kind: What,
}

/// The kinds of events that recordings have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(crate) enum What {
    #[serde(rename = "m")]
    Move,
    #[serde(rename = "d")]
    Down,
    #[serde(rename = "u")]
    Up,
    #[serde(rename = "w")]
    Wheel,
    #[serde(rename = "ts")]
    TouchStart,
    #[serde(rename = "tm")]
    TouchMove,
    #[serde(rename = "te")]
    TouchEnd,
}

/// Which half of the people a session belongs to: thresholds are chosen on one and reported on the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Half {
    Tune,
    Report,
}

impl Session {
    /// By the lowest bit of the SHA-256 of its user: all sessions of a person are in one half. None of cursory's, of which
    /// 632 of 1,624 are movements of SapiMouse's users under other names.
    pub(crate) fn half(&self) -> Option<Half> {
        let hash = Sha256::digest(self.user.as_bytes());
        let half = if hash.last().is_some_and(|byte| byte & 1 == 1) { Half::Report } else { Half::Tune };
        (self.source != "cursory_rec").then_some(half)
    }

    pub(crate) fn is_touch(&self) -> bool {
        self.pointer_type == "touch"
    }
}

impl<'de> Deserialize<'de> for Seen {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(SeenVisitor)
    }
}

struct SeenVisitor;

impl<'de> Visitor<'de> for SeenVisitor {
    type Value = Seen;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event as `[milliseconds, x, y, kind]`")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Seen, A::Error> {
        let missing = |place| de::Error::invalid_length(place, &self);
        let mut number = |place| parts.next_element::<f64>()?.ok_or_else(|| missing(place));
        let (at, x, y) = (number(0)?, number(1)?, number(2)?);
        let kind = parts.next_element()?.ok_or_else(|| missing(3))?;
        Ok(Seen { at, x, y, kind })
    }
}
