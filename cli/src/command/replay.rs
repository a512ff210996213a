use std::path::PathBuf;
use std::process::ExitCode;

use outwork_replay::{Keep, Summary, Tally, html, text};

use crate::failure::Failure;
use crate::output::print;
use crate::replay::{Log, load, stdout, write};

/// Say what a policy would have done with the requests of an access log
///
/// Reads Envoy's JSON access logs, nginx's and Apache's combined format, Cloudflare Logpush (http_requests, JSON) and
/// our own records; plain, gzip or zstd. The policy decides about each line at the line's own time; limits are simulated
/// in the order of the log. What a log does not tell is unavailable to rules: docs/replay.md says what each format lacks.
///
/// Exit code: 0; 1 if the policy has mistakes or a file could not be read to its end, 2 if the work could not be done.
#[derive(clap::Args)]
pub(crate) struct Replay {
    #[command(flatten)]
    log: Log,
    /// The policy: a bundle, a folder with an `outwork.toml`, that file, or a pack
    #[arg(short, long, default_value = ".")]
    policy: PathBuf,
    /// Print one JSON object
    #[arg(long, conflicts_with = "jsonl")]
    json: bool,
    /// Print every decision as a line of JSON, and no summary
    #[arg(long)]
    jsonl: bool,
    /// Write a report with charts: one file of HTML that needs no other
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Show so many lines of each rule that held, without their queries
    #[arg(long, value_name = "N", default_value_t = 0)]
    sample: usize,
    /// How many clients and user agents are named for each verdict
    #[arg(long, value_name = "N", default_value_t = 5)]
    top: usize,
}

impl Replay {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let loaded = match load(&self.policy)? {
            Ok(loaded) => loaded,
            Err(complaint) => return Ok(complaint),
        };
        let keep = Keep { samples: self.sample, decisions: self.jsonl };
        let new = || Tally::new(&loaded.policy, keep);
        let out = stdout();
        let played = self.log.play(&[&loaded.policy], new, self.jsonl.then_some(&out as _))?;
        let Some(played) = played else { return Ok(ExitCode::SUCCESS) };
        let mut summary = Summary::of(played, &self.log.names(), self.log.simulates_limits(), self.top);
        let tags = loaded.tags();
        summary.tag(|id| tags.get(id).cloned().unwrap_or_default());
        if let Some(path) = &self.html {
            write(path, &html::replay(&summary))?;
        }
        if self.json {
            let json = serde_json::to_string_pretty(&summary);
            print(&(json.map_err(Failure::because("the summary cannot be written"))? + "\n"))?;
        } else if !self.jsonl {
            print(&text::replay(&summary))?;
        }
        Ok(if summary.is_incomplete() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}
