use serde::{Deserialize, Serialize};

/// Where the rows of one source are from: a line of the key `outwork.provenance`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Provenance {
    /// The source, as the rows have it.
    pub(crate) source: String,
    /// The file that was read, without its folders.
    pub(crate) file: String,
    /// The SHA-256 of that file, in hexadecimal digits.
    pub(crate) sha256: String,
    /// How many sessions, requests or records were read of it.
    pub(crate) read: u64,
    /// How many rows were made of them.
    pub(crate) rows: u64,
    /// By how many people, or seeds of programs.
    pub(crate) people: u64,
    /// Under what licence it is, as the table beside it says; empty where none does.
    #[serde(default)]
    pub(crate) licence: String,
    /// What made the rows.
    pub(crate) command: String,
}
