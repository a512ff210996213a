//! Models of others, and what is in a model.

mod check;
mod import;
mod inputs;
mod rows;
mod show;

use std::process::ExitCode;

use crate::failure::Failure;

/// Import a model that another tool trained, or show what is in one
#[derive(clap::Args)]
pub(crate) struct Model {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    Import(import::Import),
    Show(show::Show),
}

impl Model {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        match self.what {
            What::Import(import) => import.run(),
            What::Show(show) => show.run(),
        }
    }
}
