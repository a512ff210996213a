//! `click.pressure`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::Feature;

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.feature(Feature::ClickPressure).map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "The pressure that the browser reports when a button goes down: a mouse has 0.5.",
    evasion: "One parameter of the driver's protocol; Playwright and Selenium send 0.5 by themselves, Puppeteer 0.",
    honest_cost: "Pens report their own pressure; some remote desktops and virtual machines report 0.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit { features: &[(Feature::ClickPressure, 502)], ..Visit::INSIDE }),
                ..Sample::GET
            },
            Expected::Int(502),
        ),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Absent),
    ],
};
