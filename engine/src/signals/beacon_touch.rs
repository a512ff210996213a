//! `beacon.touch`

use super::{Expected, Page, Reading, Sample, Scene, Visit};
use crate::beacon::{Environment, Feature};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.environment().map(|environment| environment.has(Environment::TOUCH).into())
}

pub(super) const PAGE: Page = Page {
    means: "The device has a touch screen.",
    evasion: "Overwriting the property before the page's scripts run: a line, which may show elsewhere.",
    honest_cost: "None: it is no accusation.",
    seen_by: "every host, where the page sends beacons; not in logs",
    examples: &[
        (
            Sample {
                visit: Some(Visit { features: &[(Feature::BeaconEnvironment, Environment::TOUCH.0)], ..Visit::INSIDE }),
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
