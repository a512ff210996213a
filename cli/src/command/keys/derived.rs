use std::fs;
use std::io::{self, Read};
use std::path::PathBuf;
use std::process::ExitCode;

use outwork_engine::keys::{KeyError, Keyring, Kind};

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
        let masters = self.masters()?;
        let ring = Keyring::parse(masters.trim()).map_err(|error| {
            let read = self.from.as_ref().map_or(String::new(), |path| format!(" (in `{}`)", path.display()));
            let help = match error {
                KeyError::Missing => "`outwork keys new` makes one; --from reads a file instead",
                KeyError::Duplicate { .. } => "`outwork keys new --id ID` makes a key with an id of its own",
                _ => "it takes what a host has as `OUTWORK_KEYS`: keys by `outwork keys new`, with commas between them",
            };
            let failure = match (&error, &self.from) {
                (KeyError::Duplicate { .. }, Some(path)) => Failure::of_keys(path.display())(error),
                _ => Failure::new(error.to_string() + &read),
            };
            failure.with_help(help)
        })?;
        print(&(derived(&ring) + "\n"))?;
        if let Some(note) = unmarked(&masters) {
            eprintln!("{note}");
        }
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

/// What is to be said of masters that do not say what they are. Only places are named: what stands before a colon may be a secret.
fn unmarked(masters: &str) -> Option<String> {
    let mark = Kind::Master.mark();
    let entries = masters.split(',').map(str::trim).filter(|entry| !entry.is_empty());
    let places =
        entries.zip(1..).filter(|(entry, _)| entry.matches(':').count() < 2).map(|(_, place)| place.to_string());
    let places = places.collect::<Vec<_>>().join(", ");
    (!places.is_empty()).then(|| {
        format!(
            "note: in the list of masters nothing says of {places} that it is a host's own key: write `{mark}:` before its id, and nobody else takes it"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::unmarked;

    #[test]
    fn masters_without_a_mark_are_named_by_their_place() {
        assert_eq!(unmarked("master:a:QUFB, master:b:QUFB"), None);
        let note = unmarked("a:QUFB,master:b:QUFB, c:QUFB").unwrap();
        assert!(note.contains("of 1, 3 that it is") && !note.contains("QUFB"), "{note}");
    }
}
