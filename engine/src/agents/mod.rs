//! Who may introduce itself, and how it proves that it is who it says: by the network it comes from, or by a signature.
//!
//! A name in a user agent is a claim, and anybody may write it. It is proven where the request comes from a network that the
//! agent's operator publishes; a signature proves who sent a request without a name.

mod names;
mod network;
mod registry;

pub use names::{Claims, MOST_CLAIMS};
pub use registry::Registry;

pub mod signature;

use crate::ranges::Ranges;
use alloc::{string::String, vec::Vec};
use serde::{Deserialize, Serialize};

/// The most agents of a policy.
pub const MAX_AGENTS: usize = 1_000;

/// The most names of all agents.
pub const MAX_NAMES: usize = 4_000;

/// The fewest bytes of a name: shorter ones stand in words of all kinds.
pub const MIN_NAME: usize = 4;

/// The most bytes of a name.
pub const MAX_NAME: usize = 64;

/// An agent that a policy names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    /// Its id: `openai.chatgpt`.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What it comes for.
    pub purpose: Purpose,
    /// Words in lower case, of which its user agent has at least one.
    pub names: Vec<String>,
    /// The networks that its operator publishes.
    pub networks: Ranges,
    /// Whose directory has its keys: an `https` URL.
    pub directory: Option<String>,
    /// Ed25519 keys that the policy itself brings.
    pub keys: Vec<[u8; 32]>,
    /// Whether keys whose secrets are published in standards count, for whoever tries this out.
    pub test_keys: bool,
}

/// What an agent comes for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Purpose {
    /// A search engine's index.
    Search,
    /// The training of models.
    Training,
    /// A person who sent it.
    User,
    /// Whether the site is there.
    Monitoring,
    /// A preview of a link.
    Preview,
    /// An archive.
    Archive,
    /// Something else.
    Other,
}

impl Purpose {
    /// Every purpose, in order.
    pub const ALL: [Self; 7] =
        [Self::Search, Self::Training, Self::User, Self::Monitoring, Self::Preview, Self::Archive, Self::Other];

    /// The name that policies and records give.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Search => "search",
            Self::Training => "training",
            Self::User => "user",
            Self::Monitoring => "monitoring",
            Self::Preview => "preview",
            Self::Archive => "archive",
            Self::Other => "other",
        }
    }
}

/// What became of a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It holds.
    Verified,
    /// It does not.
    Invalid,
    /// It cannot be told: neither for the client nor against it.
    Unverifiable,
}

/// What a signature says of who sent a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Introduced {
    /// The agent's place in the policy; none where no agent of the policy is named.
    pub agent: Option<u16>,
    /// What became of the proof.
    pub outcome: Outcome,
    /// The bytes of the signature that is verified; none of one that is not.
    pub signature: Option<[u8; 64]>,
}

impl Outcome {
    /// The name that policies and records give.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Invalid => "invalid",
            Self::Unverifiable => "unverifiable",
        }
    }
}

/// An agent that is who it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified<'a> {
    /// The agent.
    pub agent: &'a Agent,
    /// What proves it.
    pub by: Proof,
}

/// What proves who an agent is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Proof {
    /// Its key.
    Signature,
    /// Its address.
    Network,
}

impl Proof {
    /// The name that records give.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Signature => "signature",
            Self::Network => "network",
        }
    }
}
