//! `session.confidence`

use super::{Expected, Page, Reading, Sample, Scene, Visit};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.window_confidence().map(Into::into)
}

pub(super) const PAGE: Page = Page {
    means: "How sure one can be of what was observed, in thousandths: it grows with events, and halves with every half-life of idle time. It weighs the behaviour layer, and says nothing about what was seen. Absent without a window.",
    evasion: "Sending events: confidence is no merit, it lets the behaviour layer count.",
    honest_cost: "Low for people who use a keyboard little, read for long, or send no beacon.",
    seen_by: "every host; not in logs",
    examples: &[
        (Sample { visit: Some(Visit::INSIDE), ..Sample::GET }, Expected::Int(900)),
        (Sample { visit: Some(Visit { idle: Some(600), ..Visit::INSIDE }), ..Sample::GET }, Expected::Int(450)),
        (Sample { visit: Some(Visit::UNSEEN), ..Sample::GET }, Expected::Int(0)),
        (Sample::GET, Expected::Absent),
    ],
};
