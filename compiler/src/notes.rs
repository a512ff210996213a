//! Section 8 of a bundle: rules and atoms in words, for people who ask why.

use serde::{Deserialize, Serialize};

/// What explanations say about a policy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notes {
    /// One for each rule, in the order of the policy.
    pub rules: Vec<RuleNote>,
    /// Each atom as CEL.
    pub atoms: Vec<String>,
}

/// What an explanation says about a rule.
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
}

impl Notes {
    /// Reads the section; nothing when it is missing or does not decode, because a bundle works without it.
    pub fn read(bundle: &[u8]) -> Option<Self> {
        let bundle = outwork_engine::bundle::Bundle::open(bundle).ok()?;
        postcard::from_bytes(bundle.section(outwork_engine::bundle::Section::Notes)?).ok()
    }
}
