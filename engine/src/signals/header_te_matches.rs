//! `header.te_matches`

use super::{
    Expected, Fact, Page, Reading, Sample, Scene, Value,
    scene::{Engine, Known},
};
use crate::facts::Protocol;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.mainstream().and_then(|(engine, _)| match (engine, scene.facts().request.protocol) {
        // TE is for one hop: hosts behind a network that passes headers on may not get it.
        (Engine::Gecko, Fact::Known(Protocol::Http2)) if !scene.facts().headers.ordered => Fact::Unavailable,
        (Engine::Gecko, Fact::Known(Protocol::Http2)) => {
            scene.known(Known::Te).optional().map(|te| Value::Bool(te == Some(b"trailers")))
        }
        (Engine::Gecko, Fact::Unavailable) => Fact::Unavailable,
        (Engine::Gecko, _) => Fact::Absent,
        (Engine::Chromium | Engine::WebKit, _) => scene.has(Known::Te).map(|sent| Value::Bool(!sent)),
    })
}

pub(super) const PAGE: Page = Page {
    means: "Firefox sends `TE: trailers` over HTTP/2, and no other browser sends TE.",
    evasion: "One header line more or less.",
    honest_cost: "Proxies that drop or add TE: 1 of 2,400 recorded header sets.",
    seen_by: "Envoy; for Firefox not on a Worker",
    examples: &[
        (
            Sample {
                headers: &[
                    ("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"),
                    ("te", "trailers"),
                ],
                ..Sample::GET
            },
            Expected::Bool(true),
        ),
        (
            Sample {
                headers: &[("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0")],
                ..Sample::GET
            },
            Expected::Bool(false),
        ),
        (
            Sample {
                headers: &[
                    (
                        "user-agent",
                        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36",
                    ),
                    ("te", "trailers"),
                ],
                ..Sample::GET
            },
            Expected::Bool(false),
        ),
        (Sample::CHROME, Expected::Bool(true)),
    ],
};
