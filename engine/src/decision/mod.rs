//! What the host is to do with a request, and why.

mod counted;
mod reasons;
mod reply;

pub(crate) use counted::headers as limit_headers;
pub(crate) use counted::{Counted, violated};
pub use reasons::{MAX_REASONS, Reason, Reasons, Stand};
pub(crate) use reply::PROBLEM;
pub use reply::{Refusal, Reply, Subject};

use crate::{
    agents::Verified,
    risk::{Band, Risk},
    scoring::{Feature, Scored},
    transaction::Carried,
    window::State,
};
use alloc::{string::String, vec::Vec};
use serde::{Deserialize, Serialize};

/// What was decided about a request. The later outweighs the earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Verdict {
    /// Let it through.
    Allow,
    /// Let it through, and make sure that the origin notices.
    Tag,
    /// Refuse for now: 429.
    Throttle,
    /// Refuse until a challenge is passed: 403.
    Challenge,
    /// Refuse.
    Block,
}

impl Verdict {
    /// Every verdict, in order.
    pub const ALL: [Self; 5] = [Self::Allow, Self::Tag, Self::Throttle, Self::Challenge, Self::Block];

    /// The name that headers, records and metrics give.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Tag => "tag",
            Self::Throttle => "throttle",
            Self::Challenge => "challenge",
            Self::Block => "block",
        }
    }
}

/// The decision about one request.
#[derive(Clone, Debug)]
pub struct Decision<'a> {
    /// A reference for people and logs: 16 characters of Crockford's base 32, 80 random bits.
    pub id: Id,
    /// What the policy says.
    pub verdict: Verdict,
    /// Whether it is in force; in shadow the host only records it.
    pub enforced: bool,
    /// The risk, by layer and altogether.
    pub risk: Risk,
    /// The band of the risk.
    pub band: Band,
    /// Where in its window of observation the request falls.
    pub window: State,
    /// The rules, models and limits that led to it.
    pub reasons: Reasons<'a>,
    /// What models said, in the order of the policy; those that had not observed enough are left out.
    pub scored: Vec<Scored<'a>>,
    /// What the models look at, where the policy has it recorded.
    pub features: Vec<Feature>,
    /// The pseudonym of its session, beside the features: what one session was seen to do is to be known as one.
    pub session: Option<u64>,
    /// The transaction that it is of, and what became of its body.
    pub transaction: Option<Carried<'a>>,
    /// The device identity.
    pub device: u64,
    /// The agent that it comes from, where that is proven.
    pub agent: Option<Verified<'a>>,
    /// The name of the bundle that decided.
    pub bundle: &'a str,
    /// What the host does to the request headers before it forwards the request.
    pub edits: Vec<Edit<'a>>,
    /// What the host answers instead of forwarding.
    pub reply: Option<Reply>,
    /// For how many milliseconds the host may hold that answer back; 0 for not at all.
    pub delay: u32,
}

/// What a policy says of one request, before any of it is written into headers or an answer.
#[derive(Clone, Debug)]
pub struct Judgement<'a> {
    /// What the policy says.
    pub verdict: Verdict,
    /// Whether it is in force.
    pub enforced: bool,
    /// The risk, by layer and altogether.
    pub risk: Risk,
    /// The band of the risk.
    pub band: Band,
    /// The rules, models and limits that led to it.
    pub reasons: Reasons<'a>,
    /// What models said, in the order of the policy; those that had not observed enough are left out.
    pub scored: Vec<Scored<'a>>,
    /// Why and how the request is refused, if it is: whether or not that is in force.
    pub refusal: Option<Refusal<'a>>,
}

/// One change to the request headers, in the order to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit<'a> {
    /// Remove every field of this name, given in lower case.
    Remove(&'a [u8]),
    /// Add a field, and leave others of its name alone.
    Append(&'static str, Vec<u8>),
}

/// A decision's reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Id([u8; 16]);

impl Id {
    /// The reference made of the first 80 of a request's random bits.
    pub fn new(entropy: &[u8; 16]) -> Self {
        const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let bits = u128::from_be_bytes(*entropy) >> 48;
        let mut id = [0; 16];
        for (place, digit) in id.iter_mut().rev().enumerate() {
            let index = (bits >> (5 * place)) & 31;
            *digit = usize::try_from(index).ok().and_then(|index| ALPHABET.get(index)).copied().unwrap_or(b'0');
        }
        Self(id)
    }

    /// The reference as text.
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// Writes `n` in decimal: `core::fmt` costs more than it is worth on the request path, and so does dividing 64 bits
/// where 32 will do.
pub(crate) fn push_number(out: &mut String, n: u64) {
    const GROUP: u64 = 1_000_000_000;
    match u32::try_from(n) {
        Ok(0..=9) => out.push(char::from(b'0' + u8::try_from(n).unwrap_or(0))),
        Ok(n) => push_digits(out, n, 1),
        Err(_) => {
            push_number(out, n / GROUP);
            push_digits(out, u32::try_from(n % GROUP).unwrap_or(0), 9);
        }
    }
}

/// Writes `n` with at least `least` digits.
fn push_digits(out: &mut String, n: u32, least: usize) {
    let mut digits = [b'0'; 10];
    let mut rest = n;
    let mut used = 0;
    for digit in digits.iter_mut().rev() {
        if rest == 0 && used >= least {
            break;
        }
        *digit = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
        used += 1;
    }
    let written = digits.get(digits.len() - used..).and_then(|digits| core::str::from_utf8(digits).ok());
    out.push_str(written.unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_80_bits_of_entropy_in_base_32() {
        assert_eq!(Id::new(&[0; 16]).as_str(), "0000000000000000");
        assert_eq!(Id::new(&[0xff; 16]).as_str(), "ZZZZZZZZZZZZZZZZ");
        let mut one = [0; 16];
        one[9] = 1;
        assert_eq!(Id::new(&one).as_str(), "0000000000000001");
    }

    #[test]
    fn numbers_are_written_in_decimal() {
        let mut out = String::new();
        for n in [0, 7, 10, 1_234_567_890, 4_294_967_296, 5_000_000_007_000_000_000, u64::MAX] {
            push_number(&mut out, n);
            out.push(' ');
        }
        assert_eq!(out, "0 7 10 1234567890 4294967296 5000000007000000000 18446744073709551615 ");
    }
}
