//! What `replay` and `diff` share: the log, its arguments and its progress.

use std::collections::HashMap;
use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Mutex, mpsc};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clap::ValueEnum;
use indicatif::{HumanCount, ProgressBar, ProgressStyle};
use outwork_compiler::Notes;
use outwork_engine::policy::Policy;
use outwork_engine::time::Time;
use outwork_replay::{Format, Input, Options, Output, PlayError, Played, Progress, Sink, play};

use crate::failure::Failure;
use crate::period::Period;
use crate::policy;

/// A log and how it is played.
#[derive(clap::Args)]
pub(crate) struct Log {
    /// Access logs, one after the other; `-` is standard input
    #[arg(required = true, value_name = "LOG")]
    logs: Vec<PathBuf>,
    /// The format of the logs
    #[arg(long, value_enum, default_value_t = LogFormat::Auto)]
    format: LogFormat,
    /// Names of your own in a JSON log: a TOML file, see docs/replay.md
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    #[command(flatten)]
    period: Period,
    /// Whether limits are charged
    #[arg(long, value_enum, default_value_t = Limits::Simulate)]
    limits: Limits,
    /// How many cores work; the result is the same for any number
    #[arg(short, long, value_name = "N", default_value_t = cores())]
    jobs: usize,
}

#[derive(Clone, Copy, ValueEnum)]
enum LogFormat {
    /// Found out for each file by its first lines
    Auto,
    /// Envoy's JSON access log
    Envoy,
    /// nginx's and Apache's combined or common format
    Combined,
    /// Cloudflare Logpush, http_requests as JSON
    Logpush,
    /// Our own records
    Records,
}

impl LogFormat {
    fn given(self) -> Option<Format> {
        match self {
            Self::Auto => None,
            Self::Envoy => Some(Format::Envoy),
            Self::Combined => Some(Format::Combined),
            Self::Logpush => Some(Format::Logpush),
            Self::Records => Some(Format::Records),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Limits {
    /// In memory, in the order of the log
    Simulate,
    /// As if no store could be reached: no limit refuses anybody
    Off,
}

fn cores() -> usize {
    thread::available_parallelism().map_or(1, Into::into)
}

/// A policy with its bundle, which has the words of its conditions.
pub(crate) struct Loaded {
    pub(crate) policy: Policy,
    pub(crate) bundle: Vec<u8>,
}

/// Loads or compiles a policy; an exit code when it has mistakes, which have been shown.
pub(crate) fn load(path: &Path) -> Result<Result<Loaded, ExitCode>, Failure> {
    let bundle = match policy::bundle(path)? {
        Ok(bundle) => bundle,
        Err(complaint) => return Ok(Err(complaint)),
    };
    let name = path.display();
    let policy = Policy::load(&bundle).map_err(Failure::because(format!("`{name}` cannot be used")))?;
    Ok(Ok(Loaded { policy, bundle }))
}

impl Loaded {
    /// The tags of its rules, by their ids; a bundle without notes has none.
    pub(crate) fn tags(&self) -> HashMap<&str, Vec<String>> {
        let notes = Notes::read(&self.bundle).unwrap_or_default();
        let ids = self.policy.rules().iter().map(|rule| rule.id.as_str());
        ids.zip(notes.rules).map(|(id, note)| (id, note.tags)).collect()
    }
}

impl Log {
    pub(crate) fn names(&self) -> Vec<String> {
        self.logs.iter().map(|path| path.display().to_string()).collect()
    }

    pub(crate) fn simulates_limits(&self) -> bool {
        self.limits == Limits::Simulate
    }

    /// Plays the log; nothing comes of it when the reader of the output has gone away.
    pub(crate) fn play<S: Sink>(
        &self,
        policies: &[&Policy],
        sink: impl Fn() -> S + Sync,
        output: Option<Output<'_>>,
    ) -> Result<Option<Played<S>>, Failure> {
        let progress = Progress::default();
        let inputs = self.logs.iter().map(|path| open(path, &progress)).collect::<Result<Vec<_>, _>>()?;
        let size = inputs.iter().map(|input| input.size).sum::<Option<u64>>();
        let options = self.options(progress.clone())?;
        match with_bar(&progress, size, || play(inputs, policies, &options, sink, output)) {
            Ok(played) => Ok(Some(played)),
            Err(PlayError::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(None),
            Err(error @ (PlayError::UnknownFormat(_) | PlayError::OtherFormat(..))) => {
                Err(Failure::new(error.to_string()).with_help("docs/replay.md shows the formats; `--format` names one"))
            }
            Err(error) => Err(Failure::new(error.to_string())),
        }
    }

    fn options(&self, progress: Progress) -> Result<Options, Failure> {
        let map = self.map.as_deref().map(|path| {
            fs::read_to_string(path).map_err(Failure::because(format!("`{}` cannot be read", path.display())))
        });
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        Ok(Options {
            format: self.format.given(),
            map: map.transpose()?,
            limits: self.simulates_limits(),
            window: self.period.window()?,
            jobs: self.jobs.max(1),
            now: Time::from_seconds(now),
            progress,
        })
    }
}

fn open(path: &Path, progress: &Progress) -> Result<Input, Failure> {
    Input::open(path, progress).map_err(Failure::because(format!("`{}` cannot be read", path.display())))
}

/// Works with a bar on standard error, where that is a terminal.
pub(crate) fn with_bar<T>(progress: &Progress, size: Option<u64>, work: impl FnOnce() -> T) -> T {
    if !io::stderr().is_terminal() {
        return work();
    }
    let bar = size.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
    let form = if size.is_some() {
        "{bar:30} {bytes} of {total_bytes}, {msg}, {eta} to go"
    } else {
        "{spinner} {bytes}, {msg}"
    };
    bar.set_style(ProgressStyle::with_template(form).unwrap_or_else(|_| ProgressStyle::default_bar()));
    thread::scope(|scope| {
        let (done, is_done) = mpsc::channel::<()>();
        let bar = &bar;
        scope.spawn(move || {
            while is_done.recv_timeout(Duration::from_millis(100)) == Err(mpsc::RecvTimeoutError::Timeout) {
                bar.set_position(progress.bytes());
                bar.set_message(speed(progress.lines(), bar.elapsed()));
            }
        });
        let result = work();
        drop(done);
        bar.finish_and_clear();
        result
    })
}

/// Lines a second, from the beginning.
fn speed(lines: u64, elapsed: Duration) -> String {
    let milliseconds = elapsed.as_millis().max(1);
    let each_second = u128::from(lines) * 1_000 / milliseconds;
    format!("{} lines/s", HumanCount(u64::try_from(each_second).unwrap_or(u64::MAX)))
}

/// Standard output, as workers share it: they write whole blocks.
pub(crate) fn stdout() -> Mutex<io::Stdout> {
    Mutex::new(io::stdout())
}

pub(crate) fn write(path: &Path, text: &str) -> Result<(), Failure> {
    fs::write(path, text).map_err(Failure::because(format!("`{}` cannot be written", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_tells_lines_a_second() {
        assert_eq!(speed(0, Duration::ZERO), "0 lines/s");
        assert_eq!(speed(345_678, Duration::from_secs(2)), "172,839 lines/s");
    }
}
