use std::collections::BTreeMap;

use outwork_engine::time::Time;
use outwork_replay::{Part, Rate, parts};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::ecs;
use crate::rows::{Cell, clamp};

/// What is read of a record. Only a log of our own has one; what it lacks is empty.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Record {
    /// When it was decided, in milliseconds since 1970.
    #[serde(default)]
    pub(crate) time: u64,
    #[serde(default)]
    pub(crate) risk_score: u8,
    metadata: Metadata,
    #[serde(default)]
    pub(crate) http_request: Http,
    /// The method, where OCSF does not know it.
    #[serde(default)]
    activity_name: String,
    #[serde(default)]
    src_endpoint: Option<Endpoint>,
    unmapped: Unmapped,
    /// What somebody has said of it, by `outwork label`.
    #[serde(default)]
    pub(crate) label: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
struct Metadata {
    uid: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
struct Endpoint {
    uid: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
struct Unmapped {
    outwork: Outwork,
}

/// What the client asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Http {
    pub(crate) http_method: String,
    pub(crate) url: Url,
    pub(crate) user_agent: String,
    pub(crate) version: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Url {
    pub(crate) scheme: String,
    pub(crate) hostname: String,
    pub(crate) port: Option<u16>,
    pub(crate) path: String,
}

/// What OCSF has no word for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Outwork {
    pub(crate) verdict: String,
    pub(crate) band: String,
    pub(crate) device: Option<u8>,
    pub(crate) behaviour: Option<u8>,
    pub(crate) context: Option<u8>,
    pub(crate) window: String,
    pub(crate) confidence: f64,
    pub(crate) reasons: Vec<Points>,
    pub(crate) device_id: String,
    /// The pseudonym of the session, where records hold features.
    pub(crate) session: Option<String>,
    pub(crate) models: Vec<Said>,
    pub(crate) features: BTreeMap<String, Feature>,
    sampled: Option<f64>,
    /// What stands in place of a verdict where there was none.
    undecided: Option<IgnoredAny>,
}

/// A rule that counted.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Points {
    pub(crate) id: String,
    pub(crate) score: i32,
}

/// What a model said: the probability of a program.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Said {
    pub(crate) id: String,
    pub(crate) slot: String,
    pub(crate) probability: f64,
    #[serde(default)]
    pub(crate) in_force: bool,
    #[serde(default)]
    pub(crate) reasons: Vec<Moved>,
}

/// What moved a model's score, in logits.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Moved {
    pub(crate) id: String,
    pub(crate) logits: f64,
}

/// The value of a signal.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(untagged)]
pub(crate) enum Feature {
    Truth(bool),
    Number(i64),
    Text(String),
}

impl Feature {
    pub(crate) fn is_text(&self) -> bool {
        matches!(self, Self::Text(_))
    }

    /// As a row has it.
    pub(crate) fn cell(&self) -> Cell {
        match self {
            Self::Truth(truth) => Cell::Number((*truth).into()),
            Self::Number(number) => Cell::Number(clamp(*number)),
            Self::Text(text) => Cell::Text(text.clone()),
        }
    }
}

impl Record {
    /// The records of a line, each with its JSON: the line is one, or has some in its wrapping. None of other lines.
    pub(crate) fn all(line: &[u8]) -> Vec<(Self, Value)> {
        let records = parts(line).into_iter().filter_map(|part| match part {
            Part::Record(record) => Self::of(&record),
            Part::Torn => None,
        });
        records.collect()
    }

    fn of(record: &str) -> Option<(Self, Value)> {
        let json: Value = serde_json::from_str(record).ok()?;
        let told = if json.get("@timestamp").is_some() { &ecs::as_ocsf(&json)? } else { &json };
        Some((Self::deserialize(told).ok()?, json))
    }

    /// Whether something was decided: its request may have ended before.
    pub(crate) fn is_decided(&self) -> bool {
        self.outwork().undecided.is_none()
    }

    pub(crate) fn id(&self) -> &str {
        &self.metadata.uid
    }

    /// The pseudonym of the client's address; none where a host had no address.
    pub(crate) fn client(&self) -> Option<&str> {
        self.src_endpoint.as_ref().map(|endpoint| endpoint.uid.as_str())
    }

    pub(crate) fn method(&self) -> &str {
        let method = &self.http_request.http_method;
        if method.is_empty() { &self.activity_name } else { method }
    }

    /// When it was decided.
    pub(crate) fn at(&self) -> Time {
        Time(self.time.saturating_mul(1_000))
    }

    /// At which rate records like it were kept.
    ///
    /// # Errors
    /// It says one that is none.
    pub(crate) fn rate(&self) -> Result<Rate, String> {
        let Some(share) = self.outwork().sampled else { return Ok(Rate::ALL) };
        Rate::of(share).ok_or_else(|| format!("`sampled` is {share}, which is not from 0.001 to 1"))
    }

    pub(crate) fn outwork(&self) -> &Outwork {
        &self.unmapped.outwork
    }

    /// How sure the decision was that a program asked, from 0 to 1: what the model in force says of whose answers it is least
    /// sure, or any model, or the risk.
    pub(crate) fn probability(&self) -> f64 {
        let unsure = |one: &&Said, other: &&Said| {
            let way = |said: &Said| (said.probability - 0.5).abs();
            (!one.in_force, way(one)).partial_cmp(&(!other.in_force, way(other))).unwrap_or(std::cmp::Ordering::Equal)
        };
        let said = self.outwork().models.iter().min_by(unsure);
        said.map_or_else(|| f64::from(self.risk_score) / 100.0, |said| said.probability)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A record with what a model in force says.
    pub(crate) fn line(id: &str, device: &str, probability: f64) -> String {
        format!(
            r#"{{"time":1795305601000,"risk_score":40,"metadata":{{"uid":"{id}"}},"http_request":{{"http_method":"GET","url":{{"scheme":"https","hostname":"shop.example","path":"/a"}},"user_agent":"x\u001b[2J","version":"HTTP/2"}},"src_endpoint":{{"uid":"c-{device}"}},"unmapped":{{"outwork":{{"verdict":"tag","band":"low","device":40,"window":"inside","confidence":0.5,"reasons":[{{"id":"a.rule","score":40}}],"device_id":"{device}","session":"s-{id}","models":[{{"id":"b-1","slot":"shadowed","probability":0.5,"in_force":false}},{{"id":"b-2","slot":"behaviour","probability":{probability},"in_force":true,"reasons":[{{"id":"motion.rhythm","logits":-1.25}}]}}],"features":{{"pointer.speed":7,"beacon.touch":true,"ua.family":"chrome"}}}}}}}}"#
        )
    }

    /// The one record of a line.
    pub(crate) fn one(line: &[u8]) -> Record {
        let [(record, _)] = Record::all(line).try_into().unwrap();
        record
    }

    #[test]
    fn a_record_is_read_wherever_it_stands() {
        let alone = line("7Q3M", "d1", 0.75);
        let object = format!(r#"{{"status":200,"record":{alone}}}"#);
        let text = serde_json::json!({ "message": alone }).to_string();
        let two = serde_json::json!([alone, alone]).to_string();
        assert_eq!(Record::all(two.as_bytes()).len(), 2);
        for line in [&alone, &object, &text] {
            let (record, json) = Record::all(line.as_bytes()).remove(0);
            assert_eq!(json["metadata"]["uid"], "7Q3M");
            assert_eq!((record.id(), record.client(), record.probability()), ("7Q3M", Some("c-d1"), 0.75));
            assert_eq!(record.outwork().features.len(), 3);
        }
        for other in ["", "x", "{}", r#"{"record":"x"}"#, r#"{"metadata":{"uid":"1"}}"#] {
            assert!(Record::all(other.as_bytes()).is_empty(), "{other}");
        }
    }

    #[test]
    fn without_models_the_risk_is_what_was_thought() {
        let bare = r#"{"risk_score":30,"metadata":{"uid":"1"},"unmapped":{"outwork":{"verdict":"allow"}}}"#;
        assert_eq!(one(bare.as_bytes()).probability(), 0.3);
    }
}
