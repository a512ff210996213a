//! The bucket of a limit: how much it holds, what a request costs, how fast it fills.

use crate::{
    context::Context,
    diagnostic::{Code, Diagnostic},
    read::{Keys, Text},
};

pub(crate) const COST: &[&str] = &["low", "medium", "high"];
pub(crate) const SCALE: &[&str] = &["low", "medium", "high"];

/// A bucket that holds more is no limit.
const MAX_BURST: i64 = 1_000_000;

/// What a limit says of its bucket.
pub(super) struct Bucket {
    pub(super) burst: u32,
    /// Microseconds a token, by band.
    pub(super) interval: [u64; 3],
    /// Tokens a request, by band.
    pub(super) cost: [u32; 3],
}

/// Reads it. What is wrong is reported, and something that is right stands in its place.
pub(super) fn read(cx: &mut Context<'_>, keys: &Keys<'_, '_>) -> Bucket {
    let burst = required_number(cx, keys, "burst");
    let interval = keys.required_text(cx, "refill").and_then(|refill| interval(cx, &refill)).unwrap_or(1);
    let cost = cost(cx, keys, burst).unwrap_or([1; 3]);
    let scale = scale(cx, keys).unwrap_or([WHOLE; 3]);
    Bucket { burst: burst.unwrap_or(1), interval: scale.map(|scale| slowed(interval, scale)), cost }
}

/// A rate that is not scaled, in thousandths.
const WHOLE: u16 = 1_000;

/// The interval at a share of the rate, in thousandths.
fn slowed(interval: u64, scale: u16) -> u64 {
    interval.saturating_mul(WHOLE.into()) / u64::from(scale.max(1))
}

fn required_number(cx: &mut Context<'_>, keys: &Keys<'_, '_>, key: &str) -> Option<u32> {
    if !keys.has(key) {
        keys.missing(cx, key);
    }
    keys.integer(cx, key, 1..=MAX_BURST).and_then(|number| u32::try_from(number).ok())
}

/// `10/min` as microseconds a token.
fn interval(cx: &mut Context<'_>, refill: &Text) -> Option<u64> {
    let parsed = refill.value.split_once('/').and_then(|(count, unit)| {
        let unit: u64 = match unit {
            "s" => 1_000_000,
            "min" => 60_000_000,
            "h" => 3_600_000_000,
            _ => return None,
        };
        let count: u64 = count.parse().ok().filter(|&count| count > 0)?;
        Some(unit.checked_div(count)?).filter(|&interval| interval > 0)
    });
    if parsed.is_none() {
        let message = format!("`{}` is no rate", refill.value);
        let help = "write tokens by time: `5/s`, `10/min`, `100/h`; at most 1,000,000 a second";
        cx.report(Diagnostic::new(Code::BadRefill, refill.span.clone(), message).help(help));
    }
    parsed
}

fn cost(cx: &mut Context<'_>, keys: &Keys<'_, '_>, burst: Option<u32>) -> Option<[u32; 3]> {
    let table = keys.table(cx, "cost")?;
    let bands = Keys::open(cx, keys.file(), table, "costs by band", COST);
    let most = i64::from(burst.unwrap_or(u32::MAX));
    let mut of = |band| bands.integer(cx, band, 0..=most).and_then(|tokens| u32::try_from(tokens).ok()).unwrap_or(1);
    Some([of("low"), of("medium"), of("high")])
}

fn scale(cx: &mut Context<'_>, keys: &Keys<'_, '_>) -> Option<[u16; 3]> {
    let table = keys.table(cx, "refill_scale")?;
    let bands = Keys::open(cx, keys.file(), table, "scales by band", SCALE);
    let mut of = |band| bands.scale(cx, band).unwrap_or(WHOLE);
    Some([of("low"), of("medium"), of("high")])
}
