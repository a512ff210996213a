//! Cases: requests as data, each with what a policy is expected to make of it. One line of JSON a case.

mod play;

pub use play::{Player, origin};

use crate::request::Request;
use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};
use std::{
    collections::BTreeMap,
    fmt, fs, io,
    path::{Path, PathBuf},
};

/// One line of a file of cases.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Its name, which never changes its meaning.
    pub id: String,
    /// What kind of client it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// Where the facts are from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    // Kept as text: what a blessing rewrites is the expectation alone.
    facts: Box<RawValue>,
    /// The case that is decided alike.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_as: Option<String>,
    /// What a policy shall make of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expect: Option<Expectation>,
    /// The same for hosts that see less.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub expect_on: BTreeMap<String, Expectation>,
}

/// What a policy shall make of a request; what is left out may be anything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// `allow`, `tag`, `throttle`, `challenge` or `block`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<String>,
    /// 0 to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk: Option<u8>,
    /// The ids of the rules and limits that counted, in order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasons: Option<Vec<String>>,
    /// The status that a refused client gets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The fields of a forwarded request that only Outwork may write.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<BTreeMap<String, String>>,
}

/// What a policy made of a request, without what differs at each request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The verdict's name.
    pub verdict: String,
    /// 0 to 100.
    pub risk: u8,
    /// The ids of the rules and limits that counted, in order.
    pub reasons: Vec<String>,
    /// The status that a refused client gets.
    pub status: Option<u16>,
    /// The fields of a forwarded request that only Outwork may write.
    pub origin: Option<BTreeMap<String, String>>,
}

/// A field of an outcome that is not as expected, each value as JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The field, as `verdict`.
    pub field: &'static str,
    /// What was expected.
    pub expected: Value,
    /// What it is.
    pub got: Value,
}

impl Case {
    /// All that is known of the request.
    ///
    /// # Errors
    /// When the facts are none.
    pub fn request(&self) -> Result<Request, serde_json::Error> {
        serde_json::from_str(self.facts.get())
    }

    /// The facts as JSON.
    pub fn facts(&self) -> &str {
        self.facts.get()
    }
}

impl Outcome {
    /// Whether the request reaches the origin.
    pub fn forwarded(&self) -> bool {
        self.status.is_none()
    }

    /// The outcome as the expectation that it meets to the letter.
    pub fn expectation(&self) -> Expectation {
        Expectation {
            verdict: Some(self.verdict.clone()),
            risk: Some(self.risk),
            reasons: Some(self.reasons.clone()),
            status: self.status,
            origin: self.origin.clone(),
        }
    }
}

impl Expectation {
    /// Where an outcome is not as expected.
    pub fn differences(&self, got: &Outcome) -> Vec<Difference> {
        let field = |field, expected: Option<Value>, got: Value| {
            expected.filter(|expected| *expected != got).map(|expected| Difference { field, expected, got })
        };
        let differences = [
            field("verdict", self.verdict.clone().map(Value::from), got.verdict.clone().into()),
            field("risk", self.risk.map(Value::from), got.risk.into()),
            field("reasons", self.reasons.clone().map(Value::from), got.reasons.clone().into()),
            field("status", self.status.map(Value::from), got.status.into()),
            field("origin", self.origin.as_ref().map(object), got.origin.as_ref().map_or(Value::Null, object)),
        ];
        differences.into_iter().flatten().collect()
    }
}

fn object(fields: &BTreeMap<String, String>) -> Value {
    fields
        .iter()
        .map(|(name, value)| (name.clone(), Value::from(value.clone())))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// One file of cases.
#[derive(Clone, Debug)]
pub struct CaseFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its cases, in its order.
    pub cases: Vec<Case>,
}

/// Why cases cannot be read.
#[derive(Debug)]
pub enum CaseError {
    /// The file or folder cannot be read.
    Read(PathBuf, io::Error),
    /// A line of the file, from 1, is no case.
    Line(PathBuf, usize, serde_json::Error),
}

impl fmt::Display for CaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(path, error) => write!(f, "`{}` cannot be read: {error}", path.display()),
            Self::Line(path, line, error) => write!(f, "`{}:{line}` is no case: {error}", path.display()),
        }
    }
}

impl CaseFile {
    /// Reads a file, or every `.jsonl` of a folder, in the order of their names. Blank lines are left out.
    ///
    /// # Errors
    /// When one cannot be read, or a line is no case.
    pub fn read_all(path: &Path) -> Result<Vec<Self>, CaseError> {
        if !path.is_dir() {
            return Self::read(path).map(|file| vec![file]);
        }
        let unread = |error| CaseError::Read(path.to_owned(), error);
        let mut paths = Vec::new();
        for entry in fs::read_dir(path).map_err(unread)? {
            paths.push(entry.map_err(unread)?.path());
        }
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
        paths.sort();
        paths.iter().map(|path| Self::read(path)).collect()
    }

    fn read(path: &Path) -> Result<Self, CaseError> {
        let text = fs::read_to_string(path).map_err(|error| CaseError::Read(path.to_owned(), error))?;
        let case = |(at, line): (usize, &str)| -> Result<Case, CaseError> {
            let wrong = |error| CaseError::Line(path.to_owned(), at + 1, error);
            let case: Case = serde_json::from_str(line).map_err(wrong)?;
            case.request().map_err(wrong)?;
            Ok(case)
        };
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        Ok(Self { path: path.to_owned(), cases: lines.map(case).collect::<Result<_, _>>()? })
    }

    /// Writes the file anew, by a rename, because others may be reading.
    ///
    /// # Errors
    /// As the file system has them.
    pub fn write(&self) -> io::Result<()> {
        let mut lines = String::new();
        for case in &self.cases {
            lines.push_str(&serde_json::to_string(case)?);
            lines.push('\n');
        }
        let fresh = self.path.with_extension("new");
        fs::write(&fresh, lines)?;
        fs::rename(&fresh, &self.path)
    }
}
