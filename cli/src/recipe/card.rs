use serde::Deserialize;

/// What a recipe tells readers of `CARD.md` that no figure shows.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Card {
    /// What the model is for.
    #[serde(default)]
    pub(crate) purpose: String,
    /// What it must not be used for.
    #[serde(default)]
    pub(crate) not_for: Vec<String>,
    /// What the data is, beside the provenance that rows carry.
    #[serde(default)]
    pub(crate) data: Vec<String>,
    /// What the data cannot show.
    #[serde(default)]
    pub(crate) cannot_show: Vec<String>,
    /// What it costs a program to fake what the model looks at.
    #[serde(default)]
    pub(crate) evasion: Vec<String>,
}
