//! What a policy that samples leaves out, and what it never does.

use outwork_compiler::{Request, compile_files};
use outwork_engine::{keys::Keyring, policy::Policy, rules::Scratch, time::Time};
use std::collections::BTreeMap;

const POLICY: &str = r#"
[policy]
version = "1"
mode = "enforce"
sample_allowed = 0.1
packs = ["pack.toml"]

[[transaction]]
id = "pay"
when = 'request.path == "/pay"'
window = "any"
why = "a test"
"#;

const PACK: &str = r#"
[pack]
id = "shop"
version = "1"
why = "a test"

[[rule]]
id = "shop.watched"
when = 'request.path == "/watched"'
action = "block"
mode = "shadow"
why = "a test"

[[rule]]
id = "shop.tagged"
when = 'request.path == "/tagged"'
action = "tag"
why = "a test"
"#;

#[test]
fn only_what_passes_without_a_word_is_sampled() {
    let files = BTreeMap::from([("outwork.toml".into(), POLICY.into()), ("pack.toml".into(), PACK.into())]);
    let compiled = compile_files(&files, "outwork.toml").unwrap_or_else(|report| panic!("{}", report.render(false)));
    let policy = Policy::load(&compiled.bundle).unwrap();
    let keys = Keyring::parse("test:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=").unwrap();
    let kept = |target: &str| -> Vec<_> {
        let json = serde_json::json!({"method": "GET", "target": target, "address": "203.0.113.7"});
        let request: Request = serde_json::from_value(json).unwrap();
        let mut kept = Vec::new();
        for seed in 0..200_u8 {
            request.with_facts(Time(1_795_305_600_000_000), [seed; 16], |facts| {
                let decision = policy.assess(facts, &keys, &mut Scratch::default()).decide(&[]);
                kept.extend(policy.keeps(&decision, &keys));
            });
        }
        kept
    };
    let plain = kept("/");
    assert!((5..50).contains(&plain.len()) && plain.iter().all(|rate| *rate == Some(100)), "{plain:?}");
    for target in ["/pay", "/watched", "/tagged"] {
        assert_eq!(kept(target), vec![None; 200], "{target}");
    }
}
