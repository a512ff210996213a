use std::path::PathBuf;
use std::process::ExitCode;

use outwork_compiler::compile;
use outwork_engine::agents::Agent;
use outwork_engine::policy::Policy;
use serde::Serialize;

use crate::command::{complain, count};
use crate::failure::Failure;

/// List who may introduce itself, and how each proves that it is who it says
///
/// Exit code: 0, or 1 if the policy has mistakes.
#[derive(clap::Args)]
pub(crate) struct Agents {
    /// A folder with an `outwork.toml`, that file, or a pack
    #[arg(default_value = ".")]
    policy: PathBuf,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// An agent as it is listed.
#[derive(Serialize)]
struct Row<'a> {
    id: &'a str,
    name: &'a str,
    purpose: &'static str,
    names: &'a [String],
    /// How many ranges of addresses prove it.
    networks: usize,
    directory: Option<&'a str>,
    /// How many keys the policy has of it.
    keys: usize,
}

impl<'a> Row<'a> {
    fn of(agent: &'a Agent) -> Self {
        Self {
            id: &agent.id,
            name: &agent.name,
            purpose: agent.purpose.name(),
            names: &agent.names,
            networks: agent.networks.len(),
            directory: agent.directory.as_deref(),
            keys: agent.keys.len(),
        }
    }

    /// What proves it, in words.
    fn proof(&self) -> String {
        let mut proofs = Vec::new();
        if self.networks > 0 {
            proofs.push(count(self.networks, "network"));
        }
        if let Some(directory) = self.directory {
            let origin = directory.strip_suffix("/.well-known/http-message-signatures-directory").unwrap_or(directory);
            proofs.push(format!("signature, where the host fetches {origin}"));
        }
        if self.keys > 0 {
            proofs.push(format!("signature, {} of the policy", count(self.keys, "key")));
        }
        if proofs.is_empty() { "nothing yet: its list is empty".into() } else { proofs.join("; ") }
    }
}

impl Agents {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let compiled = match compile(&self.policy) {
            Ok(compiled) => compiled,
            Err(report) => return complain(&report),
        };
        let policy = Policy::load(&compiled.bundle).map_err(Failure::because("cannot load the bundle"))?;
        let rows: Vec<Row<'_>> = policy.agents().iter().map(Row::of).collect();
        if self.json {
            let text = serde_json::to_string_pretty(&rows).map_err(Failure::because("cannot write JSON"))?;
            println!("{text}");
            return Ok(ExitCode::SUCCESS);
        }
        let width = |of: fn(&Row<'_>) -> usize| rows.iter().map(of).max().unwrap_or(0);
        let (id, name, purpose) =
            (width(|row| row.id.len()), width(|row| row.name.chars().count()), width(|row| row.purpose.len()));
        for row in &rows {
            println!("{:id$}  {:name$}  {:purpose$}  {}", row.id, row.name, row.purpose, row.proof());
        }
        if rows.iter().any(|row| row.directory.is_some()) {
            let only = rows.iter().filter(|row| row.directory.is_some() && row.networks == 0 && row.keys == 0);
            let only = only.map(|row| row.id).collect::<Vec<_>>().join(", ");
            let known = if only.is_empty() { String::new() } else { format!("; known by nothing else: {only}") };
            eprintln!(
                "an Envoy that was published without `--agents-cluster` fetches no directory, and verifies none of these signatures{known}"
            );
        }
        Ok(ExitCode::SUCCESS)
    }
}
