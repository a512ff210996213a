//! One file a command: its arguments, its help and its work.

mod agents;
mod build;
mod capture;
mod check;
mod diff;
mod eval;
pub(crate) mod explain;
mod fingerprint;
mod fmt;
mod import;
mod keys;
mod label;
mod limits;
mod lists;
mod model;
mod publish;
mod replay;
mod schema;
mod test;
mod train;
pub(crate) mod verify;

pub(crate) use check::{complain, count};

use std::process::ExitCode;

use crate::failure::Failure;

/// What `outwork` can do. A command's exit code is 0 when it found nothing to complain about and 1 when it did; a
/// [`Failure`] to do the work at all is 2, as a wrong command line is.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    Check(check::Check),
    Test(test::Test),
    Build(build::Build),
    #[command(subcommand)]
    Eval(eval::Eval),
    Explain(explain::Explain),
    Replay(replay::Replay),
    Diff(diff::Diff),
    Limits(limits::Limits),
    Lists(lists::Lists),
    Agents(agents::Agents),
    Publish(publish::Publish),
    Fingerprint(fingerprint::Fingerprint),
    Capture(capture::Capture),
    #[command(subcommand)]
    Keys(keys::Keys),
    Label(label::Label),
    Fmt(fmt::Fmt),
    Schema(schema::Schema),
    Import(import::Import),
    Model(model::Model),
    Train(train::Train),
    Verify(verify::Verify),
}

impl Command {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        match self {
            Self::Check(check) => check.run(),
            Self::Test(test) => test.run(),
            Self::Build(build) => build.run(),
            Self::Eval(eval) => eval.run(),
            Self::Explain(explain) => explain.run(),
            Self::Replay(replay) => replay.run(),
            Self::Diff(diff) => diff.run(),
            Self::Limits(limits) => limits.run(),
            Self::Lists(lists) => lists.run(),
            Self::Agents(agents) => agents.run(),
            Self::Publish(publish) => publish.run(),
            Self::Fingerprint(fingerprint) => fingerprint.run(),
            Self::Capture(capture) => capture.run(),
            Self::Keys(keys) => keys.run(),
            Self::Label(label) => label.run(),
            Self::Fmt(fmt) => fmt.run(),
            Self::Schema(schema) => schema.run(),
            Self::Import(import) => import.run(),
            Self::Model(model) => model.run(),
            Self::Train(train) => train.run(),
            Self::Verify(verify) => verify.run(),
        }
    }
}
