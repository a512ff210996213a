//! The agents of a policy, with what is worked out of them once.

use super::{Agent, Claims, names::Names};
use alloc::vec::Vec;

/// The agents of a policy.
#[derive(Debug, Default)]
pub struct Registry {
    agents: Vec<Agent>,
    names: Names,
    mark: u64,
}

impl Registry {
    /// The registry of these agents. `mark` tells it from those of other policies that recall what they read in one place.
    pub fn new(agents: Vec<Agent>, mark: u64) -> Self {
        Self { names: Names::of(&agents), agents, mark }
    }

    /// The agents, in order.
    pub fn agents(&self) -> &[Agent] {
        &self.agents
    }

    /// Whether one of them may be known by its signature.
    pub fn sign(&self) -> bool {
        self.agents.iter().any(|agent| agent.directory.is_some() || !agent.keys.is_empty())
    }

    /// An agent, by its place.
    pub fn get(&self, at: u16) -> Option<&Agent> {
        self.agents.get(usize::from(at))
    }

    /// The agents that a user agent names.
    pub fn claims(&self, user_agent: &[u8]) -> Claims {
        self.names.claims(user_agent)
    }

    pub(crate) const fn mark(&self) -> u64 {
        self.mark
    }
}
