use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ValueEnum;
use outwork_compiler::{Code, Notes, Request};
use outwork_engine::keys::{AuditKeys, Keyring};
use outwork_engine::policy::Policy;
use outwork_engine::time::Time;
use serde_json::Value;

use crate::explain::{Explainer, text};
use crate::failure::Failure;
use crate::instant;
use crate::output::print;
use crate::period::Period;
use crate::policy;
use crate::retell::{self, Bundled, Wanted};

/// Say what a policy makes of one request and why, or what a code such as OW0025 means
///
/// Reads the facts of a request as JSON: {"method": "GET", "target": "/", "headers": [["user-agent", "curl/8.5.0"]],
/// "address": "203.0.113.7", "ja4": null}. A value is known, null means that the client did not send it, and what is left
/// out is what the host cannot see. A line of tests/corpus works, too.
///
/// Shows the facts, every signal, each rule that fired with what every part of its condition said and read, how the
/// points became the risk, the limits as for a client that was never seen before, and what would be sent on or answered.
/// With `--id` it tells a decision of the past from its record and the bundle that made it: whether the record is as it was written,
/// each reason with its rule, how the points became the risk, what the person saw and what can be told.
/// With `--client` it lists what was decided of a client: when, by which reference, the verdict, and the first reason.
///
/// The random bytes are always the same, so that on one day, or with `--at`, the output is, too. A request with a signature
/// (`Signature-Input`) is decided for this second, since a signature holds for minutes.
///
/// Exit code: 0; 1 if the policy has mistakes, or the keys at hand do not prove the record; 2 if the bundle or the request cannot be read.
#[derive(clap::Args)]
#[command(mut_arg("since", |since| since.requires("records")), mut_arg("until", |until| until.requires("records")))]
pub(crate) struct Explain {
    /// The file of a request, `-` for standard input, or a code
    #[arg(value_name = "REQUEST|CODE", required_unless_present_any = ["id", "client"], conflicts_with_all = ["id", "client", "records"])]
    what: Option<PathBuf>,
    /// Instead: the reference of a decision of the past, as a refused person reads it, or its first 4 or more characters where no
    /// other begins so
    #[arg(long, value_name = "REFERENCE", requires = "records")]
    id: Option<String>,
    /// Instead: list the records of a client, by its address (with `OUTWORK_KEYS`) or by its name in records
    #[arg(long, value_name = "UID|ADDRESS", requires = "records", conflicts_with = "id")]
    client: Option<String>,
    #[command(flatten)]
    period: Period,
    /// The logs in which its record is; plain, gzip or zstd
    #[arg(long, num_args = 1.., value_name = "RECORDS")]
    records: Vec<PathBuf>,
    /// A folder in which the bundles of past days are, under any names
    #[arg(long, value_name = "FOLDER", requires = "id", conflicts_with = "policy")]
    bundles: Option<PathBuf>,
    /// Tell a record although the keys at hand do not prove it
    #[arg(long, requires = "records")]
    unproven: bool,
    /// A file with the keys of records alone; else `OUTWORK_AUDIT_KEYS` or `OUTWORK_KEYS`, where one is set
    #[arg(long, value_name = "FILE", requires = "records")]
    audit_keys: Option<PathBuf>,
    /// A bundle, a folder with an `outwork.toml`, that file, or a pack
    #[arg(short, long)]
    policy: Option<PathBuf>,
    /// Show this rule although it did not fire; may be given again
    #[arg(long, value_name = "ID")]
    rule: Vec<String>,
    /// Decide for this day (2026-12-31) or instant (RFC 3339), or so long ago (7d), against which a rule's `until` and a signature's term are held; the beginning of today unless given, for a signed request this second
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
        if let Some(client) = &self.client {
            return self.list(client);
        }
        let Some(what) = &self.what else { return self.past() };
        if let Some(page) = page(what)? {
            return print(page).map(|()| ExitCode::SUCCESS);
        }
        let place = self.policy.clone().unwrap_or_else(|| ".".into());
        let bundle = match policy::bundle(&place)? {
            Ok(bundle) => bundle,
            Err(complaint) => return Ok(complaint),
        };
        let name = place.display();
        let policy = Policy::load(&bundle).map_err(Failure::because(format!("`{name}` cannot be used")))?;
        if let Some(id) = self.rule.iter().find(|id| policy.rules().iter().all(|rule| rule.id != **id)) {
            return Err(Failure::new(format!("the policy has no rule `{id}`")));
        }
        let request = request(what)?;
        let keys = Keyring::parse(KEYS).map_err(Failure::because("the key of explanations cannot be used"))?;
        let notes = Notes::read(&bundle).unwrap_or_default();
        // A signature holds for minutes: at the beginning of the day it was not made yet.
        let is_signed = request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("signature-input"));
        let now = self.at.unwrap_or_else(if is_signed { instant::now } else { instant::today });
        let explainer = Explainer { policy: &policy, notes: &notes, keys: &keys, asked: &self.rule, now };
        let explanation = explainer.explain(&request);
        let shown = match self.format {
            Format::Text => text::write(&explanation),
            Format::Json => json(&explanation)?,
        };
        print(&shown)?;
        Ok(ExitCode::SUCCESS)
    }

    /// The keys of records: without them all but the proof can be told.
    fn keys(&self) -> Result<Option<AuditKeys>, Failure> {
        let has_keys =
            self.audit_keys.is_some() || set("OUTWORK_AUDIT_KEYS").is_some() || set("OUTWORK_KEYS").is_some();
        has_keys.then(|| super::verify::keys(self.audit_keys.as_deref())).transpose()
    }

    /// The records of a client.
    fn list(&self, client: &str) -> Result<ExitCode, Failure> {
        let masters = set("OUTWORK_KEYS").map(|text| Keyring::parse(&text)).transpose();
        let masters = masters.map_err(Failure::of_keys("OUTWORK_KEYS"))?;
        let wanted = Wanted { window: self.period.window()?, ..Wanted::of(client, masters.as_ref())? };
        let keys = self.keys()?;
        let all = retell::list(&self.records, &wanted, keys.as_ref())?;
        print(&match self.format {
            Format::Text => retell::write_list(&all),
            Format::Json => json(&all)?,
        })?;
        let is_sound = keys.is_none() || self.unproven || all.iter().all(|one| one.is_proven);
        Ok(if is_sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    /// A decision of the past.
    fn past(&self) -> Result<ExitCode, Failure> {
        let id = self.id.as_deref().unwrap_or_default();
        let keys = self.keys()?;
        let found = retell::find(&self.records, id, self.period.window()?, keys.as_ref())?;
        if keys.is_some() && !found.is_proven && !self.unproven {
            eprintln!("error: the record at {}:{} is {}", found.file.display(), found.line, found.proof());
            eprintln!(
                "help: `outwork verify --audit` says what is wrong with the log; `--unproven` tells the record all the same"
            );
            return Ok(ExitCode::FAILURE);
        }
        let digest = found.digest(&self.records, keys.as_ref())?;
        let bundled = match (&self.bundles, &self.policy) {
            (Some(folder), _) => retell::bundle(folder, found.bundle(), digest)?,
            (None, Some(place)) => match policy::bundle(place)? {
                Ok(bytes) => Some(Bundled::load(&bytes, &place.display().to_string())?),
                Err(complaint) => return Ok(complaint),
            },
            (None, None) => None,
        };
        let retold = retell::retell(found, bundled.as_ref(), digest)?;
        print(&match self.format {
            Format::Text => retell::write(&retold),
            Format::Json => json(&retold)?,
        })?;
        Ok(ExitCode::SUCCESS)
    }
}

/// A variable of the environment that has something in it.
fn set(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.trim().is_empty())
}

fn json(what: &impl serde::Serialize) -> Result<String, Failure> {
    let json = serde_json::to_string_pretty(what);
    Ok(json.map_err(Failure::because("the explanation cannot be written"))? + "\n")
}

/// The page of a code, when one is asked for. A file of that name is not: codes have no file extension.
fn page(what: &Path) -> Result<Option<&'static str>, Failure> {
    let name = what.to_string_lossy();
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
