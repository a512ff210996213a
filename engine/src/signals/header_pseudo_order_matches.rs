//! `header.pseudo_order_matches`

use super::{Expected, Fact, Page, Reading, Sample, Scene, Value, scene::Engine};
use crate::facts::Protocol;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.claim().and_then(|(engine, _)| {
        if matches!(scene.facts().request.protocol, Fact::Known(Protocol::Http10 | Protocol::Http11)) {
            return Fact::Absent;
        }
        scene.facts().request.pseudo_order.map(|order| Value::Bool(is_order_of(engine, order)))
    })
}

fn is_order_of(engine: Engine, order: &[u8]) -> bool {
    match engine {
        Engine::Chromium => order == b"masp",
        Engine::Gecko => order == b"mpas",
        Engine::WebKit => matches!(order, b"mspa" | b"msap"),
    }
}

pub(super) const PAGE: Page = Page {
    means: "The pseudo-headers stand in the order of the claimed browser's engine: `masp` in Chromium, `mpas` in Firefox, `mspa` or `msap` in Safari.",
    evasion: "An HTTP/2 library that lets its user choose.",
    honest_cost: "TLS-inspecting gateways that speak HTTP/2 themselves. None of 43 recorded browsers.",
    seen_by: "Envoy over HTTP/2 and HTTP/3; not on a Worker",
    examples: &[
        (Sample::CHROME, Expected::Bool(true)),
        (Sample { pseudo_order: Fact::Known("mpsa"), ..Sample::CHROME }, Expected::Bool(false)),
        (Sample { pseudo_order: Fact::Unavailable, ..Sample::CHROME }, Expected::Unavailable),
        (Sample { pseudo_order: Fact::Known("mpsa"), ..Sample::GET }, Expected::Absent),
    ],
};
