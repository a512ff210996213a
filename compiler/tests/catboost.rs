//! Models that CatBoost 1.2.10 trained and exported: they score as CatBoost does, and what does not fit says what to change.
//!
//! `OUTWORK_BLESS=1 cargo test -p outwork-compiler --test catboost` writes the models of `tests/fixtures/catboost` anew.
#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use outwork_compiler::model::{Categories, Column, ImportError, Plan, curve, import};
use outwork_engine::{
    fact::Fact,
    model::{Binned, Bins, Cell, Model, Parts, reference},
    rules::Layer,
    signals,
};
use proptest::{
    prelude::*,
    sample::{self, Index},
};
use serde_json::{Value, json};
use std::{env, fs, path::PathBuf};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/catboost")
}

fn fixture(name: &str) -> String {
    fs::read_to_string(folder().join(name)).expect("the fixture is in the repository")
}

fn plan() -> Plan {
    let column = |signal: &str, reason: &str| Column { signal: signal.into(), reason: reason.into(), categories: None };
    let families = [("chrome", 0), ("safari", 1), ("firefox", 2), ("edge", 3)];
    let known = families.map(|(text, number)| (text.to_owned(), number)).into();
    Plan {
        id: "fixture".into(),
        layer: Layer::Behaviour,
        columns: vec![
            column("pointer.events", "motion.amount"),
            column("pointer.speed", "motion.speed"),
            column("pointer.jerk", "motion.smoothness"),
            Column { categories: Some(Categories { known, other: 4 }), ..column("ua.family", "agent") },
            column("beacon.webdriver", "page.automation"),
            column("header.count", "headers"),
            column("key.dwell", "keys"),
        ],
        needs: vec![("pointer.events".into(), 12)],
    }
}

fn device_plan() -> Plan {
    let column = |signal: &str, reason: &str| Column { signal: signal.into(), reason: reason.into(), categories: None };
    let categories = plan().columns.swap_remove(3).categories;
    Plan {
        id: "fixture-device".into(),
        layer: Layer::Device,
        columns: vec![
            column("header.count", "headers"),
            column("header.bytes", "headers"),
            Column { categories, ..column("ua.family", "agent") },
            column("ua.length", "agent"),
            column("fetch.presence_matches", "fetch"),
        ],
        needs: Vec::new(),
    }
}

fn imported() -> Parts {
    import(fixture("behaviour.json").as_bytes(), &plan()).expect("the fixture fits")
}

struct Row {
    cells: Value,
    raw: f64,
    shap: Vec<f64>,
}

fn rows() -> Vec<Row> {
    let read = |line: &str| {
        let mut line: Value = serde_json::from_str(line).expect("a line is JSON");
        let shap = line["shap"].as_array().expect("values").iter().filter_map(Value::as_f64).collect();
        Row { raw: line["raw"].as_f64().expect("a number"), shap, cells: line["row"].take() }
    };
    fixture("rows.jsonl").lines().map(read).collect()
}

/// The row as a model takes it.
fn cells<'r>(parts: &Parts, row: &'r Value) -> Vec<Option<Cell<'r>>> {
    let cell = |signal: &str| match &row[signal] {
        Value::String(text) => Some(Cell::Text(text.as_bytes())),
        other => other.as_u64().and_then(|number| u16::try_from(number).ok()).map(Cell::Number),
    };
    parts.inputs.iter().map(|input| cell(&input.signal)).collect()
}

/// The model as hosts serve it, from its file, and a row's bins.
fn served(parts: &Parts) -> Model {
    let file = outwork_engine::model::write(parts).expect("what was imported is within bounds");
    Model::load(&file).expect("its signals are known")
}

fn binned(model: &Model, row: &Value) -> Binned {
    model.bin(|signal| match &row[signal.name] {
        Value::Null => Fact::Absent,
        Value::String(text) => Fact::Known(signals::Value::Text(text.as_bytes())),
        other => Fact::Known(signals::Value::Int(other.as_i64().expect("a number"))),
    })
}

#[test]
fn an_imported_model_scores_as_catboost_does() {
    let (parts, mut enough) = (imported(), 0);
    let model = served(&parts);
    for row in rows() {
        let Some(score) = model.score(&binned(&model, &row.cells)) else { continue };
        assert_eq!(reference::score(&parts, &cells(&parts, &row.cells)), Some((score.sum, score.probability)));
        let logits = f64::from(score.sum) / f64::from(parts.per_logit);
        // Half a unit a leaf and one for the bias; the fixture has 7 digits.
        let rounding = 0.5 * (parts.trees.len() + 1) as f64 / f64::from(parts.per_logit) + 1e-6;
        assert!((logits - row.raw).abs() <= rounding, "{logits} is not {}", row.raw);
        let probability = f64::from(score.probability) / 10_000.0;
        assert!((probability - 1.0 / (1.0 + (-row.raw).exp())).abs() < 0.005);
        enough += 1;
    }
    assert!((150..200).contains(&enough), "{enough} rows have what the model needs");
}

#[test]
fn contributions_are_catboosts_own_shapley_values() {
    let parts = imported();
    let (model, columns) = (served(&parts), plan().columns);
    for row in rows() {
        let Some(contributions) = model.contributions(&binned(&model, &row.cells)) else { continue };
        // Half a unit a question, and what is left over so that a row adds up exactly.
        let rounding = 1.5 * parts.trees.len() as f64 / f64::from(parts.per_logit) + 2e-6;
        assert!(rounding < 1e-3);
        for ((signal, _), adds) in model.inputs().zip(contributions.by_input()) {
            let at = columns.iter().position(|column| column.signal == signal.name).expect("a column");
            let (ours, theirs) = (f64::from(*adds) / f64::from(parts.per_logit), row.shap[at]);
            assert!((ours - theirs).abs() <= rounding, "{}: {ours} is not {theirs}", signal.name);
        }
        let mean = f64::from(model.mean()) / f64::from(parts.per_logit);
        assert!((mean - row.shap[columns.len()]).abs() < rounding, "{mean} is not the expected value");
    }
}

#[test]
fn probabilities_follow_the_curve_that_is_asked_for() {
    let mut parts = imported();
    assert!(parts.calibration.steps.is_sorted());
    parts.calibration = curve(&parts, |logit| if logit < 0.0 { 0.1 } else { 0.7 });
    let model = served(&parts);
    for row in rows().iter().filter(|row| row.raw.abs() > 0.05) {
        let Some(score) = model.score(&binned(&model, &row.cells)) else { continue };
        assert_eq!(score.probability, if row.raw < 0.0 { 1_000 } else { 7_000 }, "{}", row.raw);
    }
}

/// Policies of other tests have these models.
#[test]
fn the_files_of_models_are_what_the_exports_become() {
    let reported = Plan { id: "fixture-reported".into(), layer: Layer::Context, ..plan() };
    let files = [
        ("behaviour", "behaviour.json", plan()),
        ("device", "device.json", device_plan()),
        ("reported", "behaviour.json", reported),
    ];
    for (name, export, plan) in files {
        let parts = import(fixture(export).as_bytes(), &plan).expect("the fixture fits");
        let file = outwork_engine::model::write(&parts).expect("it is within bounds");
        let path = folder().join(format!("{name}.model"));
        if env::var_os("OUTWORK_BLESS").is_some() {
            fs::write(&path, &file).expect("the fixture can be written");
        }
        assert!(fs::read(&path).ok() == Some(file), "{name}.model is not what it should be; OUTWORK_BLESS=1 writes it");
    }
}

#[test]
fn columns_that_no_tree_asks_about_are_no_inputs() {
    let mut plan = plan();
    plan.columns.push(Column { signal: "wheel.events".into(), reason: "wheel".into(), categories: None });
    let parts = import(fixture("behaviour.json").as_bytes(), &plan).expect("it fits");
    assert_eq!(parts.inputs, imported().inputs);
    plan.needs.push(("wheel.events".into(), 3));
    let parts = import(fixture("behaviour.json").as_bytes(), &plan).expect("it fits");
    assert_eq!(parts.needs, [(0, 12), (7, 3)]);
    assert_eq!(parts.inputs[7].bins, Bins::Number(vec![]));
}

#[test]
fn an_export_without_names_goes_by_places() {
    let unnamed = changed(|export| {
        for feature in export["features_info"]["float_features"].as_array_mut().expect("features") {
            feature["feature_id"] = json!("");
        }
    });
    assert_eq!(import(unnamed.as_bytes(), &plan()).expect("it fits"), imported());
}

#[test]
fn columns_in_another_order_are_found_by_their_names() {
    let mut plan = plan();
    plan.columns.reverse();
    let parts = import(fixture("behaviour.json").as_bytes(), &plan).expect("it fits");
    let (model, other) = (served(&parts), served(&imported()));
    for row in rows() {
        assert_eq!(model.score(&binned(&model, &row.cells)), other.score(&binned(&other, &row.cells)));
    }
}

#[test]
fn what_does_not_fit_names_the_setting_to_change() {
    let cases: [(String, &str); 12] = [
        (fixture("lossguide.json"), "grow_policy=\"SymmetricTree\""),
        (fixture("deep.json"), "train with `depth=6`"),
        (String::from("{}"), "save_model(path, format=\"json\")"),
        (changed(|export| export["model_info"]["params"]["loss_function"]["type"] = json!("MultiClass")), "Logloss"),
        (
            changed(|export| export["model_info"]["class_params"]["class_names"] = json!(["bot", "human"])),
            "label programs 1",
        ),
        (changed(|export| first_split(export)["split_type"] = json!("OneHotFeature")), "one_hot_max_size"),
        (changed(|export| first_split(export)["split_type"] = json!("OnlineCtr")), "cat_features"),
        (
            changed(|export| export["features_info"]["float_features"][5]["nan_value_treatment"] = json!("AsTrue")),
            "nan_mode=\"Min\"",
        ),
        (changed(|export| first_split(export)["border"] = json!(70_000.5)), "clamp the column to 65,535"),
        (changed(many_borders), "border_count=61"),
        (changed(|export| export["oblivious_trees"][0]["leaf_values"][0] = json!(null)), "no export of CatBoost"),
        (changed(|export| export["scale_and_bias"] = json!([1.0, [0.0, 0.0]])), "two classes"),
    ];
    for (export, remedy) in cases {
        let error = import(export.as_bytes(), &plan()).expect_err(remedy).to_string();
        assert!(error.contains(remedy), "`{error}` has no `{remedy}`");
    }
    let infinite = fixture("behaviour.json").replacen("\"border\":", "\"border\":1e999,\"was\":", 1);
    assert!(matches!(import(infinite.as_bytes(), &plan()), Err(ImportError::Json { .. })));
    let not_a_number = fixture("behaviour.json").replacen("\"border\":", "\"border\":NaN,\"was\":", 1);
    assert!(matches!(import(not_a_number.as_bytes(), &plan()), Err(ImportError::Json { .. })));
}

#[test]
fn a_plan_that_does_not_fit_the_signals_is_refused() {
    let with = |change: &dyn Fn(&mut Plan)| {
        let mut plan = plan();
        change(&mut plan);
        import(fixture("behaviour.json").as_bytes(), &plan).expect_err("it does not fit")
    };
    let signal = || "pointer.events".to_owned();
    assert_eq!(
        with(&|plan| plan.columns[0].signal = "pointer.none".into()),
        ImportError::Signal { signal: "pointer.none".into() }
    );
    assert_eq!(
        with(&|plan| plan.columns[0].signal = "client.address".into()),
        ImportError::Address { signal: "client.address".into() }
    );
    assert_eq!(with(&|plan| plan.columns[1].signal = signal()), ImportError::Twice { signal: signal() });
    assert_eq!(
        with(&|plan| plan.columns[3].categories = None),
        ImportError::Categories { signal: "ua.family".into(), text: true }
    );
    assert_eq!(
        with(&|plan| plan.needs = vec![("wheel.delta".into(), 1)]),
        ImportError::Need { signal: "wheel.delta".into() }
    );
    assert!(matches!(with(&|plan| plan.columns.truncate(5)), ImportError::Column { .. }));
    let without_other = |plan: &mut Plan| {
        if let Some(categories) = &mut plan.columns[3].categories {
            categories.other = 0;
        }
    };
    assert_eq!(with(&without_other), ImportError::Unreached { signal: "ua.family".into() });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_damaged_export_is_refused_or_makes_a_model_that_is_served(at in any::<Index>(), with in sample::select(DAMAGE), cut in 0..12_usize) {
        let export = fixture("device.json");
        let at = at.index(export.len());
        let damaged = [&export[..at], with, &export[(at + cut).min(export.len())..]].concat();
        if let Ok(parts) = import(damaged.as_bytes(), &device_plan()) {
            served(&parts);
        }
    }
}

/// What damage is made of.
const DAMAGE: &[&str] =
    &["", "0", "9", "-", ".", "e", "1e308", "-1e308", "1e-308", ",", "[", "]", "{", "}", "null", "\"", "0.5,"];

fn changed(change: impl Fn(&mut Value)) -> String {
    let mut export: Value = serde_json::from_str(&fixture("behaviour.json")).expect("the fixture is JSON");
    change(&mut export);
    export.to_string()
}

fn first_split(export: &mut Value) -> &mut Value {
    &mut export["oblivious_trees"][0]["splits"][0]
}

/// Every tree asks about a border of its own, and there are 62.
fn many_borders(export: &mut Value) {
    let mut tree = export["oblivious_trees"][0].take();
    tree["leaf_values"] = json!([0.0, 1.0]);
    tree["leaf_weights"] = json!([1.0, 1.0]);
    let trees = (0..62).map(|border| {
        let split = json!({"split_type": "FloatFeature", "float_feature_index": 1, "border": f64::from(border) + 0.5});
        let mut tree = tree.clone();
        tree["splits"] = json!([split]);
        tree
    });
    export["oblivious_trees"] = trees.collect();
}
