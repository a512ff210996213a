//! `header.pseudo_order`

use super::{Expected, Fact, Page, Reading, Sample, Scene, Value};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.facts().request.pseudo_order.map(Value::Text)
}

pub(super) const PAGE: Page = Page {
    means: "First letters of the pseudo-headers in the order of the wire: `masp` is method, authority, scheme, path. Absent in HTTP/1.",
    evasion: "An HTTP/2 library that lets its user choose, as curl_cffi does.",
    honest_cost: "None: it is part of the browser's network stack.",
    seen_by: "Envoy over HTTP/2 and HTTP/3; not on a Worker",
    examples: &[
        (Sample { pseudo_order: Fact::Known("masp"), ..Sample::GET }, Expected::Text("masp")),
        (Sample { pseudo_order: Fact::Absent, ..Sample::GET }, Expected::Absent),
        (Sample::GET, Expected::Unavailable),
    ],
};
