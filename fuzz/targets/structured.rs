//! Bytes as a Structured Field: what is read is written in its one form, which reads as itself.
#![no_main]

use libfuzzer_sys::fuzz_target;
use outwork_engine::structured::{Dictionary, Item, Value, item, list};

fuzz_target!(|data: &[u8]| {
    if let Some(read) = item(data) {
        let form = of_item(&read);
        assert_eq!(item(form.as_bytes()).map(|read| of_item(&read)), Some(form));
    }
    if let Some(read) = list(data) {
        let form = of_list(&read);
        assert_eq!(list(form.as_bytes()).map(|read| of_list(&read)), Some(form));
    }
    if let Some(read) = Dictionary::read(data) {
        for member in &read.sent {
            assert!(member.text.starts_with(member.key.as_bytes()));
            let alone = Dictionary::read(member.text).expect("a member is a dictionary");
            assert_eq!(alone.get(member.key), Some(&member.value));
            assert!(read.get(member.key).is_some());
        }
    }
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
