use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use outwork_compiler::Notes;
use outwork_compiler::corpus::{Case, CaseFile, Difference, Outcome, Player};
use outwork_engine::keys::Keyring;
use outwork_engine::policy::Policy;
use outwork_engine::transaction::REASON;

use super::check;
use super::explain::KEYS;
use crate::explain::{Explainer, text};
use crate::failure::Failure;
use crate::output::print;
use crate::report::Format;

/// Run the tests of a policy's rules and transactions, and cases from files
///
/// Prints each rule with the number of its tests, and how many have none. A test that fails is shown with what each part
/// of the condition said and read, and so is a case that is not decided as it expects. docs/testing.md tells how cases
/// are written.
///
/// Exit code: 0 if all went as expected, else 1; 2 if cases cannot be read.
#[derive(clap::Args)]
pub(crate) struct Test {
    /// A folder with an `outwork.toml`, that file, or a pack
    #[arg(default_value = ".")]
    policy: PathBuf,
    /// Cases, one line of JSON each: a file, or every `.jsonl` of a folder; may be given again
    #[arg(long, value_name = "FILE|DIR")]
    corpus: Vec<PathBuf>,
    /// Only rules and cases whose id has this in it
    #[arg(long, value_name = "ID", default_value = "", hide_default_value = true)]
    filter: String,
    /// Write into the files what the policy makes of cases that expect something else, or nothing
    #[arg(long, requires = "corpus")]
    bless: bool,
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
        for (rule, tests) in by_rule.iter().filter(|(rule, _)| rule.contains(&self.filter)) {
            println!("ok  {tests:>3}  {rule}");
        }
        let tested = by_rule.keys().filter(|rule| !rule.starts_with(REASON)).count();
        println!("{}; {} rules have no test", check::summary(&compiled), compiled.rules - tested);
        if self.corpus.is_empty() {
            return Ok(ExitCode::SUCCESS);
        }
        let mut cases = Cases::new(&compiled.bundle)?;
        for path in &self.corpus {
            self.play(path, &mut cases)?;
        }
        println!("{}", cases.summary());
        Ok(if cases.wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    fn play(&self, path: &Path, cases: &mut Cases) -> Result<(), Failure> {
        for mut file in CaseFile::read_all(path).map_err(|error| Failure::new(error.to_string()))? {
            let mut blessed = 0;
            for case in file.cases.iter_mut().filter(|case| case.id.contains(&self.filter)) {
                let (outcome, differences) = cases.play(case)?;
                if self.bless && (case.expect.is_none() || !differences.is_empty()) {
                    case.expect = Some(outcome.expectation());
                    blessed += 1;
                } else if !differences.is_empty() {
                    cases.complain(case, &differences)?;
                }
            }
            if blessed > 0 {
                let name = file.path.display();
                file.write().map_err(Failure::because(format!("`{name}` cannot be written")))?;
                println!("{name}: {blessed} expectations written; read them in the diff");
            }
        }
        Ok(())
    }
}

/// Plays cases by a policy, and counts.
struct Cases {
    bundle: Vec<u8>,
    player: Player,
    played: usize,
    open: usize,
    wrong: usize,
}

impl Cases {
    fn new(bundle: &[u8]) -> Result<Self, Failure> {
        let player = Player::new(policy(bundle)?, keys()?);
        Ok(Self { bundle: bundle.to_owned(), player, played: 0, open: 0, wrong: 0 })
    }

    fn play(&mut self, case: &Case) -> Result<(Outcome, Vec<Difference>), Failure> {
        let request = case.request().map_err(Failure::because(format!("case `{}` is no request", case.id)))?;
        let outcome = self.player.play(&request);
        self.played += 1;
        self.open += usize::from(case.expect.is_none());
        let differences = case.expect.as_ref().map(|expect| expect.differences(&outcome)).unwrap_or_default();
        Ok((outcome, differences))
    }

    /// Shows a case that was not decided as expected, as `outwork explain` does, with the rules that were missed.
    fn complain(&mut self, case: &Case, differences: &[Difference]) -> Result<(), Failure> {
        self.wrong += 1;
        println!("\nnot as expected: {}", case.id);
        for Difference { field, expected, got } in differences {
            println!("  {field:8}  expected {expected}\n  {:8}       got {got}", "");
        }
        let (policy, keys) = (policy(&self.bundle)?, keys()?);
        let notes = Notes::read(&self.bundle).unwrap_or_default();
        let expected = case.expect.as_ref().and_then(|expect| expect.reasons.clone()).unwrap_or_default();
        let request = case.request().map_err(Failure::because(format!("case `{}` is no request", case.id)))?;
        let explainer = Explainer { policy: &policy, notes: &notes, keys: &keys, asked: &expected, now: Player::NOW };
        print(&text::brief(&explainer.explain(&request)))
    }

    fn summary(&self) -> String {
        let right = self.played - self.wrong - self.open;
        let open = if self.open > 0 { format!(", {} without an expectation", self.open) } else { String::new() };
        format!("{} cases: {right} as expected, {} not{open}", self.played, self.wrong)
    }
}

fn policy(bundle: &[u8]) -> Result<Policy, Failure> {
    Policy::load(bundle).map_err(Failure::because("the policy cannot be used"))
}

fn keys() -> Result<Keyring, Failure> {
    Keyring::parse(KEYS).map_err(Failure::because("the key of explanations cannot be used"))
}
