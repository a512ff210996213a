//! `replay`, `diff` and `limits`, as a user runs them, over the small logs in `tests/fixtures/logs`.
//!
//! `OUTWORK_BLESS=1 cargo test -p outwork-cli --test replay` writes the expectations anew; read them in the diff.
#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

mod bad;
mod golden;
mod limits;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn logs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/logs")
}

/// Exit code, standard output and standard error of the command, in the folder of the logs.
fn run(arguments: &[&str]) -> (i32, String, String) {
    run_with(arguments, b"")
}

fn run_with(arguments: &[&str], input: &[u8]) -> (i32, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_outwork"))
        .args(arguments)
        .current_dir(logs())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}
