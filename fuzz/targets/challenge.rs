//! Bytes as an answer to a challenge, as its parts, and as the way back of a wait: none passes that was not issued, none is
//! told in JSON that is not there, none leads to another site.
#![no_main]

use libfuzzer_sys::fuzz_target;
use outwork_engine::{
    challenge::{Client, check_wait, check_work, location, percent_decode, read_answer},
    keys::Keyring,
    time::Time,
};

fuzz_target!(|data: &[u8]| {
    let Ok(keys) = Keyring::parse("a:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE") else { return };
    let client = Client { device: 7, network: None, authority: b"shop.example" };
    let now = Time::from_seconds(1_795_305_600);
    let (challenge, rest) = data.split_at(data.len().min(92));
    if let Some(answer) = read_answer(data) {
        assert!(answer.challenge.len() + answer.answer.len() + 27 <= data.len());
        let _ = check_work(&keys, answer.challenge, answer.answer, &client, now);
    }
    // The seeds have challenges of this key, for this client: the work may be right, and then it is.
    let _ = check_work(&keys, challenge, rest, &client, now);
    if let Ok(proof) = check_wait(&keys, challenge, rest, &client, Time::from_seconds(1_795_305_660)) {
        assert!(proof.level <= 2);
    }
    if let Some(target) = percent_decode(data) {
        assert!(target.len() <= data.len());
    }
    let location = location(data);
    assert!(location.bytes().all(|byte| byte.is_ascii_graphic()) && !location.starts_with("//"));
});
