//! `ua.crawler`

use super::{Expected, Page, Reading, Sample, Scene, Value};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.agent().map(|agent| Value::Bool(agent.crawler))
}

pub(super) const PAGE: Page = Page {
    means: "The user agent says that it is a crawler: a word that ends in `bot`, `crawl`, `spider`, `slurp`, the address of a page (`+http://…`), or `compatible;` before a name that is no browser's. Which crawler it is, lists say; whether it is true, addresses and signatures.",
    evasion: "One header line.",
    honest_cost: "Search engines and link previews say so honestly: that is a reason to verify them, not to refuse them.",
    seen_by: "every host",
    examples: &[
        (
            Sample {
                headers: &[("user-agent", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)")],
                ..Sample::GET
            },
            Expected::Bool(true),
        ),
        (
            Sample {
                headers: &[("user-agent", "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)")],
                ..Sample::GET
            },
            Expected::Bool(true),
        ),
        (
            Sample {
                headers: &[(
                    "user-agent",
                    "Mozilla/5.0 (Linux; Android 8.1.0; CUBOT_POWER) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36",
                )],
                ..Sample::GET
            },
            Expected::Bool(false),
        ),
        (Sample::GET, Expected::Absent),
    ],
};
