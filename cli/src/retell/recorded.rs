use std::collections::BTreeMap;

use outwork_engine::time::Time;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::find::BUNDLE;
use super::first;
use crate::instant;
use crate::records::Feature;

/// What a record says, whichever words it uses.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Recorded {
    /// Milliseconds since 1970.
    pub(super) millis: u64,
    pub(super) bundle: String,
    pub(super) method: Option<String>,
    pub(super) host: Option<String>,
    pub(super) path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) user_agent: Option<String>,
    /// The pseudonym of the address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) client: Option<String>,
    pub(super) risk: u8,
    /// The rule or limit that asked for the verdict; none where the risk alone did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) decided_by: Option<String>,
    #[serde(flatten)]
    own: Own,
}

/// What no vocabulary has a word for.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Own {
    /// How the request ended, where that was before a decision: it has neither verdict, risk nor reasons then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) undecided: Option<Undecided>,
    pub(super) verdict: String,
    pub(super) enforced: bool,
    pub(super) band: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) device: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) behaviour: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) context: Option<u8>,
    pub(super) window: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) seen: Option<Seen>,
    pub(super) reasons: Vec<Reason>,
    pub(super) shadow: Vec<String>,
    pub(super) dropped_reasons: u32,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) models: Vec<Said>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) features: BTreeMap<String, Feature>,
    pub(super) device_id: String,
    pub(super) effects: Effects,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pseudonym_key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) elapsed_us: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sampled: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) agent: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) transaction: Option<Transaction>,
}

/// How a request ended before anything was decided about it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Undecided {
    /// For what it was held.
    pub(super) stage: String,
    /// What it was answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<u16>,
    /// Why it ended, in the words of its host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) details: Option<String>,
}

impl Undecided {
    /// For what it was held, in words.
    pub(super) fn waited(&self) -> &'static str {
        match self.stage.as_str() {
            "body" => "while its body was waited for",
            "limits" => "while its limits were asked about",
            "body-and-limits" => "while its body was waited for, and its limits asked about",
            "endpoint" => "while the body was waited for that an endpoint of the filter reads",
            _ => "while it was held",
        }
    }

    /// How it ended, in words.
    pub(super) fn ended(&self) -> String {
        let status =
            self.status.map_or_else(|| "without an answer".to_owned(), |status| format!("with status {status}"));
        self.details.as_ref().map_or_else(|| status.clone(), |details| format!("{status}, {details}"))
    }
}

/// Of which transaction a request is.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Transaction {
    pub(super) id: String,
    /// What became of its body.
    pub(super) body: String,
    /// What became of its demand; none where it demands nothing, and in records of versions that did not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) demand: Option<String>,
}

/// How much of each layer was seen, in thousandths.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Seen {
    pub(super) device: u16,
    pub(super) behaviour: u16,
    pub(super) context: u16,
}

/// A reason, as it is recorded.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Reason {
    pub(super) id: String,
    pub(super) score: i16,
    /// What a limit asked for, on which level, and for how many seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) rung: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) level: Option<u8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) wait: Option<u64>,
}

/// What a model said.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Said {
    pub(super) id: String,
    pub(super) slot: String,
    pub(super) probability: f64,
    #[serde(default)]
    pub(super) in_force: bool,
}

/// What the host did.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Effects {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) delay_ms: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) removed: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) added: Vec<String>,
}

impl std::ops::Deref for Recorded {
    type Target = Own;

    fn deref(&self) -> &Own {
        &self.own
    }
}

impl Recorded {
    pub(super) fn of(record: &Value) -> Result<Self, String> {
        let own = first(record, &["/unmapped/outwork", "/outwork"]).ok_or("it has no part of our own")?;
        let own: Own = serde_json::from_value(own.clone()).map_err(|error| error.to_string())?;
        let text = |places: &[&str]| first(record, places).and_then(Value::as_str).map(String::from);
        let millis =
            first(record, &["/time"]).and_then(Value::as_u64).or_else(|| stamp(record)).ok_or("it has no time")?;
        let risk = first(record, &["/risk_score", "/event/risk_score"]).and_then(Value::as_f64).unwrap_or(0.0);
        Ok(Self {
            millis,
            bundle: text(BUNDLE).ok_or("it names no bundle")?,
            method: text(&["/http_request/http_method", "/http/request/method", "/activity_name"]),
            host: text(&["/http_request/url/hostname", "/url/domain"]),
            path: text(&["/http_request/url/path", "/url/path"]),
            user_agent: text(&["/http_request/user_agent", "/user_agent/original"]),
            client: text(&["/src_endpoint/uid", "/outwork/client_id"]),
            decided_by: text(&["/firewall_rule/uid", "/rule/id"]),
            // A risk is a whole number from 0 to 100 in either.
            risk: format!("{risk:.0}").parse().unwrap_or(100),
            own,
        })
    }

    pub(super) fn time(&self) -> Time {
        Time(self.millis.saturating_mul(1_000))
    }

    /// The instant, RFC 3339.
    pub(super) fn at(&self) -> String {
        instant::shown(self.time())
    }
}

/// The time of ECS.
fn stamp(record: &Value) -> Option<u64> {
    let stamp = record.get("@timestamp")?;
    let text = stamp.as_str().map(|text| text.parse::<jiff::Timestamp>());
    stamp.as_u64().or_else(|| text?.ok().and_then(|stamp| u64::try_from(stamp.as_millisecond()).ok()))
}
