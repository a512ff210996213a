use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ValueEnum;
use outwork_compiler::{Code, Notes, Request};
use outwork_engine::keys::Keyring;
use outwork_engine::policy::Policy;
use outwork_engine::time::Time;
use serde_json::Value;

use crate::explain::{Explainer, text};
use crate::failure::Failure;
use crate::instant;
use crate::output::print;
use crate::policy;

/// Say what a policy makes of one request and why, or what a code such as OW0025 means
///
/// Reads the facts of a request as JSON: {"method": "GET", "target": "/", "headers": [["user-agent", "curl/8.5.0"]],
/// "address": "203.0.113.7", "ja4": null}. A value is known, null means that the client did not send it, and what is left
/// out is what the host cannot see. A line of tests/corpus works, too.
///
/// Shows the facts, every signal, each rule that fired with what every part of its condition said and read, how the
/// points became the risk, the limits as for a client that was never seen before, and what would be sent on or answered.
/// The random bytes are always the same, so that on one day, or with `--at`, the output is, too.
///
/// Exit code: 0; 1 if the policy has mistakes, 2 if the bundle or the request cannot be read.
#[derive(clap::Args)]
pub(crate) struct Explain {
    /// The file of a request, `-` for standard input, or a code
    #[arg(value_name = "REQUEST|CODE")]
    what: PathBuf,
    /// A bundle, a folder with an `outwork.toml`, that file, or a pack
    #[arg(short, long, default_value = ".")]
    policy: PathBuf,
    /// Show this rule although it did not fire; may be given again
    #[arg(long, value_name = "ID")]
    rule: Vec<String>,
    /// Decide for this day (2026-12-31) or instant (RFC 3339), against which a rule's `until` is held; today unless given
    #[arg(long, value_name = "WHEN", value_parser = instant::read)]
    at: Option<Time>,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One JSON object
    Json,
}

/// Signs nothing that anyone verifies: explanations are not evidence.
pub(crate) const KEYS: &str = "explain:YW4gZXhwbGFuYXRpb24gaXMgbm8gZXZpZGVuY2UgYXQgYWxs";

impl Explain {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        if let Some(page) = self.page()? {
            return print(page).map(|()| ExitCode::SUCCESS);
        }
        let bundle = match policy::bundle(&self.policy)? {
            Ok(bundle) => bundle,
            Err(complaint) => return Ok(complaint),
        };
        let name = self.policy.display();
        let policy = Policy::load(&bundle).map_err(Failure::because(format!("`{name}` cannot be used")))?;
        if let Some(id) = self.rule.iter().find(|id| policy.rules().iter().all(|rule| rule.id != **id)) {
            return Err(Failure::new(format!("the policy has no rule `{id}`")));
        }
        let request = request(&self.what)?;
        let keys = Keyring::parse(KEYS).map_err(Failure::because("the key of explanations cannot be used"))?;
        let notes = Notes::read(&bundle).unwrap_or_default();
        let now = self.at.unwrap_or_else(instant::today);
        let explainer = Explainer { policy: &policy, notes: &notes, keys: &keys, asked: &self.rule, now };
        let explanation = explainer.explain(&request);
        let shown = match self.format {
            Format::Text => text::write(&explanation),
            Format::Json => {
                let json = serde_json::to_string_pretty(&explanation);
                json.map_err(Failure::because("the explanation cannot be written"))? + "\n"
            }
        };
        print(&shown)?;
        Ok(ExitCode::SUCCESS)
    }

    /// The page of a code, when one is asked for. A file of that name is not: codes have no file extension.
    fn page(&self) -> Result<Option<&'static str>, Failure> {
        let name = self.what.to_string_lossy();
        let digits = name.get(..2).filter(|start| start.eq_ignore_ascii_case("OW")).and_then(|_| name.get(2..));
        if !digits.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())) {
            return Ok(None);
        }
        match Code::parse(&name) {
            Some(code) => Ok(Some(code.page())),
            None => Err(Failure::new(format!("there is no code `{name}`"))
                .with_help("docs/diagnostics/README.md lists them: `OW` and four digits")),
        }
    }
}

fn request(path: &Path) -> Result<Request, Failure> {
    let name = path.display();
    let text = if path.as_os_str() == "-" {
        let mut text = String::new();
        io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        fs::read_to_string(path)
    };
    let text = text.map_err(Failure::because(format!("`{name}` cannot be read")))?;
    let mut value: Value =
        serde_json::from_str(&text).map_err(Failure::because(format!("`{name}` does not hold one JSON object")))?;
    // A case of the corpus has the facts beside what is expected of them.
    let facts = value.get_mut("facts").map(Value::take).unwrap_or(value);
    serde_json::from_value(facts).map_err(|error| {
        Failure::new(format!("`{name}` is no request: {error}")).with_help("`outwork help explain` shows the form")
    })
}
