//! What the keys of transactions mean.

use super::{Table, accept, condition, described, duration, flag, id, mode, object, reason, tables, words};
use crate::pack;
use serde_json::{Value, json};

pub(super) fn transaction(key: &str) -> Option<Value> {
    Some(match key {
        "id" => id("The transaction's id: the origin reads it, and it stands in reasons behind `transaction.`."),
        "when" => condition("Which requests are of the transaction, in CEL."),
        "window" => words(
            "Where in its window of observation a request has to fall; `inside` unless said otherwise.",
            pack::WINDOWS,
        ),
        "observed" => duration(
            "How long ago that window has to have been opened; from 0s to 10m, `3s` unless said otherwise.",
            "3s",
        ),
        "otherwise" => words(
            "What becomes of a request that does not fall there; `challenge` unless said otherwise, and whoever passed it goes on.",
            pack::OTHERWISE,
        ),
        "bind_body" => flag(
            "Whether the request is held back until its body is there, and the origin gets a signature that covers it.",
        ),
        "body_cap" => described(
            json!({ "type": "string", "pattern": "^[0-9]+(B|KiB|MiB)$", "examples": ["64KiB"] }),
            "The most that is held back of a body; at most 1MiB, `16KiB` unless said otherwise.",
        ),
        "over_cap" => words(
            "What becomes of a request with a larger body: it is refused, or goes on unbound; `refuse` unless said otherwise.",
            pack::OVER_CAP,
        ),
        "mode" => mode("Whether the transaction is in force."),
        "why" => reason("Why the transaction is there."),
        "accept" => accept(),
        "test" => tables(
            object(Table::Test, &["request", "fires"]),
            "Requests, and whether they are of the transaction. Every build runs them.",
        ),
        _ => return None,
    })
}
