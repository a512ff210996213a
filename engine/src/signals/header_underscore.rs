//! `header.underscore`

use super::{Expected, Page, Reading, Sample, Scene, Value};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.of_any_header(scene.other_names().any(|name| name.contains(&b'_'))).map(Value::Bool)
}

pub(super) const PAGE: Page = Page {
    means: "A header name has an underscore. No browser sends one, and many servers take `a_b` and `a-b` for the same variable.",
    evasion: "Not sending such a header.",
    honest_cost: "Scripts of a site that uses such names itself.",
    seen_by: "every host that lets such headers through",
    examples: &[
        (Sample { headers: &[("x_forwarded_for", "127.0.0.1")], ..Sample::GET }, Expected::Bool(true)),
        (Sample { headers: &[("x-a", "b_c")], ..Sample::GET }, Expected::Bool(false)),
    ],
};
