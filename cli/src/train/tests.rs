//! Training on generated rows, by the real CatBoost.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser;
use outwork_engine::model::{Cell as ModelCell, Model, read, reference};
use outwork_engine::signals::{SIGNALS, Signal, by_name};
use outwork_replay::Rate;

use crate::command::Command;
use crate::dice::Dice;
use crate::rows::{Cell, Kind, Label, Meta, Provenance, Span, Subject, Table, write};

const RECIPE: &str = r#"
[model]
id = "device-test"
layer = "device"
kinds = ["device"]
trees = 12
depth = 3
learning_rate = 0.3
l2 = 3.0
bins = 12
early_stopping = 6
seed = 7
needs = { "ua.length" = 3 }
without = ["robot"]

[families]
moving = ["line", "robot"]

[[input]]
signal = "header.count"
reason = "headers.number"
monotone = -1

[[input]]
signal = "tls.ja4"
reason = "tls.hello"

[[input]]
signal = "header.order_matches"
reason = "headers.order"

[card]
purpose = "Rows that a test made up."
cannot_show = ["Anything."]
"#;

#[derive(Parser)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

/// The interpreter that the scripts make, where it is.
fn python() -> Option<PathBuf> {
    let made = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.outwork/venv-train/bin/python");
    let python = std::env::var_os("OUTWORK_PYTHON").map_or(made, PathBuf::from);
    if python.exists() {
        return Some(python);
    }
    eprintln!("DID NOT RUN: {} is not there; ./scripts/test makes it", python.display());
    None
}

/// Runs a command of `outwork`.
fn outwork(arguments: &[&str]) -> Result<(), String> {
    let line = Line::try_parse_from([&["outwork"], arguments].concat()).map_err(|error| error.to_string())?;
    line.command.run().map(|_| ()).map_err(|failure| format!("{failure:?}"))
}

/// People and programs of two sources and three generators, who differ in what they send.
fn rows(path: &Path) {
    more_rows(path, 480);
}

fn more_rows(path: &Path, count: usize) {
    let names = ["header.count", "tls.ja4", "header.order_matches", "ua.length"];
    let signals = names.iter().filter_map(|name| SIGNALS.get(by_name(name)?));
    let mut table = Table::new(Subject::Device, signals);
    let mut dice = Dice::new(3);
    for n in 0..count {
        let maker = ["lab", "field", "line", "wind", "robot"][n % 5];
        let is_program = n % 5 > 1;
        let text = |dice: &mut Dice| format!("{}{}", if is_program { "tool" } else { "browser" }, dice.below(4));
        let cells: BTreeMap<&str, Option<Cell>> = BTreeMap::from([
            ("header.count", Some(Cell::Number((if is_program { 4 } else { 8 } + dice.below(9)) as u16))),
            ("tls.ja4", (dice.below(5) > 0).then(|| Cell::Text(text(&mut dice)))),
            ("header.order_matches", (dice.below(3) > 0).then(|| Cell::Number(u16::from(!is_program)))),
            ("ua.length", Some(Cell::Number(dice.below(60) as u16))),
        ]);
        let meta = Meta {
            source: if is_program { "clients".into() } else { maker.into() },
            id: n.to_string(),
            person: format!("{maker}:{}", n / 10),
            generator: is_program.then(|| maker.to_owned()),
            label: Some(if is_program { Label::Program } else { Label::Person }),
            kind: Kind::Device,
            group: format!("{maker} | made"),
            window: Span::Request,
            rate: Rate::ALL,
        };
        table.push(meta, |signal| cells.get(signal.name).cloned().flatten());
    }
    table.provenance.push(Provenance { source: "lab".into(), file: "lab.jsonl".into(), ..Provenance::default() });
    write(path, &table).unwrap();
}

/// Every file under a folder, by its name.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(
                files(&path).into_iter().map(|(name, bytes)| (Path::new(path.file_name().unwrap()).join(name), bytes)),
            );
        } else {
            all.insert(PathBuf::from(path.file_name().unwrap()), fs::read(&path).unwrap());
        }
    }
    all
}

#[test]
fn the_same_rows_train_the_same_bytes_and_they_are_evaluated() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    rows(Path::new(&at("rows.parquet")));
    fs::write(at("recipe.toml"), RECIPE).unwrap();
    let python = python.to_string_lossy().into_owned();
    let train = |out: &str| {
        let (rows, recipe, out) = (at("rows.parquet"), at("recipe.toml"), at(out));
        outwork(&["train", "device", "--rows", &rows, "--recipe", &recipe, "-o", &out, "--python", &python]).unwrap();
    };
    train("one/device");
    train("two/device");
    let made = files(&folder.path().join("one/device"));
    assert_eq!(made, files(&folder.path().join("two/device")));
    let names: Vec<_> = made.keys().map(|name| name.to_string_lossy().into_owned()).collect();
    let plots = ["calibration", "importance", "roc", "scores"].map(|name| format!("card/{name}.svg"));
    assert_eq!(
        names,
        [
            &["CARD.md".to_owned()][..],
            &plots,
            &["device.model", "golden.jsonl", "rows.json", "train.toml"].map(String::from)
        ]
        .concat()
    );
    is_what_golden_vectors_say(&made, "device.model");
    is_told(&made);

    let (model, rows, page) = (at("one/device"), at("rows.parquet"), at("report.html"));
    outwork(&["eval", "model", &model, &rows, "--leave-one-generator-out", "--html", &page, "--python", &python])
        .unwrap();
    let page = fs::read_to_string(page).unwrap();
    for part in [
        "Generators left out of training",
        "Families of generators left out",
        "moving",
        "field | made",
        "robot",
        "<svg",
        "Logistic regression",
    ] {
        assert!(page.contains(part), "{part}");
    }
    assert!(!page.contains("<script") && !page.contains("parts may differ"));

    more_rows(Path::new(&at("more.parquet")), 500);
    let (more, page) = (at("more.parquet"), at("more.html"));
    outwork(&["eval", "model", &model, &more, "--html", &page]).unwrap();
    assert!(fs::read_to_string(page).unwrap().contains("parts may differ"));
}

fn is_what_golden_vectors_say(made: &BTreeMap<PathBuf, Vec<u8>>, name: &str) {
    let bytes = &made[Path::new(name)];
    let (parts, model) = (read(bytes).unwrap(), Model::load(bytes).unwrap());
    assert!(parts.inputs.iter().all(|input| input.shares.iter().map(|share| u32::from(*share)).sum::<u32>() > 65_000));
    let mut scored = 0;
    for line in String::from_utf8_lossy(&made[Path::new("golden.jsonl")]).lines() {
        let golden: serde_json::Value = serde_json::from_str(line).unwrap();
        let cell = |name: &str| match &golden["row"][name] {
            serde_json::Value::Number(number) => Some(ModelCell::Number(number.as_u64().unwrap() as u16)),
            serde_json::Value::String(text) => Some(ModelCell::Text(text.as_bytes())),
            _ => None,
        };
        let row: Vec<_> = parts.inputs.iter().map(|input| cell(&input.signal)).collect();
        let sum = reference::score(&parts, &row).map(|(sum, _)| sum);
        assert_eq!(golden["sum"].as_i64(), sum.map(i64::from));
        let read = |signal: &Signal| match cell(signal.name) {
            Some(ModelCell::Number(number)) => outwork_engine::fact::Fact::Known(number.into()),
            Some(ModelCell::Text(text)) => outwork_engine::fact::Fact::Known(text.into()),
            None => outwork_engine::fact::Fact::Absent,
        };
        let binned = model.bin(read);
        assert_eq!(model.score(&binned).map(|score| score.sum), sum);
        let added = model.contributions(&binned).map(|all| i64::from(all.by_input()[0]));
        assert_eq!(golden["contributions"][&parts.inputs[0].signal].as_i64(), added);
        scored += usize::from(sum.is_some());
    }
    assert!(scored >= 30, "{scored}");
}

#[test]
fn the_models_of_the_repository_score_their_golden_vectors() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models");
    let mut models = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{}.model", path.file_name().unwrap().to_string_lossy());
        if path.join(&name).exists() {
            is_what_golden_vectors_say(&files(&path), &name);
            models += 1;
        }
    }
    if models == 0 {
        eprintln!("DID NOT RUN: {} has no model", folder.display());
    }
}

fn is_told(made: &BTreeMap<PathBuf, Vec<u8>>) {
    let card = String::from_utf8_lossy(&made[Path::new("CARD.md")]).into_owned();
    for part in [
        "# device-test",
        "Rows that a test made up.",
        "Never learned from: `robot`.",
        "| lab | people |",
        "learned from, validated on, tested on are ",
        "bytes with contributions; they could be left out, and ",
        "field \\| made",
        "- Anything.",
    ] {
        assert!(card.contains(part), "{part} is not in {card}");
    }
}

#[test]
fn without_catboost_the_remedy_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    rows(Path::new(&at("rows.parquet")));
    fs::write(at("recipe.toml"), RECIPE).unwrap();
    let train = |python: &str| {
        let (rows, recipe, out) = (at("rows.parquet"), at("recipe.toml"), at("out"));
        outwork(&["train", "device", "--rows", &rows, "--recipe", &recipe, "-o", &out, "--python", python]).unwrap_err()
    };
    let said = train("/nowhere/python");
    assert!(said.contains("`/nowhere/python`") && said.contains("requirements-train.txt"), "{said}");
    let bare = at("bare");
    fs::write(&bare, "#!/bin/sh\ncat > /dev/null\necho '{\"error\": \"No module named catboost\"}'\nexit 3\n").unwrap();
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(&bare, fs::Permissions::from_mode(0o755)).unwrap();
    let said = train(&bare);
    assert!(said.contains("cannot import CatBoost: No module named catboost") && said.contains("--python"), "{said}");
    assert!(!Path::new(&at("out")).exists());
}

#[test]
fn rows_of_another_subject_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    rows(Path::new(&at("rows.parquet")));
    fs::write(at("recipe.toml"), RECIPE).unwrap();
    let (rows, recipe, out) = (at("rows.parquet"), at("recipe.toml"), at("out"));
    let said = outwork(&["train", "behaviour", "--rows", &rows, "--recipe", &recipe, "-o", &out]).unwrap_err();
    assert!(said.contains("the rows are about device, not behaviour"), "{said}");
    let said = outwork(&["eval", "model", &at("none"), &rows]).unwrap_err();
    assert!(said.contains("cannot be read"), "{said}");
}
