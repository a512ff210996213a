//! Bytes as a charge and a word, as an outcome, as what names an account, and as a path: whatever they are is stepped, and
//! what is stored of it is read again.
#![no_main]

use base64ct::{Base64UrlUnpadded, Encoding};
use libfuzzer_sys::fuzz_target;
use outwork_engine::limits::{Account, Charge, Charged, Page, Place, Said, Table, Word, path_class};
use outwork_engine::time::Time;

fuzz_target!(|data: &[u8]| {
    account(data);
    assert!(path_class(data).len() <= 263);
    if let Some(charged) = Charged::from_bytes(data) {
        assert_eq!(Charged::from_bytes(&charged.to_bytes()), Some(charged));
    }
    let page = Page::from_bytes(data);
    assert!(page.least(Table::Buckets, Time(0)).0 < page.0.len());
    if let Some((word, rest)) = data.split_first_chunk::<16>()
        && let Some((now, charge)) = rest.split_first_chunk::<8>()
        && let Some(charge) = Charge::from_bytes(charge)
    {
        steps(&charge, Word(*word), Time(u64::from_le_bytes(*now)));
    }
});

/// Any word is stepped by any charge, and who is refused is refused again in the same instant.
fn steps(charge: &Charge, word: Word, now: Time) {
    assert_eq!(Charge::from_bytes(&charge.to_bytes()).as_ref(), Some(charge));
    let (Charged::Known(first), left) = charge.step(word, now) else { panic!("a step always knows") };
    let (Charged::Known(second), _) = charge.step(left, now) else { panic!("a step always knows") };
    assert!(first.admitted() || !second.admitted());
    for admitted in [true, false] {
        let said = Said { admitted, remaining: Some(charge.cost), reset: Some(now.0) };
        charge.follow(word, said, now);
    }
    if let Some((Charged::Known(outcome), _)) = charge.standing(word, now) {
        assert!(!outcome.admitted());
    }
}

/// As a field, as a token, and as what a token says.
fn account(data: &[u8]) {
    let of = |claim: Option<&str>| Account { place: Place::Cookie("c".into()), claim: claim.map(Into::into) };
    if let Some(name) = of(None).read(data) {
        assert!(!name.is_empty() && name.len() <= data.len());
    }
    let sub = of(Some("sub"));
    let _ = sub.read(data);
    let token = format!("e30.{}.x", Base64UrlUnpadded::encode_string(data));
    if let Some(name) = sub.read(token.as_bytes()) {
        assert!(!name.is_empty() && name.len() <= data.len());
        assert!(serde_json_says(data).is_none_or(|other| other == name.as_ref()));
    }
}

/// The claim as another reader has it, which also looks at the texts that this one passes over.
fn serde_json_says(payload: &[u8]) -> Option<Vec<u8>> {
    let claims: std::collections::BTreeMap<String, &serde_json::value::RawValue> =
        serde_json::from_slice(payload).ok()?;
    let claim = claims.get("sub")?.get();
    Some(serde_json::from_str::<String>(claim).unwrap_or_else(|_| claim.to_owned()).into_bytes())
}
