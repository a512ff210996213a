//! `header.shape`

use super::{Expected, Page, Reading, Sample, Scene, Value};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.of_all_headers(|| Value::Text(scene.shape()))
}

pub(super) const PAGE: Page = Page {
    means: "A hash of the header names in the order of the wire, where that is visible, as 16 hex digits. Cookies, bodies, caches, Host, Connection and Referer do not count. It is Outwork's own and not JA4H.",
    evasion: "Sending another client's headers in its order.",
    honest_cost: "None by itself: equal shapes only group requests of equal software.",
    seen_by: "every host; a Worker sees names without order, and shapes of the two kinds are never equal",
    examples: &[
        (
            Sample { headers: &[("user-agent", "a"), ("accept", "b")], ..Sample::GET },
            Expected::Text("4bb60f54e5d11ad5"),
        ),
        (
            Sample { headers: &[("user-agent", "x"), ("cookie", "c=1"), ("accept", "y")], ..Sample::GET },
            Expected::Text("4bb60f54e5d11ad5"),
        ),
        (
            Sample { headers: &[("accept", "b"), ("user-agent", "a")], ..Sample::GET },
            Expected::Text("fdc6a02e5dcd45fc"),
        ),
        (
            Sample { headers: &[("accept", "b"), ("user-agent", "a")], ordered: false, ..Sample::GET },
            Expected::Text("b1130c7a05f031b8"),
        ),
        (
            Sample { headers: &[("user-agent", "a"), ("accept", "b")], ordered: false, ..Sample::GET },
            Expected::Text("b1130c7a05f031b8"),
        ),
    ],
};
