//! `fetch.consistent`

use super::{Expected, Fact, Page, Reading, Sample, Scene, Value, scene::Known};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    let [site, mode, dest] =
        [Known::SecFetchSite, Known::SecFetchMode, Known::SecFetchDest].map(|header| scene.known(header));
    match (site, mode, dest) {
        (Fact::Absent, Fact::Absent, Fact::Absent) => Fact::Absent,
        (Fact::Known(site), Fact::Known(mode), Fact::Known(dest)) => {
            let user = scene.known(Known::SecFetchUser).optional();
            user.map(|user| Value::Bool(is_site(site) && agree(mode, dest) && is_user(user, mode)))
        }
        (Fact::Unavailable, ..) | (_, Fact::Unavailable, _) | (.., Fact::Unavailable) => Fact::Unavailable,
        _ => Fact::Known(Value::Bool(false)),
    }
}

fn is_site(site: &[u8]) -> bool {
    matches!(site, b"none" | b"same-origin" | b"same-site" | b"cross-site")
}

/// A document is fetched by navigation only, and navigation fetches what can show a page.
fn agree(mode: &[u8], dest: &[u8]) -> bool {
    match mode {
        b"navigate" => {
            matches!(dest, b"document" | b"iframe" | b"frame" | b"fencedframe" | b"embed" | b"object" | b"empty")
        }
        b"cors" | b"no-cors" | b"same-origin" | b"websocket" | b"webidentity" => dest != b"document",
        _ => false,
    }
}

/// The header is only ever sent with this value, and for navigations only.
fn is_user(user: Option<&[u8]>, mode: &[u8]) -> bool {
    user.is_none_or(|user| user == b"?1" && mode == b"navigate")
}

pub(super) const PAGE: Page = Page {
    means: "The Sec-Fetch headers are complete and fit one another as the Fetch Metadata specification has them.",
    evasion: "Copying all four from a browser.",
    honest_cost: "None known in browsers that send the headers; Chrome before 80 lacks one of them.",
    seen_by: "every host",
    examples: &[
        (Sample::CHROME, Expected::Bool(true)),
        (
            Sample {
                headers: &[("sec-fetch-site", "none"), ("sec-fetch-mode", "cors"), ("sec-fetch-dest", "document")],
                ..Sample::GET
            },
            Expected::Bool(false),
        ),
        (Sample { headers: &[("sec-fetch-mode", "cors")], ..Sample::GET }, Expected::Bool(false)),
        (Sample::GET, Expected::Absent),
    ],
};
