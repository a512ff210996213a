use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use super::check;
use crate::failure::Failure;
use crate::report::Format;

/// Run the tests of a policy's rules
///
/// Prints each rule with the number of its tests, and names the rules that have none. A test that fails is shown with
/// what each part of the condition said.
///
/// Exit code: 0 if all passed, else 1.
#[derive(clap::Args)]
pub(crate) struct Test {
    /// A folder with an `outwork.toml`, that file, or a pack
    policy: PathBuf,
    #[command(flatten)]
    warnings: check::Warnings,
}

impl Test {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let compiled = match self.warnings.compile(&self.policy, Format::Text)? {
            Ok(compiled) => compiled,
            Err(complaint) => return Ok(complaint),
        };
        let mut by_rule: BTreeMap<&str, usize> = BTreeMap::new();
        for test in &compiled.tests {
            *by_rule.entry(&test.rule).or_default() += 1;
        }
        for (rule, tests) in &by_rule {
            println!("ok  {tests:>3}  {rule}");
        }
        println!("{}; {} rules have no test", check::summary(&compiled), compiled.rules - by_rule.len());
        Ok(ExitCode::SUCCESS)
    }
}
