//! Records in the words of ECS, read as those in the words of OCSF.

use jiff::Timestamp;
use serde_json::{Value, json};

/// What is read of a record, where OCSF has it. Nothing where it is no record of ours.
pub(super) fn as_ocsf(record: &Value) -> Option<Value> {
    let at = |path: &str| record.pointer(path).cloned().unwrap_or_default();
    let time: Timestamp = record.pointer("/@timestamp")?.as_str()?.parse().ok()?;
    let version = record.pointer("/http/version").and_then(Value::as_str).map(|number| format!("HTTP/{number}"));
    let mut told = json!({
        "time": u64::try_from(time.as_millisecond()).ok()?,
        "risk_score": at("/event/risk_score"),
        "metadata": {"uid": at("/event/id")},
        "policy": {"version": at("/outwork/bundle")},
        "http_request": {
            "http_method": at("/http/request/method"),
            "url": {"scheme": at("/url/scheme"), "hostname": at("/url/domain"), "port": at("/url/port"), "path": at("/url/path")},
            "user_agent": at("/user_agent/original"),
            "version": version,
        },
        "src_endpoint": record.pointer("/outwork/client_id").map(|client| json!({"uid": client})),
        "unmapped": {"outwork": record.get("outwork")?},
        "label": at("/label"),
    });
    without_nothing(&mut told);
    Some(told)
}

/// Takes out the members that are null: the record has none of that name.
fn without_nothing(value: &mut Value) {
    if let Value::Object(members) = value {
        members.retain(|_, member| !member.is_null());
        members.values_mut().for_each(without_nothing);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{record::tests::one, shown::shown};
    use outwork_compiler::{Request, corpus::Player};
    use outwork_engine::{
        keys::Keyring,
        policy::Policy,
        record::{self, Context, Format},
        rules::Scratch,
    };

    #[test]
    fn both_vocabularies_say_the_same() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../rules");
        let compiled = outwork_compiler::compile(&folder).unwrap_or_else(|report| panic!("{}", report.render(false)));
        let policy = Policy::load(&compiled.bundle).unwrap();
        let keys = Keyring::parse("k:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=").unwrap();
        let request: Request = serde_json::from_value(serde_json::json!({
            "method": "PROPFIND", "scheme": "https", "authority": "shop.example:8443", "target": "/.env?a=1", "protocol": "HTTP/2",
            "headers": [["user-agent", "curl/8"]], "address": "203.0.113.9", "tls_version": "TLSv1.3",
        }))
        .unwrap();
        request.with_facts(Player::NOW, [7; 16], |facts| {
            let decision = policy.assess(facts, &keys, &mut Scratch::default()).decide(&[]);
            let [ocsf, ecs] = [Format::Ocsf, Format::Ecs].map(|format| {
                let mut context = Context::NATIVE;
                context.records.format = format;
                one(record::write(&decision, facts, &keys, context).as_bytes())
            });
            assert_eq!(shown(&ecs), shown(&ocsf));
            assert!(shown(&ocsf).contains("PROPFIND https://shop.example:8443/.env  HTTP/2"));
            assert_eq!((ecs.id(), ecs.client()), (ocsf.id(), ocsf.client()));
        });
    }
}
