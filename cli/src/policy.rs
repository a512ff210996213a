//! The policy that a command works with: compiled already, or to be compiled.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use crate::command::complain;
use crate::failure::Failure;

/// The bundle of a policy: itself, or compiled; an exit code when it has mistakes, which have been shown.
pub(crate) fn bundle(path: &Path) -> Result<Result<Vec<u8>, ExitCode>, Failure> {
    let name = path.display();
    if path.is_file() {
        let bytes = fs::read(path).map_err(Failure::because(format!("`{name}` cannot be read")))?;
        if bytes.starts_with(b"OUTWORK\0") {
            return Ok(Ok(bytes));
        }
    }
    match outwork_compiler::compile(path) {
        Ok(compiled) => Ok(Ok(compiled.bundle)),
        Err(report) => complain(&report).map(Err),
    }
}
