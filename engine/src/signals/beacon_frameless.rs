//! `beacon.frameless`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::{Environment, Feature};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.environment().map(|environment| environment.has(Environment::FRAMELESS).into())
}

pub(super) const PAGE: Page = Page {
    means: "The browser's window is smaller than the page in it, or has no size.",
    evasion: "A headful browser, or an overwritten property.",
    honest_cost: "Some embedded views and kiosk browsers.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit {
                    features: &[(Feature::BeaconEnvironment, Environment::FRAMELESS.0)],
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
