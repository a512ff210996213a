//! What a request shows of its session, and of a challenge that was passed.

use super::{Binding, CLEARANCE_COOKIE, COOKIE, Sealed, open};
use crate::{
    clearance::Clearance,
    fact::Fact,
    facts::{Facts, Session},
    keys::Keyring,
    window::Window,
};
use alloc::boxed::Box;

/// How many cookies of one name are tried. A sibling host or plain HTTP cannot set one of ours, but a browser's extension or
/// a proxy can put another before it, and that shall lock nobody out; more than a few are an attack on our time.
const MAX_TRIED: usize = 3;

/// What a request shows.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Its session.
    pub session: Presented,
    /// Its clearance, while it lasts; absent without one that counts here.
    pub clearance: Fact<Clearance>,
}

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

/// The cookies of a request that are ours, as they were sent: the first few of each.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tokens<'a> {
    session: [Option<&'a [u8]>; MAX_TRIED],
    clearance: [Option<&'a [u8]>; MAX_TRIED],
}

impl<'a> Tokens<'a> {
    /// Finds them among names and values of cookies.
    pub fn of(cookies: impl Iterator<Item = (&'a [u8], &'a [u8])>) -> Self {
        let mut tokens = Self::default();
        for (name, value) in cookies {
            let found = match name.strip_prefix(COOKIE.as_bytes()) {
                Some(b"") => &mut tokens.session,
                Some(_) if name == CLEARANCE_COOKIE.as_bytes() => &mut tokens.clearance,
                _ => continue,
            };
            if let Some(free) = found.iter_mut().find(|place| place.is_none()) {
                *free = Some(value);
            }
        }
        tokens
    }

    /// Whether there are any.
    pub fn are_there(&self) -> bool {
        self.session.iter().chain(&self.clearance).any(Option::is_some)
    }

    /// Opens the first of each that opens.
    pub fn open(&self, facts: &Facts<'_>, keys: &Keyring, binding: Binding<'_>) -> Shown {
        let window = first(&self.session, facts, keys, binding).map(Box::new);
        let session = match window {
            Some(window) => Presented::Opened(window),
            None if self.session.iter().any(Option::is_some) => Presented::Invalid,
            None => Presented::Absent,
        };
        Shown { session, clearance: Fact::from_option(first(&self.clearance, facts, keys, binding)) }
    }
}

fn first<T: Sealed>(tokens: &[Option<&[u8]>], facts: &Facts<'_>, keys: &Keyring, binding: Binding<'_>) -> Option<T> {
    tokens.iter().flatten().find_map(|token| open(token, keys, binding, facts.now))
}

impl Shown {
    /// What is known where no token is opened: there is none, or nobody has opened it.
    pub fn unopened(facts: &Facts<'_>, tokens: Fact<Tokens<'_>>) -> Self {
        let there = |tokens: &[Option<&[u8]>]| tokens.iter().any(Option::is_some);
        match (facts.session, tokens) {
            (Session::Window(window, clearance), _) => Self {
                session: Presented::Opened(Box::new(window.clone())),
                clearance: Fact::from_option(clearance.filter(|clearance| clearance.lasts(facts.now))),
            },
            (Session::Cookie, Fact::Known(tokens)) => Self {
                session: if there(&tokens.session) { Presented::Unavailable } else { Presented::Absent },
                clearance: if there(&tokens.clearance) { Fact::Unavailable } else { Fact::Absent },
            },
            (Session::Cookie, Fact::Absent) => Self { session: Presented::Absent, clearance: Fact::Absent },
            (Session::Cookie, Fact::Unavailable) | (Session::Unavailable, _) => {
                Self { session: Presented::Unavailable, clearance: Fact::Unavailable }
            }
        }
    }
}

impl Presented {
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
