use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::SystemTime;

use outwork_compiler::{Compiled, Options, Report};

use crate::failure::Failure;

/// Say everything that is wrong with a policy or a pack
///
/// Reads the folder's `outwork.toml` with its packs and lists, or one pack, and runs the tests of its rules. Every
/// mistake is shown with its place and what to do about it, and so is what can be built and is probably not meant.
///
/// Exit code: 0 if there is no mistake, else 1. Warnings are mistakes with --deny-warnings.
#[derive(clap::Args)]
pub(crate) struct Check {
    /// A folder with an `outwork.toml`, that file, or a pack
    #[arg(default_value = ".")]
    policy: PathBuf,
    #[command(flatten)]
    warnings: Warnings,
}

/// What becomes of warnings.
#[derive(clap::Args)]
pub(super) struct Warnings {
    /// Take warnings for mistakes
    #[arg(long)]
    deny_warnings: bool,
    /// Warn of rules that have no test, too
    #[arg(long)]
    untested: bool,
}

impl Check {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        Ok(match self.warnings.compile(&self.policy) {
            Ok(compiled) => {
                println!("{}: {}", self.policy.display(), summary(&compiled));
                ExitCode::SUCCESS
            }
            Err(complaint) => complaint,
        })
    }
}

impl Warnings {
    /// Compiles a policy and shows its warnings; an exit code when it has mistakes, which have been shown.
    pub(super) fn compile(&self, policy: &Path) -> Result<Compiled, ExitCode> {
        let compiled = outwork_compiler::compile_with(policy, &self.options()).map_err(|report| complain(&report))?;
        if compiled.warnings.is_empty() {
            return Ok(compiled);
        }
        let complaint = complain(&compiled.warnings);
        if self.deny_warnings { Err(complaint) } else { Ok(compiled) }
    }

    fn options(&self) -> Options {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok().map(|since| since.as_secs());
        Options { now, untested: self.untested }
    }
}

/// What a policy has, in words.
pub(super) fn summary(compiled: &Compiled) -> String {
    let tests = compiled.tests.len();
    format!("{}, {}, {} passed", count(compiled.rules, "rule"), count(compiled.limits, "limit"), count(tests, "test"))
}

/// Shows a report on standard error.
pub(crate) fn complain(report: &Report) -> ExitCode {
    eprint!("{}", report.render(std::io::stderr().is_terminal()));
    ExitCode::FAILURE
}

fn count(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
