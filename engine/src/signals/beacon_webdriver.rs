//! `beacon.webdriver`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::{Environment, Feature};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.environment().map(|environment| environment.has(Environment::WEBDRIVER).into())
}

pub(super) const PAGE: Page = Page {
    means: "The browser says that a program drives it (`navigator.webdriver`).",
    evasion: "A command-line switch or a patched browser.",
    honest_cost: "Testers of their own sites; nobody else.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit {
                    features: &[(Feature::BeaconEnvironment, Environment::WEBDRIVER.0)],
                    ..Visit::INSIDE
                }),
                ..Sample::GET
            },
            Expected::Bool(true),
        ),
        (
            Sample {
                visit: Some(Visit { features: &[(Feature::BeaconEnvironment, Environment::HOVER.0)], ..Visit::INSIDE }),
                ..Sample::GET
            },
            Expected::Bool(false),
        ),
        (Sample::GET, Expected::Absent),
    ],
};
