//! `outwork eval`: how well a policy or a model tells programs from people.

mod model;
mod policy;

use std::process::ExitCode;

use crate::failure::Failure;

/// Say how well a policy or a model tells programs from people
#[derive(clap::Subcommand)]
pub(crate) enum Eval {
    Policy(policy::EvalPolicy),
    Model(model::EvalModel),
}

impl Eval {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        match self {
            Self::Policy(policy) => policy.run(),
            Self::Model(model) => model.run(),
        }
    }
}
