//! Bytes as a list of addresses that an operator publishes: all of it or none, and what is written of it is read as itself.
#![no_main]

#[path = "../../cli/src/instant.rs"]
#[expect(dead_code, reason = "of instants, a list has a day")]
mod instant;
#[path = "../../cli/src/published/parse.rs"]
mod parse;

use libfuzzer_sys::fuzz_target;
use outwork_compiler::ListFormat;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    for format in [ListFormat::Prefixes, ListFormat::Text, ListFormat::Csv] {
        match parse::list(text, format) {
            Ok(parse::List { networks, day }) => {
                assert!(day.is_none() || format == ListFormat::Prefixes);
                assert!(!networks.is_empty() && networks.is_sorted());
                let written: String = networks.iter().map(|network| format!("{network}\n")).collect();
                assert_eq!(parse::list(&written, ListFormat::Text).map(|list| list.networks).as_ref(), Ok(&networks));
                assert_eq!(parse::of_file(&written), Ok(networks));
            }
            Err(why) => assert!(!why.is_empty()),
        }
    }
});
