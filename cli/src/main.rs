//! The `outwork` command.
fn main() {}
