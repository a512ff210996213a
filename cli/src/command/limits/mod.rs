//! Limits before they are in force, and for those who keep the global ones.

mod export;
mod set;
mod simulate;

use std::process::ExitCode;

use crate::failure::Failure;

/// Show what the limits of a policy would do, or write those that a rate-limit service keeps
#[derive(clap::Args)]
pub(crate) struct Limits {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    Simulate(simulate::Simulate),
    Export(export::Export),
}

impl Limits {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        match self.what {
            What::Simulate(simulate) => simulate.run(),
            What::Export(export) => export.run(),
        }
    }
}
