//! A shop that only sells to whom the edge knows: `OUTWORK_EVIDENCE_KEYS=… cargo run --example axum 3000`.

use axum::{
    Json, Router, ServiceExt,
    extract::Request,
    routing::{get, post},
};
use outwork_origin::{EvidenceLayer, Keys, MemoryReplay, Risk, TransactionRefused, Verifier};
use serde_json::{Value, json};
use std::{error::Error, net::Ipv4Addr};
use tower_layer::Layer;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let port = std::env::args().nth(1).unwrap_or_else(|| "3000".into()).parse()?;
    let evidence = EvidenceLayer::new(Verifier::new(Keys::from_environment()?), MemoryReplay::new());
    let evidence = evidence.all_once().forwarded_scheme().exempt("/health")?;
    let app = Router::new()
        .route("/checkout", post(checkout))
        // The same by another path, which the policy does not know.
        .route("/other-checkout", post(checkout))
        .route("/health", get(async || Json(json!({"ok": true}))))
        .fallback(get(page));
    // Around the whole of it: no route and no layer can come to stand outside.
    let app = evidence.layer(app);
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    axum::serve(listener, ServiceExt::<Request>::into_make_service(app)).await?;
    Ok(())
}

async fn page(risk: Risk) -> Json<Value> {
    Json(told(&risk))
}

/// Sells once the body is what the edge judged, and asks for more where the risk is high.
async fn checkout(risk: Risk, order: String) -> Result<Json<Value>, TransactionRefused> {
    risk.require_transaction("checkout")?;
    // A window that is not inside is somebody of whom little was seen, not somebody bad: ask for more, as where the risk is high.
    let second_factor = risk.band == "high" || risk.require_inside().is_err();
    Ok(Json(json!({"order": order, "second_factor": second_factor, "risk": told(&risk)})))
}

fn told(risk: &Risk) -> Value {
    json!({
        "risk": risk.risk, "band": risk.band, "verdict": risk.verdict, "reasons": risk.reasons, "window": risk.window,
        "id": risk.id, "transaction": risk.transaction, "body": risk.body.name(), "demand": risk.demand.name(),
    })
}
