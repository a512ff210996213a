use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::SystemTime;

use outwork_compiler::{Compiled, Host, Options, Report};

use crate::failure::Failure;
use crate::report::{self, Format};

/// Say everything that is wrong with a policy or a pack
///
/// Reads the folder's `outwork.toml` with its packs and lists, or one pack, and runs the tests of its rules. Every
/// mistake is shown with its place and what to do about it, and so is what can be built and is probably not meant.
/// `outwork explain CODE` tells more about each.
///
/// Exit code: 0 if there is no mistake, else 1. Warnings are mistakes with --deny-warnings.
#[derive(clap::Args)]
pub(crate) struct Check {
    /// A folder with an `outwork.toml`, that file, or a pack
    #[arg(default_value = ".")]
    policy: PathBuf,
    #[command(flatten)]
    warnings: Warnings,
    /// How to write what was found
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// What becomes of warnings.
#[derive(clap::Args)]
pub(super) struct Warnings {
    /// Take warnings for mistakes
    #[arg(long)]
    deny_warnings: bool,
    /// Warn of rules that can never fire on this host: envoy, istio, worker or worker-bot-management; may be given
    /// again
    #[arg(long, value_name = "HOST", value_parser = host)]
    host: Vec<Host>,
    /// Warn of rules that have no test, too
    #[arg(long)]
    untested: bool,
}

impl Check {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let compiled = match self.warnings.compile(&self.policy, self.format)? {
            Ok(compiled) => compiled,
            Err(complaint) => return Ok(complaint),
        };
        match self.format {
            Format::Text => println!("{}: {}", self.policy.display(), summary(&compiled)),
            // A program wants the whole form, also when it is empty.
            format if compiled.warnings.is_empty() => report::show(&compiled.warnings, format)?,
            _ => {}
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Warnings {
    /// Compiles a policy and shows its warnings; an exit code when it has mistakes, which have been shown.
    pub(super) fn compile(&self, policy: &Path, format: Format) -> Result<Result<Compiled, ExitCode>, Failure> {
        let compiled = match outwork_compiler::compile_with(policy, &self.options()) {
            Ok(compiled) => compiled,
            Err(report) => return report::show(&report, format).map(|()| Err(ExitCode::FAILURE)),
        };
        if compiled.warnings.is_empty() {
            return Ok(Ok(compiled));
        }
        report::show(&compiled.warnings, format)?;
        Ok(if self.deny_warnings { Err(ExitCode::FAILURE) } else { Ok(compiled) })
    }

    fn options(&self) -> Options {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok().map(|since| since.as_secs());
        Options { now, hosts: self.host.clone(), untested: self.untested }
    }
}

fn host(name: &str) -> Result<Host, String> {
    let named = Host::ALL.into_iter().find(|host| host.name() == name);
    named.ok_or_else(|| format!("the hosts are {}", Host::ALL.map(Host::name).join(", ")))
}

/// What a policy has, in words.
pub(super) fn summary(compiled: &Compiled) -> String {
    let tests = compiled.tests.len();
    let models = if compiled.models > 0 { count(compiled.models, "model") + ", " } else { String::new() };
    let transactions = match compiled.transactions {
        0 => String::new(),
        some => count(some, "transaction") + ", ",
    };
    let (rules, limits) = (count(compiled.rules, "rule"), count(compiled.limits, "limit"));
    format!("{rules}, {limits}, {transactions}{models}{} passed", count(tests, "test"))
}

/// Shows a report on standard error.
pub(crate) fn complain(report: &Report) -> Result<ExitCode, Failure> {
    report::show(report, Format::Text)?;
    Ok(ExitCode::FAILURE)
}

/// A number of things, in words.
pub(crate) fn count(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
