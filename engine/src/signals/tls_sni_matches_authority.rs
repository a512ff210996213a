//! `tls.sni_matches_authority`

use super::{Expected, Fact, Page, Reading, Sample, Scene, Value};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.facts().connection.sni.and_then(|sni| {
        scene.authority().map(|authority| {
            let end = authority.iter().rposition(|&byte| byte == b':');
            let host = end.and_then(|end| authority.get(..end)).unwrap_or(authority);
            Value::Bool(sni.eq_ignore_ascii_case(host))
        })
    })
}

pub(super) const PAGE: Page = Page {
    means: "The server name of the hello is the host of the request.",
    evasion: "Free; domain fronting is the use of breaking it.",
    honest_cost: "HTTP/2 browsers reuse a connection for other names of the same certificate (RFC 9113, 9.1.1): common where several hosts share one.",
    seen_by: "Envoy; not on a Worker",
    examples: &[
        (
            Sample { sni: Fact::Known("Shop.Example"), authority: "shop.example:8443", ..Sample::GET },
            Expected::Bool(true),
        ),
        (Sample { sni: Fact::Known("other.example"), ..Sample::GET }, Expected::Bool(false)),
        (Sample { sni: Fact::Absent, ..Sample::GET }, Expected::Absent),
    ],
};
