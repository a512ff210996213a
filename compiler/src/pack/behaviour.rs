//! How what was observed fades: `[policy.behaviour]`, and how bands are left: in `[bands]`.

use crate::{context::Context, read::Keys};
use outwork_engine::{risk::Bands, window::Decay};

pub(super) const KEYS: &[&str] = &["half_life"];

/// A shorter one would expire between two pages, a longer one beyond the session, which lasts a day.
const HALF_LIFE: std::ops::RangeInclusive<u32> = 30..=86_400;

/// The longest hold: as long as a session lasts.
const MAX_HOLD: u32 = 86_400;

/// Reads `[policy.behaviour]` of the table that `[policy]` is.
pub(super) fn read(cx: &mut Context<'_>, policy: &Keys<'_, '_>) -> Decay {
    let Some(table) = policy.table(cx, "behaviour") else { return Decay::default() };
    let keys = Keys::open(cx, policy.file(), table, "[policy.behaviour]", KEYS);
    let half_life = keys.duration(cx, "half_life", HALF_LIFE);
    half_life.map_or_else(Decay::default, |seconds| Decay { half_life: micros(seconds) })
}

/// Reads how a band is left, from `[bands]`.
pub(super) fn leaving(cx: &mut Context<'_>, keys: &Keys<'_, '_>, bands: Bands) -> Bands {
    let hysteresis = keys.integer(cx, "hysteresis", 0..=100).and_then(|points| u8::try_from(points).ok());
    let hold = keys.duration(cx, "hold", 0..=MAX_HOLD).map(micros);
    Bands { hysteresis: hysteresis.unwrap_or(bands.hysteresis), hold: hold.unwrap_or(bands.hold), ..bands }
}

fn micros(seconds: u32) -> u64 {
    u64::from(seconds) * 1_000_000
}
