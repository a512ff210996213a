//! What each key means, as an editor shows it.

mod limits;
mod transactions;

use super::object;
use crate::{
    diagnostic::{Code, Severity},
    hosts::Host,
    pack,
    visit::{Place, WAYS},
};
use outwork_engine::challenge::MAX_BITS;
use serde_json::{Map, Value, json};

/// A kind of table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Table {
    Pack,
    Policy,
    Head,
    Rule,
    Test,
    Request,
    Session,
    Limit,
    Cost,
    RefillScale,
    Penalty,
    Transaction,
    Model,
    Override,
    Settings,
    Behaviour,
    Challenge,
    ChallengeBits,
    ChallengeWait,
    Weights,
    Bands,
    Verdicts,
    Account,
    Jwt,
    Agent,
    List,
    ListFile,
    Canary,
}

impl Table {
    #[cfg(test)]
    pub(super) const ALL: [Self; 28] = [
        Self::Pack,
        Self::Policy,
        Self::Head,
        Self::Rule,
        Self::Test,
        Self::Request,
        Self::Session,
        Self::Limit,
        Self::Cost,
        Self::RefillScale,
        Self::Penalty,
        Self::Transaction,
        Self::Model,
        Self::Override,
        Self::Settings,
        Self::Behaviour,
        Self::Challenge,
        Self::ChallengeBits,
        Self::ChallengeWait,
        Self::Weights,
        Self::Bands,
        Self::Verdicts,
        Self::Account,
        Self::Jwt,
        Self::Agent,
        Self::List,
        Self::ListFile,
        Self::Canary,
    ];
}

/// The schema of a key; none when nobody described it.
pub(super) fn property(table: Table, key: &str) -> Option<Value> {
    match table {
        Table::Pack | Table::Policy => file(key),
        Table::Head => head(key),
        Table::Rule => rule(key),
        Table::Model => model(key),
        Table::Override => overriding(key),
        Table::Test => test(key),
        Table::Request => request(key),
        Table::Session => session(key),
        Table::Limit => limits::limit(key),
        Table::Settings => settings(key),
        Table::Behaviour => behaviour(key),
        Table::Challenge => challenge(key),
        Table::ChallengeBits => {
            Some(whole(&format!("How many leading zero bits proof of work needs at {key} risk."), 1, MAX_BITS.into()))
        }
        Table::ChallengeWait => {
            Some(duration(&format!("How long who has no script waits at {key} risk; at most 4m."), "10s"))
        }
        Table::List | Table::ListFile => list(key),
        Table::Cost => {
            Some(whole(&format!("How many tokens a request in the {key} band of risk takes."), 0, 1_000_000))
        }
        Table::RefillScale => {
            let scale = json!({ "type": "number", "minimum": 0.01, "maximum": 1 });
            let text = format!(
                "The share of the rate at which tokens come back for clients in the {key} band of risk; 1 unless said otherwise."
            );
            Some(described(scale, &text))
        }
        Table::Penalty => limits::penalty(key),
        Table::Transaction => transactions::transaction(key),
        Table::Account | Table::Jwt => limits::account(key),
        Table::Agent => agent(key),
        Table::Weights => Some(number(&format!("How much the {key} layer counts."), 1)),
        Table::Bands => Some(band(key)),
        Table::Verdicts => {
            Some(words(&format!("What happens to a request of {key} risk that no rule decides."), pack::VERDICTS))
        }
        Table::Canary => Some(number("The share of clients that it is in force for, in percent.", 100)),
    }
}

fn file(key: &str) -> Option<Value> {
    let of = |table, required: &[&str], text| described(object(table, required), text);
    Some(match key {
        "pack" => of(Table::Head, &["id", "version", "why"], "What the pack is."),
        "policy" => of(Table::Settings, &["version"], "The policy: its version, its mode and its packs."),
        "rule" => tables(object(Table::Rule, &["id", "when", "why"]), "Rules, in order."),
        "limit" => tables(object(Table::Limit, &["id", "key", "burst", "refill"]), "Rate limits: token buckets."),
        "transaction" => tables(
            object(Table::Transaction, &["id", "when", "why"]),
            "Requests that move something, in order: a request is of the first that holds.",
        ),
        "model" => tables(object(Table::Model, &["id", "file"]), "Models that score requests; 8 at most."),
        "override" => tables(object(Table::Override, &["rule"]), "What this policy changes about a rule of a pack."),
        "agent" => tables(
            object(Table::Agent, &["id", "name", "purpose", "why"]),
            "Who may introduce itself, and how it proves that it is who it says.",
        ),
        "weights" => of(Table::Weights, &[], "How much each layer of risk counts."),
        "bands" => of(Table::Bands, &[], "Where the bands of risk begin."),
        "verdicts" => of(Table::Verdicts, &[], "What happens in each band of risk."),
        "account" => of(Table::Account, &[], "Where requests name an account, for limits that count those: one field."),
        "lists" => described(
            json!({ "type": "object", "additionalProperties": object(Table::List, &[]) }),
            "Lists that conditions read as `lists.name`.",
        ),
        "macros" => described(
            json!({ "type": "object", "additionalProperties": { "type": "string" } }),
            "Conditions and values that the conditions of this file name, each in CEL.",
        ),
        _ => return None,
    })
}

fn head(key: &str) -> Option<Value> {
    Some(match key {
        "id" => id("The pack's id."),
        "version" => text("The pack's version, for people."),
        "why" => reason("Why the pack is there."),
        "match" => words("Which rules count that hold: `all` of them, or only the `first` that acts.", pack::MATCHES),
        "retired" => texts("Ids that were published once and are never used again."),
        _ => return None,
    })
}

fn rule(key: &str) -> Option<Value> {
    Some(match key {
        "id" => id("The rule's id: it stands in headers, records and metrics, and never changes its meaning."),
        "when" => condition("When the rule fires, in CEL."),
        "tags" => texts("Words to find the rule by."),
        "references" => array("Links to what the rule rests on.", json!({ "type": "string", "pattern": "^https://" })),
        "why" => reason("Why the rule is there: whoever is refused, and whoever edits it next, has to know."),
        "test" => tables(
            object(Table::Test, &["request", "fires"]),
            "Requests, and whether the rule fires for them. Every build runs them.",
        ),
        other => return effect(other),
    })
}

fn agent(key: &str) -> Option<Value> {
    Some(match key {
        "id" => id(
            "The agent's id: conditions, limits, records and the origin know it by this, and it never changes its meaning.",
        ),
        "name" => text("What people call it, as its operator writes it."),
        "purpose" => words("What it comes for, as its operator says.", pack::PURPOSES),
        "names" => texts(
            "Words in lower case, of which its user agent has at least one; none where its signature alone tells it.",
        ),
        "networks" => texts("The lists of this file that have the networks which its operator publishes."),
        "directory" => described(
            json!({ "type": "string", "pattern": "^https://", "examples": ["https://agent.example"] }),
            "Whose `/.well-known/http-message-signatures-directory` has its keys (Web Bot Auth).",
        ),
        "keys" => text("A JWK Set with its Ed25519 keys, by its path from this file."),
        "test_keys" => flag(
            "Whether keys of standards count, whose private halves everybody has, and signatures that hold for more than a day; in a laboratory.",
        ),
        "references" => array("Links to what its operator says.", json!({ "type": "string", "pattern": "^https://" })),
        "why" => reason("Why it is here."),
        _ => return None,
    })
}

fn overriding(key: &str) -> Option<Value> {
    Some(match key {
        "rule" => id("The id of the rule."),
        "why" => text("Why it is changed."),
        other => return effect(other),
    })
}

fn model(key: &str) -> Option<Value> {
    Some(match key {
        "id" => {
            id("The model's name in this policy: it stands in reasons, and stays when another file takes its place.")
        }
        "source" => described(
            json!({ "type": "array", "items": { "type": "string", "pattern": "^https://" } }),
            "Where the networks are published: `outwork lists update` fetches them from there.",
        ),
        "format" => words("How they are written there.", crate::published::FORMATS),
        "file" => text("The model's file, by its path from this one."),
        "mode" => mode(
            "Whether the model counts; `enforce` unless said otherwise. Of a layer one counts for a client: the first canary that holds, or else the first in force.",
        ),
        "points" => whole("What a probability of one is worth in its layer; 100 unless said otherwise.", 0, 100),
        "why" => text("Why the model is there."),
        "accept" => accept(),
        _ => return None,
    })
}

/// What rules and overrides say about what happens.
fn effect(key: &str) -> Option<Value> {
    Some(match key {
        "score" => {
            whole("Points that are added to the risk of the layer, or to the final risk without one.", -100, 100)
        }
        "layer" => words("The layer of risk that the points belong to.", pack::LAYERS),
        "action" => words("What the rule asks for when it fires.", pack::ACTIONS),
        "limit" => id("The limit that a rule with `action = \"throttle\"` charges."),
        "mode" => mode("Whether the rule is in force."),
        "until" => described(
            json!({ "type": "string", "format": "date", "examples": ["2026-12-31"] }),
            "The last day on which the rule is in force, as a TOML date, in UTC.",
        ),
        "accept" => accept(),
        _ => return None,
    })
}

fn test(key: &str) -> Option<Value> {
    Some(match key {
        "request" => described(object(Table::Request, &[]), "The request. What is not said is not known."),
        "fires" => flag("Whether the rule fires for it."),
        "why" => text("Why the test is there."),
        _ => return None,
    })
}

fn request(key: &str) -> Option<Value> {
    Some(match key {
        "method" => text("The method; `GET` unless said otherwise."),
        "path" => text("Path and query; `/` unless said otherwise."),
        "scheme" => text("The scheme; `https` unless said otherwise."),
        "authority" => text("Host or `:authority`; `shop.example` unless said otherwise."),
        "protocol" => words("The protocol; `HTTP/2` unless said otherwise.", pack::PROTOCOLS),
        "pseudo_order" => text("First letters of the HTTP/2 pseudo-headers in wire order, as `masp`."),
        "headers" => array(
            "Names and values of the headers, in order.",
            json!({ "type": "array", "items": { "type": "string" }, "minItems": 2, "maxItems": 2 }),
        ),
        "ordered" => flag("Whether the headers stand in wire order; true unless said otherwise."),
        "address" => text("The client's address, as `203.0.113.7`."),
        "encrypted" => flag("Whether the connection is encrypted; by the scheme unless said otherwise."),
        "ja4" => text("JA4 of the TLS hello."),
        "ja3" => text("JA3 of the TLS hello."),
        "tls_version" => text("The negotiated TLS version, as `TLSv1.3`."),
        "sni" => text("The server name of the TLS hello."),
        "alpn" => text("The negotiated ALPN protocol."),
        "asn" => whole("The autonomous system of the address.", 0, i64::from(u32::MAX)),
        "country" => text("The country of the address, as `DE`."),
        "session" => described(
            object(Table::Session, &[]),
            "What the session token holds; without it the request has none. `{}` is one that was observed a moment ago.",
        ),
        "absent" => texts("Facts that the client did not send, such as `ja4`: others that are not said are not known."),
        _ => return None,
    })
}

fn session(key: &str) -> Option<Value> {
    Some(match key {
        "age" => whole("Seconds since it was opened; as long as it is idle unless said otherwise.", 0, 86_400),
        "idle" => whole("Seconds since it was last observed; 0 unless said otherwise.", 0, 86_400),
        "confidence" => whole(
            "How sure one could be then, in thousandths; it fades with `idle`. 1000 unless said otherwise.",
            0,
            1_000,
        ),
        "observations" => whole(
            "How many batches were observed; 1 unless said otherwise, and with 0 nothing was.",
            0,
            u16::MAX.into(),
        ),
        "skew" => whole("How many seconds the page's clock was ahead.", -86_400, 86_400),
        "replayed" => flag("Whether a batch followed a path from another session."),
        "clearance" => words("Which challenge was passed a moment ago.", WAYS),
        "features" => {
            let value =
                json!({ "anyOf": [{ "type": "integer", "minimum": 0, "maximum": 65_534 }, { "type": "boolean" }] });
            let features = Place::names().map(|name| (name.to_owned(), value.clone())).collect::<Map<_, _>>();
            described(
                json!({ "type": "object", "additionalProperties": true, "properties": features }),
                "What was observed, by the names of its signals: `{ \"pointer.straightness\" = 990 }`.",
            )
        }
        _ => return None,
    })
}

fn band(key: &str) -> Value {
    match key {
        "hysteresis" => whole(
            "How many points below its beginning a session's risk has to fall before its band is left; 5 unless said otherwise.",
            0,
            100,
        ),
        "hold" => duration("How long it has to stay there; `5m` unless said otherwise.", "5m"),
        _ => whole(&format!("The lowest risk that is {key}."), 1, 100),
    }
}

fn behaviour(key: &str) -> Option<Value> {
    Some(match key {
        "half_life" => duration(
            "How long after an observation half of the confidence in it is left; from 30s to 24h, `10m` unless said otherwise.",
            "10m",
        ),
        _ => return None,
    })
}

fn challenge(key: &str) -> Option<Value> {
    Some(match key {
        "bits" => described(object(Table::ChallengeBits, &[]), "The proof of work, by the band of risk."),
        "wait" => described(object(Table::ChallengeWait, &[]), "The wait without a script, by the band of risk."),
        "clearance" => duration("How long proof of work clears; at most 24h, `30m` unless said otherwise.", "30m"),
        "wait_clearance" => duration("How long a wait clears; at most 24h, `10m` unless said otherwise.", "10m"),
        "observe" => {
            flag("Whether the challenge's page observes its visitor while it works, without asking for consent.")
        }
        _ => return None,
    })
}

fn settings(key: &str) -> Option<Value> {
    Some(match key {
        "version" => described(
            json!({ "type": "string", "pattern": "^[A-Za-z0-9._+-]{1,64}$", "examples": ["2026.11.21"] }),
            "The policy's version, with which the bundle's name begins.",
        ),
        "mode" => mode("Whether decisions are in force; `shadow` only records them, and is the default."),
        "packs" => texts("The rule packs, by their path from this file, in order."),
        "record" => words("Which decisions are recorded.", pack::RECORDS),
        "evidence" => words(
            "Which requests carry signed evidence to the origin; `always`: those in shadow too, marked as not enforced.",
            pack::EVIDENCE,
        ),
        "record_format" => words("Whose words records use: OCSF's or ECS's.", pack::FORMATS),
        "addresses" => words("How records name the client's address, beside its pseudonym.", pack::ADDRESSES),
        "sample_allowed" => described(
            json!({ "type": "number", "minimum": 0, "maximum": 1 }),
            "The share of what is allowed at low risk that leaves a record; the rate stands in each.",
        ),
        "audit" => {
            flag("Whether records are chained, so that `outwork verify --audit` finds what is missing or changed.")
        }
        "features" => flag("Whether records hold what the models look at, so that models can be trained on them."),
        "contact" => text("Where people who are refused can turn to: a `mailto:` or `https:` link."),
        "lab" => flag("Whether the laboratory is served, where visitors see what is measured; for demos."),
        "directory_refresh" => duration("How soon an agent's directory may be asked again; at most 24h.", "5m"),
        "behaviour" => described(object(Table::Behaviour, &[]), "How what was observed of a session fades."),
        "challenge" => described(object(Table::Challenge, &[]), "What challenges ask for."),
        "hosts" => {
            let names = Host::ALL.map(Host::name);
            array(
                "The hosts that it is for: rules that can never fire on one are warned of.",
                json!({ "type": "string", "enum": names }),
            )
        }
        _ => return None,
    })
}

fn list(key: &str) -> Option<Value> {
    let or_file = |items: Value, text: &str| {
        let inline = json!({ "type": "array", "items": items });
        described(json!({ "anyOf": [inline, object(Table::ListFile, &["file"])] }), text)
    };
    Some(match key {
        "cidr" => or_file(
            json!({ "type": "string" }),
            "Networks and addresses, in the pack or in a file of their own, one a line.",
        ),
        "strings" => or_file(json!({ "type": "string" }), "Texts, in the pack or in a file of their own, one a line."),
        "numbers" => {
            or_file(json!({ "type": "integer" }), "Whole numbers, in the pack or in a file of their own, one a line.")
        }
        "file" => text("The file, by its path from this one."),
        "source" => described(
            json!({ "type": "array", "items": { "type": "string", "pattern": "^https://" }, "minItems": 1 }),
            "Where the networks are published: `outwork lists update` fetches them from there.",
        ),
        "format" => words("How they are written there.", crate::published::FORMATS),
        "why" => text("Why the list is there, and where it comes from."),
        "accept" => accept(),
        _ => return None,
    })
}

fn accept() -> Value {
    let codes: Vec<&str> =
        Code::ALL.iter().filter(|code| code.severity() == Severity::Warning).map(|code| code.id()).collect();
    array("Warnings that are not shown for this.", json!({ "type": "string", "enum": codes }))
}

fn condition(text: &str) -> Value {
    let more = format!(
        "{text}\n\nReads signals (`ua.family`, `tls.ja4`), `request.headers[\"name\"]`, `request.cookies[\"name\"]`, `request.params[\"name\"]` and `lists.name`; \
         asks `==`, `in`, `contains`, `startsWith`, `endsWith`, `matches`, `size`, `.known`, `&&`, `||`, `!`. How: docs/conditions.md. Signals: docs/signals.md."
    );
    described(json!({ "type": "string", "examples": ["request.path == \"/login\" && ua.tool.known"] }), &more)
}

fn mode(text: &str) -> Value {
    let plain = words("", pack::MODES);
    described(json!({ "anyOf": [plain, object(Table::Canary, &["canary"])] }), text)
}

fn id(text: &str) -> Value {
    described(json!({ "type": "string", "pattern": "^[a-z][a-z0-9._-]{0,63}$" }), text)
}

fn reason(text: &str) -> Value {
    described(json!({ "type": "string", "pattern": "\\S" }), text)
}

fn text(text: &str) -> Value {
    described(json!({ "type": "string" }), text)
}

fn flag(text: &str) -> Value {
    described(json!({ "type": "boolean" }), text)
}

fn texts(text: &str) -> Value {
    array(text, json!({ "type": "string" }))
}

fn array(text: &str, items: Value) -> Value {
    described(json!({ "type": "array", "items": items }), text)
}

fn tables(of: Value, text: &str) -> Value {
    array(text, of)
}

fn duration(text: &str, example: &str) -> Value {
    described(json!({ "type": "string", "pattern": "^[0-9]+[smh]$", "examples": [example] }), text)
}

fn whole(text: &str, least: i64, most: i64) -> Value {
    described(json!({ "type": "integer", "minimum": least, "maximum": most }), text)
}

fn number(text: &str, most: u32) -> Value {
    described(json!({ "type": "number", "minimum": 0, "maximum": most }), text)
}

/// One of the words that the reader knows.
fn words<T>(text: &str, known: &[(&str, T)]) -> Value {
    let known: Vec<&str> = known.iter().map(|(word, _)| *word).collect();
    described(json!({ "type": "string", "enum": known }), text)
}

fn described(mut schema: Value, text: &str) -> Value {
    if let Some(map) = schema.as_object_mut().filter(|_| !text.is_empty()) {
        map.insert("description".into(), text.into());
    }
    schema
}
