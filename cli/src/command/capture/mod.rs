//! `outwork capture`: rows of features for models.

mod behaviour;
mod device;
mod made;
mod records;
mod show;

use std::process::ExitCode;

use crate::failure::Failure;

/// Make rows of features that models are trained on, out of recordings, requests and records
///
/// A row has one value a signal, as the edge reads it, and says of what source, person and program it is. The table names
/// each file that it was made of, with its SHA-256. docs/rows.md has the columns, and tells how to train on traffic of your
/// own.
#[derive(clap::Args)]
pub(crate) struct Capture {
    #[command(subcommand)]
    of: Of,
}

#[derive(clap::Subcommand)]
enum Of {
    Behaviour(behaviour::Behaviour),
    Device(device::Device),
    Records(records::Records),
    Show(show::Show),
}

impl Capture {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        match self.of {
            Of::Behaviour(behaviour) => behaviour.run(),
            Of::Device(device) => device.run(),
            Of::Records(records) => records.run(),
            Of::Show(show) => show.run(),
        }
    }
}
