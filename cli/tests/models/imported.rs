//! `outwork model import` and `outwork model show`.

use std::fs;

use serde_json::Value;

use crate::{Folder, fixtures};

const INPUTS: &str = r#"
[model]
id = "mine-1"
layer = "behaviour"
needs = { "pointer.events" = 12 }
[[input]]
signal = "pointer.events"
reason = "motion.amount"
[[input]]
signal = "pointer.speed"
reason = "motion.speed"
[[input]]
signal = "pointer.jerk"
reason = "motion.smoothness"
[[input]]
signal = "ua.family"
reason = "agent"
categories = { chrome = 0, safari = 1, firefox = 2, edge = 3 }
other = 4
[[input]]
signal = "beacon.webdriver"
reason = "page.automation"
[[input]]
signal = "header.count"
reason = "headers"
[[input]]
signal = "key.dwell"
reason = "keys"
"#;

/// A folder with the inputs, the fixture's rows, and predictions of them on a scale.
fn folder(name: &str, head: &str, scale: fn(f64) -> f64) -> Folder {
    let folder = Folder::new(name, "");
    folder.write("inputs.toml", INPUTS);
    let (mut rows, mut predictions) = (String::new(), format!("{head}\n"));
    for line in fs::read_to_string(fixtures().join("rows.jsonl")).unwrap().lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        rows += &format!("{}\n", line.get("row").unwrap());
        let separator = if head.contains('\t') { '\t' } else { ',' };
        predictions += &format!("7{separator}{}\n", scale(line.get("raw").and_then(Value::as_f64).unwrap()));
    }
    folder.write("rows.jsonl", &rows);
    folder.write("predictions.csv", &predictions);
    folder
}

fn import(folder: &Folder, export: &str) -> (i32, String, String) {
    let export = fixtures().join(export);
    let with = ["--recipe", "inputs.toml", "--check", "rows.jsonl", "--predictions", "predictions.csv"];
    folder.run(&[&["model", "import", export.to_str().unwrap(), "-o", "mine.model"], &with[..]].concat())
}

#[test]
fn an_export_is_imported_where_it_scores_as_predicted() {
    let probabilities = folder("import", "id,probability", |raw| 1.0 / (1.0 + (-raw).exp()));
    for folder in [probabilities, folder("import-raw", "SampleId\tRawFormulaVal", |raw| raw)] {
        let (code, out, err) = import(&folder, "behaviour.json");
        assert_eq!((code, err.as_str()), (0, ""));
        assert!(
            out.starts_with("mine-1: ") && out.contains("20 trees, 7 inputs; 200 rows scored as predicted"),
            "{out}"
        );
        let (code, out, _) = folder.run(&["model", "show", "mine.model", "--json"]);
        let shown: Value = serde_json::from_str(&out).unwrap();
        assert_eq!((code, &shown["needs"][0]["least"]), (0, &12.into()));
        let speed =
            shown["inputs"].as_array().unwrap().iter().find(|input| input["signal"] == "pointer.speed").unwrap();
        assert!((0.05..0.3).contains(&speed["missing"].as_f64().unwrap()), "{speed}");
        let (_, out, _) = folder.run(&["model", "show", "mine.model"]);
        assert!(out.contains("says nothing where pointer.events is below 12 or missing\n"), "{out}");
        assert!(out.contains("\nua.family         agent              text"), "{out}");
    }
}

#[test]
fn what_scores_otherwise_is_not_written() {
    let folder = folder("otherwise", "raw,x", |raw| raw);
    // The column that is read is the first: of sevens.
    let (code, _, err) = import(&folder, "behaviour.json");
    assert_eq!(code, 1);
    assert!(err.contains("rows score otherwise than was predicted") && err.contains("predicted 7.000000"), "{err}");
    assert!(!folder.0.join("mine.model").exists());
}

#[test]
fn what_inputs_leave_open_or_misspell_is_refused() {
    let folder = folder("inputs", "id,raw", |raw| raw);
    for (from, to, complaint) in [
        ("other = 4\n", "", "`categories` without `other`"),
        ("categories = { chrome = 0, safari = 1, firefox = 2, edge = 3 }\n", "", "`other` without `categories`"),
        ("needs = ", "need = ", "`need` is no key of [model]"),
        ("other = 4", "other = 4\ncategory = 1", "`category` is no key of input `ua.family`"),
        ("needs = { ", "needs = { \"network.asn\" = 1, ", "`network.asn` cannot be an input"),
    ] {
        assert_eq!(INPUTS.matches(from).count(), 1, "{from}");
        folder.write("inputs.toml", &INPUTS.replace(from, to));
        let (code, _, err) = import(&folder, "behaviour.json");
        assert!(code == 2 && err.contains(complaint), "{code} {err}");
    }
    // A recipe will do: what is for training says nothing here.
    let recipe = INPUTS
        .replace("[model]", "[model]\nkinds = [\"mouse\"]\nbins = 32")
        .replace("reason = \"keys\"", "reason = \"keys\"\nmonotone = 1");
    folder.write("inputs.toml", &format!("{recipe}\n[card]\npurpose = \"a test\"\n"));
    assert_eq!(import(&folder, "behaviour.json").0, 0);
}

#[test]
fn what_does_not_fit_is_refused_with_the_setting_to_change() {
    let folder = folder("unfit", "id,raw", |raw| raw);
    for (export, setting) in [("deep.json", "`depth=6`"), ("lossguide.json", "`grow_policy=\"SymmetricTree\"`")] {
        let (code, _, err) = import(&folder, export);
        assert!(code == 2 && err.contains(setting), "{err}");
    }
    let export = fixtures().join("behaviour.json");
    let (code, _, err) =
        folder.run(&["model", "import", export.to_str().unwrap(), "--recipe", "inputs.toml", "-o", "x"]);
    assert!(code == 2 && err.contains("--check"), "{err}");
    let (code, _, err) = folder.run(&["model", "show", "inputs.toml"]);
    assert!(code == 2 && err.contains("not a model"), "{err}");
}
