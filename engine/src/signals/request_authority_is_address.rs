//! `request.authority_is_address`

use super::{Expected, Page, Reading, Sample, Scene, Value};
use core::net::Ipv4Addr;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.authority().map(|authority| Value::Bool(is_address(authority)))
}

fn is_address(authority: &[u8]) -> bool {
    if authority.starts_with(b"[") {
        return true;
    }
    let host = authority.split(|&byte| byte == b':').next().unwrap_or_default();
    let digits_and_dots = host.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.');
    digits_and_dots && core::str::from_utf8(host).is_ok_and(|host| host.parse::<Ipv4Addr>().is_ok())
}

pub(super) const PAGE: Page = Page {
    means: "The host that was asked for is an IP address, not a name: scanners walk addresses without knowing the names behind them.",
    evasion: "Looking up a name first.",
    honest_cost: "Health checks, and people who test by address.",
    seen_by: "every host",
    examples: &[
        (Sample { authority: "192.0.2.7:8443", ..Sample::GET }, Expected::Bool(true)),
        (Sample { authority: "[2001:db8::1]", ..Sample::GET }, Expected::Bool(true)),
        (Sample::GET, Expected::Bool(false)),
    ],
};
