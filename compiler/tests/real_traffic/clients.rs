//! Live clients: who names or contradicts itself must be told, who does neither must pass.

use crate::{
    baseline::{Baseline, Outcome},
    data,
};
use outwork_compiler::Request;
use outwork_engine::{fact::Fact, facts::Protocol};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Live {
    client: String,
    class: String,
    ja4: String,
    alpn_sel: Option<String>,
    #[serde(default)]
    headers: Vec<(String, String)>,
}

/// Impersonators whose request contradicts itself: libraries that write the headers of a page view in another order than
/// the browser whose hello they send. The others of their kind are, in one request, what they imitate.
const CONTRADICT: &[&str] = &[
    "primp:safari_26",
    "rnet:Chrome131",
    "rnet:Chrome133",
    "rnet:Chrome136",
    "rnet:Edge131",
    "rnet:Firefox133",
    "rnet:Firefox136",
];

#[test]
fn every_live_client_gets_what_it_shows() {
    let Some(all) = data::lines::<Live>("real_clients_tls_http.jsonl.gz") else { return };
    let baseline = Baseline::load();
    let mut rows: BTreeMap<String, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    // The other connections closed after the handshake, without a request.
    for live in all.iter().filter(|live| !live.headers.is_empty()) {
        let outcome = baseline.decide(&live.request());
        if let Some(objection) = live.objection(&outcome) {
            wrong.push(format!("{}: {objection}: {outcome:?}", live.client));
        }
        *rows.entry(live.row(&outcome)).or_default() += 1;
    }
    for (row, count) in rows {
        println!("{row} × {count}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

impl Live {
    fn request(&self) -> Request {
        let pseudo = self.headers.iter().filter_map(|(name, _)| name.strip_prefix(':')).map(|name| &name[..1]);
        let pseudo: String = pseudo.collect();
        Request {
            protocol: Fact::Known(match self.alpn_sel.as_deref() {
                Some("h2") => Protocol::Http2,
                _ => Protocol::Http11,
            }),
            authority: self.authority().to_owned(),
            pseudo_order: if pseudo.is_empty() { Fact::Absent } else { Fact::Known(pseudo) },
            headers: data::headers(&self.headers),
            ordered: true,
            address: Fact::Known([203, 0, 113, 7].into()),
            ja4: Fact::Known(self.ja4.clone()),
            ..Request::default()
        }
    }

    fn agent(&self) -> &str {
        self.header("user-agent").unwrap_or_default()
    }

    fn authority(&self) -> &str {
        self.header(":authority").or(self.header("host")).unwrap_or("shop.example")
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    fn objection(&self, outcome: &Outcome) -> Option<&'static str> {
        let told_why = outcome.is_told() && outcome.reasons.iter().any(|reason| reason.starts_with("client."));
        let is_tool = matches!(self.class.as_str(), "http-library" | "load-tool" | "scanner");
        if is_tool || self.client == "rnet:OkHttp4_12" {
            (!told_why || outcome.risk < 30).then_some("a tool is medium risk and told")
        } else if self.agent().contains("Headless") {
            (!outcome.has("client.self-declared-automation")).then_some("automation that names itself is told")
        } else if CONTRADICT.contains(&self.client.as_str()) {
            (!told_why).then_some("an impersonator that contradicts itself is told")
        } else {
            (!outcome.passes()).then_some("who is what a browser is passes")
        }
    }

    fn row(&self, outcome: &Outcome) -> String {
        let Outcome { verdict, risk, reasons } = outcome;
        format!("{} | {} | {verdict:?} | {risk} | {}", self.client, self.class, reasons.join(" "))
    }
}
