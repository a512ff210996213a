use std::path::PathBuf;
use std::process::ExitCode;

use outwork_replay::{Simulated, Simulation, html, text};

use super::set::{Set, apply};
use crate::failure::Failure;
use crate::output::print;
use crate::replay::{Log, load, write};

/// Say what each limit of a policy would do with the requests of an access log
///
/// Reads the logs that `outwork replay` reads, and charges every limit at the lines' own times: how many requests it
/// would let through, tag, throttle, challenge and block, how many keys it would ever refuse, which keys are the
/// heaviest, and when. Limits of scope global are simulated as one bucket a key, as the others are. Keys are shown by
/// pseudonyms, with the line where each comes first. docs/replay.md says what a simulation cannot know.
///
/// Exit code: 0; 1 if the policy or a `--set` has mistakes or a file could not be read to its end, 2 if the work could
/// not be done.
#[derive(clap::Args)]
#[command(mut_arg("limits", |limits| limits.hide(true)))]
pub(super) struct Simulate {
    #[command(flatten)]
    log: Log,
    /// The policy: a bundle, a folder with an `outwork.toml`, that file, or a pack
    #[arg(short, long, default_value = ".")]
    policy: PathBuf,
    /// Simulate a limit otherwise than the policy has it, as `login.per-ip.burst=10` or `login.per-ip.refill=5/min`;
    /// may be given again. There are burst, refill (at low risk; the other bands keep their proportion to it), cost,
    /// ladder and penalty, written as in a pack
    #[arg(long, value_name = "LIMIT.KEY=VALUE")]
    set: Vec<Set>,
    /// Simulate a sample, too: records that stand for others, which charge nothing, so that every rate is understated
    #[arg(long)]
    sampled: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    /// Write a report with charts: one file of HTML that needs no other
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// How many keys of each limit are shown
    #[arg(long, value_name = "N", default_value_t = 5)]
    top: usize,
}

impl Simulate {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        if !self.log.simulates_limits() {
            return Err(Failure::new("`--limits off` leaves nothing to simulate"));
        }
        let loaded = match load(&self.policy)? {
            Ok(loaded) => loaded,
            Err(complaint) => return Ok(complaint),
        };
        let policy = match apply(loaded.policy, &self.set)? {
            Ok(policy) => policy,
            Err(complaint) => return Ok(complaint),
        };
        let Some(played) = self.log.play(&[&policy], || Simulated::new(&policy), None)? else {
            return Ok(ExitCode::SUCCESS);
        };
        let mut simulation = Simulation::of(played, &self.log.names(), self.top);
        if simulation.sampled > 0 && !self.sampled {
            let (sampled, all) = (simulation.sampled, simulation.requests);
            return Err(Failure::new(format!(
                "{sampled} of {all} lines are a sample: what was not kept would charge no limit, and every client's rate be understated"
            ))
            .with_help("take an access log, or records of a time with `sample_allowed = 1`; `--sampled` simulates what there is"));
        }
        simulation.set = self.set.iter().map(ToString::to_string).collect();
        if let Some(path) = &self.html {
            write(path, &html::simulation(&simulation))?;
        }
        if self.json {
            let json = serde_json::to_string_pretty(&simulation);
            print(&(json.map_err(Failure::because("the report cannot be written"))? + "\n"))?;
        } else {
            print(&text::simulation(&simulation))?;
        }
        Ok(if simulation.is_incomplete() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}
