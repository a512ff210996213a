//! What an export does not say: the signals of its columns, as a file of the user's has them.

use std::collections::BTreeMap;
use std::path::Path;

use outwork_compiler::model::{Categories, Column, Plan};
use outwork_engine::rules::Layer;
use serde::{Deserialize, de::IgnoredAny};

use crate::failure::Failure;

/// The parts of a recipe that an import needs; the others are for training.
#[derive(Deserialize)]
struct Inputs {
    model: Head,
    #[serde(rename = "input")]
    inputs: Vec<Input>,
}

/// What else a recipe says of a model: for training, and nothing to an import.
const OF_MODELS: &[&str] = &[
    "kinds",
    "trees",
    "depth",
    "learning_rate",
    "l2",
    "input_share",
    "bins",
    "early_stopping",
    "seed",
    "without",
    "contributions",
];

/// What else a recipe says of an input.
const OF_INPUTS: &[&str] = &["monotone"];

#[derive(Deserialize)]
struct Head {
    id: String,
    layer: LayerName,
    #[serde(default)]
    needs: BTreeMap<String, u16>,
    #[serde(flatten)]
    others: BTreeMap<String, IgnoredAny>,
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
    other: Option<u16>,
    #[serde(flatten)]
    others: BTreeMap<String, IgnoredAny>,
}

/// Reads the plan of an import. What is needed and is no column of the export stands after those that are.
pub(super) fn read(path: &Path) -> Result<Plan, Failure> {
    let name = path.display();
    let text = std::fs::read_to_string(path).map_err(Failure::because(format!("`{name}` cannot be read")))?;
    let inputs: Inputs = toml::from_str(&text).map_err(Failure::because(format!("`{name}`")))?;
    let wrong = |fault: String| Failure::new(format!("`{name}`: {fault}"));
    known("[model]", &inputs.model.others, OF_MODELS).map_err(wrong)?;
    let columns: Result<Vec<Column>, String> = inputs.inputs.into_iter().map(column).collect();
    let mut columns = columns.map_err(wrong)?;
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

fn column(input: Input) -> Result<Column, String> {
    let Input { signal, reason, categories, other, others } = input;
    known(&format!("input `{signal}`"), &others, OF_INPUTS)?;
    let categories = match (categories, other) {
        (None, None) => None,
        (Some(known), Some(other)) => Some(Categories { known: known.into_iter().collect(), other }),
        (Some(_), None) => {
            return Err(format!(
                "`{signal}` has `categories` without `other`: say which number stood for every other text"
            ));
        }
        (None, Some(_)) => {
            return Err(format!("`{signal}` has `other` without `categories`: say which number stood for which text"));
        }
    };
    Ok(Column { signal, reason, categories })
}

/// Refuses keys that neither an import nor training has: most are misspelt.
fn known(place: &str, others: &BTreeMap<String, IgnoredAny>, known: &[&str]) -> Result<(), String> {
    match others.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(format!("`{key}` is no key of {place}: see docs/models.md")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::Recipe;

    /// The keys that training knows of a table, as it says them of one that it does not.
    fn keys(recipe: &str) -> Vec<String> {
        let refused = Recipe::parse(recipe).unwrap_err();
        let (_, expected) = refused.split_once("expected one of ").unwrap();
        expected.split('`').skip(1).step_by(2).map(String::from).collect()
    }

    #[test]
    fn every_key_of_a_recipe_is_known() {
        for (recipe, known, own) in [
            ("[model]\nanything = 1\n", OF_MODELS, &["id", "layer", "needs"][..]),
            ("[[input]]\nanything = 1\n", OF_INPUTS, &["signal", "reason"][..]),
        ] {
            for key in keys(recipe) {
                assert!(known.contains(&key.as_str()) || own.contains(&key.as_str()), "{key}");
            }
        }
    }
}
