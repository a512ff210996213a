//! `outwork replay` and `outwork diff` count what models said.

use outwork_engine::model::{read, write};
use serde_json::Value;

use crate::Folder;

const DEVICE: &str = "[[model]]\nid = \"device\"\nfile = \"device.model\"\n";

/// Records of three requests: what they tell of headers is the user agent.
fn log() -> String {
    let line = |path: &str, agent: &str| {
        format!("203.0.113.7 - - [21/Nov/2026:10:00:00 +0000] \"GET {path} HTTP/1.1\" 200 5 \"-\" \"{agent}\"\n")
    };
    [line("/", "curl/8.5.0"), line("/quiet", "curl/8.5.0"), line("/", "Mozilla/5.0")].concat()
}

#[test]
fn a_replay_counts_what_models_said() {
    let folder = Folder::new("replay", DEVICE);
    folder.write("access.log", &log());
    let (code, out, err) = folder.run(&["replay", "access.log", "-p", ".", "--json"]);
    assert_eq!((code, err.as_str()), (0, ""));
    let model = &serde_json::from_str::<Value>(&out).unwrap()["models"][0];
    assert_eq!((&model["slot"], &model["id"]), (&"device".into(), &"fixture-device".into()));
    assert_eq!((&model["scored"], &model["in_force"]), (&3.into(), &3.into()));
    let mean = model["mean_probability"].as_f64().unwrap();
    let (_, out, _) = folder.run(&["replay", "access.log", "-p", "."]);
    assert!(out.contains(&format!("{mean:.4}\n")), "{out}");
    let (_, out, _) = folder.run(&["replay", "access.log", "-p", ".", "--jsonl"]);
    let probabilities: Vec<u64> = out
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["probabilities"]["device"].as_u64().unwrap())
        .collect();
    assert_eq!(mean, (probabilities.iter().sum::<u64>() / 3) as f64 / 10_000.0);
}

#[test]
fn a_replay_counts_how_often_a_shadow_agrees_with_the_model_in_force() {
    let shadow = |id: &str, file: &str| format!("[[model]]\nid = \"{id}\"\nfile = \"{file}\"\nmode = \"shadow\"\n");
    let models = [DEVICE, &shadow("same", "device.model"), &shadow("next", "next.model")].concat();
    let folder = Folder::new("agreed", &models);
    // The model of the fixture, but for its calibration: nobody is a program.
    let mut parts = read(&std::fs::read(folder.0.join("device.model")).unwrap()).unwrap();
    parts.calibration.steps.fill(1_000);
    std::fs::write(folder.0.join("next.model"), write(&parts).unwrap()).unwrap();
    folder.write("access.log", &log());
    let (_, out, _) = folder.run(&["replay", "access.log", "-p", ".", "--jsonl"]);
    let lines = out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["probabilities"].clone());
    let is_probable = |line: &Value, slot: &str| line[slot].as_u64().unwrap() >= 5_000;
    let agreed = lines.filter(|line| is_probable(line, "device") == is_probable(line, "next")).count();
    let (code, out, err) = folder.run(&["replay", "access.log", "-p", ".", "--json"]);
    assert_eq!((code, err.as_str()), (0, ""));
    let models = &serde_json::from_str::<Value>(&out).unwrap()["models"];
    let of = |at: usize| ["in_force", "agreed", "disagreed"].map(|name| models[at][name].as_u64().unwrap());
    assert_eq!([of(0), of(1), of(2)], [[3, 0, 0], [0, 3, 0], [0, agreed as u64, 3 - agreed as u64]]);
    assert_eq!(agreed, 0, "the fixture takes all three for programs");
}

#[test]
fn a_diff_names_the_model_behind_a_change() {
    let (old, new) = (Folder::new("old", ""), Folder::new("new", &format!("[bands]\nmedium = 1\n{DEVICE}")));
    new.write("access.log", &log());
    let old = old.0.join("outwork.toml");
    let (_, out, err) = new.run(&["diff", old.to_str().unwrap(), ".", "access.log", "--json"]);
    assert_eq!(err, "");
    let told: Value = serde_json::from_str(&out).unwrap();
    let causes = told["causes"].as_array().unwrap();
    let cause = causes.iter().find(|cause| cause["id"] == "model.device").unwrap();
    assert_eq!((&cause["how"], &cause["requests"]), (&"added".into(), &told["changed"]));
}
