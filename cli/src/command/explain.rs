use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ValueEnum;
use outwork_compiler::{Notes, Request};
use outwork_engine::keys::Keyring;
use outwork_engine::policy::Policy;
use serde_json::Value;

use crate::explain::{Explanation, text};
use crate::failure::Failure;
use crate::policy;

/// Say what a policy makes of one request, and why
///
/// Reads the facts of a request as JSON: {"method": "GET", "target": "/", "headers": [["user-agent", "curl/8.5.0"]],
/// "address": "203.0.113.7", "ja4": null}. A value is known, null means that the client did not send it, and what is left
/// out is what the host cannot see. A line of tests/corpus works, too.
///
/// Shows every signal, each rule that fired with what every part of its condition said, the risk by layer, the limits
/// as for a client that was never seen before, and what would be sent on or answered. The instant and the random bytes
/// are always the same, so that the output is, too.
///
/// Exit code: 0; 1 if the policy has mistakes, 2 if the bundle or the request cannot be read.
#[derive(clap::Args)]
pub(crate) struct Explain {
    /// A bundle, a folder with an `outwork.toml`, that file, or a pack
    policy: PathBuf,
    /// The request; `-` is standard input
    request: PathBuf,
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
const KEYS: &str = "explain:YW4gZXhwbGFuYXRpb24gaXMgbm8gZXZpZGVuY2UgYXQgYWxs";

impl Explain {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let bundle = match policy::bundle(&self.policy)? {
            Ok(bundle) => bundle,
            Err(complaint) => return Ok(complaint),
        };
        let name = self.policy.display();
        let policy = Policy::load(&bundle).map_err(Failure::because(format!("`{name}` cannot be used")))?;
        let request = request(&self.request)?;
        let keys = Keyring::parse(KEYS).map_err(Failure::because("the key of explanations cannot be used"))?;
        let notes = Notes::read(&bundle).unwrap_or_default();
        let explanation = Explanation::of(&policy, &notes, &keys, &request);
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
}

/// A reader who has seen enough, as `head` does, is no failure.
fn print(text: &str) -> Result<(), Failure> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.map_err(Failure::because("the explanation cannot be printed")),
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
