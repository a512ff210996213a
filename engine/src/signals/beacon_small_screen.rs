//! `beacon.small_screen`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::{Environment, Feature};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.environment().map(|environment| environment.has(Environment::SMALL_SCREEN).into())
}

pub(super) const PAGE: Page = Page {
    means: "The screen is smaller than the window.",
    evasion: "One setting of the driver.",
    honest_cost: "Some remote desktops and windows across several screens.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit {
                    features: &[(Feature::BeaconEnvironment, Environment::SMALL_SCREEN.0)],
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
