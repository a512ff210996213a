//! Bytes as a blob of the page's script, with their MAC made right: a batch that is written and read again, with its
//! features and its sketch, or an error.
#![no_main]

use libfuzzer_sys::fuzz_target;
use outwork_engine::beacon::{Batch, BeaconError, FEATURES, Features, KEYS, MAX_EVENTS, VERSION, open};
use siphasher::sip128::{Hasher128, SipHasher24};
use std::hash::Hasher;

const KEY: [u8; 16] = *b"0123456789abcdef";

fuzz_target!(|data: &[u8]| {
    // As they came: nobody guesses a MAC.
    let refused = open(data, &KEY);
    assert!(refused.is_err());
    let blob = signed(data);
    match open(&blob, &KEY) {
        Ok(batch) => read(&batch),
        Err(error) => assert!(!error.to_string().is_empty() && error != BeaconError::WrongMac),
    }
});

/// The version, whatever was there, and the MAC.
fn signed(data: &[u8]) -> Vec<u8> {
    let mut blob = vec![VERSION];
    blob.extend_from_slice(data);
    let mut hasher = SipHasher24::new_with_key(&KEY);
    hasher.write(&blob);
    blob.extend_from_slice(&hasher.finish128().as_u128().to_le_bytes());
    blob
}

fn read(batch: &Batch) {
    assert!(batch.events.len() <= MAX_EVENTS);
    assert_eq!(open(&batch.write(&KEY), &KEY).as_ref(), Ok(batch));
    let features = batch.features();
    let mut twice = features;
    twice.merge(&features, 900);
    assert_eq!(Features::from_bytes(&twice.to_bytes()), twice);
    // Of two batches with two clicks each the spread is told, of one it is not: what is there stays there.
    let known = |features: &Features| {
        features.to_bytes().as_chunks::<2>().0.iter().map(|&slot| slot != [0xff; 2]).collect::<Vec<_>>()
    };
    assert_eq!(known(&twice), known(&features));
    assert!(FEATURES.iter().all(|&feature| twice.get(feature).is_known() || !features.get(feature).is_known()));
    let sketch = batch.sketch();
    let keys: Vec<u64> = sketch.keys().collect();
    assert!(keys.len() <= KEYS);
    assert!(keys.is_empty() || sketch.is_known(keys.iter().map(|_| Some(1))));
}
