//! Policies and lists that other projects wrote, as rule packs: what they mean here, and what of them cannot be said here.
//!
//! ```text
//! Anubis (YAML, CEL, RE2) ─┐
//!                          ├─▶ conditions ─▶ one pack (TOML), formatted ─▶ its reader: losses, each with its place
//! lists of user agents    ─┘
//! ```
#![forbid(unsafe_code)]

pub mod anubis;
mod condition;
pub mod crawlers;
mod error;
mod pack;
mod pattern;
mod yaml;

pub use error::ImportError;

/// What became of a policy or list.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The pack, in TOML.
    pub pack: String,
    /// An `outwork.toml` beside it, for what only a whole policy can say.
    pub policy: Option<String>,
    /// How many rules the pack has.
    pub rules: usize,
    /// What could not be carried over, in the order of the source.
    pub losses: Vec<Loss>,
}

/// Something that could not be carried over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// The file that it stands in.
    pub file: String,
    /// The line where the entry begins, from 1; none for a whole file.
    pub line: Option<u64>,
    /// What it is called there.
    pub name: String,
    /// What was lost, and why.
    pub why: String,
}

impl std::fmt::Display for Loss {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": `{}`: {}", self.name, self.why)
    }
}

/// The pack as the formatter leaves it.
fn formatted(pack: String) -> Result<String, ImportError> {
    outwork_compiler::format("pack.toml", &pack).map_err(|report| ImportError::new(report.render(false)))
}
