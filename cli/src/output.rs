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

/// Text without what a terminal takes for a command, and without what turns the direction of writing.
pub(crate) fn tame(text: &str) -> String {
    let wild = |c: char| {
        c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if wild(c) { c.escape_unicode().to_string() } else { c.to_string() }).collect()
}
