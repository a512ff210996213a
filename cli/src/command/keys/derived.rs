use std::fs;
use std::io::{self, Read};
use std::path::PathBuf;
use std::process::ExitCode;

use outwork_engine::keys::{KeyError, Keyring};

use crate::failure::Failure;
use crate::output::print;

const VARIABLE: &str = "OUTWORK_KEYS";

/// Where the masters are: in the environment, unless a file is given.
#[derive(clap::Args)]
pub(crate) struct Source {
    /// A file that holds what OUTWORK_KEYS would, or `-` for standard input; no secret belongs on a command line
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
}

impl Source {
    /// Prints what is derived of the masters.
    pub(super) fn print(self, derived: impl FnOnce(&Keyring) -> String) -> Result<ExitCode, Failure> {
        let ring = Keyring::parse(self.masters()?.trim()).map_err(|error| {
            let read = self.from.as_ref().map_or(String::new(), |path| format!(" (in `{}`)", path.display()));
            let help = match error {
                KeyError::Missing => "`outwork keys new` makes one; --from reads a file instead",
                KeyError::Duplicate { .. } => "`outwork keys new --id ID` makes a key with an id of its own",
                _ => "it takes what a host has as `OUTWORK_KEYS`: keys by `outwork keys new`, with commas between them",
            };
            Failure::new(error.to_string() + &read).with_help(help)
        })?;
        print(&(derived(&ring) + "\n"))?;
        Ok(ExitCode::SUCCESS)
    }

    fn masters(&self) -> Result<String, Failure> {
        let Some(path) = &self.from else { return Ok(std::env::var(VARIABLE).unwrap_or_default()) };
        let mut text = String::new();
        let read = if path.as_os_str() == "-" {
            io::stdin().read_to_string(&mut text).map(|_| text)
        } else {
            fs::read_to_string(path)
        };
        read.map_err(Failure::because(format!("`{}` cannot be read", path.display())))
    }
}
