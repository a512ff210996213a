//! What CatBoost writes with `save_model(path, format="json")`, as far as it decides a score.
//! <https://github.com/catboost/tutorials/blob/master/model_analysis/model_export_as_json_tutorial.ipynb>

use serde::Deserialize;

/// An export.
#[derive(Debug, Deserialize)]
pub(super) struct Export {
    #[serde(default)]
    pub(super) features_info: Features,
    #[serde(default)]
    pub(super) model_info: Info,
    /// Scale of the leaves, and the bias of each dimension.
    pub(super) scale_and_bias: Option<(f64, Vec<f64>)>,
    /// Trees of which every level asks one question.
    pub(super) oblivious_trees: Option<Vec<ObliviousTree>>,
    /// Trees of any other shape.
    pub(super) trees: Option<serde::de::IgnoredAny>,
}

/// The columns.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Features {
    #[serde(default)]
    pub(super) float_features: Vec<FloatFeature>,
}

/// A column of numbers.
#[derive(Debug, Deserialize)]
pub(super) struct FloatFeature {
    /// The column's name, or nothing where the table had none. What an export calls `feature_name` is the name in the pool
    /// that it was saved with.
    #[serde(default)]
    pub(super) feature_id: String,
    /// Its place among columns of numbers, by which splits name it.
    pub(super) feature_index: usize,
    /// Its place among all columns.
    pub(super) flat_feature_index: usize,
    #[serde(default)]
    pub(super) nan_value_treatment: NanValue,
}

/// On which side of every border what is missing falls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub(super) enum NanValue {
    /// A comparison with it is false: below.
    #[default]
    #[serde(rename = "AsIs")]
    Neither,
    #[serde(rename = "AsFalse")]
    Below,
    #[serde(rename = "AsTrue")]
    Above,
}

/// How it was trained.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Info {
    #[serde(default)]
    pub(super) params: Parameters,
    pub(super) class_params: Option<Classes>,
}

/// CatBoost's parameters.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Parameters {
    pub(super) loss_function: Option<Loss>,
}

/// What was minimised.
#[derive(Debug, Deserialize)]
pub(super) struct Loss {
    #[serde(rename = "type")]
    pub(super) name: String,
}

/// The labels, the positive one last.
#[derive(Debug, Deserialize)]
pub(super) struct Classes {
    #[serde(default)]
    pub(super) class_names: Vec<serde_json::Value>,
}

/// A tree of which every level asks one question.
#[derive(Debug, Deserialize)]
pub(super) struct ObliviousTree {
    /// The answer to the first is the lowest bit of a leaf's number. A tree of one leaf has none.
    pub(super) splits: Option<Vec<Split>>,
    pub(super) leaf_values: Vec<f64>,
    /// How much of the training data is in each leaf.
    pub(super) leaf_weights: Option<Vec<f64>>,
}

/// A question.
#[derive(Debug, Deserialize)]
#[serde(tag = "split_type")]
pub(super) enum Split {
    /// Whether a number is above a border.
    FloatFeature { float_feature_index: usize, border: f64 },
    /// Whether a category is this one.
    OneHotFeature,
    /// Whether a statistic of a category is above a border.
    OnlineCtr,
    /// A feature of texts or embeddings.
    #[serde(other)]
    Estimated,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_export_that_was_saved_with_its_pool_names_its_columns_twice() {
        let text = r#"{"features_info": {"float_features": [
            {"feature_id": "key.dwell", "feature_index": 0, "feature_name": "key.dwell", "flat_feature_index": 0}]}}"#;
        let export: Export = serde_json::from_str(text).unwrap();
        assert_eq!(export.features_info.float_features[0].feature_id, "key.dwell");
    }
}
