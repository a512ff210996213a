//! What an export does not say: the signals of its columns, as a file of the user's has them.

use std::collections::BTreeMap;
use std::path::Path;

use outwork_compiler::model::{Categories, Column, Plan};
use outwork_engine::rules::Layer;
use serde::Deserialize;

use crate::failure::Failure;

/// The parts of a recipe that an import needs; the others are for training.
#[derive(Deserialize)]
struct Inputs {
    model: Head,
    #[serde(rename = "input")]
    inputs: Vec<Input>,
}

#[derive(Deserialize)]
struct Head {
    id: String,
    layer: LayerName,
    #[serde(default)]
    needs: BTreeMap<String, u16>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum LayerName {
    Device,
    Behaviour,
    Context,
}

#[derive(Deserialize)]
struct Input {
    signal: String,
    reason: String,
    /// Which number stood for which text.
    categories: Option<BTreeMap<String, u16>>,
    /// Which stood for every other text.
    #[serde(default)]
    other: u16,
}

/// Reads the plan of an import. What is needed and is no column of the export stands after those that are.
pub(super) fn read(path: &Path) -> Result<Plan, Failure> {
    let name = path.display();
    let text = std::fs::read_to_string(path).map_err(Failure::because(format!("`{name}` cannot be read")))?;
    let inputs: Inputs = toml::from_str(&text).map_err(Failure::because(format!("`{name}`")))?;
    let mut columns: Vec<Column> = inputs.inputs.into_iter().map(column).collect();
    for signal in inputs.model.needs.keys() {
        if columns.iter().all(|column| column.signal != *signal) {
            columns.push(Column { signal: signal.clone(), reason: signal.clone(), categories: None });
        }
    }
    let layer = match inputs.model.layer {
        LayerName::Device => Layer::Device,
        LayerName::Behaviour => Layer::Behaviour,
        LayerName::Context => Layer::Context,
    };
    Ok(Plan { id: inputs.model.id, layer, columns, needs: inputs.model.needs.into_iter().collect() })
}

fn column(input: Input) -> Column {
    let categories =
        input.categories.map(|known| Categories { known: known.into_iter().collect(), other: input.other });
    Column { signal: input.signal, reason: input.reason, categories }
}
