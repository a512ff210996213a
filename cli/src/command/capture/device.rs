use std::path::{Path, PathBuf};
use std::process::ExitCode;

use outwork_compiler::Request;
use outwork_engine::fact::Fact;
use outwork_engine::signals::Scene;
use outwork_engine::time::Time;
use outwork_replay::Rate;
use serde::Deserialize;

use super::made::{Made, Output, say};
use crate::failure::Failure;
use crate::lines;
use crate::rows::{Cell, Kind, Label, Meta, Span, Subject};

/// Rows of requests, with every signal of the request
///
/// A line is {"source": "lab", "client": "curl 8.5", "label": "bot:curl", "group": "debian", "person": "curl", "request":
/// {…}}, and may have an `id`. The request is as `outwork explain` reads it: a value is known, null means that the client
/// did not send it, and what is left out is what the host cannot see. Without a `person` it is source and client.
///
/// Exit code: 0; 2 if a file cannot be read or written, or a line is no such request.
#[derive(clap::Args)]
pub(crate) struct Device {
    /// Requests: one JSON object a line, plain, gzip or zstd; `-` is standard input
    #[arg(required = true, value_name = "REQUESTS")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    output: Output,
    /// Add a copy of each row as a host without TLS facts sees it; its group ends in `, no TLS`
    #[arg(long)]
    without_tls: bool,
    /// Add a copy of each row as a Worker without fingerprints sees it: the order of headers is unknown, too, and the TLS
    /// version and ALPN are not; its group ends in `, Worker`
    #[arg(long)]
    as_worker: bool,
}

const HELP: &str =
    "a line is {\"source\", \"client\", \"label\": \"human\" or \"bot:NAME\", \"group\", \"person\", \"request\": {…}}";

/// A line of a file of requests.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    source: String,
    client: String,
    #[serde(default)]
    person: Option<String>,
    label: String,
    #[serde(default)]
    group: String,
    #[serde(default)]
    id: Option<String>,
    request: Request,
}

impl Device {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let mut made = Made::new(Subject::Device);
        let hashes = lines::each(&self.files, HELP, |file, number, line: Line| {
            made.read(file, &line.source);
            let name = self.files.get(file).map(|path| path.display().to_string()).unwrap_or_default();
            let (mut meta, request) = line.row(number).map_err(Failure::because(format!("{name}:{number}")))?;
            add(&mut made, file, meta.clone(), &request);
            let group = std::mem::take(&mut meta.group);
            if self.without_tls {
                add(&mut made, file, Meta { group: format!("{group}, no TLS"), ..meta.clone() }, &blind(&request));
            }
            if self.as_worker {
                add(&mut made, file, Meta { group: format!("{group}, Worker"), ..meta.clone() }, &worker(&request));
            }
            Ok(())
        })?;
        let files: Vec<(&Path, String)> = self.files.iter().map(PathBuf::as_path).zip(hashes).collect();
        let (read, rows) = (made.all_read(), made.table.meta.len());
        made.finish(&self.output.output, &files, &self.command())?;
        say(read, "requests", rows, &[])?;
        Ok(ExitCode::SUCCESS)
    }

    fn command(&self) -> String {
        let tls = if self.without_tls { " --without-tls" } else { "" };
        let worker = if self.as_worker { " --as-worker" } else { "" };
        format!("outwork capture device{tls}{worker}")
    }
}

impl Line {
    fn row(self, number: u64) -> Result<(Meta, Request), String> {
        let (label, generator) = Label::parse(&self.label)?;
        let meta = Meta {
            person: self.person.unwrap_or_else(|| format!("{}/{}", self.source, self.client)),
            id: self.id.unwrap_or_else(|| format!("{}/{number}", self.client)),
            source: self.source,
            generator,
            label: Some(label),
            kind: Kind::Device,
            group: self.group,
            window: Span::Request,
            rate: Rate::ALL,
        };
        Ok((meta, self.request))
    }
}

fn add(made: &mut Made, file: usize, meta: Meta, request: &Request) {
    request.with_facts(Time::default(), [0; 16], |facts| {
        let scene = Scene::new(facts);
        made.push(file, meta, |signal| Cell::of((signal.read)(&scene)));
    });
}

/// The request as a host sees it that is told nothing of TLS.
fn blind(request: &Request) -> Request {
    let (tls_version, alpn) = (Fact::Unavailable, Fact::Unavailable);
    Request { tls_version, alpn, ..unprinted(request) }
}

/// The request as a Worker sees it, on a plan without fingerprints: `worker/src/request.rs`.
fn worker(request: &Request) -> Request {
    Request { pseudo_order: Fact::Unavailable, ordered: false, ..unprinted(request) }
}

/// The request without what is taken of its hello.
fn unprinted(request: &Request) -> Request {
    Request { ja4: Fact::Unavailable, ja3: Fact::Unavailable, sni: Fact::Unavailable, ..request.clone() }
}
