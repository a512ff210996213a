//! A shop that only sells to whom the edge knows: `OUTWORK_EVIDENCE_KEYS=… cargo run --example axum 3000`.

use axum::{
    Extension, Json, Router,
    http::StatusCode,
    routing::{get, post},
};
use outwork_origin::{EvidenceLayer, Keys, MemoryReplay, Risk, Verifier};
use serde_json::{Value, json};
use std::{error::Error, net::Ipv4Addr};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let port = std::env::args().nth(1).unwrap_or_else(|| "3000".into()).parse()?;
    let evidence =
        EvidenceLayer::new(Verifier::new(Keys::from_environment()?), MemoryReplay::new()).all_once().forwarded_scheme();
    let evidence =
        evidence.on_refusal(|request, refusal| eprintln!("{} {}: {refusal}", request.method, request.uri.path()));
    let app = Router::new().route("/checkout", post(checkout)).fallback(get(page)).layer(evidence);
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    axum::serve(listener, app).await?;
    Ok(())
}

async fn page(Extension(risk): Extension<Risk>) -> Json<Value> {
    Json(told(&risk))
}

/// Sells once the body is what the edge judged, and asks for more where the risk is high.
async fn checkout(Extension(risk): Extension<Risk>, order: String) -> Result<Json<Value>, (StatusCode, String)> {
    risk.require_transaction("checkout").map_err(|refused| (StatusCode::FORBIDDEN, refused.to_string()))?;
    // A window that is not inside is somebody of whom little was seen, not somebody bad: ask for more, as where the risk is high.
    let second_factor = risk.band == "high" || risk.require_inside().is_err();
    Ok(Json(json!({"order": order, "second_factor": second_factor, "risk": told(&risk)})))
}

fn told(risk: &Risk) -> Value {
    json!({
        "risk": risk.risk, "band": risk.band, "verdict": risk.verdict, "reasons": risk.reasons, "window": risk.window,
        "id": risk.id, "transaction": risk.transaction, "body": risk.body.name(),
    })
}
