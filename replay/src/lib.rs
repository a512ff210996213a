//! What a policy would have done with the requests of an access log.
//!
//! ```text
//! file ─▶ blocks of lines ─▶ entries ─▶ facts ─▶ the engine, with words of limits in memory ─▶ tally ─▶ report
//! ```
//!
//! A log is a witness, and no more is made of it than it says: what a line does not mention is unavailable, not absent.
#![forbid(unsafe_code)]

mod blocks;
mod budget;
mod client;
mod count;
mod diff;
mod entry;
pub mod html;
mod input;
mod parts;
mod play;
mod progress;
mod read;
mod reject;
mod rejects;
mod simulate;
mod simulated;
mod store;
mod summary;
mod tally;
pub mod text;
mod weight;
mod window;

pub use budget::{Budget, BudgetError};
pub(crate) use entry::Spare;

pub use diff::{Budgets, CauseRow, Change, ChangedWho, Diff, DiffSummary, How, PairRow, ShiftRow, Within};
pub use entry::{Entry, List, Lists, Text};
pub use input::Input;
pub use parts::{Part, parts};
pub use play::{Line, MAX_JOBS, Options, Outcome, Output, PlayError, Played, Sink, play};
pub use progress::Progress;
pub use read::{Field, Format, Layout, MapError, Reader};
pub use reject::Reject;
pub use rejects::{RejectRow, Rejected, RejectedLine};
pub use simulate::{AskedCounts, KeyRow, LimitReport, Simulated, Simulation, StepRow};
pub use simulated::LimitRow;
pub use summary::{Counts, FieldRow, FileRow, HappenedRow, HourRow, RuleRow, RuleSamples, Summary, WhoRow};
pub use tally::{Keep, ModelRow, Sample, Tally};
pub use weight::{Estimate, Rate};
pub use window::{Passed, Window};

/// The most bytes of a line; longer ones are passed over and counted.
pub const MAX_LINE: usize = 1 << 20;
