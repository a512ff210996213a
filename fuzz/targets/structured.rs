//! Bytes as a Structured Field: what is read is written in its one form, which reads as itself.
#![no_main]

use libfuzzer_sys::fuzz_target;
use outwork_engine::structured::{Dictionary, Edition, Item, Value, item, list};

fuzz_target!(|data: &[u8]| {
    for edition in [Edition::Rfc8941, Edition::Rfc9651] {
        if let Some(read) = item(data, edition) {
            let form = of_item(&read);
            assert_eq!(item(form.as_bytes(), edition).map(|read| of_item(&read)), Some(form));
        }
        if let Some(read) = list(data, edition) {
            let form = of_list(&read);
            assert_eq!(list(form.as_bytes(), edition).map(|read| of_list(&read)), Some(form));
        }
        if let Some(read) = Dictionary::read(data, edition) {
            for member in &read.sent {
                assert!(member.text.starts_with(member.key.as_bytes()));
                let alone = Dictionary::read(member.text, edition).expect("a member is a dictionary");
                assert_eq!(alone.get(member.key), Some(&member.value));
                assert!(read.get(member.key).is_some());
            }
        }
    }
    assert!(item(data, Edition::Rfc8941).is_none() || item(data, Edition::Rfc9651).is_some());
});

fn of_item(item: &Item<'_>) -> String {
    let mut out = String::new();
    item.write(&mut out);
    out
}

fn of_list(list: &[Value<'_>]) -> String {
    let write = |value: &Value<'_>| {
        let mut out = String::new();
        value.write(&mut out);
        out
    };
    list.iter().map(write).collect::<Vec<_>>().join(", ")
}
