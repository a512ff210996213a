//! Bytes as a line of a log in which records are looked for: as they are, in OTLP, in CloudWatch, as text in text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use outwork_replay::{Part, parts};

fuzz_target!(|data: &[u8]| {
    // As the reader of lines hands it over.
    for part in parts(data.trim_ascii()) {
        let Part::Record(record) = part else { continue };
        // However deep it is.
        assert!(serde_json::from_str::<&serde_json::value::RawValue>(&record).is_ok());
        // A byte that is no UTF-8 is three of U+FFFD.
        assert!(record.starts_with('{') && record.len() <= 3 * data.len());
        // By itself it is the same record.
        assert_eq!(parts(record.as_bytes()), [Part::Record(record.as_ref().into())]);
        let wrapped = serde_json::json!({ "message": record.as_ref() }).to_string();
        assert_eq!(parts(wrapped.as_bytes()), [Part::Record(record.as_ref().into())]);
    }
});
