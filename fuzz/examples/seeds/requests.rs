//! Seeds of what comes in requests, and in the logs and captures that others make of them.

use outwork_engine::directories::{Directories, Response};
use outwork_engine::time::Time;
use serde_json::{Value, json};
use std::error::Error;
use std::fs;
use std::path::Path;

type Done = Result<(), Box<dyn Error>>;

const URL: &str = "https://agent.example/.well-known/http-message-signatures-directory";
const KEYS: &str = r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;

/// All of them, from the repository's fixtures.
pub(crate) fn write(root: &Path, corpus: &Path) -> Done {
    for name in ["structured", "signature_agent", "directory", "request", "worker", "wrapped", "networks", "service"] {
        fs::create_dir_all(corpus.join(name))?;
    }
    structured(&root.join("tests/fixtures/structured-fields"), &corpus.join("structured"))?;
    signatures(&root.join("tests/fixtures/web-bot-auth"), &corpus.join("signature_agent"))?;
    directories(&root.join("tests/fixtures/web-bot-auth"), &corpus.join("directory"))?;
    requests(root, corpus)?;
    wrapped(&root.join("tests/fixtures/logs/records.jsonl"), &corpus.join("wrapped"))?;
    networks(&root.join("rules/lists"), &corpus.join("networks"))?;
    let statuses = b"\x08\x02\x12\x12\x08\x01\x12\x02\x08\x09\x18\x07\x22\x08\x08\x5a\x10\x80\xca\xb5\xee\x01\x12\x04\x08\x02\x12\x00\x12\x02\x08\x01";
    fs::write(corpus.join("service/statuses"), statuses)?;
    Ok(fs::write(corpus.join("service/overall"), b"\x08\x02\x1a\x02\x0a\x00")?)
}

fn json_of(path: &Path) -> Result<Value, Box<dyn Error>> {
    Ok(serde_json::from_str(&fs::read_to_string(path)?)?)
}

fn each(value: &Value) -> impl Iterator<Item = (usize, &Value)> {
    value.as_array().into_iter().flatten().enumerate()
}

/// The HTTP working group's tests.
fn structured(folder: &Path, corpus: &Path) -> Done {
    for path in fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())) {
        let path = path?;
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        for (index, test) in each(&json_of(&path)?) {
            let lines: Vec<&str> = each(&test["raw"]).filter_map(|(_, line)| line.as_str()).collect();
            fs::write(corpus.join(format!("{stem}-{index}")), lines.join(", "))?;
        }
    }
    Ok(())
}

/// The vectors of Web Bot Auth: three fields and a query, a line each.
fn signatures(folder: &Path, corpus: &Path) -> Done {
    for version in ["v1", "v2"] {
        let vectors = json_of(&folder.join(format!("web_bot_auth_architecture_{version}.json")))?;
        for (index, vector) in each(&vectors) {
            let of = |name: &str| vector[name].as_str().unwrap_or_default().to_owned();
            let lines = [of("signature_input"), of("signature"), of("signature_agent"), "/path?a=b%20c".into()];
            fs::write(corpus.join(format!("{version}-{index}")), lines.join("\n"))?;
        }
    }
    let covers = r#"sig1=("@method" "@target-uri" "@authority" "@scheme" "@request-target" "@path" "@query" "@query-param";name="a" "a" "a";sf "a";bs "a";key="b" "signature-agent";key="sig1");created=1795305600;expires=1795305660;keyid="k";tag="web-bot-auth""#;
    let lines = [covers, "sig1=:AA==:", r#"sig1="https://agent.example""#, "/p?a=%62&a=c"];
    Ok(fs::write(corpus.join("covers"), lines.join("\n"))?)
}

/// What a directory's server answers, what threads share of it, and a URL.
fn directories(folder: &Path, corpus: &Path) -> Done {
    fs::write(corpus.join("answer"), format!("\x07\0max-age=600, public\n{KEYS}"))?;
    fs::write(corpus.join("late"), "\x07\u{7f}120\n")?;
    for name in ["jwk-thumbprint", "web_bot_auth_registry_v1", "web_bot_auth_signature_agent_card_v1"] {
        let text = fs::read_to_string(folder.join(format!("{name}.json")))?;
        fs::write(corpus.join(name), format!("\x07\0\n{text}"))?;
    }
    fs::write(corpus.join("url"), URL)?;
    let mut known = Directories::of([URL]);
    fs::write(corpus.join("nothing-known"), known.to_bytes())?;
    let response = Response {
        status: 200,
        content_type: b"application/http-message-signatures-directory+json",
        cache_control: b"max-age=600",
        retry_after: b"",
        body: KEYS.as_bytes(),
    };
    known.fetched(URL, &response, Time::from_seconds(1_795_305_600), 7).map_err(|error| error.name())?;
    Ok(fs::write(corpus.join("known"), known.to_bytes())?)
}

/// The corpus that every host plays, forged evidence, and the endpoints.
fn requests(root: &Path, corpus: &Path) -> Done {
    let vectors = json_of(&root.join("origin/vectors/evidence.json"))?;
    for (index, case) in each(&vectors["cases"]) {
        request(&case["request"], b"body", &format!("forged-{index}"), corpus)?;
    }
    for name in ["clients", "browsers", "crawlers", "oddities", "paths"] {
        let cases = fs::read_to_string(root.join(format!("tests/corpus/{name}.jsonl")))?;
        for (index, line) in cases.lines().enumerate().step_by(7) {
            request(&serde_json::from_str::<Value>(line)?["facts"], b"body", &format!("{name}-{index}"), corpus)?;
        }
    }
    let blob = json_of(&root.join("beacon/test/vectors.json"))?["vectors"][0]["blob"].to_string().into_bytes();
    let answer = br#"{"challenge":"AAAA","answer":"1"}"#;
    let bodies: [(&str, &[u8]); 7] = [
        ("hello", b"{}"),
        ("beacon", &blob),
        ("challenge", answer),
        ("forget", b""),
        ("challenge/wait?to=%2Fa", b""),
        ("lab", &blob),
        ("beacon.js", b""),
    ];
    for (name, body) in bodies {
        for method in ["GET", "POST"] {
            let headers = [
                ["origin", "https://shop.example"],
                ["sec-fetch-site", "same-origin"],
                ["content-type", "application/json"],
                ["cookie", "token=e30.eyJzdWIiOiJhbGljZSJ9.x; __Host-outwork=AAAA"],
            ];
            let facts = json!({"method": method, "authority": "shop.example", "target": format!("/.well-known/outwork/{name}"), "headers": headers});
            request(
                &facts,
                body,
                &format!("endpoint-{method}-{}", name.split(|at| at == '?' || at == '/').next_back().unwrap_or(name)),
                corpus,
            )?;
        }
    }
    let digest = "sha-512=:AA==:, sha-256=:AA==:";
    let facts = json!({"method": "POST", "target": "/checkout", "headers": [["content-digest", digest], ["signature-input", "sig1=(), outwork=()"], ["signature", "sig1=:AA==:"]]});
    request(&facts, &[b'x'; 600], "checkout", corpus)
}

/// As Envoy hands it over, and as the Worker's shell does.
fn request(facts: &Value, body: &[u8], name: &str, corpus: &Path) -> Done {
    let of = |name: &str, otherwise: &str| facts[name].as_str().unwrap_or(otherwise).to_owned();
    let (method, authority, target) = (of("method", "GET"), of("authority", "shop.example"), of("target", "/"));
    let lines: Vec<(&str, &str)> =
        each(&facts["headers"]).filter_map(|(_, line)| Some((line[0].as_str()?, line[1].as_str()?))).collect();
    let pseudo = [(":method", method.as_str()), (":authority", &authority), (":scheme", "https"), (":path", &target)];
    let map = outwork_filter::pairs::write(&[&pseudo[..], &lines].concat());
    let length = u16::try_from(map.len()).unwrap_or(u16::MAX).to_le_bytes();
    for choice in [0, 4] {
        fs::write(corpus.join(format!("request/{name}-{choice}")), [&[choice], &length[..], &map, body].concat())?;
    }
    let mut text = format!(
        "0123456789abcdef{method}\nhttps://{authority}{target}\n1795305600123\n3320\nDE\nTLSv1.3\nHTTP/2\n=gzip\n\n\n"
    );
    lines.iter().for_each(|(name, value)| text += &format!("{name}\n{value}\n"));
    let told = "1795305600123\nall ? ?\nadmitted\n";
    Ok(fs::write(
        corpus.join(format!("worker/{name}")),
        [text.as_bytes(), b"\0", body, b"\0", told.as_bytes()].concat(),
    )?)
}

/// Records as they are, as text, and as OTLP and CloudWatch have them.
fn wrapped(records: &Path, corpus: &Path) -> Done {
    for (index, line) in fs::read_to_string(records)?.lines().enumerate().take(8) {
        let record: Value = serde_json::from_str(line)?;
        let record = record.get("record").map_or_else(
            || line.to_owned(),
            |inside| inside.as_str().map_or_else(|| inside.to_string(), str::to_owned),
        );
        let otlp = json!({"resourceLogs": [{"scopeLogs": [{"logRecords": [{"body": {"stringValue": record}}]}]}]});
        fs::write(corpus.join(format!("otlp-{index}")), otlp.to_string())?;
        fs::write(
            corpus.join(format!("text-{index}")),
            json!({"message": json!({"log": record}).to_string()}).to_string(),
        )?;
        fs::write(corpus.join(format!("record-{index}")), record)?;
    }
    Ok(())
}

/// The lists that are shipped, and one as operators publish it.
fn networks(lists: &Path, corpus: &Path) -> Done {
    for entry in fs::read_dir(lists)? {
        let path = entry?.path();
        let text = fs::read_to_string(&path)?;
        if !text.contains("names") && text.len() < 10_000 {
            fs::write(corpus.join(path.file_name().unwrap_or_default()), text)?;
        }
    }
    let published = r#"{"creationTime": "2026-11-01", "prefixes": [{"ipv6Prefix": "2a00::/32"}, {"ipv4Prefix": "66.249.64.0/24"}]}"#;
    fs::write(corpus.join("prefixes"), published)?;
    Ok(fs::write(corpus.join("csv"), "66.249.64.0/23,DE,,\n\"2a00::/32\",US,,\n")?)
}
