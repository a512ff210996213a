//! `ua.tool`

use super::{Expected, Fact, Page, Reading, Sample, Scene, Value};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.agent().and_then(|agent| Fact::from_option(agent.tool)).map(Value::from)
}

pub(super) const PAGE: Page = Page {
    means: "The library, load generator or scanner that the user agent names: `curl`, `wget`, `python-requests`, `go-http-client`, `okhttp`, `node`, `axios`, `scrapy`, `nikto` and over 60 others.",
    evasion: "One header line.",
    honest_cost: "Honest scripts of customers and partners: the ones that say so are the ones worth talking to.",
    seen_by: "every host",
    examples: &[
        (Sample { headers: &[("user-agent", "curl/8.5.0")], ..Sample::GET }, Expected::Text("curl")),
        (
            Sample { headers: &[("user-agent", "python-requests/2.34.2")], ..Sample::GET },
            Expected::Text("python-requests"),
        ),
        (Sample { headers: &[("user-agent", "node")], ..Sample::GET }, Expected::Text("node")),
        (
            Sample {
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
