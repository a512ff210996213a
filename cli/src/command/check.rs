use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use outwork_compiler::{Compiled, Report};

use crate::failure::Failure;

/// Say everything that is wrong with a policy or a pack
///
/// Reads the folder's `outwork.toml` with its packs and lists, or one pack, and runs the tests of its rules. Every
/// mistake is shown with its place and what to do about it.
///
/// Exit code: 0 if there is none, else 1.
#[derive(clap::Args)]
pub(crate) struct Check {
    /// A folder with an `outwork.toml`, that file, or a pack
    policy: PathBuf,
}

impl Check {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        Ok(match outwork_compiler::compile(&self.policy) {
            Ok(compiled) => {
                println!("{}: {}", self.policy.display(), summary(&compiled));
                ExitCode::SUCCESS
            }
            Err(report) => complain(&report),
        })
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
