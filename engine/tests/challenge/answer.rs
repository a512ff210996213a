//! The body of an answer means what a JSON parser says.

use outwork_engine::challenge::{Answer, read_answer};
use proptest::prelude::*;

proptest! {
    #[test]
    fn what_is_read_is_json_that_says_so(body in prop::collection::vec(any::<u8>(), 0..64)) {
        prop_assert!(read_answer(&body).is_none_or(|answer| said(&body) == Some(owned(&answer))));
    }

    #[test]
    fn what_looks_like_an_answer_is_read_as_json_reads_it(
        names in prop::collection::vec(prop::sample::select(&["challenge", "answer", "x"][..]), 0..4),
        values in prop::collection::vec("[a-z0-9\\\\\" _-]{0,6}", 4),
        gap in "[ \t\n]{0,2}",
    ) {
        let members: Vec<String> =
            names.iter().zip(&values).map(|(name, value)| format!("{gap}\"{name}\":{gap}\"{value}\"")).collect();
        let body = format!("{{{}}}{gap}", members.join(","));
        if let Some(answer) = read_answer(body.as_bytes()) {
            prop_assert_eq!(said(body.as_bytes()), Some(owned(&answer)));
        }
    }
}

fn owned(answer: &Answer<'_>) -> (Vec<u8>, Vec<u8>) {
    (answer.challenge.into(), answer.answer.into())
}

fn said(body: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let value: serde_json::Value = serde_json::from_slice(body).ok()?;
    let member = |name: &str| value.get(name)?.as_str().map(|text| text.as_bytes().to_vec());
    Some((member("challenge")?, member("answer")?))
}
