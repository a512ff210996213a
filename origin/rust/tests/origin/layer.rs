//! The layer in front of an axum router: what passes, what is answered in its place, and what handlers can read.

use crate::{
    common::{bytes, decoded, vectors},
    vectors::verify,
};
use axum::{Extension, Json, Router, body::Body, http::HeaderMap, routing::any};
use http::{HeaderName, HeaderValue, Request};
use http_body_util::BodyExt;
use outwork_origin::{
    Answer, EvidenceLayer, Keys, MOST_AGE, MOST_SKEW, MemoryReplay, Outcome, Replay, Risk, TransactionRefused, Verifier,
};
use serde_json::{Value, json};
use std::{
    convert::Infallible,
    error::Error,
    sync::atomic::{AtomicU64, Ordering},
};
use tower::ServiceExt;
use tower_layer::Layer;

/// Vectors are signed on a day of their own.
static NOW: AtomicU64 = AtomicU64::new(1_795_305_600);

fn clock() -> u64 {
    NOW.load(Ordering::Relaxed)
}

fn named(name: &str) -> Value {
    let all = vectors("evidence.json");
    all["cases"].as_array().unwrap().iter().find(|case| case["name"] == name).unwrap().clone()
}

fn verifier() -> Verifier {
    Verifier::new(Keys::parse(vectors("evidence.json")["keys"].as_str().unwrap()).unwrap())
}

fn layer() -> EvidenceLayer {
    EvidenceLayer::without_replay(verifier()).clock(clock)
}

/// Says what it was told, and gives the body back.
async fn handler(
    Extension(outcome): Extension<Outcome>,
    risk: Option<Extension<Risk>>,
    headers: HeaderMap,
    body: bytes::Bytes,
) -> Json<Value> {
    let state = match &outcome {
        Outcome::Verified(risk) => format!("verified {}", risk.id),
        Outcome::Missing => "missing".into(),
        Outcome::Refused(refusal) => format!("refused {}", refusal.reason.name()),
    };
    let header = headers.contains_key("outwork-risk");
    Json(json!({"state": state, "risk": risk.is_some(), "header": header, "body": String::from_utf8_lossy(&body)}))
}

async fn ask(layer: &EvidenceLayer, case: &Value) -> (u16, Value) {
    let app = Router::new().fallback(any(handler)).layer(layer.clone());
    let request = &case["request"];
    let mut built =
        Request::builder().method(request["method"].as_str().unwrap()).uri(request["target"].as_str().unwrap());
    let headers = built.headers_mut().unwrap();
    headers.insert("host", HeaderValue::from_bytes(&bytes(&request["authority"])).unwrap());
    for line in request["headers"].as_array().unwrap() {
        let name: HeaderName = line[0].as_str().unwrap().parse().unwrap();
        headers.append(name, HeaderValue::from_bytes(&bytes(&line[1])).unwrap());
    }
    let response = app.oneshot(built.body(Body::from(decoded(&request["body"]))).unwrap()).await.unwrap();
    let status = response.status();
    if !status.is_success() {
        assert_eq!(response.headers()["content-type"], "application/problem+json");
    }
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status.as_u16(), serde_json::from_slice(&body).unwrap())
}

#[tokio::test]
async fn an_honest_request_brings_its_risk_and_its_body() {
    for name in ["a path and a query", "a bound body", "signed: a bound body", "signed: a bound body that is empty"] {
        let case = named(name);
        let (status, said) = ask(&layer(), &case).await;
        assert_eq!(status, 200, "{name}: {said}");
        assert_eq!(said["state"], format!("verified {}", case["verified"]["id"].as_str().unwrap()));
        assert_eq!((&said["risk"], &said["header"]), (&json!(true), &json!(true)));
        assert_eq!(said["body"], String::from_utf8_lossy(&decoded(&case["request"]["body"])).as_ref());
    }
}

#[tokio::test]
async fn bad_evidence_never_reaches_the_service() {
    for (name, reason) in [
        ("nothing", "missing"),
        ("another body", "digest"),
        ("another path", "signature"),
        ("the same risk twice", "duplicate"),
    ] {
        let (status, said) = ask(&layer(), &named(name)).await;
        assert_eq!((status, said["reason"].as_str()), (403, Some(reason)), "{name}");
    }
    let (status, said) = ask(&layer().max_body(10).unwrap().observe(), &named("a bound body")).await;
    assert_eq!((status, said["reason"].as_str()), (413, Some("too-large")));
}

#[tokio::test]
async fn a_request_comes_once_and_a_refused_one_does_not_use_it_up() {
    let layer = EvidenceLayer::new(verifier(), MemoryReplay::with_capacity(1).clock(clock)).all_once().clock(clock);
    let mut found = Vec::new();
    for name in ["another body", "a bound body", "a bound body", "a page", "a path and a query"] {
        let (status, said) = ask(&layer, &named(name)).await;
        found.push((status, said["reason"].as_str().unwrap_or_default().to_owned()));
    }
    let found: Vec<(u16, &str)> = found.iter().map(|(status, reason)| (*status, reason.as_str())).collect();
    assert_eq!(found, [(403, "digest"), (200, ""), (403, "replayed"), (200, ""), (503, "unavailable")]);
}

#[tokio::test]
async fn a_cache_that_is_gone_refuses() {
    struct Gone;
    impl Replay for Gone {
        fn first<'a>(&'a self, _: &'a str, _: u64) -> Answer<'a> {
            Box::pin(async { Err(Box::<dyn Error + Send + Sync>::from("gone")) })
        }
    }
    assert_eq!(ask(&EvidenceLayer::new(verifier(), Gone).clock(clock), &named("a bound body")).await.0, 503);
}

#[tokio::test]
async fn pages_may_come_again_and_observing_leaves_the_body() {
    let layer = EvidenceLayer::new(verifier(), MemoryReplay::with_capacity(0)).clock(clock);
    assert_eq!(ask(&layer, &named("a page")).await.0, 200, "the cache is not asked");
    for name in ["another body", "a bound body", "no digest"] {
        let case = named(name);
        let (status, said) = ask(&layer.clone().observe(), &case).await;
        assert!(status == 200 && said["state"].as_str().unwrap().starts_with("refused"), "{name}: {said}");
        assert_eq!(said["body"], String::from_utf8_lossy(&decoded(&case["request"]["body"])).as_ref());
    }
}

#[tokio::test]
async fn missing_may_pass_and_forged_may_not() {
    let layer = layer().pass_missing();
    let (status, said) = ask(&layer, &named("nothing")).await;
    assert_eq!((status, said["state"].as_str(), &said["risk"]), (200, Some("missing"), &json!(false)));
    assert_eq!(ask(&layer, &named("another body")).await.0, 403);
}

#[tokio::test]
async fn observing_refuses_nothing_and_hides_what_nobody_vouches_for() {
    let (status, said) = ask(&layer().observe(), &named("another risk")).await;
    assert_eq!((status, said["state"].as_str()), (200, Some("refused signature")));
    assert_eq!((&said["risk"], &said["header"]), (&json!(false), &json!(false)));
}

#[tokio::test]
async fn a_transaction_is_held_to_its_name_its_body_and_its_window() {
    let app = |layer: EvidenceLayer| {
        let demand = async |Extension(risk): Extension<Risk>| {
            let demanded = risk.require_transaction("checkout").and_then(|()| risk.require_inside());
            let name = demanded.map_err(|refused| match refused {
                TransactionRefused::Another { .. } => "another",
                TransactionRefused::NotBound(_) => "not bound",
                TransactionRefused::NotInside(_) => "not inside",
                TransactionRefused::NotMet(_) => "not met",
                _ => "otherwise",
            });
            name.err().unwrap_or("taken")
        };
        Router::new().fallback(any(demand)).layer(layer)
    };
    for (name, said) in [
        ("a bound body", "taken"),
        ("a body that was too large to bind", "not bound"),
        ("signed: nobody binds it", "another"),
        ("a bound body, and no window", "not met"),
        ("a demand that a rule lifts", "not met"),
        ("signed: a bound body", "not inside"),
        ("a page", "another"),
    ] {
        let (_, answer) = reply(app(layer()), &named(name)).await;
        assert_eq!(answer, said, "{name}");
    }
}

async fn reply(
    app: impl tower::Service<Request<Body>, Response = http::Response<Body>, Error = Infallible>,
    case: &Value,
) -> (u16, String) {
    let mut request = Request::builder().method(case["request"]["method"].as_str().unwrap());
    request = request
        .uri(case["request"]["target"].as_str().unwrap())
        .header("host", case["request"]["authority"].as_str().unwrap());
    for line in case["request"]["headers"].as_array().unwrap() {
        request = request.header(line[0].as_str().unwrap(), line[1].as_str().unwrap());
    }
    let response = app.oneshot(request.body(Body::from(decoded(&case["request"]["body"]))).unwrap()).await.unwrap();
    let status = response.status().as_u16();
    (status, String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap())
}

#[tokio::test]
async fn what_a_handler_demands_and_is_not_there_is_a_403_by_itself() {
    let sells = async |risk: Risk| risk.require_transaction("checkout").map(|()| "sold");
    let app = || layer().pass_missing().layer(Router::new().fallback(any(sells)));
    assert_eq!(reply(app(), &named("a bound body")).await, (200, "sold".into()));
    for (name, reason) in [
        ("a bound body, and no window", "transaction"),
        ("a body that was too large to bind", "transaction"),
        ("signed: nobody binds it", "transaction"),
        ("nothing", "missing"),
    ] {
        let (status, said) = reply(app(), &named(name)).await;
        assert_eq!(status, 403, "{name}");
        assert!(said.contains(&format!(r#""reason": "{reason}""#)) && !said.contains("checkout"), "{name}: {said}");
    }
}

#[tokio::test]
async fn around_a_whole_router_nothing_stands_outside() {
    let app = |inside: bool| {
        let router = Router::new().route("/a", any(async || "in"));
        if inside {
            router.layer(layer()).route("/late", any(async || "late"))
        } else {
            router.route("/late", any(async || "late"))
        }
    };
    let late = json!({"request": {"method": "GET", "target": "/late", "authority": "shop.example", "headers": []}});
    assert_eq!(reply(layer().layer(app(false)), &late).await.0, 403);
    assert_eq!(reply(app(true), &late).await.0, 200, "as the README says");
}

#[tokio::test]
async fn what_is_exempt_needs_no_evidence_and_nothing_else_goes_without() {
    let bare = named("nothing");
    let path = bare["request"]["target"].as_str().unwrap().split('?').next().unwrap().to_owned();
    let quiet = || layer().on_refusal(|_, refusal| panic!("{refusal}"));
    for exempt in [quiet().exempt(&path).unwrap(), quiet().exempt_where(|_| true)] {
        let (status, said) = ask(&exempt, &bare).await;
        assert_eq!((status, said["state"].as_str()), (200, Some("missing")));
    }
    assert_eq!(ask(&layer().exempt(&format!("{path}x")).unwrap(), &bare).await.0, 403);
    let mut post = bare.clone();
    post["request"]["method"] = "POST".into();
    assert_eq!(ask(&layer().exempt(&path).unwrap(), &post).await.0, 403);
    assert_eq!(ask(&layer().exempt_where(|_| true), &named("another risk")).await.0, 403);
}

#[tokio::test]
async fn payments_have_room_of_their_own_and_may_be_all_that_comes_once() {
    let replay = || MemoryReplay::with_capacity(1).clock(clock);
    let flooded = EvidenceLayer::new(verifier(), replay()).all_once().clock(clock);
    let mut found = Vec::new();
    for name in ["a page", "a path and a query", "a bound body", "a bound body"] {
        found.push(ask(&flooded, &named(name)).await.0);
    }
    assert_eq!(found, [200, 503, 200, 403]);
    let payments = EvidenceLayer::new(verifier(), MemoryReplay::with_capacity(0)).transactions_once().clock(clock);
    assert_eq!(ask(&payments, &named("a path and a query")).await.0, 200);
    assert_eq!(ask(&payments, &named("a bound body")).await.0, 503);
}

#[tokio::test]
async fn a_refusal_says_what_to_do_and_no_setting_makes_a_signature_last() {
    let mut case = named("a path and a query");
    for (name, says) in [
        ("nothing", "when-the-edge-says-nothing"),
        ("another path", r#"tried with the authority "shop.example" and the key `"#),
        ("the same risk twice", "more than one line of `outwork-risk`"),
    ] {
        let refusal = verify(&verifier(), &named(name)).unwrap_err();
        assert!(refusal.detail.contains(says), "{refusal}");
    }
    let other = Verifier::new(Keys::parse("evidence:mine:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE").unwrap());
    let refusal = verify(&other, &case).unwrap_err();
    assert!(refusal.detail.contains(r#"this origin has "mine": give it what `outwork keys evidence`"#), "{refusal}");
    assert!(!format!("{other:?}").contains("QUFB"));
    case["now"] = json!(case["now"].as_u64().unwrap() + 86_400);
    let lasting = verifier().skew(MOST_SKEW).unwrap().max_age(MOST_AGE).unwrap();
    assert_eq!(verify(&lasting, &case).unwrap_err().reason.name(), "expired");
}

#[test]
fn keys_have_a_mark_of_their_kind_and_those_of_another_are_refused_by_name() {
    let secret = "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE";
    assert_eq!(format!("{:?}", Keys::parse(&format!("evidence:k:{secret}")).unwrap()), "[\"k\"]");
    for (text, says) in [
        (format!("master:k:{secret}"), "`k` is a key of a host"),
        (format!("evidence:a:{secret},audit:k:{secret}"), "`k` is a key of records"),
        (format!("other:k:{secret}"), "form"),
        (format!("k:{secret}"), "not of the form `evidence:id:base64`, as `outwork keys evidence` prints it"),
        (format!("evidence:{secret}"), "form"),
    ] {
        let error = Keys::parse(&text).unwrap_err().to_string();
        assert!(error.contains(says) && !error.contains("QUFB"), "{error}");
    }
}
