//! The `outwork` command.

mod audit;
mod capture;
mod card;
mod command;
mod dice;
mod evaluate;
mod explain;
mod failure;
mod instant;
mod lines;
mod metrics;
mod output;
mod period;
mod policy;
mod published;
mod quic;
mod recipe;
mod recorded;
mod records;
mod replay;
mod report;
mod retell;
mod rows;
mod train;

use std::process::ExitCode;

use clap::Parser;

/// Tells clients apart at the edge: rule packs, bundles and fingerprints.
#[derive(Parser)]
#[command(name = "outwork", version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: command::Command,
}

fn main() -> ExitCode {
    Arguments::parse().command.run().unwrap_or_else(|failure| failure.report())
}
