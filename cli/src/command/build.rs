use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::check;
use crate::failure::Failure;

/// Compile a policy into the bundle that hosts load
///
/// Checks the policy and runs the tests of its rules first. The same policy gives the same bytes. The bundle is
/// written beside its place and moved there, so that nobody reads half of it.
///
/// Exit code: 0 if the bundle was written, 1 if the policy has mistakes, 2 if it cannot be written.
#[derive(clap::Args)]
pub(crate) struct Build {
    /// A folder with an `outwork.toml`, or that file
    policy: PathBuf,
    /// Where to write the bundle
    #[arg(short, long, default_value = "policy.bundle")]
    output: PathBuf,
}

impl Build {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let compiled = match outwork_compiler::compile(&self.policy) {
            Ok(compiled) => compiled,
            Err(report) => return Ok(check::complain(&report)),
        };
        write(&self.output, &compiled.bundle)
            .map_err(Failure::because(format!("cannot write `{}`", self.output.display())))?;
        println!("{}: {} bytes, {}", compiled.name, compiled.bundle.len(), check::summary(&compiled));
        Ok(ExitCode::SUCCESS)
    }
}

fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut beside = path.to_owned().into_os_string();
    beside.push(format!(".{}.part", std::process::id()));
    let written = fs::write(&beside, bytes).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // What is left of a failed attempt is of no use; the first error is the one to tell.
        drop(fs::remove_file(&beside));
    }
    written
}
