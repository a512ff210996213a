//! Conditions in CEL, as packs and as crate `cel` read them.

use crate::{Ask, Field, Rule, Test};

/// The rule's condition. `address_in` writes how the address is looked for in the networks of a test, given the place
/// of the test in the rule.
pub fn cel(rule: &Rule, address_in: impl Fn(usize) -> String) -> String {
    let tests = rule.tests.iter().enumerate().map(|(place, test)| one(test, || address_in(place)));
    tests.collect::<Vec<_>>().join(" && ")
}

fn one(test: &Test, address_in: impl FnOnce() -> String) -> String {
    let field = match test.field {
        Field::Path => "request.path".to_owned(),
        Field::Header(name) => format!("request.headers[\"{name}\"]"),
        Field::Address => return address_in(),
    };
    match &test.ask {
        Ask::Contains(text) => format!("{field}.contains(\"{text}\")"),
        Ask::Equals(text) => format!("{field} == \"{text}\""),
        Ask::Prefix(text) => format!("{field}.startsWith(\"{text}\")"),
        Ask::Suffix(text) => format!("{field}.endsWith(\"{text}\")"),
        Ask::Matches(pattern, _) => format!("{field}.matches(\"{pattern}\")"),
        Ask::Present => match test.field {
            Field::Header(name) => format!("\"{name}\" in request.headers"),
            Field::Path | Field::Address => "true".into(),
        },
        Ask::Within(_) => address_in(),
    }
}
