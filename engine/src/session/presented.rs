//! What a request tells of its session.

use super::{Binding, open};
use crate::{
    fact::Fact,
    facts::{Facts, Session},
    keys::Keyring,
    window::Window,
};
use alloc::boxed::Box;

/// What a request tells of its session.
#[derive(Clone, Debug)]
pub enum Presented {
    /// Its source does not show it, or nobody has opened the token.
    Unavailable,
    /// It has no token.
    Absent,
    /// It has a token that does not open.
    Invalid,
    /// It has a token, and this was in it.
    Opened(Box<Window>),
}

impl Presented {
    /// What is known before a token is opened; `sent` is the token.
    pub fn unopened(facts: &Facts<'_>, sent: Fact<&[u8]>) -> Self {
        match (facts.session, sent) {
            (Session::Window(window), _) => Self::Opened(Box::new(window.clone())),
            (Session::Cookie, Fact::Absent) => Self::Absent,
            (Session::Cookie, Fact::Known(_) | Fact::Unavailable) | (Session::Unavailable, _) => Self::Unavailable,
        }
    }

    /// Opens the token that was sent.
    pub fn open(token: &[u8], facts: &Facts<'_>, keys: &Keyring, fingerprint: u64) -> Self {
        let binding = Binding { fingerprint, authority: facts.request.authority };
        open(token, keys, binding, facts.now).map_or(Self::Invalid, |window| Self::Opened(Box::new(window)))
    }

    /// The window.
    pub fn window(&self) -> Fact<&Window> {
        match self {
            Self::Unavailable => Fact::Unavailable,
            Self::Absent | Self::Invalid => Fact::Absent,
            Self::Opened(window) => Fact::Known(window),
        }
    }

    /// Whether the token that was sent is good.
    pub fn is_valid(&self) -> Fact<bool> {
        match self {
            Self::Unavailable => Fact::Unavailable,
            Self::Absent => Fact::Absent,
            Self::Invalid => Fact::Known(false),
            Self::Opened(_) => Fact::Known(true),
        }
    }
}
