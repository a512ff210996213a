//! What follows when a condition holds.

use crate::layer::Layer;
use alloc::string::String;
use serde::{Deserialize, Serialize};

/// One rule, as the bundle carries it. Rule `i` of a policy fires when condition `i` holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// The stable name that headers, records and metrics give as the reason.
    pub id: String,
    /// Which layer the points count in; without one they are added to the final risk.
    pub layer: Option<Layer>,
    /// Points on the risk scale, −100 to 100.
    pub score: i16,
    /// What to do besides counting points.
    pub action: Action,
    /// Whether it counts yet.
    pub mode: Mode,
    /// The limit that a throttle action charges, by its place in the policy.
    pub limit: Option<u16>,
    /// The second since 1970 from which on it is as if switched off; none for a rule that stays.
    pub until: Option<u64>,
    /// Of the rules of one group only those up to the first that acts count: one that counts and asks for more than its
    /// points. Groups ascend along the rules.
    pub group: Option<u16>,
}

/// What a rule asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Action {
    /// Only its points.
    Score,
    /// Let the request through, whatever other rules and the risk say. Limits still count.
    Allow,
    /// Ask no challenge of it: as if its client had passed one. Blocks, limits and what transactions demand stay.
    Excuse,
    /// Tell the origin.
    Tag,
    /// Charge the named limit, and refuse when it is exhausted.
    Throttle,
    /// Refuse until a challenge is passed.
    Challenge,
    /// Refuse.
    Block,
    /// Answer as if nothing were there.
    Decoy,
}

/// Whether a rule, or a whole policy, counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Mode {
    /// Not evaluated for effect, nor recorded.
    Off,
    /// Recorded, without effect.
    Shadow,
    /// In force for this share of clients, in hundredths of a percent; in shadow for the others.
    Canary(u16),
    /// In force.
    Enforce,
}

impl Mode {
    /// Whether it puts things in force for a client whose canary number is `share`.
    pub fn is_in_force(self, share: impl FnOnce() -> u16) -> bool {
        match self {
            Self::Off | Self::Shadow => false,
            Self::Canary(part) => share() < part,
            Self::Enforce => true,
        }
    }
}
