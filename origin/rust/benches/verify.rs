//! What it takes to verify one request, beside the `httpsig` crate: `cargo bench --bench verify [ROUNDS]`.
//!
//! Ours checks all that an origin needs: labels, components, parameters, times, signature, and reads the typed risk. `httpsig` is
//! given the component values ready made and parses, rebuilds the base and checks the MAC: nothing else of a request is its
//! business. All variants take turns; each figure is the median of slices, and a round's ratio is taken within the round.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a bench fails loudly")]

use httpsig::prelude::{
    AlgorithmName, HttpSignatureBase, HttpSignatureHeaders, SharedKey, message_component::HttpMessageComponent,
};
use outwork_origin::{Arrived, Keys, Scheme, Verifier};
use serde_json::{Value, json};
use std::{hint::black_box, time::Instant};

const SLICES: usize = 60;
const REPEATS: u32 = 200;
const COMPONENTS: [&str; 6] = ["@method", "@authority", "@path", "@query", "outwork-risk", "content-digest"];

struct Case {
    name: &'static str,
    fields: Vec<(String, String)>,
    method: String,
    authority: String,
    target: String,
    body: Vec<u8>,
    now: u64,
}

fn main() {
    let rounds = std::env::args().filter_map(|argument| argument.parse().ok()).next().unwrap_or(12);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors/evidence.json");
    let vectors: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let keys = vectors["keys"].as_str().unwrap();
    for name in ["a page", "twelve long reasons", "signed: a bound body"] {
        let case = read(&vectors, name);
        let samples: Vec<[f64; 2]> = (0..rounds).map(|_| [ours(&case, keys), theirs(&case, keys)]).collect();
        println!("{}", json!({"case": case.name, "ours": column(&samples, 0), "httpsig": column(&samples, 1)}));
    }
}

fn column(samples: &[[f64; 2]], place: usize) -> Vec<f64> {
    samples.iter().map(|sample| (sample[place] * 1_000.0).round() / 1_000.0).collect()
}

fn read(vectors: &Value, name: &'static str) -> Case {
    use base64ct::{Base64, Encoding};
    let case = vectors["cases"].as_array().unwrap().iter().find(|case| case["name"] == name).unwrap();
    let request = &case["request"];
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    Case {
        name,
        fields: request["headers"].as_array().unwrap().iter().map(|line| (text(&line[0]), text(&line[1]))).collect(),
        method: text(&request["method"]),
        authority: text(&request["authority"]),
        target: text(&request["target"]),
        body: Base64::decode_vec(request["body"].as_str().unwrap_or_default()).unwrap(),
        now: case["now"].as_u64().unwrap(),
    }
}

/// Microseconds, the median of many slices.
fn microseconds(mut work: impl FnMut()) -> f64 {
    let slice = |_| {
        let begun = Instant::now();
        (0..REPEATS).for_each(|_| work());
        begun.elapsed().as_secs_f64() * 1e6 / f64::from(REPEATS)
    };
    let mut taken: Vec<f64> = (0..SLICES).map(slice).collect();
    taken.sort_by(f64::total_cmp);
    taken[SLICES / 2]
}

fn ours(case: &Case, keys: &str) -> f64 {
    let verifier = Verifier::new(Keys::parse(keys).unwrap());
    let mut headers = http::HeaderMap::new();
    for (name, value) in &case.fields {
        headers.append(http::HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap());
    }
    let arrived = Arrived {
        method: &case.method,
        authority: case.authority.as_bytes(),
        target: case.target.as_bytes(),
        scheme: Scheme::Https,
    };
    microseconds(|| {
        let head = verifier.head(black_box(&arrived), &headers, case.now).unwrap();
        black_box(head.with_body(&case.body).unwrap());
    })
}

fn theirs(case: &Case, keys: &str) -> f64 {
    let secret = keys.split(',').next().unwrap().rsplit_once(':').unwrap().1;
    let key = SharedKey::from_base64(&AlgorithmName::HmacSha256, secret).unwrap();
    let field =
        |name: &str| case.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str()).unwrap();
    let (input, signature) = (field("signature-input"), field("signature"));
    let (path, query) = case.target.split_once('?').unwrap_or((&case.target, ""));
    let covered = if input.contains("content-digest") { 6 } else { 5 };
    let value = |name: &str| match name {
        "@method" => case.method.clone(),
        "@authority" => case.authority.clone(),
        "@path" => path.to_owned(),
        "@query" => format!("?{query}"),
        name => field(name).to_owned(),
    };
    let lines: Vec<String> = COMPONENTS[..covered].iter().map(|name| format!("\"{name}\": {}", value(name))).collect();
    microseconds(|| {
        let headers = HttpSignatureHeaders::try_parse(black_box(signature), input).unwrap();
        let ours = &headers["outwork"];
        let lines: Vec<_> = lines.iter().map(|line| HttpMessageComponent::try_from(line.as_str()).unwrap()).collect();
        let base = HttpSignatureBase::try_new(&lines, ours.signature_params()).unwrap();
        // Its own check of times asks the wall clock, and vectors are of a day that is past.
        assert_eq!(black_box(base.build_raw_signature(&key).unwrap()).len(), 32);
    })
}
