//! `request.extension`

use super::{Expected, Fact, Page, Reading, Sample, Scene, Value};

pub(super) fn read<'s>(scene: &'s Scene<'_>) -> Reading<'s> {
    let extension = scene.path().and_then(|path| Fact::from_option(extension(path)));
    extension.map(Value::Text)
}

fn extension(path: &[u8]) -> Option<&[u8]> {
    let file = path.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
    let dot = file.iter().rposition(|&byte| byte == b'.');
    dot.and_then(|dot| file.get(dot + 1..)).filter(|extension| !extension.is_empty())
}

pub(super) const PAGE: Page = Page {
    means: "What follows the last dot in the last part of the path: `php` in `/wp-login.php`, `env` in `/.env`.",
    evasion: "It is what the client asks for.",
    honest_cost: "None by itself.",
    seen_by: "every host",
    examples: &[
        (Sample { target: "/wp-login.php?a=b.c", ..Sample::GET }, Expected::Text("php")),
        (Sample { target: "/.env", ..Sample::GET }, Expected::Text("env")),
        (Sample { target: "/v1.2/users", ..Sample::GET }, Expected::Absent),
    ],
};
