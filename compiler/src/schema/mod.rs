//! JSON Schemas of packs and policies, for editors.
//!
//! The keys are those that the reader knows: each table is made of the reader's own list, and a key without a description
//! fails a test. Only keywords that mean the same in every draft from 4 to 2020-12 are used, because editors differ.

mod keys;

use crate::{lists, pack};
use keys::{Table, property};
use serde_json::{Map, Value, json};

/// Which files a schema is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SchemaKind {
    /// Rule packs.
    Pack,
    /// `outwork.toml`.
    Policy,
}

/// The JSON Schema of packs or policies, as pretty JSON.
pub fn schema(kind: SchemaKind) -> String {
    let (title, table, required) = match kind {
        SchemaKind::Pack => ("Outwork rule pack", Table::Pack, &["pack"][..]),
        SchemaKind::Policy => ("Outwork policy", Table::Policy, &["policy"][..]),
    };
    let mut schema = object(table, required);
    if let Some(map) = schema.as_object_mut() {
        map.insert("$schema".into(), "http://json-schema.org/draft-07/schema#".into());
        map.insert("title".into(), title.into());
    }
    format!("{schema:#}\n")
}

/// A table of a kind: the reader's keys, and no others.
fn object(table: Table, required: &[&str]) -> Value {
    let described = |key: &&str| (key.to_string(), property(table, key).unwrap_or_else(|| json!({})));
    let properties: Map<String, Value> = table.keys().iter().map(described).collect();
    let mut object = json!({ "type": "object", "additionalProperties": false, "properties": properties });
    // Draft 4 has no empty `required`.
    if let Some(map) = object.as_object_mut().filter(|_| !required.is_empty()) {
        map.insert("required".into(), required.into());
    }
    object
}

impl Table {
    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Pack => pack::PACK,
            Self::Policy => pack::POLICY,
            Self::Head => pack::of("pack"),
            Self::Rule => pack::of("rule"),
            Self::Test => pack::of("rule.test"),
            Self::Request => pack::REQUEST,
            Self::Session => pack::SESSION,
            Self::Limit => pack::of("limit"),
            Self::Cost => pack::of("limit.cost"),
            Self::RefillScale => pack::of("limit.refill_scale"),
            Self::Penalty => pack::of("limit.penalty"),
            Self::Transaction => pack::of("transaction"),
            Self::Model => pack::of("model"),
            Self::Override => pack::of("override"),
            Self::Settings => pack::of("policy"),
            Self::Behaviour => pack::of("policy.behaviour"),
            Self::Challenge => pack::of("policy.challenge"),
            Self::ChallengeBits => pack::of("policy.challenge.bits"),
            Self::ChallengeWait => pack::of("policy.challenge.wait"),
            Self::Weights => pack::of("weights"),
            Self::Bands => pack::of("bands"),
            Self::Verdicts => pack::of("verdicts"),
            Self::Account => pack::of("account"),
            Self::Jwt => pack::of("account.jwt"),
            Self::Agent => pack::of("agent"),
            Self::List => lists::KEYS,
            Self::ListFile => lists::FILE,
            Self::Canary => pack::CANARY,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_that_the_reader_knows_is_described() {
        for table in Table::ALL {
            assert!(!table.keys().is_empty(), "{table:?}");
            for key in table.keys() {
                let described = property(table, key);
                let text = described.as_ref().and_then(|value| value["description"].as_str());
                assert!(
                    text.is_some_and(|text| text.len() > 10),
                    "the key `{key}` of {table:?} has no description in schema/keys.rs"
                );
            }
        }
    }
}
