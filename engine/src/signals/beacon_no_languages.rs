//! `beacon.no_languages`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::{Environment, Feature};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.environment().map(|environment| environment.has(Environment::NO_LANGUAGES).into())
}

pub(super) const PAGE: Page = Page {
    means: "The browser knows no language (`navigator.languages`).",
    evasion: "One setting.",
    honest_cost: "None known.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit {
                    features: &[(Feature::BeaconEnvironment, Environment::NO_LANGUAGES.0)],
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
