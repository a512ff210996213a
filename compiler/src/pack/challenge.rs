//! What challenges ask for: `[policy.challenge]`.

use crate::{context::Context, read::Keys};
use outwork_engine::challenge::{MAX_BITS, MAX_CLEARANCE, MAX_WAIT, Terms};

pub(super) const KEYS: &[&str] = &["bits", "wait", "clearance", "wait_clearance", "observe"];
pub(super) const BITS: &[&str] = &["low", "medium", "high"];
pub(super) const WAIT: &[&str] = &["low", "medium", "high"];

/// Reads `[policy.challenge]` of the table that `[policy]` is.
pub(super) fn read(cx: &mut Context<'_>, policy: &Keys<'_, '_>) -> Terms {
    let default = Terms::default();
    let Some(table) = policy.table(cx, "challenge") else { return default };
    let keys = Keys::open(cx, policy.file(), table, "[policy.challenge]", KEYS);
    let mut clears = |key| keys.duration(cx, key, 1..=MAX_CLEARANCE);
    let (clearance, wait_clearance) = (clears("clearance"), clears("wait_clearance"));
    Terms {
        bits: bits(cx, &keys).unwrap_or(default.bits),
        wait: wait(cx, &keys).unwrap_or(default.wait),
        clearance: clearance.unwrap_or(default.clearance),
        wait_clearance: wait_clearance.unwrap_or(default.wait_clearance),
        observe: keys.boolean(cx, "observe").unwrap_or(default.observe),
    }
}

fn bits(cx: &mut Context<'_>, keys: &Keys<'_, '_>) -> Option<[u8; 3]> {
    let table = keys.table(cx, "bits")?;
    let bands = Keys::open(cx, keys.file(), table, "bits by band", BITS);
    let [low, medium, high] = Terms::default().bits;
    let mut of = |band, default| {
        let bits = bands.integer(cx, band, 1..=i64::from(MAX_BITS));
        bits.and_then(|bits| u8::try_from(bits).ok()).unwrap_or(default)
    };
    Some([of("low", low), of("medium", medium), of("high", high)])
}

fn wait(cx: &mut Context<'_>, keys: &Keys<'_, '_>) -> Option<[u16; 3]> {
    let table = keys.table(cx, "wait")?;
    let bands = Keys::open(cx, keys.file(), table, "waits by band", WAIT);
    let [low, medium, high] = Terms::default().wait;
    let mut of = |band, default| {
        let seconds = bands.duration(cx, band, 1..=u32::from(MAX_WAIT));
        seconds.and_then(|seconds| u16::try_from(seconds).ok()).unwrap_or(default)
    };
    Some([of("low", low), of("medium", medium), of("high", high)])
}
