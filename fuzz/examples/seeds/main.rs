//! Writes what the targets start from, `fuzz/corpus/TARGET/`, out of the fixtures of the tests.

mod requests;

use outwork_engine::beacon::{Batch, Event, FEATURES, Features, Kind};
use outwork_engine::clearance::{Clearance, Passed};
use outwork_engine::keys::Keyring;
use outwork_engine::limits::{Ladder, Limit, Mercy, Rung};
use outwork_engine::risk::Band;
use outwork_engine::session::{Binding, seal};
use outwork_engine::time::Time;
use outwork_engine::window::{Decay, Window};
use std::error::Error;
use std::fs;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR"));
    hellos(&fuzz.join("../tests/fixtures/hello/clients.tsv"), &fuzz.join("corpus/hello"))?;
    imports(&fuzz.join("../tests/fixtures/anubis/data"), &fuzz.join("corpus/import"))?;
    packs(&fuzz.join("../tests/bad-packs"), &fuzz.join("corpus/pack"))?;
    bundle(&fuzz.join("../rules"), &fuzz.join("corpus/bundle/shipped"))?;
    bundle(&fuzz.join("../compiler/tests/everything"), &fuzz.join("corpus/bundle/everything"))?;
    logs(&fuzz.join("../tests/fixtures/logs"), &fuzz.join("corpus/log"))?;
    blobs(&fuzz.join("../beacon/test/vectors.json"), &fuzz.join("corpus/beacon"))?;
    challenges(&fuzz.join("corpus/challenge"))?;
    limits(&fuzz.join("corpus/limits"))?;
    tokens(&fuzz.join("corpus/token"))?;
    chains(&fuzz.join("corpus/audit"))?;
    let models = fuzz.join("../tests/fixtures/catboost");
    copies(&models, "model", &fuzz.join("corpus/model"))?;
    copies(&models, "json", &fuzz.join("corpus/catboost"))?;
    let captures = fuzz.join("../tests/fixtures/ja4");
    copies(&captures, "pcap", &fuzz.join("corpus/capture"))?;
    copies(&captures, "pcapng", &fuzz.join("corpus/capture"))?;
    requests::write(&fuzz.join(".."), &fuzz.join("corpus"))?;
    pages(&fuzz.join("../tests/insert/pages.json"), &fuzz.join("corpus/insert"))?;
    pairs(&fuzz.join("corpus/pairs"))
}

/// The files of one kind in a folder: models, the exports that they are made of, captures.
fn copies(folder: &Path, kind: &str, corpus: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(corpus)?;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == kind) {
            fs::copy(&path, corpus.join(path.file_name().unwrap_or_default()))?;
        }
    }
    Ok(())
}

/// The pages of the insertion's own tests, each in chunks of seven bytes.
fn pages(list: &Path, corpus: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(corpus)?;
    let pages: serde_json::Value = serde_json::from_str(&fs::read_to_string(list)?)?;
    for (index, page) in pages.as_array().into_iter().flatten().enumerate() {
        let html = page["becomes"].as_str().unwrap_or_default().replace("{tag}", "");
        fs::write(corpus.join(format!("page-{index}")), [&[7], html.as_bytes()].concat())?;
    }
    Ok(())
}

/// The blobs that the script's own encoder made, without the version and the MAC, which the target adds; and one that
/// wanders far enough for a sketch.
fn blobs(vectors: &Path, corpus: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(corpus)?;
    let file: serde_json::Value = serde_json::from_str(&fs::read_to_string(vectors)?)?;
    for (index, vector) in file["vectors"].as_array().into_iter().flatten().enumerate() {
        let hex = vector["blob"].as_str().unwrap_or_default();
        let byte = |at| u8::from_str_radix(hex.get(at..at + 2).unwrap_or_default(), 16);
        let blob = (0..hex.len()).step_by(2).map(byte).collect::<Result<Vec<u8>, _>>()?;
        fs::write(corpus.join(format!("vector-{index}")), &blob[1..blob.len() - 16])?;
    }
    let moves = (0..256_i32).map(|at| {
        let (dx, dy) = ((at * 37 % 83) - 41, (at * at % 67) - 33);
        let kind = Kind::Move { dx, dy, coalesced: 1 };
        Event { after: 16, kind, untrusted: false, fractional: false, disagrees: false }
    });
    let blob = Batch { events: moves.collect(), ..Batch::default() }.write(&[0; 16]);
    Ok(fs::write(corpus.join("wander"), &blob[1..blob.len() - 16])?)
}

/// A word, an instant and a charge of each band; and payloads of tokens.
fn limits(corpus: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(corpus)?;
    let ladder = Rung::ALL.into_iter().fold(Ladder::NONE, Ladder::with);
    let limit = Limit { burst: 3, interval: [1_000_000, 2_000_000, 4_000_000], ladder, decoy: 4, ..Limit::default() };
    for (index, band) in [Band::Low, Band::Medium, Band::High].into_iter().enumerate() {
        let charge = limit.strike(limit.charge(0, 7, band, Mercy::None)).to_bytes();
        let now = 1_795_305_600_000_000_u64.to_le_bytes();
        fs::write(corpus.join(format!("charge-{index}")), [&[0; 16][..], &now, &charge].concat())?;
    }
    for (index, payload) in [r#"{"sub":"alice","exp":1}"#, r#"{"a":[{"b":null}],"sub":-1.5e3}"#].iter().enumerate() {
        fs::write(corpus.join(format!("payload-{index}")), payload)?;
    }
    Ok(())
}

/// Challenges with answers: as they are sent, and as their parts.
fn challenges(corpus: &Path) -> Result<(), Box<dyn Error>> {
    use outwork_engine::{challenge, keys::Keyring, risk::Band, time::Time};
    fs::create_dir_all(corpus)?;
    let keys = Keyring::parse("a:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE").map_err(|error| error.to_string())?;
    let client = challenge::Client { device: 7, network: None, authority: b"shop.example" };
    let terms = challenge::Terms { bits: [1; 3], ..challenge::Terms::default() };
    for (index, target) in ["/", "/search?q=a%20b", ""].into_iter().enumerate() {
        let random = [u8::try_from(index)?; 16];
        let now = Time::from_seconds(1_795_305_600);
        let text = challenge::issue(&keys, &terms, Band::Low, &client, target.as_bytes(), random, now);
        fs::write(corpus.join(format!("json-{index}")), format!(r#"{{"challenge":"{text}","answer":"{index}"}}"#))?;
        fs::write(corpus.join(format!("work-{index}")), format!("{text}{index}"))?;
        fs::write(corpus.join(format!("wait-{index}")), format!("{text}{target}"))?;
    }
    Ok(fs::write(corpus.join("encoded"), "%2Fsearch%3Fq%3Da//evil")?)
}

/// The ends of records: what follows a chain's first words.
fn chains(corpus: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(corpus)?;
    let mac = "AAECAwQFBgcICQoLDA0ODw";
    let ends = [
        format!(r#"0123456789abcdef","sequence":2,"key":"a","previous":"{mac}","mac":"{mac}"}}}}}}}}"#),
        format!(r#"0123456789abcdef","sequence":1,"key":"a","opens":{{"why":"start"}},"mac":"{mac}"}}}}}}}}"#),
        format!(
            r#"0123456789abcdef","sequence":1,"key":"a","opens":{{"why":"reload","run":"0123456789abcdef","number":3,"follows":{{"id":"0123456789abcdef","sequence":9,"mac":"{mac}"}}}},"mac":"{mac}"}}}}}}"#
        ),
    ];
    for (index, end) in ends.iter().enumerate() {
        fs::write(corpus.join(format!("end-{index}")), end)?;
    }
    Ok(())
}

/// A token, and windows behind the 24 bytes that say what is done with them.
fn tokens(corpus: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(corpus)?;
    let keys = Keyring::parse("a:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE").map_err(|error| error.to_string())?;
    let now = Time::from_seconds(1_795_305_600);
    let new = Window::new([1; 16], now);
    let mut seen = new.clone();
    let mut features = Features::default();
    FEATURES.iter().zip(1..).for_each(|(&feature, value)| features.set(feature, 100 * value));
    seen.observe(&features, 5_000, Decay::default(), now).map_err(|_| "a first batch is newer than none")?;
    let until = Time(now.0 + 1_800_000_000);
    let clearance = Clearance { id: [4; 8], passed: Passed::Work, level: 2, since: now, until };
    fs::write(corpus.join("clearance"), clearance.encode())?;
    let here = Binding { fingerprint: 7, network: None, authority: b"other.example" };
    let token = seal(&seen, &keys, here, &[9; 16], now).ok_or("an authority of ordinary length")?;
    fs::write(corpus.join("token"), token)?;
    for (name, window) in [("new", new), ("seen", seen)] {
        fs::write(corpus.join(name), [&[0x5a; 24][..], &window.encode()].concat())?;
    }
    Ok(())
}

/// Every line of the small logs.
fn logs(logs: &Path, corpus: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(corpus)?;
    for name in ["combined.log", "envoy.json", "logpush.json", "records.jsonl"] {
        for (index, line) in fs::read_to_string(logs.join(name))?.lines().enumerate() {
            fs::write(corpus.join(format!("{name}-{index}")), line)?;
        }
    }
    Ok(())
}

/// Every TOML file of the bad packs, and each condition in them alone.
fn packs(bad: &Path, corpus: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(corpus)?;
    for folder in fs::read_dir(bad)? {
        let folder = folder?.path();
        for file in fs::read_dir(&folder)? {
            let file = file?.path();
            let Ok(text) = fs::read_to_string(&file) else { continue };
            let stem = [&folder, &file].map(|path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned());
            fs::write(corpus.join(stem.join("-")), &text)?;
            let conditions = text.lines().filter_map(|line| line.strip_prefix("when = "));
            for (index, condition) in conditions.enumerate() {
                fs::write(corpus.join(format!("{}-{index}", stem.join("-"))), condition.trim_matches('\''))?;
            }
        }
    }
    Ok(())
}

/// Every file of Anubis's data folder, and a list of crawlers.
fn imports(data: &Path, corpus: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(corpus)?;
    let mut folders = vec![data.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if let Some(name) = path.file_name() {
                fs::copy(&path, corpus.join(name))?;
            }
        }
    }
    Ok(fs::write(corpus.join("list.json"), r#"[{"pattern": "Foo\\/", "tags": ["seo"], "instances": ["Foo/1"]}]"#)?)
}

/// The bundle of a policy: of that which the product ships, and of a small one with some of everything.
fn bundle(policy: &Path, seed: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(seed.parent().ok_or("a seed stands in a folder")?)?;
    let compiled = outwork_compiler::compile(policy).map_err(|report| report.render(false))?;
    Ok(fs::write(seed, compiled.bundle)?)
}

/// A request in HTTP/2 as Envoy hands it over, and the text of its connection.
fn pairs(corpus: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(corpus)?;
    let map = [
        (":method", "GET"),
        (":authority", "shop.example"),
        (":scheme", "https"),
        (":path", "/a?b=1"),
        ("user-agent", "Mozilla/5.0"),
        ("x-forwarded-for", "203.0.113.7"),
        ("x-forwarded-proto", "https"),
        ("x-request-id", "1"),
    ];
    fs::write(corpus.join("map"), outwork_filter::pairs::write(&map))?;
    let text = "addr=203.0.113.7 id=17 ja4=t13d1516h2_8daaf6152771_02713d6af862 ja3=- version=TLSv1.3 sni=shop.example";
    Ok(fs::write(corpus.join("connection"), text)?)
}

/// Each hello as records and as a bare message.
fn hellos(clients: &Path, corpus: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(corpus)?;
    for (index, line) in fs::read_to_string(clients)?.lines().enumerate() {
        let records = hex(line.rsplit('\t').next().ok_or("an empty line")?)?;
        fs::write(corpus.join(format!("message-{index}")), records.get(5..).ok_or("a short hello")?)?;
        fs::write(corpus.join(format!("records-{index}")), records)?;
    }
    Ok(())
}

fn hex(text: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let digits = text.as_bytes().chunks(2);
    digits.map(|pair| Ok(u8::from_str_radix(std::str::from_utf8(pair)?, 16)?)).collect()
}
