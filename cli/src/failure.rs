use std::fmt::Display;
use std::process::ExitCode;

use outwork_engine::keys::KeyError;

/// Why a command could not do its work, and what its user can do about it.
#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    help: Option<String>,
}

impl Failure {
    /// `message` in lower case, without a final period, the user's input in backticks.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None }
    }

    /// For `map_err`: what was being done, then the error.
    pub(crate) fn because<E: Display>(message: impl Display) -> impl FnOnce(E) -> Self {
        move |error| Self::new(format!("{message}: {error}"))
    }

    /// For `map_err`: why keys cannot be used, and where they stand: hosts, whose words these are, have one variable alone.
    pub(crate) fn of_keys(place: impl Display) -> impl FnOnce(KeyError) -> Self {
        move |error| match error {
            KeyError::Duplicate { id } => Self::new(format!("two keys in `{place}` have the id `{id}`")),
            other => Self::new(format!("the keys in `{place}` cannot be used: {other}")),
        }
    }

    pub(crate) fn with_help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// Tells the user on standard error.
    pub(crate) fn report(&self) -> ExitCode {
        eprintln!("error: {}", self.message);
        if let Some(help) = &self.help {
            eprintln!("help: {help}");
        }
        ExitCode::from(2)
    }
}
