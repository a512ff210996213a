//! A recipe: what `outwork train` makes a model from and how, `models/<name>/train.toml`.

mod card;
mod check;

pub(crate) use card::Card;

use std::collections::BTreeMap;
use std::path::Path;

use outwork_engine::rules::Layer;
use serde::Deserialize;

use crate::failure::Failure;
use crate::train::data::Row;

/// What to train, of what, and how.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Recipe {
    /// The model and the settings of its training.
    pub(crate) model: Settings,
    /// Generators that are alike, by the name of their family: `outwork eval model` leaves them out together, too.
    #[serde(default)]
    pub(crate) families: BTreeMap<String, Vec<String>>,
    /// What it looks at.
    #[serde(rename = "input")]
    pub(crate) inputs: Vec<Ingredient>,
    /// What `CARD.md` says beside figures.
    #[serde(default)]
    pub(crate) card: Card,
    /// By what the weights of sources and generators are multiplied in training; 1 unless named.
    #[serde(default)]
    pub(crate) weights: BTreeMap<String, f64>,
}

/// The model and the settings of its training.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    /// The model's name, with its date: `behaviour-2026.11`.
    pub(crate) id: String,
    /// The layer of risk that it speaks for.
    #[serde(with = "LayerName")]
    pub(crate) layer: Layer,
    /// Of which kinds of rows: `mouse`, `touch`, `device`.
    pub(crate) kinds: Vec<String>,
    /// The most trees; fewer where the validation part gains nothing more.
    pub(crate) trees: u16,
    /// How many questions a tree asks.
    pub(crate) depth: u8,
    pub(crate) learning_rate: f64,
    /// The share of inputs that each question is chosen from, CatBoost's `rsm`.
    #[serde(default = "whole")]
    pub(crate) input_share: f64,
    /// CatBoost's `l2_leaf_reg`.
    pub(crate) l2: f64,
    /// The most bins of an input, that of what is missing included.
    pub(crate) bins: u8,
    /// After how many trees without a gain on the validation part training stops.
    pub(crate) early_stopping: u16,
    /// Of the split, of out-of-fold shares and of CatBoost.
    pub(crate) seed: u64,
    /// What must have been observed before the model speaks: a signal, and the least value of it.
    #[serde(default)]
    pub(crate) needs: BTreeMap<String, u16>,
    /// Sources and generators that are never learned from; `outwork eval model` still reports them.
    #[serde(default)]
    pub(crate) without: Vec<String>,
    /// Whether the model can say why: exact Shapley values, for each leaf of each tree.
    #[serde(default = "yes")]
    pub(crate) contributions: bool,
}

/// One input.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ingredient {
    /// The signal.
    pub(crate) signal: String,
    /// What decisions call it; several inputs may share one.
    pub(crate) reason: String,
    /// 1 where more of it must not make a program less likely, -1 where it must not make it likelier, 0 where both may be.
    #[serde(default)]
    pub(crate) monotone: i8,
}

/// The layers, as recipes name them.
#[derive(Deserialize)]
#[serde(remote = "Layer", rename_all = "lowercase")]
enum LayerName {
    Device,
    Behaviour,
    Context,
}

const fn yes() -> bool {
    true
}

impl Recipe {
    /// Reads and checks a recipe.
    ///
    /// # Errors
    /// What cannot be read or trained, with the key.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let text = std::fs::read_to_string(path);
        let text = text.map_err(Failure::because(format!("the recipe `{}` cannot be read", path.display())))?;
        Self::parse(&text).map_err(Failure::because(format!("`{}`", path.display())))
    }

    /// Reads and checks the text of a recipe.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let recipe: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        recipe.check()?;
        Ok(recipe)
    }

    /// The signals that are needed and no input: the model reads them, and no tree asks about them.
    pub(crate) fn only_needed(&self) -> impl Iterator<Item = &str> {
        let is_input = |name: &str| self.inputs.iter().any(|input| input.signal == name);
        self.model.needs.keys().map(String::as_str).filter(move |name| !is_input(name))
    }

    /// Whether a row is never learned from.
    pub(crate) fn is_left_out(&self, row: &Row) -> bool {
        let names = [Some(row.source.as_str()), row.generator.as_deref()];
        self.model.without.iter().any(|name| names.contains(&Some(name)))
    }

    /// By what the weight of a row is multiplied in training.
    pub(crate) fn factor(&self, row: &Row) -> f64 {
        let names = [Some(row.source.as_str()), row.generator.as_deref()];
        names.into_iter().flatten().find_map(|name| self.weights.get(name)).copied().unwrap_or(1.0)
    }

    /// Every signal that rows must have: the inputs in their order, then what is only needed.
    pub(crate) fn signals(&self) -> impl Iterator<Item = &str> {
        self.inputs.iter().map(|input| input.signal.as_str()).chain(self.only_needed())
    }
}

const fn whole() -> f64 {
    1.0
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A recipe of two inputs.
    pub(crate) const GOOD: &str = r#"
[model]
id = "behaviour-test"
layer = "behaviour"
kinds = ["mouse"]
trees = 20
depth = 4
learning_rate = 0.2
l2 = 5.0
bins = 16
early_stopping = 10
seed = 1
needs = { "pointer.events" = 12 }

[[input]]
signal = "pointer.jerk"
reason = "motion.smoothness"

[[input]]
signal = "pointer.speed"
reason = "motion.speed"
monotone = -1
"#;

    #[test]
    fn a_recipe_names_its_signals() {
        let recipe = Recipe::parse(GOOD).unwrap();
        assert_eq!(recipe.signals().collect::<Vec<_>>(), ["pointer.jerk", "pointer.speed", "pointer.events"]);
        assert_eq!((recipe.model.trees, recipe.inputs[1].monotone, recipe.model.contributions), (20, -1, true));
    }

    #[test]
    fn unknown_keys_and_what_cannot_be_trained_are_refused() {
        let refused = |from: &str, to: &str| Recipe::parse(&GOOD.replace(from, to)).unwrap_err();
        for (from, to, says) in [
            ("l2 = 5.0", "l3 = 5.0", "unknown field `l3`"),
            ("reason = \"motion.speed\"", "reason = \"motion.speed\"\ncost = 1", "unknown field `cost`"),
            ("depth = 4", "depth = 7", "`depth` is 7, and 1 to 6 can be"),
            ("bins = 16", "bins = 64", "`bins` is 64, and 3 to 63 can be"),
            ("trees = 20", "trees = 2000", "`trees` is 2000, and 1 to 1024 can be"),
            ("monotone = -1", "monotone = 2", "`monotone` of `pointer.speed` is 2"),
            ("\"pointer.speed\"", "\"pointer.sped\"", "there is no signal `pointer.sped`"),
            ("\"pointer.speed\"", "\"pointer.jerk\"", "`pointer.jerk` is an input twice"),
            ("\"pointer.speed\"", "\"client.address\"", "`client.address` is an address"),
            ("\"pointer.events\"", "\"ua.family\"", "`needs` names `ua.family`, which is a text"),
            ("learning_rate = 0.2", "learning_rate = 0.0", "`learning_rate` is 0"),
            ("l2 = 5.0", "l2 = 5.0\ninput_share = 1.5", "`input_share` is 1.5"),
            (
                "[[input]]\nsignal = \"pointer.jerk\"",
                "[weights]\nx = -1.0\n[[input]]\nsignal = \"pointer.jerk\"",
                "`x` is -1",
            ),
            ("[\"mouse\"]", "[]", "`kinds` is empty"),
            ("motion.speed", "Motion speed", "`Motion speed` is no reason"),
            ("behaviour-test", "../x", "`../x` is no id"),
        ] {
            let message = refused(from, to);
            assert!(message.contains(says), "{message}");
        }
    }
}
