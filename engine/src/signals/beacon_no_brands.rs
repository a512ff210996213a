//! `beacon.no_brands`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::{Environment, Feature};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.environment().map(|environment| environment.has(Environment::NO_BRANDS).into())
}

pub(super) const PAGE: Page = Page {
    means: "A Chromium lacks `navigator.userAgentData`.",
    evasion: "Overwriting the property before the page's scripts run: a line, which may show elsewhere.",
    honest_cost: "Chromium before 90, some embedded views, and insecure pages.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit {
                    features: &[(Feature::BeaconEnvironment, Environment::NO_BRANDS.0)],
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
