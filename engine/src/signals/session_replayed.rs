//! `session.replayed`

use super::{Expected, Page, Reading, Sample, Scene, Value, Visit};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.window_replayed().map(Value::Bool)
}

pub(super) const PAGE: Page = Page {
    means: "Whether a batch of the session followed a path that was seen before, within the hour, under another session. It fades like the other sums of the window: one such batch within a half-life, ten minutes. Absent without a window.",
    evasion: "Drawing a new path for each session, as generators do. A recorded one is not known in batches of fewer than 17 moves; nor blurred by a pixel in batches of fewer than about 65 moves, or by far more than 2 px in any; nor at an edge whose store has not seen it, nor after an hour.",
    honest_cost: "Short straight strokes of different people can resemble one another.",
    seen_by: "every host; not in logs",
    examples: &[
        (Sample { visit: Some(Visit { replays: 1, ..Visit::INSIDE }), ..Sample::GET }, Expected::Bool(true)),
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Bool(false)),
        (Sample::GET, Expected::Absent),
    ],
};
