//! Who a request says that it comes from, and whether that is proven.

use super::{Known, Scene};
use crate::{
    agents::{Agent, Claims, Introduced, Outcome, Proof, Registry, Verified, signature},
    fact::Fact,
};
use alloc::string::String;

impl<'a> Scene<'a> {
    /// The same scene, in which these agents are known by name.
    #[must_use]
    pub fn knowing(self, registry: &'a Registry) -> Self {
        let registry = Some(registry).filter(|registry| !registry.agents().is_empty());
        Self { registry, ..self }
    }

    /// The agent that is who it says: its signature says so, or else its address.
    pub fn verified(&self) -> Fact<Verified<'a>> {
        let signed = self.introduced().and_then(|introduced| match (introduced.outcome, introduced.agent) {
            (Outcome::Verified, Some(at)) => self.proven(at, Proof::Signature),
            _ => Fact::Absent,
        });
        match signed {
            Fact::Known(_) => signed,
            other => match self.network().and_then(|(at, outcome)| self.of_outcome(at, outcome)) {
                Fact::Absent => other,
                proven => proven,
            },
        }
    }

    fn of_outcome(&self, at: u16, outcome: Outcome) -> Fact<Verified<'a>> {
        if outcome == Outcome::Verified { self.proven(at, Proof::Network) } else { Fact::Absent }
    }

    fn proven(&self, at: u16, by: Proof) -> Fact<Verified<'a>> {
        Fact::from_option(self.named_agent(at).map(|agent| Verified { agent, by }))
    }

    fn named_agent(&self, at: u16) -> Option<&'a Agent> {
        self.registry.and_then(|registry| registry.get(at))
    }

    /// The ids of all agents that the request says it comes from, proven or not, with a space between them: those that its user
    /// agent names, the longest name first, and the one beside its signature. None is left out, so that one name more hides no
    /// other.
    pub(crate) fn claimed(&self) -> Fact<&str> {
        self.claimed.get_or_init(|| self.list_claims()).as_ref().map(String::as_str)
    }

    fn list_claims(&self) -> Fact<String> {
        let signed = self.introduced().known().and_then(|introduced| introduced.agent);
        let named = match (self.claims(), signed) {
            (Fact::Known(claims), _) => claims,
            (other, None) => return other.and_then(|_| Fact::Absent),
            (_, Some(_)) => Claims::default(),
        };
        let beside = signed.filter(|at| !named.agents().any(|known| known == *at));
        let mut agents = named.agents().chain(beside).filter_map(|at| self.named_agent(at));
        let Some(first) = agents.next() else { return Fact::Absent };
        let mut ids = first.id.clone();
        for agent in agents {
            ids.push(' ');
            ids.push_str(&agent.id);
        }
        Fact::Known(ids)
    }

    /// What the address says about the agents that the user agent names.
    pub(crate) fn network(&self) -> Fact<(u16, Outcome)> {
        let Some(registry) = self.registry else { return Fact::Absent };
        let prove = |claims| registry.prove(claims, self.facts.connection.address);
        *self.network.get_or_init(|| self.claims().and_then(prove))
    }

    /// What a signature says about who sent the request, worked out once: it is the dearest thing of all to verify.
    pub(crate) fn introduced(&self) -> Fact<Introduced> {
        let agents = self.registry.map(Registry::agents).unwrap_or_default();
        let examine = |_| Fact::from_option(signature::introduced(self.facts, agents, self.facts.now));
        *self.introduced.get_or_init(|| self.header(b"signature-input").and_then(examine))
    }

    /// The agents that the user agent names.
    fn claims(&self) -> Fact<Claims> {
        let Some(registry) = self.registry else { return Fact::Absent };
        *self.claims.get_or_init(|| self.known(Known::UserAgent).map(|text| registry.claims(text)))
    }
}
