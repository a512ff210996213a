//! Lists that others publish.

mod update;

use std::process::ExitCode;

use crate::failure::Failure;

/// Keep the lists of a policy fresh
#[derive(clap::Args)]
pub(crate) struct Lists {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    Update(update::Update),
}

impl Lists {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        match self.what {
            What::Update(update) => update.run(),
        }
    }
}
