//! The facts of one request with what several signals need of them, worked out once.

use crate::{fact::Fact, facts::Facts};

/// A request under examination.
///
/// Headers that signals ask for by name are found in one pass over the list; what several signals share (the parsed
/// user agent, the header shape) is worked out when first asked for.
pub struct Scene<'a> {
    facts: &'a Facts<'a>,
}

impl<'a> Scene<'a> {
    /// The scene of these facts.
    pub fn new(facts: &'a Facts<'a>) -> Self {
        Self { facts }
    }

    /// The facts themselves.
    pub fn facts(&self) -> &'a Facts<'a> {
        self.facts
    }

    /// The first value of a header, by its name in lower case.
    pub fn header(&self, name: &[u8]) -> Fact<&'a [u8]> {
        Fact::from_option(self.facts.headers.list.iter().find(|(known, _)| *known == name).map(|(_, value)| *value))
    }

    /// The bytes that name this browser from request to request: JA4, header shape, UA family, languages, client hints.
    pub fn device_parts(&self) -> [&'a [u8]; 4] {
        let text = |fact: Fact<&'a [u8]>| fact.known().unwrap_or_default();
        [
            text(self.facts.connection.ja4),
            text(self.header(b"user-agent")),
            text(self.header(b"accept-language")),
            text(self.header(b"sec-ch-ua-platform")),
        ]
    }
}
