//! `header.accept_language_matches`

use super::{Expected, Page, Reading, Sample, Scene, Value, scene::Known};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    let claim = scene.claim().unless(scene.is_special());
    let languages = claim.and_then(|_| scene.known(Known::AcceptLanguage).optional());
    languages.map(|languages| Value::Bool(languages.is_some_and(is_list_of_languages)))
}

/// Whether the bytes are those of language ranges and weights (RFC 9110, 12.5.4).
fn is_list_of_languages(value: &[u8]) -> bool {
    let may_start = |byte: &u8| byte.is_ascii_alphabetic() || *byte == b'*';
    let may_stand = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_*,;=. ".contains(byte);
    value.first().is_some_and(may_start) && value.iter().all(may_stand)
}

pub(super) const PAGE: Page = Page {
    means: "A client that claims to be a browser sends Accept-Language, and it is a list of languages.",
    evasion: "One header line.",
    honest_cost: "A few privacy tools remove it.",
    seen_by: "every host",
    examples: &[
        (Sample::CHROME, Expected::Bool(true)),
        (
            Sample {
                headers: &[(
                    "user-agent",
                    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36",
                )],
                ..Sample::GET
            },
            Expected::Bool(false),
        ),
        (
            Sample {
                headers: &[
                    (
                        "user-agent",
                        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36",
                    ),
                    ("accept-language", "de-DE,de;q=0.9, *;q=0.1"),
                ],
                ..Sample::GET
            },
            Expected::Bool(true),
        ),
        (
            Sample {
                headers: &[
                    (
                        "user-agent",
                        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36",
                    ),
                    ("accept-language", "Accept: all"),
                ],
                ..Sample::GET
            },
            Expected::Bool(false),
        ),
    ],
};
