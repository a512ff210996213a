//! Requests that move something: they want an observed window, and the origin a proof of their body.
//!
//! A request is of one transaction: the first in the order of the policy that is in force and whose condition holds.

use crate::{rules::Mode, window::State};
use alloc::{format, string::String};
use serde::{Deserialize, Serialize};

/// What begins the reasons that transactions give.
pub const REASON: &str = "transaction.";

/// The reason of a request whose body is larger than its transaction takes.
pub const OVER_CAP: &str = "transaction-body.over-cap";

/// The reason of a request whose own digest is not that of its body.
pub const MISMATCH: &str = "transaction-body.digest";

/// The most that a body may have whose digest is taken: 1 MiB, as much as Envoy holds of a request unless told otherwise.
pub const MOST_BODY: u32 = 1 << 20;

/// A transaction, without its condition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transaction {
    /// Its id, stable for ever.
    pub id: String,
    // INVARIANT: REASON and the id.
    reason: String,
    /// Where in its window a request has to fall.
    pub window: Demand,
    /// For how many microseconds, by the edge's clock, that window has to have been open.
    pub observed: u64,
    /// What becomes of one that does not.
    pub otherwise: Otherwise,
    /// Whether and how its body is bound.
    pub body: Option<Binding>,
    /// Whether it counts yet.
    pub mode: Mode,
}

/// Where in its window of observation a request has to fall.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Demand {
    /// Inside.
    Inside,
    /// Inside, or at the edge of its expiry.
    Expiring,
    /// Anywhere, or nowhere.
    Any,
}

/// What becomes of a request that does not fall there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Otherwise {
    /// The origin is told.
    Tag,
    /// It is refused until a challenge is passed.
    Challenge,
    /// It is refused.
    Block,
}

/// How a body is bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binding {
    /// The most bytes that are held back and bound.
    // INVARIANT: 1 to MOST_BODY.
    pub most: u32,
    /// What becomes of a request with more.
    pub over: OverCap,
}

/// What becomes of a request whose body cannot be bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OverCap {
    /// It is refused: 413.
    Refuse,
    /// It goes on, and the origin is told.
    Unbound,
}

impl Transaction {
    /// A transaction that is in force, and demands and binds nothing yet.
    pub fn new(id: &str) -> Self {
        Self {
            id: id.into(),
            reason: format!("{REASON}{id}"),
            window: Demand::Any,
            observed: 0,
            otherwise: Otherwise::Challenge,
            body: None,
            mode: Mode::Enforce,
        }
    }

    /// Whether a request at this place in its window, which has been open for so many microseconds, is as demanded.
    pub fn is_met(&self, state: State, open: u64) -> bool {
        self.window.is_met(state) && (self.window == Demand::Any || open >= self.observed)
    }

    /// The reason that headers, records and metrics give.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// Whether it is as [`Self::new`] and the compiler make one.
    pub(crate) fn is_sound(&self) -> bool {
        let sized = self.body.is_none_or(|body| (1..=MOST_BODY).contains(&body.most));
        sized && self.reason.strip_prefix(REASON) == Some(&self.id)
    }
}

impl Demand {
    /// Whether a request there is as demanded.
    pub const fn is_met(self, state: State) -> bool {
        match self {
            Self::Inside => matches!(state, State::Inside),
            Self::Expiring => matches!(state, State::Inside | State::Expiring),
            Self::Any => true,
        }
    }

    /// The name that policies give.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Inside => "inside",
            Self::Expiring => "expiring",
            Self::Any => "any",
        }
    }
}

impl Otherwise {
    /// The name that policies give.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tag => "tag",
            Self::Challenge => "challenge",
            Self::Block => "block",
        }
    }
}

/// What the origin is told of the transaction that a request is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried<'a> {
    /// The transaction's id.
    pub id: &'a str,
    /// What became of its body.
    pub body: Body,
    /// What became of its demand; nothing where it has none.
    pub demand: Option<Demanded>,
}

/// What became of a transaction's demand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demanded {
    /// Its window is as demanded.
    Met,
    /// It is not, and a challenge that was passed stands in for it.
    Cleared,
    /// It is not, and a rule that allows lifts the demand.
    Exempt,
    /// It is not.
    Unmet,
}

impl Demanded {
    /// The name that headers and records give.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Cleared => "cleared",
            Self::Exempt => "exempt",
            Self::Unmet => "unmet",
        }
    }
}

/// What became of the body of a request that is of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// The signature covers its SHA-256.
    Bound,
    /// It should have been bound, and is not.
    Unbound,
    /// The policy does not bind it.
    None,
}

impl Body {
    /// The name that headers and records give.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bound => "bound",
            Self::Unbound => "unbound",
            Self::None => "none",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_demand_takes_what_is_nearer_than_it_asks_for() {
        let states = [State::None, State::Inside, State::Expiring, State::Expired];
        let met = |demand: Demand| states.map(|state| demand.is_met(state));
        assert_eq!(met(Demand::Inside), [false, true, false, false]);
        assert_eq!(met(Demand::Expiring), [false, true, true, false]);
        assert_eq!(met(Demand::Any), [true; 4]);
    }

    #[test]
    fn a_window_has_to_have_been_open_for_a_while() {
        let mut one = Transaction::new("checkout");
        one.observed = 3_000_000;
        assert!(one.is_met(State::None, 0), "where none is demanded, no time is");
        one.window = Demand::Inside;
        let met = [(State::Inside, 2_999_999), (State::Inside, 3_000_000), (State::None, 3_000_000)];
        assert_eq!(met.map(|(state, open)| one.is_met(state, open)), [false, true, false]);
    }

    #[test]
    fn a_transaction_is_sound_by_its_name_and_its_cap() {
        let mut one = Transaction::new("checkout");
        assert_eq!((one.reason(), one.is_sound()), ("transaction.checkout", true));
        for (most, sound) in [(0, false), (1, true), (MOST_BODY, true), (MOST_BODY + 1, false)] {
            one.body = Some(Binding { most, over: OverCap::Refuse });
            assert_eq!(one.is_sound(), sound, "{most}");
        }
        one.id = "other".into();
        assert!(!one.is_sound());
    }
}
