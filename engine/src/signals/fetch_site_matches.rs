//! `fetch.site_matches`

use super::{Expected, Fact, Page, Reading, Sample, Scene, Value, scene::Known};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    scene.known(Known::SecFetchSite).and_then(|site| {
        let referrer = match scene.known(Known::Referer) {
            Fact::Absent => scene.known(Known::Origin),
            referrer => referrer,
        };
        let from = referrer.and_then(|url| Fact::from_option(host_of(url)));
        from.and_then(|from| agrees(site, from, scene)).map(Value::Bool)
    })
}

fn agrees(site: &[u8], from: &[u8], scene: &Scene<'_>) -> Fact<bool> {
    match site {
        b"none" => Fact::Known(false),
        b"same-origin" => {
            scene.authority().map(|here| without_default_port(from).eq_ignore_ascii_case(without_default_port(here)))
        }
        b"same-site" => scene.authority().map(|here| may_be_same_site(from, here)),
        // A redirect through another site makes a request to oneself cross-site.
        _ => Fact::Known(true),
    }
}

/// Host and port of an http or https URL. Other referrers, as `android-app://`, name no site.
fn host_of(url: &[u8]) -> Option<&[u8]> {
    let rest = url.strip_prefix(b"https://").or_else(|| url.strip_prefix(b"http://"))?;
    rest.split(|&byte| matches!(byte, b'/' | b'?' | b'#')).next().filter(|host| !host.is_empty())
}

fn without_default_port(host: &[u8]) -> &[u8] {
    host.strip_suffix(b":443").or_else(|| host.strip_suffix(b":80")).unwrap_or(host)
}

/// One site is one registrable domain, which has at least the last two labels in common.
fn may_be_same_site(from: &[u8], here: &[u8]) -> bool {
    last_two_labels(from).eq_ignore_ascii_case(last_two_labels(here))
}

fn last_two_labels(host: &[u8]) -> &[u8] {
    let host = host.iter().position(|&byte| byte == b':').and_then(|end| host.get(..end)).unwrap_or(host);
    let mut dots = host.iter().enumerate().rev().filter(|&(_, &byte)| byte == b'.').map(|(at, _)| at);
    let start = dots.nth(1).map_or(0, |at| at + 1);
    host.get(start..).unwrap_or(host)
}

pub(super) const PAGE: Page = Page {
    means: "Sec-Fetch-Site agrees with the host that Referer (or Origin) names: none has no referrer, same-origin has this host, same-site one of the same domain.",
    evasion: "Writing a fitting Referer, or none.",
    honest_cost: "Hosts behind a proxy that rewrites Host.",
    seen_by: "every host",
    examples: &[
        (
            Sample {
                headers: &[("sec-fetch-site", "same-origin"), ("referer", "https://shop.example/cart")],
                ..Sample::GET
            },
            Expected::Bool(true),
        ),
        (
            Sample { headers: &[("sec-fetch-site", "none"), ("referer", "https://www.google.com/")], ..Sample::GET },
            Expected::Bool(false),
        ),
        (
            Sample {
                headers: &[("sec-fetch-site", "same-origin"), ("referer", "https://other.example/")],
                ..Sample::GET
            },
            Expected::Bool(false),
        ),
        (Sample { headers: &[("sec-fetch-site", "none")], ..Sample::GET }, Expected::Absent),
    ],
};
