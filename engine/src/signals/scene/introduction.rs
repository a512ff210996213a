//! Who a request says that it comes from, and whether that is proven.

use super::{Known, Scene};
use crate::{
    agents::{Agent, Claims, Introduced, Outcome, Proof, Registry, Verified, signature},
    fact::Fact,
};

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

    /// The agent that the request says it comes from, whether or not that is proven. What is proven comes first, and the
    /// name in the user agent before the one beside a signature that proves nothing: a header more makes nobody another.
    pub(crate) fn claimed(&self) -> Fact<&'a Agent> {
        match self.verified() {
            Fact::Known(verified) => Fact::Known(verified.agent),
            _ => {
                let by_network = self.network().known().map(|(at, _)| at);
                let by_name = self.claims().map(|claims| by_network.or_else(|| claims.agents().next()));
                let named = match by_name {
                    Fact::Known(None) => self.introduced().map(|introduced| introduced.agent),
                    other => other,
                };
                named.and_then(|at| Fact::from_option(at.and_then(|at| self.named_agent(at))))
            }
        }
    }

    /// What the address says about the agents that the user agent names.
    pub(crate) fn network(&self) -> Fact<(u16, Outcome)> {
        let Some(registry) = self.registry else { return Fact::Absent };
        self.claims().and_then(|claims| registry.prove(claims, self.facts.connection.address))
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
