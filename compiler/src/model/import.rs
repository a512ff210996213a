//! From an export to the parts of a model.

use super::{
    Column, ImportError, Plan,
    bins::Borders,
    curve,
    export::{Export, FloatFeature, NanValue, ObliviousTree, Split as Question},
    scale::Units,
    shapley,
};
use outwork_engine::{
    model::{Calibration, Input, MAX_DEPTH, MAX_INPUTS, MAX_TREES, Parts, Shapley, Split, Tree, UNFIT},
    signals::{self, Kind, SIGNALS},
};
use std::collections::BTreeMap;

/// The longest export that is read: 64 MiB. The largest model that fits the edge's caps has a tenth of that.
pub const MAX_EXPORT_BYTES: usize = 64 << 20;

/// Reads a CatBoost export (`save_model(path, format="json")`) of a model that was trained on these columns: whole numbers from 0
/// to 65,535, truths as 0 and 1, texts as the numbers that the plan says, and nothing (NaN) for what is missing.
///
/// Probabilities are the logistic function of the sum; [`curve`] makes a table of any other. No input has its shares yet.
///
/// # Errors
/// What does not fit, and the setting to change.
pub fn import(export: &[u8], plan: &Plan) -> Result<Parts, ImportError> {
    if export.len() > MAX_EXPORT_BYTES {
        return Err(ImportError::TooLong { bytes: export.len() });
    }
    let export: Export =
        serde_json::from_slice(export).map_err(|error| ImportError::Json { wrong: error.to_string() })?;
    let trees = symmetric(&export)?;
    check_columns(plan)?;
    let layout = Layout::of(trees, &export.features_info.float_features, plan)?;
    let grown = grow(trees, &layout, &export)?;
    let mut parts = whole(grown, plan, &layout)?;
    parts.calibration = curve(&parts, |logit| 1.0 / (1.0 + (-logit).exp()));
    Ok(parts)
}

/// The trees, where they are of the shape and for the purpose that fit.
fn symmetric(export: &Export) -> Result<&[ObliviousTree], ImportError> {
    let trees = match (&export.oblivious_trees, &export.trees) {
        (Some(trees), None) => trees,
        (None, None) => return Err(ImportError::Json { wrong: "there are no `oblivious_trees`".into() }),
        (_, Some(_)) => return Err(ImportError::Shape),
    };
    let loss = export.model_info.params.loss_function.as_ref().map(|loss| loss.name.as_str());
    if let Some(found) = loss.filter(|loss| !matches!(*loss, "Logloss" | "CrossEntropy")) {
        return Err(ImportError::Loss { found: found.into() });
    }
    let named = |names: &[serde_json::Value]| {
        let names: Vec<String> = names.iter().map(|name| name.to_string().replace('"', "")).collect();
        names.is_empty()
            || matches!(names.iter().map(String::as_str).collect::<Vec<_>>()[..], ["0" | "0.0", "1" | "1.0"])
    };
    if export.model_info.class_params.as_ref().is_some_and(|classes| !named(&classes.class_names)) {
        return Err(ImportError::Classes);
    }
    if trees.len() > MAX_TREES {
        return Err(ImportError::Trees { found: trees.len() });
    }
    trees.iter().enumerate().try_for_each(|(at, tree)| check_tree(at, tree))?;
    Ok(trees)
}

fn check_tree(at: usize, tree: &ObliviousTree) -> Result<(), ImportError> {
    let splits = tree.splits.as_deref().unwrap_or_default();
    if splits.len() > MAX_DEPTH {
        return Err(ImportError::Depth { tree: at, found: splits.len() });
    }
    for split in splits {
        match split {
            Question::FloatFeature { .. } => {}
            Question::OneHotFeature => return Err(ImportError::Category { tree: at, statistic: false }),
            Question::OnlineCtr => return Err(ImportError::Category { tree: at, statistic: true }),
            Question::Estimated => return Err(ImportError::Estimated { tree: at }),
        }
    }
    let fits = |numbers: &[f64]| numbers.len() == 1 << splits.len() && numbers.iter().all(|n| n.is_finite());
    let weights = tree.leaf_weights.as_deref();
    if !fits(&tree.leaf_values) || weights.is_some_and(|all| !fits(all) || all.iter().any(|weight| *weight < 0.0)) {
        return Err(ImportError::Leaves { tree: at });
    }
    Ok(())
}

fn check_columns(plan: &Plan) -> Result<(), ImportError> {
    for (at, column) in plan.columns.iter().enumerate() {
        let signal = || column.signal.clone();
        let known = signals::by_name(&column.signal).and_then(|at| SIGNALS.get(at));
        let kind = known.ok_or_else(|| ImportError::Signal { signal: signal() })?.kind;
        if kind == Kind::Address {
            return Err(ImportError::Address { signal: signal() });
        }
        if let Some((_, why)) = UNFIT.iter().find(|(unfit, _)| *unfit == column.signal) {
            return Err(ImportError::Unfit { signal: signal(), why });
        }
        if (kind == Kind::Text) != column.categories.is_some() {
            return Err(ImportError::Categories { signal: signal(), text: kind == Kind::Text });
        }
        if plan.columns.iter().take(at).any(|before| before.signal == column.signal) {
            return Err(ImportError::Twice { signal: signal() });
        }
    }
    Ok(())
}

/// Which columns a model looks at, and the borders that it asks about.
struct Layout<'a> {
    // The columns that become inputs, in their order.
    inputs: Vec<(&'a Column, Borders)>,
    // From CatBoost's numbers of features to inputs.
    places: BTreeMap<usize, u8>,
}

impl<'a> Layout<'a> {
    fn of(trees: &[ObliviousTree], features: &[FloatFeature], plan: &'a Plan) -> Result<Self, ImportError> {
        let columns = features.iter().map(|feature| Ok((feature.feature_index, column_of(feature, plan))));
        let columns = columns.collect::<Result<BTreeMap<usize, _>, ImportError>>()?;
        let mut borders: BTreeMap<usize, Borders> = BTreeMap::new();
        let mut asked: BTreeMap<usize, usize> = BTreeMap::new();
        for (feature, border) in questions(trees) {
            let unknown = || ImportError::Column { feature: feature.to_string(), columns: plan.columns.len() };
            let at = columns.get(&feature).cloned().ok_or_else(unknown)??;
            let column = plan.columns.get(at).ok_or_else(unknown)?;
            borders.entry(at).or_default().add(border, &column.signal)?;
            asked.insert(feature, at);
        }
        for (signal, _) in &plan.needs {
            let at = plan.columns.iter().position(|column| column.signal == *signal);
            borders.entry(at.ok_or_else(|| ImportError::Need { signal: signal.clone() })?).or_default();
        }
        if borders.len() > MAX_INPUTS {
            return Err(ImportError::Inputs { found: borders.len() });
        }
        let place = |at: usize| u8::try_from(borders.range(..at).count()).unwrap_or(u8::MAX);
        let places = asked.iter().map(|(&feature, &at)| (feature, place(at))).collect();
        let inputs = borders.into_iter().filter_map(|(at, borders)| Some((plan.columns.get(at)?, borders))).collect();
        Ok(Self { inputs, places })
    }

    /// A question of CatBoost's, about bins.
    fn split(&self, feature: usize, border: f64) -> Result<Split, ImportError> {
        let unknown = || ImportError::Column { feature: feature.to_string(), columns: self.inputs.len() };
        let input = self.places.get(&feature).copied().ok_or_else(unknown)?;
        let (column, borders) = self.inputs.get(usize::from(input)).ok_or_else(unknown)?;
        let bin = borders.bin_above(border, &column.signal)?;
        if usize::from(bin) >= borders.bins(column)?.count() {
            return Err(ImportError::Unreached { signal: column.signal.clone() });
        }
        Ok(Split { input, bin })
    }
}

/// The column of a feature: by its name where it has one, else by its place.
fn column_of(feature: &FloatFeature, plan: &Plan) -> Result<usize, ImportError> {
    let place = feature.flat_feature_index;
    // CatBoost names columns without a name after their places, too.
    let unnamed = feature.feature_id.is_empty() || feature.feature_id == place.to_string();
    let at = if unnamed {
        (place < plan.columns.len()).then_some(place)
    } else {
        plan.columns.iter().position(|column| column.signal == feature.feature_id)
    };
    let name = if unnamed { place.to_string() } else { format!("`{}`", feature.feature_id) };
    let at = at.ok_or(ImportError::Column { feature: name, columns: plan.columns.len() })?;
    let signal = plan.columns.get(at).map(|column| column.signal.clone()).unwrap_or_default();
    if feature.nan_value_treatment == NanValue::Above { Err(ImportError::Missing { signal }) } else { Ok(at) }
}

fn questions(trees: &[ObliviousTree]) -> impl Iterator<Item = (usize, f64)> {
    trees.iter().flat_map(|tree| tree.splits.iter().flatten()).filter_map(|split| match split {
        Question::FloatFeature { float_feature_index, border } => Some((*float_feature_index, *border)),
        _ => None,
    })
}

/// Trees in logits.
struct Grown {
    bias: f64,
    trees: Vec<GrownTree>,
}

struct GrownTree {
    splits: Vec<Split>,
    leaves: Vec<f64>,
    // What each question adds to the mean, by leaf, and the mean.
    shapley: Option<(Vec<[f64; MAX_DEPTH]>, f64)>,
}

fn grow(trees: &[ObliviousTree], layout: &Layout<'_>, export: &Export) -> Result<Grown, ImportError> {
    let (scale, mut bias) = match &export.scale_and_bias {
        None => (1.0, 0.0),
        Some((scale, bias)) => match bias[..] {
            [bias] => (*scale, bias),
            _ => return Err(ImportError::Leaves { tree: 0 }),
        },
    };
    let mut grown = Vec::new();
    for tree in trees {
        let leaves: Vec<f64> = tree.leaf_values.iter().map(|leaf| leaf * scale).collect();
        let asked = questions(std::slice::from_ref(tree));
        let splits = asked.map(|(feature, border)| layout.split(feature, border)).collect::<Result<Vec<_>, _>>()?;
        match leaves[..] {
            // It asks nothing.
            [leaf] => bias += leaf,
            _ => {
                let weights = tree.leaf_weights.as_ref();
                let shapley =
                    weights.map(|weights| (shapley::rows(&splits, &leaves, weights), shapley::mean(&leaves, weights)));
                grown.push(GrownTree { splits, leaves, shapley });
            }
        }
    }
    if grown.is_empty() {
        return Err(ImportError::Empty);
    }
    Ok(Grown { bias, trees: grown })
}

/// The same in whole numbers.
fn whole(grown: Grown, plan: &Plan, layout: &Layout<'_>) -> Result<Parts, ImportError> {
    let numbers = |tree: &GrownTree| {
        let shapley = tree.shapley.iter().flat_map(|(rows, _)| rows.iter().flatten().copied());
        tree.leaves
            .iter()
            .copied()
            .chain(shapley)
            .fold(0.0, |most: f64, n| if n.is_finite() { most.max(n.abs()) } else { f64::INFINITY })
    };
    let largest = grown.trees.iter().map(numbers).fold(0.0, f64::max);
    if !(largest.is_finite() && grown.bias.is_finite()) {
        return Err(ImportError::NotFinite { what: "a leaf or the bias" });
    }
    let units = Units::fit(largest)?;
    let inputs = layout.inputs.iter().map(|(column, borders)| input(column, borders)).collect::<Result<Vec<_>, _>>()?;
    let place = |signal: &str| inputs.iter().position(|input| input.signal == signal);
    let needs = plan.needs.iter().filter_map(|(signal, least)| Some((u8::try_from(place(signal)?).ok()?, *least)));
    Ok(Parts {
        id: plan.id.clone(),
        layer: plan.layer,
        needs: needs.collect(),
        contributions: grown.trees.iter().map(|tree| table(tree, units)).collect(),
        bias: units.bias(grown.bias)?,
        per_logit: units.0,
        calibration: Calibration { from: 0, shift: 0, steps: Vec::new() },
        trees: grown.trees.into_iter().map(|tree| tree_of(tree, units)).collect(),
        inputs,
    })
}

fn table(tree: &GrownTree, units: Units) -> Option<Shapley> {
    let (rows, mean) = tree.shapley.as_ref()?;
    let (questions, mean) = (shapley::first_questions(&tree.splits), units.leaf(*mean));
    let row = |(row, leaf): (&_, &f64)| units.row(row, &questions, (units.leaf(*leaf), mean));
    Some(Shapley(rows.iter().zip(&tree.leaves).map(row).collect()))
}

fn tree_of(tree: GrownTree, units: Units) -> Tree {
    Tree { splits: tree.splits, leaves: tree.leaves.into_iter().map(|leaf| units.leaf(leaf)).collect() }
}

fn input(column: &Column, borders: &Borders) -> Result<Input, ImportError> {
    let bins = borders.bins(column)?;
    let shares = vec![0; bins.count()];
    Ok(Input { signal: column.signal.clone(), reason: column.reason.clone(), bins, shares })
}
