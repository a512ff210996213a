//! The plugin's configuration, and the tag that it makes.

use outwork_engine::assets;
use serde::Deserialize;

/// When the inserted script begins to observe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Start {
    /// At once.
    Auto,
    /// When the page calls `outwork.start()`, after it asked its visitor.
    Consent,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Json {
    start: Start,
}

/// The tag that a configuration asks for: `{"start": "auto"}` or `{"start": "consent"}`. There is no default, so that
/// whoever switches insertion on has said which.
///
/// It names the script that keeps its name: a page in somebody's cache must not ask for a script that is no more.
///
/// # Errors
/// Says in one line what is wrong.
pub fn tag(configuration: &[u8]) -> Result<String, String> {
    let json: Json = serde_json::from_slice(configuration).map_err(|error| {
        format!("the plugin configuration must be `{{\"start\": \"auto\"}}` or `{{\"start\": \"consent\"}}`: {error}")
    })?;
    let start = match json.start {
        Start::Auto => " data-start=\"auto\"",
        Start::Consent => "",
    };
    Ok(["<script src=\"", assets::PREFIX, "beacon.js\" async", start, "></script>"].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_switches_it_on_says_when_it_starts() {
        assert_eq!(
            tag(br#"{"start": "auto"}"#).unwrap(),
            "<script src=\"/.well-known/outwork/beacon.js\" async data-start=\"auto\"></script>"
        );
        assert!(!tag(br#"{"start": "consent"}"#).unwrap().contains("data-start"));
        for wrong in ["", "{}", r#"{"start": "now"}"#, r#"{"start": "auto", "x": 1}"#] {
            let error = tag(wrong.as_bytes()).unwrap_err();
            assert!(error.contains("must be") && !error.contains('\n'), "{error}");
        }
    }
}
