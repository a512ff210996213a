//! `request.path_depth`

use super::{Expected, Page, Reading, Sample, Scene};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    let depth = |path: &[u8]| path.split(|&byte| byte == b'/').filter(|part| !part.is_empty()).count();
    scene.path().map(|path| depth(path).into())
}

pub(super) const PAGE: Page = Page {
    means: "How many parts the path has.",
    evasion: "It is what the client asks for.",
    honest_cost: "None by itself.",
    seen_by: "every host",
    examples: &[(Sample::GET, Expected::Int(0)), (Sample { target: "/a//b/c/?d=/e", ..Sample::GET }, Expected::Int(3))],
};
