//! The `httpsig` crate verifies what the engine signs, and what it signs is verified here.

use crate::common::vectors;
use base64ct::{Base64, Encoding};
use httpsig::prelude::{
    AlgorithmName, HttpSignatureBase, HttpSignatureHeaders, HttpSignatureParams, SharedKey,
    message_component::{HttpMessageComponent, HttpMessageComponentId},
};
use outwork_origin::{Arrived, Keys, Scheme, Verifier};
use serde_json::Value;

fn secret(keys: &str, id: &str) -> SharedKey {
    let entry =
        keys.split(',').find_map(|entry| entry.strip_prefix("evidence:")?.strip_prefix(id)?.strip_prefix(':')).unwrap();
    SharedKey::from_base64(&AlgorithmName::HmacSha256, entry).unwrap()
}

/// The lines of a signature base as RFC 9421 has them, made here once more.
fn lines(request: &Value, components: &[&str]) -> Vec<HttpMessageComponent> {
    let target = request["target"].as_str().unwrap();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let port = if request["scheme"] == "https" { ":443" } else { ":80" };
    let authority = request["authority"].as_str().unwrap().to_lowercase();
    let value = |name: &str| match name {
        "@method" => request["method"].as_str().unwrap().to_owned(),
        "@authority" => authority.strip_suffix(port).unwrap_or(&authority).to_owned(),
        "@path" => if path.is_empty() { "/" } else { path }.to_owned(),
        "@query" => format!("?{query}"),
        field => {
            let named = |line: &&Value| line[0] == field;
            request["headers"].as_array().unwrap().iter().find(named).unwrap()[1].as_str().unwrap().to_owned()
        }
    };
    let line = |name: &&str| HttpMessageComponent::try_from(format!("\"{name}\": {}", value(name)).as_str()).unwrap();
    components.iter().map(line).collect()
}

const COMPONENTS: [&str; 6] = ["@method", "@authority", "@path", "@query", "outwork-risk", "content-digest"];

#[test]
fn httpsig_verifies_what_the_engine_signs() {
    let vectors = vectors("evidence.json");
    let mut verified = 0;
    for case in vectors["cases"].as_array().unwrap().iter().filter(|case| case["verified"].is_object()) {
        let request = &case["request"];
        let ours = |name: &str| {
            let lines = request["headers"].as_array().unwrap().iter().filter(|line| line[0] == name);
            lines.map(|line| line[1].as_str().unwrap()).next_back()
        };
        let (Some(input), Some(signature)) = (ours("signature-input"), ours("signature")) else { continue };
        // What the library does not do: other parameters than RFC 9421's, bytes that are no UTF-8; and another order of ours.
        let is_engines = input.starts_with("outwork=(\"@method\" \"@authority\"") && !input.contains(";x");
        let is_text = request["target"].as_str().unwrap().is_ascii();
        if !is_engines || !is_text || case["settings"]["authority"].is_string() {
            continue;
        }
        let headers = HttpSignatureHeaders::try_parse(signature, input).unwrap();
        let ours = &headers["outwork"];
        let covered = if input.contains("\"content-digest\"") { 6 } else { 5 };
        let base =
            HttpSignatureBase::try_new(&lines(request, &COMPONENTS[..covered]), ours.signature_params()).unwrap();
        let key = secret(vectors["keys"].as_str().unwrap(), ours.signature_params().keyid.as_deref().unwrap());
        // Without its clock: the vectors are of a day that is past.
        let made = base.build_raw_signature(&key).unwrap();
        assert_eq!(Base64::encode_string(&made), ours.signature().to_string(), "{}", case["name"]);
        verified += 1;
    }
    assert!(verified >= 40, "{verified}");
}

#[test]
fn what_httpsig_signs_is_verified() {
    const NOW: u64 = 1_795_305_600;
    let vectors = vectors("evidence.json");
    let keys = vectors["keys"].as_str().unwrap();
    for name in ["a bound body", "a bound body that is empty", "a body that was too large to bind"] {
        let case = vectors["cases"].as_array().unwrap().iter().find(|case| case["name"] == name).unwrap();
        let request = &case["request"];
        let covered = &COMPONENTS[..if name.starts_with("a bound") { 6 } else { 5 }];
        let ids: Vec<_> = covered.iter().map(|name| HttpMessageComponentId::try_from(*name).unwrap()).collect();
        let mut parameters = HttpSignatureParams::try_new(&ids).unwrap();
        parameters.set_created(NOW).set_expires(NOW + 60).set_nonce("by-somebody-else").set_keyid("2026-08");
        parameters.set_alg(&AlgorithmName::HmacSha256).set_tag("outwork-evidence");
        let base = HttpSignatureBase::try_new(&lines(request, covered), &parameters).unwrap();
        let made = base.build_signature_headers(&secret(keys, "2026-08"), Some("outwork")).unwrap();
        let mut fields: Vec<(&str, String)> = vec![
            ("signature-input", made.signature_input_header_value()),
            ("signature", made.signature_header_value()),
        ];
        for line in request["headers"].as_array().unwrap() {
            let name = line[0].as_str().unwrap();
            if !name.starts_with("signature") {
                fields.push((name, line[1].as_str().unwrap().to_owned()));
            }
        }
        let arrived = Arrived {
            method: request["method"].as_str().unwrap(),
            authority: request["authority"].as_str().unwrap().as_bytes(),
            target: request["target"].as_str().unwrap().as_bytes(),
            scheme: Scheme::Https,
        };
        let head = Verifier::new(Keys::parse(keys).unwrap()).head(&arrived, &fields[..], NOW).unwrap();
        assert_eq!(head.nonce, "2026-08:by-somebody-else");
        let risk = head.with_body(&crate::common::decoded(&request["body"])).unwrap();
        assert_eq!(risk.body.name(), case["verified"]["body"]);
    }
}
