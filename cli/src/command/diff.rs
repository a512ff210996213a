use std::path::PathBuf;
use std::process::ExitCode;

use outwork_replay::{Budget, Budgets, Diff as Differ, DiffSummary, html, text};

use crate::failure::Failure;
use crate::output::print;
use crate::replay::{Log, load, write};

/// Say which requests of an access log change their verdict between two policies
///
/// Both policies decide about every line, in one pass, each with limits of its own. Shows the pairs of verdicts, the rules
/// and limits behind the changes, who meets them, and lines as examples. A verdict that is not in force counts as allow
/// where the other policy's is in force.
///
/// A budget is a number of requests, as `20`, or a share of all, as `0.1%`.
///
/// Exit code: 0; 1 if a budget is exceeded, a policy has mistakes or a file could not be read to its end; 2 if the work
/// could not be done, or a budget is given and no request was compared.
#[derive(clap::Args)]
pub(crate) struct Diff {
    /// The policy as it is: a bundle, a folder with an `outwork.toml`, that file, or a pack
    old: PathBuf,
    /// The policy as it shall be
    new: PathBuf,
    #[command(flatten)]
    log: Log,
    /// At most so many requests that only the new policy blocks
    #[arg(long, value_name = "BUDGET")]
    max_newly_blocked: Option<Budget>,
    /// At most so many requests that only the new policy throttles
    #[arg(long, value_name = "BUDGET")]
    max_newly_throttled: Option<Budget>,
    /// At most so many requests that only the new policy challenges
    #[arg(long, value_name = "BUDGET")]
    max_newly_challenged: Option<Budget>,
    /// At most so many requests whose verdict changes
    #[arg(long, value_name = "BUDGET")]
    max_changed: Option<Budget>,
    /// At most so many lines that cannot be read; 1% where another budget is given
    #[arg(long, value_name = "BUDGET")]
    max_unread: Option<Budget>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    /// Write a report with charts: one file of HTML that needs no other
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Show so many lines of each pair of verdicts, without their queries
    #[arg(long, value_name = "N", default_value_t = 0)]
    sample: usize,
    /// How many clients and user agents are named
    #[arg(long, value_name = "N", default_value_t = 10)]
    top: usize,
}

impl Diff {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let (old, new) = match (load(&self.old)?, load(&self.new)?) {
            (Ok(old), Ok(new)) => (old, new),
            (Err(complaint), _) | (_, Err(complaint)) => return Ok(complaint),
        };
        let played =
            self.log.play(&[&old.policy, &new.policy], || Differ::new(&old.policy, &new.policy, self.sample), None)?;
        let Some(played) = played else { return Ok(ExitCode::SUCCESS) };
        let mut summary =
            DiffSummary::of(played, &self.log.names(), self.log.simulates_limits(), self.top, self.budgets());
        let (old_tags, new_tags) = (old.tags(), new.tags());
        summary.tag(|id| new_tags.get(id).or_else(|| old_tags.get(id)).cloned().unwrap_or_default());
        if let Some(path) = &self.html {
            write(path, &html::diff(&summary))?;
        }
        if self.json {
            let json = serde_json::to_string_pretty(&summary);
            print(&(json.map_err(Failure::because("the summary cannot be written"))? + "\n"))?;
        } else {
            print(&text::diff(&summary))?;
        }
        if summary.is_void() {
            let failure = Failure::new("no request was compared, so that no budget says anything");
            return Err(failure.with_help("the logs are empty, or `--format` does not name what they are"));
        }
        Ok(if summary.is_exceeded() || summary.is_incomplete() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }

    fn budgets(&self) -> Budgets {
        Budgets {
            newly_blocked: self.max_newly_blocked,
            newly_throttled: self.max_newly_throttled,
            newly_challenged: self.max_newly_challenged,
            changed: self.max_changed,
            unread: self.max_unread,
        }
    }
}
