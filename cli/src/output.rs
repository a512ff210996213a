//! What a command says on standard output.

use std::io::{self, Write};

use crate::failure::Failure;

/// Prints text as it is. A reader who has seen enough, as `head` does, is no failure.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.map_err(Failure::because("standard output cannot be written")),
    }
}
