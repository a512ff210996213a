use std::path::PathBuf;
use std::process::ExitCode;

use super::{check, publish};
use crate::failure::Failure;
use crate::report::Format;

/// Compile a policy into the bundle that hosts load
///
/// Checks the policy and runs the tests of its rules first. The same policy gives the same bytes. The bundle is
/// written beside its place and moved there, so that nobody reads half of it. Keep one of each in a folder, under any name,
/// as `-o bundles/2026.11.17.bundle`: `outwork explain --id --bundles` tells past decisions from it.
///
/// Exit code: 0 if the bundle was written, 1 if the policy has mistakes, 2 if it cannot be written.
#[derive(clap::Args)]
pub(crate) struct Build {
    /// A folder with an `outwork.toml`, or that file
    policy: PathBuf,
    /// Where to write the bundle
    #[arg(short, long, default_value = "policy.bundle")]
    output: PathBuf,
    #[command(flatten)]
    warnings: check::Warnings,
}

impl Build {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let compiled = match self.warnings.compile(&self.policy, Format::Text)? {
            Ok(compiled) => compiled,
            Err(complaint) => return Ok(complaint),
        };
        publish::replace(&self.output, &compiled.bundle)
            .map_err(Failure::because(format!("cannot write `{}`", self.output.display())))?;
        println!("{}: {} bytes, {}", compiled.name, compiled.bundle.len(), check::summary(&compiled));
        Ok(ExitCode::SUCCESS)
    }
}
