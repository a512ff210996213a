use std::fmt::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::ValueEnum;
use outwork_engine::limits::{Limit, Scope};
use serde_json::to_string as quoted;

use crate::failure::Failure;
use crate::output::print;
use crate::replay::load;

/// Write the global limits of a policy as the limits file of a rate-limit service
///
/// The filter asks the service with one descriptor a limit: `limit` is its id and `key` a hash of what clients are
/// counted by. Limitador takes `burst` hits in the time in which the bucket would fill; envoyproxy/ratelimit counts in
/// windows of a second, a minute, an hour or a day, so the nearest of them is written, with what differs in a comment.
/// Both count in fixed windows: at the boundary of two, up to twice as many are let through. Ladders, penalties and
/// decoys stay with the filter. Limitador is asked with one limit a call: `outwork publish --global-calls apart`.
///
/// Exit code: 0; 1 if the policy has mistakes or no global limit, 2 if the work could not be done.
#[derive(clap::Args)]
pub(super) struct Export {
    /// Which service reads it
    #[arg(long, value_enum)]
    format: Service,
    /// The policy: a bundle, a folder with an `outwork.toml`, that file, or a pack
    #[arg(short, long, default_value = ".")]
    policy: PathBuf,
    /// The domain by which the filter asks
    #[arg(long, default_value = "outwork")]
    domain: String,
}

#[derive(Clone, Copy, ValueEnum)]
enum Service {
    /// Limitador's limits file
    Limitador,
    /// A configuration of envoyproxy/ratelimit
    Ratelimit,
}

impl Export {
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let loaded = match load(&self.policy)? {
            Ok(loaded) => loaded,
            Err(complaint) => return Ok(complaint),
        };
        let limits: Vec<_> = loaded.policy.limits().iter().filter(|limit| limit.scope == Scope::Global).collect();
        if limits.is_empty() {
            eprintln!("the policy has no limit of `scope = \"global\"`: no service has to keep any");
            return Ok(ExitCode::FAILURE);
        }
        let head = format!("# The global limits of {}, by `outwork limits export`.\n", loaded.policy.name());
        let body = match self.format {
            Service::Limitador => limitador(&self.domain, &limits),
            Service::Ratelimit => ratelimit(&self.domain, &limits),
        };
        print(&(head + &body.map_err(Failure::because("the file cannot be written"))?))?;
        Ok(ExitCode::SUCCESS)
    }
}

type Written = Result<String, serde_json::Error>;

/// Texts are quoted as JSON does, which YAML reads.
fn limitador(domain: &str, limits: &[&Limit]) -> Written {
    let mut out = "# Ask with one limit a call (`outwork publish --global-calls apart`): conditions are over the first descriptor.\n".to_owned();
    for limit in limits {
        // No id has quotation marks: they would end the text in CEL and in YAML.
        let condition = format!("'descriptors[0].limit == \"{}\"'", limit.id);
        let _ = write!(
            out,
            "\n{}- namespace: {}\n  name: {}\n  max_value: {}\n  seconds: {}\n  conditions:\n  - {}\n  variables:\n  - descriptors[0].key\n",
            comments(limit, ""),
            quoted(domain)?,
            quoted(&limit.id)?,
            limit.burst,
            fill(limit),
            condition,
        );
    }
    Ok(out)
}

fn ratelimit(domain: &str, limits: &[&Limit]) -> Written {
    let mut out = format!("domain: {}\ndescriptors:\n", quoted(domain)?);
    for limit in limits {
        let (unit, seconds, requests) = window(limit);
        let [interval, ..] = limit.interval;
        // How many tokens come back in the window, which may be no whole number.
        let exact = seconds as f64 * 1e6 / interval as f64;
        let differs =
            format!("Here {requests} a {unit}, all at once if need be; the bucket gives back {exact:.2} in that time.");
        let _ = write!(
            out,
            "{}- key: limit\n  value: {}\n  descriptors:\n  - key: key\n    rate_limit:\n      unit: {unit}\n      requests_per_unit: {requests}\n",
            comments(limit, &differs),
            quoted(&limit.id)?,
        );
    }
    Ok(out)
}

/// What the bucket is, and what becomes otherwise of it.
fn comments(limit: &Limit, differs: &str) -> String {
    let [low, medium, high] = limit.interval.map(|interval| interval as f64 / 1e6);
    let mut out = format!("# {}: a bucket of {} tokens, one back every {low} s", limit.id, limit.burst);
    if (medium, high) != (low, low) {
        let _ = write!(out, " (every {medium} s at medium and {high} s at high risk, which the service does not know)");
    }
    out += ".\n";
    for line in [differs, "A window begins anew at once: around its end up to twice as many are let through."] {
        if !line.is_empty() {
            let _ = writeln!(out, "# {line}");
        }
    }
    out
}

/// Whole seconds in which an empty bucket is full again, at low risk.
fn fill(limit: &Limit) -> u64 {
    let [interval, ..] = limit.interval;
    interval.saturating_mul(u64::from(limit.burst.max(1))).div_ceil(1_000_000).max(1)
}

/// The window that is nearest to the bucket, in how many it lets through at once and at what rate: its unit, its seconds, and
/// how many.
fn window(limit: &Limit) -> (&'static str, u64, u64) {
    const UNITS: [(&str, u64); 4] = [("second", 1), ("minute", 60), ("hour", 3_600), ("day", 86_400)];
    let [interval, ..] = limit.interval;
    let windows = UNITS.map(|(unit, seconds)| {
        // Never nothing: a window of none lets nobody through.
        (unit, seconds, (seconds.saturating_mul(1_000_000) / interval.max(1)).max(1))
    });
    let times = |one: f64, other: f64| (one / other).max(other / one);
    let apart = |(_, seconds, requests): &(&str, u64, u64)| {
        let back = *seconds as f64 * 1e6 / interval.max(1) as f64;
        times(*requests as f64, f64::from(limit.burst.max(1))).max(times(*requests as f64, back))
    };
    windows.into_iter().min_by(|one, other| apart(one).total_cmp(&apart(other))).unwrap_or(("second", 1, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(burst: u32, interval: u64) -> Limit {
        Limit { id: "a.b".into(), burst, interval: [interval; 3], scope: Scope::Global, ..Limit::default() }
    }

    #[test]
    fn a_window_lets_through_about_what_a_bucket_holds() {
        let of = |burst, interval| window(&limit(burst, interval));
        assert_eq!(of(20, 6_000_000), ("minute", 60, 10));
        assert_eq!(
            of(300, 50_000),
            ("minute", 60, 1_200),
            "four times too many, and 20 a second would be 15 times too few"
        );
        assert_eq!(of(100, 36_000_000), ("hour", 3_600, 100));
        assert_eq!(
            of(1, 90_000_000),
            ("minute", 60, 1),
            "one and a half times too fast; 40 an hour would be 40 at once"
        );
        assert_eq!(of(5, 10), ("second", 1, 100_000));
    }

    #[test]
    fn the_time_to_fill_is_rounded_up() {
        assert_eq!([fill(&limit(20, 6_000_000)), fill(&limit(3, 500_000)), fill(&limit(1, 1))], [120, 2, 1]);
    }
}
