//! `CARD.md`: what a model is, what it was made of, what it does, and what nobody can know of it.

mod data;
mod inputs;
mod results;

use outwork_engine::model::{Parts, write};

use crate::evaluate::{Evaluation, bars, figures};
use crate::failure::Failure;
use crate::recipe::Recipe;
use crate::rows::Table;
use crate::train::{Data, Fitted, Part};

/// What a card tells about.
pub(crate) struct Written<'a> {
    pub(crate) recipe: &'a Recipe,
    pub(crate) table: &'a Table,
    /// All labelled rows of the recipe's kinds, and the part of each.
    pub(crate) all: &'a Data,
    pub(crate) parts: &'a [Part],
    pub(crate) fitted: &'a Fitted,
    /// Those of the test part.
    pub(crate) test: &'a Data,
}

/// The card and its plots: the name of each file in the model's folder, and its text.
///
/// # Errors
/// A plot cannot be drawn.
pub(crate) fn card(written: &Written<'_>, evaluation: &Evaluation) -> Result<Vec<(String, String)>, Failure> {
    let importance = inputs::importance(written);
    let mut files = vec![("card/importance.svg".to_owned(), bars(&inputs::plotted(&importance))?)];
    let mut text = head(written)?;
    text += &results::results(evaluation);
    for figure in figures(evaluation)? {
        text += &format!("\n![{}](card/{}.svg)\n", figure.title, figure.name);
        files.push((format!("card/{}.svg", figure.name), figure.svg));
    }
    text += &results::apart(evaluation);
    text += &inputs::inputs(written, &importance);
    text += &data::data(written);
    text += &list("What the data cannot show", &written.recipe.card.cannot_show);
    text += &list("What it costs to fake", &written.recipe.card.evasion);
    text += &remake(written);
    files.push(("CARD.md".to_owned(), text));
    Ok(files)
}

fn head(written: &Written<'_>) -> Result<String, Failure> {
    let (recipe, fitted) = (written.recipe, written.fitted);
    let mut text = format!("# {}\n\n", recipe.model.id);
    text += "Made by `outwork train`; edit the `[card]` of [train.toml](train.toml), not this page.\n\n";
    if !recipe.card.purpose.is_empty() {
        text += &format!("{}\n\n", recipe.card.purpose);
    }
    let needs: Vec<_> = recipe.model.needs.iter().map(|(signal, least)| format!("`{signal}` ≥ {least}")).collect();
    let needs = match needs.is_empty() {
        true => "nothing: it speaks of every row".to_owned(),
        false => format!("{}; with less it says nothing", needs.join(", ")),
    };
    text += "| | |\n|---|---|\n";
    text += &format!("| Rows of | {} |\n", recipe.model.kinds.join(", "));
    text += &format!("| Trees | {}, of depth {} at most |\n", fitted.parts.trees.len(), recipe.model.depth);
    text += &format!("| Inputs | {} |\n", fitted.parts.inputs.len());
    text += &format!("| Needs | {needs} |\n");
    text += &format!("| File | {} |\n", sizes(fitted)?);
    text += "| Probability | isotonic on the validation part, of a world where half of all requests are programs' |\n";
    Ok(text + &list("It is not for", &recipe.card.not_for))
}

/// The size of the file, and what it would be without what says why.
fn sizes(fitted: &Fitted) -> Result<String, Failure> {
    if fitted.parts.contributions.is_none() {
        return Ok(format!("{} bytes, without contributions", fitted.bytes.len()));
    }
    let bare = write(&Parts { contributions: None, ..fitted.parts.clone() });
    let bare = bare.map_err(Failure::because("the model cannot be written without contributions"))?;
    Ok(format!(
        "{} bytes with contributions; they could be left out, and {} would remain",
        fitted.bytes.len(),
        bare.len()
    ))
}

/// A heading and its points; nothing without any.
fn list(title: &str, points: &[String]) -> String {
    if points.is_empty() {
        return String::new();
    }
    let points: String = points.iter().map(|point| format!("- {point}\n")).collect();
    format!("\n## {title}\n\n{points}")
}

fn remake(written: &Written<'_>) -> String {
    let fitted = written.fitted;
    let differences = fitted.differences;
    format!(
        "\n## Making it again\n\nCatBoost {}, the recipe in [train.toml](train.toml), seed {}, and the rows above make the same \
         bytes. On {} rows of the test part the compiled model was at most {:.1e} logits from CatBoost's own scores (rounding \
         explains {:.1e}) and at most {:.1e} from its Shapley values ({:.1e}). [golden.jsonl](golden.jsonl) has generated rows \
         with sum, probability and contributions by the slow reference.\n",
        fitted.catboost,
        written.recipe.model.seed,
        differences.rows,
        differences.score,
        differences.score_allowed,
        differences.contribution,
        differences.contribution_allowed
    )
}

/// A table of Markdown.
fn table(head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let plain = |cell: &str| cell.replace('|', "\\|");
    let mut text = line(&head.iter().map(|cell| plain(cell)).collect::<Vec<_>>());
    text += &format!("|{}\n", "---|".repeat(head.len()));
    for row in rows {
        text += &line(&row.iter().map(|cell| plain(cell)).collect::<Vec<_>>());
    }
    text
}
