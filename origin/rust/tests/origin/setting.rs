//! Each setting is checked where it is given, as the other verifiers do it.

use crate::{common::vectors, vectors::verifier};
use outwork_origin::{EvidenceLayer, MOST_AGE, MOST_BODY, MOST_SKEW, SettingError, Verifier};
use serde_json::json;

fn plain() -> Verifier {
    verifier(vectors("evidence.json")["keys"].as_str().unwrap(), &json!({}))
}

fn layer() -> EvidenceLayer {
    EvidenceLayer::without_replay(plain())
}

#[test]
fn what_cannot_be_is_refused_by_name() {
    let paths = ["", "health", "/health*", "/health?x"];
    let mut refused = vec![
        (plain().skew(MOST_SKEW + 1).unwrap_err(), "`skew` is a whole number from 0 to 300, not 301"),
        (plain().max_age(MOST_AGE + 1).unwrap_err(), "`max_age` is a whole number from 1 to 3600, not 3601"),
        (plain().max_age(0).unwrap_err(), "`max_age` is a whole number from 1 to 3600, not 0"),
        (plain().authority("").unwrap_err(), "`authority` is a name of the edge"),
        (layer().max_body(0).err().unwrap(), "`max_body` is a whole number from 1 to 1073741824, not 0"),
        (layer().max_body(MOST_BODY + 1).err().unwrap(), "not 1073741825"),
    ];
    refused
        .extend(paths.map(|path| (layer().exempt(path).err().unwrap(), "`exempt` is a whole path such as `/health`")));
    for (error, says) in refused {
        assert!(error.to_string().starts_with(says) || error.to_string().ends_with(says), "{error}");
    }
    assert_eq!(plain().skew(u64::MAX).unwrap_err(), SettingError::Skew(u64::MAX), "none is made one that can be");
}

#[test]
fn what_can_be_is_taken() -> Result<(), SettingError> {
    plain().skew(0)?.skew(MOST_SKEW)?.max_age(1)?.max_age(MOST_AGE)?.authority("shop.example")?;
    layer().max_body(1)?.max_body(MOST_BODY)?.exempt("/")?.exempt("/health")?;
    Ok(())
}
