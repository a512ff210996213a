//! The record of a decision: one line of JSON. Addresses are pseudonyms, queries are left out: they hold what people typed.

mod json;
mod models;
mod ocsf;
mod own;
mod seen;

use crate::{decision::Decision, facts::Facts, keys::Keyring};
use alloc::string::String;
use json::Json;
use seen::Seen;

/// Writes the record, without a line end.
pub fn write(decision: &Decision<'_>, facts: &Facts<'_>, keys: &Keyring) -> String {
    let mut json = Json::new();
    ocsf::write(&mut json, decision, &Seen::new(facts, keys));
    json.out
}
