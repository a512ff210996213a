//! What the keys of limits mean, and of what they count.

use super::{Table, accept, array, condition, described, duration, id, object, text, whole, words};
use crate::pack;
use serde_json::{Value, json};

pub(super) fn limit(key: &str) -> Option<Value> {
    Some(match key {
        "id" => id("The limit's id."),
        "when" => condition("When a request charges the limit, in CEL; without it only rules do."),
        "key" => array("What shares a bucket.", words("A part of the key.", pack::PARTS)),
        "burst" => whole("How many tokens a full bucket holds.", 1, 1_000_000),
        "refill" => described(
            json!({ "type": "string", "pattern": "^[0-9]+/(s|min|h)$", "examples": ["10/min", "5/s", "100/h"] }),
            "How fast tokens come back.",
        ),
        "cost" => described(
            object(Table::Cost, &[]),
            "Tokens that a request takes, by the band of its risk; 1 unless said otherwise.",
        ),
        "refill_scale" => described(
            object(Table::RefillScale, &[]),
            "The share of the rate at which tokens come back, by the band of the client's risk; 1 unless said otherwise.",
        ),
        "ladder" => array(
            "What becomes of those who overflow the bucket again and again: rungs that ascend.",
            words("A rung.", pack::RUNGS),
        ),
        "penalty" => described(object(Table::Penalty, &[]), "How long the rungs of the ladder last."),
        "decoy" => words("The rung of the ladder that who hits a decoy is put on.", pack::RUNGS),
        "tarpit" => duration("How long a refusal is held back, where the host can; from 1s to 10s.", "2s"),
        "scope" => words(
            "Where the bucket stands: with the host that decides, or where all hosts ask; `local` unless said otherwise.",
            pack::SCOPES,
        ),
        "unreachable" => words(
            "What becomes of a request where the bucket cannot be reached: it passes, is refused, or a bucket of the host's own counts; `local` unless said otherwise.",
            pack::UNREACHABLE,
        ),
        "why" => text("Why the limit is there."),
        "accept" => accept(),
        _ => return None,
    })
}

pub(super) fn penalty(key: &str) -> Option<Value> {
    Some(match key {
        "base" => duration("The term of the first rung; at most 24h, `30s` unless said otherwise.", "30s"),
        "factor" => {
            whole("By how much the term of each level is longer than the one before; 2 unless said otherwise.", 1, 10)
        }
        "max" => duration("The longest term; at most 24h, `1h` unless said otherwise.", "1h"),
        "forgive" => {
            duration("How long after its term a level is taken back; at most 24h, `10m` unless said otherwise.", "10m")
        }
        _ => return None,
    })
}

pub(super) fn account(key: &str) -> Option<Value> {
    Some(match key {
        "header" => described(
            json!({ "type": "string", "pattern": "^[^A-Z]+$", "examples": ["x-user"] }),
            "The header that names it, in lower case.",
        ),
        "cookie" => text("The cookie that names it."),
        "jwt" => described(
            object(Table::Jwt, &["claim"]),
            "The JWT that names it, in a header, with or without `Bearer`, or in a cookie. It is read, not verified.",
        ),
        "claim" => text("The claim at the top of the payload whose text or number names the account, such as `sub`."),
        _ => return None,
    })
}
