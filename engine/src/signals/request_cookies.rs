//! `request.cookies`

use super::{Expected, Page, Reading, Sample, Scene, scene::Known};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.known(Known::Cookie).optional().map(|_| scene.cookies().count().into())
}

pub(super) const PAGE: Page = Page {
    means: "How many cookies the request carries.",
    evasion: "Sending any.",
    honest_cost: "First visits have none.",
    seen_by: "every host",
    examples: &[
        (Sample { headers: &[("cookie", "a=1; b=2")], ..Sample::GET }, Expected::Int(2)),
        (Sample::GET, Expected::Int(0)),
    ],
};
