//! A user's own names: `[fields]` of a TOML file, from name in the log to what it stands for.

use super::{Format, Layout, names};
use serde::Deserialize;
use std::{collections::BTreeMap, fmt};

/// The most bytes of a map.
const MAX_BYTES: usize = 64 * 1024;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Map {
    /// Whether `-` stands for nothing.
    dash: Option<bool>,
    /// Whether an empty text stands for nothing.
    empty: Option<bool>,
    #[serde(default)]
    fields: BTreeMap<String, String>,
}

impl Layout {
    /// The usual layout of a format, and what a map adds to it or changes of it.
    ///
    /// # Errors
    /// Says what of the map is wrong.
    pub fn mapped(format: Format, toml: &str) -> Result<Self, MapError> {
        if toml.len() > MAX_BYTES {
            return Err(MapError::TooLong);
        }
        let map: Map = toml::from_str(toml).map_err(|error| MapError::Toml(error.to_string()))?;
        let mut layout = Self::of(format);
        layout.dash = map.dash.unwrap_or(layout.dash);
        layout.empty = map.empty.unwrap_or(layout.empty);
        for (name, of) in &map.fields {
            let field = names::field(of).ok_or_else(|| MapError::Field(of.clone()))?;
            layout.name(name, Some(field));
        }
        Ok(layout)
    }
}

/// Why a map cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MapError {
    /// It is longer than any map.
    TooLong,
    /// It is no TOML, or has keys that mean nothing.
    Toml(String),
    /// A field that there is not.
    Field(String),
}

impl fmt::Display for MapError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => f.write_str("the map is longer than 64 KiB"),
            Self::Toml(error) => write!(f, "{}", error.trim_end()),
            Self::Field(name) => {
                write!(f, "there is no field `{name}`; there are `header:NAME` and {}", names::FIELDS.join(", "))
            }
        }
    }
}

impl std::error::Error for MapError {}
