//! `header.accept_encoding_matches`

use super::{Expected, Fact, Page, Reading, Sample, Scene, Value, scene::Known};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    // Media players ask for ranges of the plain file.
    let claim = scene.claim().unless(scene.is_special()).unless(scene.has(Known::Range));
    // A host without the order of the wire has its headers from a network that writes this one anew.
    if claim.is_known() && !scene.facts().headers.ordered {
        return Fact::Unavailable;
    }
    let fits = |codings: &[u8]| codings.starts_with(b"gzip, deflate");
    let codings = claim.and_then(|_| scene.known(Known::AcceptEncoding).optional());
    codings.map(|codings| Value::Bool(codings.is_some_and(fits)))
}

pub(super) const PAGE: Page = Page {
    means: "A client that claims to be a browser accepts `gzip, deflate` first, as all browsers write it.",
    evasion: "One header line.",
    honest_cost: "Antivirus and corporate proxies that rewrite Accept-Encoding: 3 of 2,400 recorded header sets.",
    seen_by: "Envoy; not on a Worker, where Cloudflare writes the header anew",
    examples: &[
        (Sample::CHROME, Expected::Bool(true)),
        (Sample { ordered: false, ..Sample::CHROME }, Expected::Unavailable),
        (
            Sample {
                headers: &[
                    (
                        "user-agent",
                        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36",
                    ),
                    ("accept-encoding", "gzip, br"),
                ],
                ..Sample::GET
            },
            Expected::Bool(false),
        ),
        (Sample { headers: &[("user-agent", "curl/8.5.0")], ..Sample::GET }, Expected::Absent),
    ],
};
