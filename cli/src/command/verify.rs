use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ValueEnum;
use outwork_engine::keys::{AuditKeys, Keyring};

use crate::audit::{Heads, Ledger, Place, Report, Wants, write};
use crate::failure::Failure;
use crate::instant;
use crate::lines::{self, Line};
use crate::output::print;

/// Prove that a log of decision records is complete, and each record as it was written
///
/// Each record has a number in its chain, names the one before it, and has a MAC of its own. What is missing, was changed or moved,
/// or is there twice is named with its line. Records stand in their lines alone, or as an object or as text in a line of an access log.
///
/// Keys: `--audit-keys`, else `OUTWORK_AUDIT_KEYS` (`audit:id:base64,…`, as `outwork keys audit` prints them: whoever verifies
/// needs no master), else `OUTWORK_KEYS`. A log may hold records of several keys.
///
/// A line of more than 16 MiB is not read: it is counted, a finding if it begins like a record, and the rest is verified.
///
/// Exit code: 0 if the log is complete; 1 if not; 2 if it cannot be read, has no chained record, or there are no keys.
#[derive(clap::Args)]
pub(crate) struct Verify {
    /// Logs, the oldest first; plain, gzip or zstd; `-` is standard input
    #[arg(long, required = true, num_args = 1.., value_name = "RECORDS")]
    audit: Vec<PathBuf>,
    /// A file with the keys of records alone
    #[arg(long, value_name = "FILE")]
    audit_keys: Option<PathBuf>,
    /// How far an earlier run came, and after this one how far it came; made if it is not there
    #[arg(long, value_name = "FILE")]
    heads: Option<PathBuf>,
    /// Write the heads although something is wrong: it was looked into
    #[arg(long, requires = "heads")]
    commit: bool,
    /// Take records without a chain among those with one, as where the policy's `audit` was switched
    #[arg(long)]
    allow_unchained: bool,
    /// How many records there are, as the host's counter `outwork_records` says
    #[arg(long, value_name = "N")]
    count: Option<u64>,
    /// Take records that stand behind later ones, unless those were decided so much later (`5m`): for logs that were shuffled on
    /// their way. With `--heads`, what is missing near the end of such a log may stand in the next
    #[arg(long, value_name = "TIME", value_parser = instant::length)]
    displaced: Option<u64>,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One JSON object
    Json,
}

impl Verify {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let (report, heads) = self.verify()?;
        let shown = match self.format {
            Format::Text => write(&report, &self.audit),
            Format::Json => {
                let json = serde_json::to_string_pretty(&report);
                json.map_err(Failure::because("the report cannot be written"))? + "\n"
            }
        };
        print(&shown)?;
        // What was wrong once is not to pass for verified the next time.
        if let Some(path) = self.heads.as_ref().filter(|_| report.complete || self.commit) {
            heads.save(path)?;
        }
        Ok(if report.complete { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    /// What is wrong with the logs, and how far they go.
    pub(crate) fn verify(&self) -> Result<(Report, Heads), Failure> {
        let heads = self.heads.as_deref().map_or_else(|| Ok(Heads::default()), Heads::open)?;
        let mut ledger = Ledger::new(keys(self.audit_keys.as_deref())?, &heads);
        lines::each_line(&self.audit, |file, line, text| {
            match text {
                Line::Whole(text) => ledger.read(Place { file, line }, text),
                Line::Long(begins) => ledger.long(Place { file, line }, begins),
            }
            Ok(())
        })?;
        let wants = Wants {
            displaced: self.displaced,
            count: self.count,
            allow_unchained: self.allow_unchained,
            goes_on: self.heads.is_some(),
        };
        let (report, heads) = ledger.finish(wants);
        if report.records == 0 && report.complete {
            return Err(Failure::new("there is no chained record")
                .with_help("records are chained unless `audit = false` stands under `[policy]`: docs/records.md"));
        }
        Ok((report, heads))
    }
}

/// The keys of records: from a file, or the environment.
pub(crate) fn keys(path: Option<&Path>) -> Result<AuditKeys, Failure> {
    if let Some(path) = path {
        let name = path.display();
        let text = fs::read_to_string(path).map_err(Failure::because(format!("`{name}` cannot be read")))?;
        return AuditKeys::parse(&text).map_err(Failure::of_keys(name));
    }
    let variable = |name| std::env::var(name).ok().filter(|text| !text.trim().is_empty());
    if let Some(text) = variable("OUTWORK_AUDIT_KEYS") {
        return AuditKeys::parse(&text).map_err(Failure::of_keys("OUTWORK_AUDIT_KEYS"));
    }
    let masters = variable("OUTWORK_KEYS").ok_or_else(|| {
        Failure::new("there are no keys to verify records with")
            .with_help("give `--audit-keys FILE`, or set `OUTWORK_AUDIT_KEYS` or `OUTWORK_KEYS`")
    })?;
    Keyring::parse(&masters).map(|keys| AuditKeys::of(&keys)).map_err(Failure::of_keys("OUTWORK_KEYS"))
}
