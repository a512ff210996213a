//! A CatBoost export of any bytes: refused, or the model is written, read and served.
#![no_main]

use libfuzzer_sys::fuzz_target;
use outwork_compiler::model::{Categories, Column, Plan, import};
use outwork_engine::model::{Model, write};
use outwork_engine::rules::Layer;

fuzz_target!(|data: &[u8]| {
    if let Ok(parts) = import(data, &plan()) {
        let file = write(&parts).expect("what is imported is within bounds");
        Model::load(&file).expect("what is imported is of signals that there are");
    }
});

/// The columns of the fixture `device.json`.
fn plan() -> Plan {
    let known =
        ["chrome", "safari", "firefox", "edge"].into_iter().zip(0..).map(|(name, number)| (name.into(), number));
    let texts = Categories { known: known.collect(), other: 4 };
    let column = |signal: &str| Column {
        signal: signal.into(),
        reason: "r".into(),
        categories: (signal == "ua.family").then(|| texts.clone()),
    };
    let columns = ["header.count", "header.bytes", "ua.family", "ua.length", "fetch.presence_matches"];
    Plan { id: "fuzz".into(), layer: Layer::Device, columns: columns.map(column).into(), needs: Vec::new() }
}
