//! What a Durable Object does with one charge: the engine's step over the word that it keeps.

use base64ct::{Base64Unpadded, Encoding};
use outwork_engine::{
    limits::{Charge, Charged, Word},
    time::Time,
};

/// Reads the time in milliseconds, the charge and the stored word, a line each, and appends the word to store, until when
/// that is worth keeping (milliseconds), the outcome, and whether it is a refusal. Appends nothing where there is no charge to
/// read.
pub(crate) fn step(input: &[u8], out: &mut Vec<u8>) {
    let mut lines = str::from_utf8(input).unwrap_or_default().lines();
    let [now, charge, word] = [(); 3].map(|()| lines.next().unwrap_or_default());
    let Some(charge) = decoded(charge).and_then(|bytes| Charge::from_bytes(&bytes)) else { return };
    let Ok(now) = now.parse::<u64>() else { return };
    let word = decoded(word).and_then(|bytes| bytes.try_into().ok()).map_or(Word::default(), Word);
    let (charged, word) = charge.step(word, Time(now.saturating_mul(1_000)));
    let until = charge.kept_until(word).0.div_ceil(1_000);
    let refused =
        if matches!(charged, Charged::Known(outcome) if !outcome.admitted()) { "refused" } else { "admitted" };
    let [word, charged] = [word.0.as_slice(), &charged.to_bytes()].map(Base64Unpadded::encode_string);
    out.extend_from_slice(format!("{word}\n{until}\n{charged}\n{refused}").as_bytes());
}

fn decoded(text: &str) -> Option<Vec<u8>> {
    Base64Unpadded::decode_vec(text).ok()
}
