//! Policies of a realistic mix, and requests for them: the same for everybody who is measured.
//!
//! A policy is made by a seeded generator, so that it is the same everywhere, and a smaller one is the beginning of a
//! larger one. Of ten rules four ask about the user agent, two about the path, one about another header, one about the
//! address, and two combine such questions.

mod cel;
mod generate;
mod pack;
mod random;
mod requests;
mod words;
mod wrk;

pub use cel::cel;
pub use generate::{MOST_RULES, rules};
pub use pack::{pack, write_policy};
pub use random::Random;
pub use requests::{Agents, requests};
pub use words::HEADERS;
pub use wrk::script;

use std::{fmt, net::IpAddr};

/// A rule: it fires when all of its tests hold.
#[derive(Clone, Debug)]
pub struct Rule {
    pub id: String,
    pub tests: Vec<Test>,
}

/// One question about one field. No text in it has a quote, a backslash or a control character.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    pub field: Field,
    pub ask: Ask,
}

/// What is asked about. A question about a header that was not sent does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Path,
    /// By its name in lower case; the user agent is one.
    Header(&'static str),
    Address,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    Contains(String),
    Equals(String),
    Prefix(String),
    Suffix(String),
    /// A regular expression that matches somewhere in the text, and a text that it matches.
    Matches(String, String),
    /// The header was sent.
    Present,
    /// The address is in one of these networks.
    Within(Vec<Network>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Network {
    pub address: IpAddr,
    pub prefix: u8,
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}
