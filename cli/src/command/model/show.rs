use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use outwork_engine::model::{self, Bins, Input, MAX_BYTES, Parts};
use outwork_engine::rules::Layer;
use serde::Serialize;

use crate::failure::Failure;
use crate::output::print;

/// Show what is in a model: its inputs and reasons, how often trees ask about them, and what it needs
///
/// Exit code: 0; 2 if the file is no model.
#[derive(clap::Args)]
pub(crate) struct Show {
    /// The model
    model: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What is shown of a model.
#[derive(Serialize)]
struct Shown {
    id: String,
    layer: &'static str,
    bytes: usize,
    trees: usize,
    /// Of the deepest tree.
    depth: usize,
    /// Whether it can say why.
    contributions: bool,
    /// The least and the highest probability that it gives.
    probabilities: [f64; 2],
    needs: Vec<Need>,
    inputs: Vec<ShownInput>,
}

#[derive(Serialize)]
struct Need {
    signal: String,
    least: u16,
}

#[derive(Serialize)]
struct ShownInput {
    signal: String,
    reason: String,
    kind: &'static str,
    bins: usize,
    /// How many questions are about it.
    questions: usize,
    /// The share of training rows that lacked it.
    missing: f64,
}

impl Show {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let name = self.model.display();
        let unreadable = || format!("`{name}` cannot be read");
        let length = fs::metadata(&self.model).map_err(Failure::because(unreadable()))?.len();
        if length > MAX_BYTES as u64 {
            return Err(Failure::new(format!("`{name}` has {length} bytes, and a model has {MAX_BYTES} at most")));
        }
        let file = fs::read(&self.model).map_err(Failure::because(unreadable()))?;
        let parts = model::read(&file).map_err(Failure::because(format!("`{name}`")))?;
        let shown = Shown::of(&parts, file.len());
        let text = if self.json {
            serde_json::to_string_pretty(&shown).map_err(Failure::because("it cannot be shown"))? + "\n"
        } else {
            shown.text()
        };
        print(&text)?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Shown {
    fn of(parts: &Parts, bytes: usize) -> Self {
        let probability = |step: Option<&u16>| step.map_or(0.0, |step| f64::from(*step) / 10_000.0);
        let needs = parts.needs.iter().filter_map(|(input, least)| {
            Some(Need { signal: parts.inputs.get(usize::from(*input))?.signal.clone(), least: *least })
        });
        Self {
            id: parts.id.clone(),
            layer: match parts.layer {
                Layer::Device => "device",
                Layer::Behaviour => "behaviour",
                Layer::Context => "context",
            },
            bytes,
            trees: parts.trees.len(),
            depth: parts.trees.iter().map(|tree| tree.splits.len()).max().unwrap_or(0),
            contributions: parts.contributions.is_some(),
            probabilities: [parts.calibration.steps.first(), parts.calibration.steps.last()].map(probability),
            needs: needs.collect(),
            inputs: parts.inputs.iter().enumerate().map(|(at, input)| ShownInput::of(parts, at, input)).collect(),
        }
    }

    fn text(&self) -> String {
        let Self { id, layer, bytes, trees, depth, .. } = self;
        let why = if self.contributions { "says why" } else { "does not say why" };
        let [least, most] = self.probabilities;
        let mut out = format!("{id}: {layer} layer, {trees} trees of depth {depth}, {bytes} bytes, {why}\n");
        out += &format!("probabilities from {least:.4} to {most:.4}\n");
        for Need { signal, least } in &self.needs {
            out += &format!("says nothing where {signal} is below {least} or missing\n");
        }
        let width = |text: fn(&ShownInput) -> usize| self.inputs.iter().map(text).max().unwrap_or(0).max(6);
        let (signal, reason) = (width(|input| input.signal.len()), width(|input| input.reason.len()));
        out += &format!("\n{:signal$}  {:reason$}  kind    bins  questions  missing\n", "input", "reason");
        for input in &self.inputs {
            let missing = input.missing * 100.0;
            out += &format!(
                "{:signal$}  {:reason$}  {:6}  {:4}  {:9}  {missing:5.1} %\n",
                input.signal, input.reason, input.kind, input.bins, input.questions
            );
        }
        out
    }
}

impl ShownInput {
    fn of(parts: &Parts, at: usize, input: &Input) -> Self {
        let questions = parts.trees.iter().flat_map(|tree| &tree.splits);
        Self {
            signal: input.signal.clone(),
            reason: input.reason.clone(),
            kind: match input.bins {
                Bins::Number(_) => "number",
                Bins::Text { .. } => "text",
            },
            bins: input.bins.count(),
            questions: questions.filter(|split| usize::from(split.input) == at).count(),
            missing: input.shares.first().map_or(0.0, |share| f64::from(*share) / f64::from(u16::MAX)),
        }
    }
}
