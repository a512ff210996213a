//! Anubis policies as they are written: files, what they import, and the rules in them.
//!
//! The keys are those of `lib/config/config.go` and the documentation under `docs/docs/admin`, TecharoHQ/anubis.

use crate::{error::ImportError, yaml};
use outwork_compiler::Files;
use serde::Deserialize;
use serde_json::Value;
use serde_saphyr::Spanned;
use std::collections::BTreeMap;

/// A rule, and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    pub(super) file: String,
    pub(super) line: u64,
    pub(super) bot: Bot,
}

/// A whole policy file. Other keys are settings of Anubis itself.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct PolicyFile {
    bots: Vec<Spanned<Bot>>,
    pub(super) thresholds: Option<Vec<Spanned<Threshold>>>,
    #[serde(flatten)]
    pub(super) other: BTreeMap<String, Value>,
}

/// A rule, or the import of a file with rules.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Bot {
    import: Option<String>,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) action: String,
    pub(super) user_agent_regex: Option<String>,
    pub(super) path_regex: Option<String>,
    pub(super) headers_regex: Option<BTreeMap<String, String>>,
    pub(super) remote_addresses: Option<Vec<String>>,
    pub(super) expression: Option<Expression>,
    pub(super) geoip: Option<Countries>,
    pub(super) asns: Option<Asns>,
    pub(super) weight: Option<Weight>,
    pub(super) challenge: Option<Value>,
    #[serde(flatten)]
    pub(super) other: BTreeMap<String, Value>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Expression {
    One(String),
    Many {
        #[serde(default)]
        all: Vec<String>,
        #[serde(default)]
        any: Vec<String>,
    },
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Countries {
    pub(super) countries: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Asns {
    #[serde(rename = "match")]
    pub(super) numbers: Vec<u32>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Weight {
    pub(super) adjust: i64,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Threshold {
    #[serde(default)]
    pub(super) name: String,
    pub(super) expression: Expression,
    pub(super) action: String,
}

/// What a policy comes to with everything that it imports.
#[derive(Debug, Default)]
pub(super) struct Sources {
    pub(super) bots: Vec<Placed>,
    /// The thresholds of the one whole policy among the files, and its other settings.
    pub(super) policy: Option<(String, PolicyFile)>,
    files: usize,
}

/// The most files that one import reads, and how deep they may import one another.
const MAX_FILES: usize = 1_000;
const MAX_DEPTH: usize = 32;

impl Sources {
    /// Reads a file and all that it imports. `data` is the folder that `(data)` stands for.
    pub(super) fn read(&mut self, files: &dyn Files, path: &str, data: Option<&str>) -> Result<(), ImportError> {
        let text = yaml::text(files, path)?;
        let policy: PolicyFile = if is_list(&text) {
            PolicyFile { bots: yaml::read(path, &text)?, ..PolicyFile::default() }
        } else {
            yaml::read(path, &text)?
        };
        let bots = policy.bots.clone();
        if !is_list(&text) && self.policy.replace((path.to_owned(), policy)).is_some() {
            return Err(ImportError::new(format!(
                "`{path}` is a second policy with thresholds of its own: import one at a time"
            )));
        }
        self.add(files, path, data, bots, &mut vec![path.to_owned()])
    }

    fn add(
        &mut self,
        files: &dyn Files,
        path: &str,
        data: Option<&str>,
        bots: Vec<Spanned<Bot>>,
        above: &mut Vec<String>,
    ) -> Result<(), ImportError> {
        self.files += 1;
        if self.files > MAX_FILES {
            return Err(ImportError::new(format!("`{path}`: more than {MAX_FILES} files are imported")));
        }
        for spanned in bots {
            let Some(import) = spanned.value.import.clone() else {
                let line = spanned.referenced.line();
                self.bots.push(Placed { file: path.to_owned(), line, bot: spanned.value });
                continue;
            };
            let (inner, text) = resolve(files, path, &import, data)?;
            if above.contains(&inner) || above.len() >= MAX_DEPTH {
                return Err(ImportError::new(format!("`{path}` imports `{import}`, which imports it in turn")));
            }
            let bots = yaml::read(&inner, &text)?;
            above.push(inner.clone());
            self.add(files, &inner, data, bots, above)?;
            above.pop();
        }
        Ok(())
    }
}

/// Whether a document is a list of rules, as imported files are, and no whole policy.
fn is_list(text: &str) -> bool {
    let first = text.lines().find(|line| {
        let line = line.trim();
        !line.is_empty() && !line.starts_with('#') && line != "---"
    });
    first.is_some_and(|line| line.trim_start().starts_with(['-', '[']))
}

/// The path and text of an imported file. `(data)` is looked for from the importing file's folder upwards unless given.
fn resolve(files: &dyn Files, from: &str, import: &str, data: Option<&str>) -> Result<(String, String), ImportError> {
    let Some(inside) = import.strip_prefix("(data)/") else {
        let path = if import.starts_with('/') { import.to_owned() } else { beside(from, import) };
        return Ok((path.clone(), yaml::text(files, &path)?));
    };
    if let Some(data) = data {
        let path = format!("{}/{inside}", data.trim_end_matches('/'));
        return Ok((path.clone(), yaml::text(files, &path)?));
    }
    let mut folder = from;
    while let Some((above, _)) = folder.rsplit_once('/') {
        let path = format!("{above}/{inside}");
        if let Ok(text) = yaml::text(files, &path) {
            return Ok((path, text));
        }
        folder = above;
    }
    let text = yaml::text(files, inside).map_err(|_| {
        ImportError::new(format!(
            "`{from}` imports `{import}`, and no folder above it has that file: name Anubis's data folder"
        ))
    })?;
    Ok((inside.to_owned(), text))
}

fn beside(from: &str, path: &str) -> String {
    from.rsplit_once('/').map_or_else(|| path.to_owned(), |(folder, _)| format!("{folder}/{path}"))
}

impl Expression {
    /// The one expression that a list stands for.
    pub(super) fn text(&self) -> String {
        let joined = |parts: &[String], with: &str| {
            parts.iter().map(|part| format!("( {part} )")).collect::<Vec<_>>().join(with)
        };
        match self {
            Self::One(text) => text.clone(),
            Self::Many { all, any } if any.is_empty() => joined(all, " && "),
            Self::Many { any, .. } => joined(any, " || "),
        }
    }
}
