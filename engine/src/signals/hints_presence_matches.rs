//! `hints.presence_matches`

use super::{
    Expected, Fact, Page, Reading, Sample, Scene, Value,
    scene::{Engine, Known},
};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    let [brands, mobile, platform] =
        [Known::SecChUa, Known::SecChUaMobile, Known::SecChUaPlatform].map(|header| scene.has(header));
    let hints = brands.and_then(|brands| mobile.and_then(|mobile| platform.map(|platform| [brands, mobile, platform])));
    scene.mainstream().and_then(|(engine, agent)| match engine {
        Engine::Chromium if agent.engine_major < Some(98) => Fact::Absent,
        Engine::Chromium => {
            let plain = scene.is_secure().map(|secure| !secure);
            hints.unless(plain).unless(scene.is_special()).map(|hints| Value::Bool(hints == [true; 3]))
        }
        Engine::Gecko | Engine::WebKit => hints.map(|hints| Value::Bool(hints == [false; 3])),
    })
}

pub(super) const PAGE: Page = Page {
    means: "A client that claims to be Chrome or Edge 98 or later over https sends Sec-CH-UA, -Mobile and -Platform; one that claims Firefox or Safari sends none.",
    evasion: "Three header lines.",
    honest_cost: "Android's download manager under Chrome's name; extensions that change the user agent alone: 22 of 2,400 recorded header sets, most of them Chrome without hints.",
    seen_by: "every host",
    examples: &[
        (Sample::CHROME, Expected::Bool(true)),
        (
            Sample {
                headers: &[(
                    "user-agent",
                    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36",
                )],
                ..Sample::GET
            },
            Expected::Bool(false),
        ),
        (
            Sample {
                headers: &[
                    ("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"),
                    ("sec-ch-ua", r#""Chromium";v="147""#),
                ],
                ..Sample::GET
            },
            Expected::Bool(false),
        ),
        (
            Sample {
                headers: &[("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0")],
                ..Sample::GET
            },
            Expected::Bool(true),
        ),
        (
            Sample {
                scheme: "http",
                headers: &[(
                    "user-agent",
                    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36",
                )],
                ..Sample::GET
            },
            Expected::Absent,
        ),
    ],
};
