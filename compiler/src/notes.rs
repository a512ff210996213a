//! Section 8 of a bundle: rules and atoms in words, for people who ask why.

use outwork_engine::rules::wire::Source;
use serde::{Deserialize, Serialize};

/// What explanations say about a policy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notes {
    /// One for each rule, in the order of the policy.
    pub rules: Vec<RuleNote>,
    /// One for each agent, in the order of the policy.
    pub agents: Vec<AgentNote>,
    /// The macros that conditions are made of.
    pub macros: Vec<MacroNote>,
    /// Each atom as CEL.
    pub atoms: Vec<String>,
    /// What each atom reads, by places among `fields`.
    pub reads: Vec<Vec<u32>>,
    /// Every field that some atom reads: as CEL, and where it is found.
    pub fields: Vec<(String, Source)>,
    /// One for each transaction, in the order of the policy.
    pub transactions: Vec<RuleNote>,
}

/// What an explanation says about a rule, or a transaction.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleNote {
    /// Its condition as written.
    pub when: String,
    /// Why it is there.
    pub why: String,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// `https:` links to read more.
    pub references: Vec<String>,
    /// Where it stands, as `packs/tools.toml:12`.
    pub place: String,
    /// The parts of its condition, each before those that it is made of.
    pub parts: Vec<PartNote>,
}

/// What an explanation says about an agent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentNote {
    /// Why it is there.
    pub why: String,
    /// `https:` links to read more.
    pub references: Vec<String>,
    /// Where it stands, as `packs/agents.toml:12`.
    pub place: String,
}

/// What an explanation says about a macro that is a condition.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MacroNote {
    /// The macro as written.
    pub text: String,
    /// Its parts, each before those that it is made of.
    pub parts: Vec<PartNote>,
}

/// A part of a condition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartNote {
    /// How deep it lies; the whole condition is at 0.
    pub depth: u16,
    /// Where it begins in `when`, or in the text of the macro that it belongs to; in bytes.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
    /// What it is made of.
    pub shape: PartShape,
    /// The macro that it is, by its place among `macros`.
    pub named: Option<u32>,
}

/// What a part of a condition is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PartShape {
    /// `a && b`
    All,
    /// `a || b`
    Any,
    /// `!a`
    Not,
    /// `a ? b : c`
    Choose,
    /// A program over atoms, as [`Op`](outwork_engine::rules::wire::Op) has them; empty when it decides nothing and so
    /// was left out.
    Leaf(Vec<u32>),
}

impl Notes {
    /// Reads the section; nothing when it is missing or does not decode, because a bundle works without it.
    pub fn read(bundle: &[u8]) -> Option<Self> {
        let bundle = outwork_engine::bundle::Bundle::open(bundle).ok()?;
        postcard::from_bytes(bundle.section(outwork_engine::bundle::Section::Notes)?).ok()
    }
}
