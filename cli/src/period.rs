use outwork_engine::time::Time;
use outwork_replay::Window;

use crate::failure::Failure;
use crate::instant;

/// Of which time a command takes the lines of its logs.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
pub(crate) struct Period {
    /// From this day (2026-12-31) or instant (RFC 3339) on, or from so long ago (90m, 7d)
    #[arg(long, value_name = "WHEN", value_parser = instant::read)]
    since: Option<Time>,
    /// Up to this day or instant, which is not among them, or up to so long ago
    #[arg(long, value_name = "WHEN", value_parser = instant::read)]
    until: Option<Time>,
}

impl Period {
    /// What is in it.
    ///
    /// # Errors
    /// It ends before it begins.
    pub(crate) fn window(self) -> Result<Window, Failure> {
        let Self { since, until } = self;
        match (since, until) {
            (Some(since), Some(until)) if until <= since => {
                let (since, until) = (instant::shown(since), instant::shown(until));
                Err(Failure::new(format!("nothing is from {since} on and before {until}")))
            }
            _ => Ok(Window { since, until }),
        }
    }
}
