//! Bytes as the end of a record: its chain is read or not, and never proven without the key.
#![no_main]

use libfuzzer_sys::fuzz_target;
use outwork_engine::keys::{AuditKeys, Keyring};
use outwork_engine::record::chain::read;
use std::sync::LazyLock;

static KEYS: LazyLock<AuditKeys> = LazyLock::new(|| {
    let ring = Keyring::parse("a:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE").expect("a key of 32 bytes");
    AuditKeys::of(&ring)
});

fuzz_target!(|data: &[u8]| {
    // The words that no fuzzer finds soon either.
    let whole = [br#"{"x":1,"chain":{"id":""#, data].concat();
    for record in [data, whole.as_slice()] {
        if let Some(sealed) = read(record) {
            // No fuzzer finds a MAC of 128 bits.
            assert!(sealed.verify(&KEYS).is_err());
            assert!(record.len() > 40);
        }
    }
});
