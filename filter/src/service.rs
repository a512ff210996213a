//! The rate-limit service: what `envoy.service.ratelimit.v3.RateLimitService` is asked, and what it answers.
//!
//! The messages are those of Envoy's API, with the fields that are used here; others are skipped. `prost` reads and writes
//! them: about 10 KB of a module of about 1 MB, for a decoder that is total and that many others fuzz.
//! <https://www.envoyproxy.io/docs/envoy/latest/api-v3/service/ratelimit/v3/rls.proto>

use crate::metrics::Called;
use outwork_engine::limits::{Charge, Said};
use prost::Message;

/// The service's name.
pub const SERVICE: &str = "envoy.service.ratelimit.v3.RateLimitService";

/// Its only method.
pub const METHOD: &str = "ShouldRateLimit";

/// The longest answer that is read: a status takes under 100 bytes, and a request is charged to few limits.
pub const LONGEST: usize = 64 << 10;

/// The bytes of a request: one descriptor a charge, in their order. `name` gives a limit's id by its place in the policy.
///
/// What a charge costs is said twice. Limitador reads only what stands beside the descriptors: then the dearest, so that
/// nobody is charged too little.
pub fn question<'n>(domain: &str, charges: &[&Charge], name: impl Fn(u16) -> &'n str) -> Vec<u8> {
    let descriptor = |charge: &&Charge| Descriptor {
        entries: vec![entry("limit", name(charge.limit).to_owned()), entry("key", format!("{:032x}", charge.key))],
        hits_addend: Some(UInt64Value { value: charge.cost.into() }),
    };
    let descriptors = charges.iter().map(descriptor).collect();
    let hits_addend = charges.iter().map(|charge| charge.cost).max().unwrap_or(1);
    RateLimitRequest { domain: domain.to_owned(), descriptors, hits_addend }.encode_to_vec()
}

/// What the service answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// What it said of each charge.
    pub said: Vec<Said>,
    /// Whether it says that it has no limit for one of them, which it admits.
    pub lacks_limit: bool,
}

impl Heard {
    /// As it is counted.
    pub fn called(&self) -> Called {
        if self.said.iter().any(|said| !said.admitted) {
            Called::Over
        } else if self.lacks_limit {
            Called::Unknown
        } else {
            Called::Ok
        }
    }
}

/// What the service said of each of `asked` charges; none where the bytes are no answer to that.
///
/// A service that says nothing of each (Limitador) speaks of all together: over, where any of them is.
pub fn answer(bytes: &[u8], asked: usize) -> Option<Heard> {
    let response = RateLimitResponse::decode(bytes).ok()?;
    let statuses = &response.statuses;
    if statuses.is_empty() {
        let admitted = admits(response.overall_code)?;
        return Some(Heard { said: vec![Said { admitted, remaining: None, reset: None }; asked], lacks_limit: false });
    }
    let said: Option<Vec<Said>> = statuses.iter().map(Status::said).collect();
    let lacks_limit = statuses.iter().any(|status| status.current_limit.is_none());
    said.filter(|said| said.len() == asked).map(|said| Heard { said, lacks_limit })
}

/// Whether a code admits; none for one that says nothing.
fn admits(code: i32) -> Option<bool> {
    match code {
        1 => Some(true),
        2 => Some(false),
        _ => None,
    }
}

fn entry(key: &str, value: String) -> Entry {
    Entry { key: key.to_owned(), value }
}

impl Status {
    /// How many tokens are left says something only where a limit applies: where none does, services say 0.
    fn said(&self) -> Option<Said> {
        let admitted = admits(self.code)?;
        let remaining = self.current_limit.is_some().then_some(self.limit_remaining);
        Some(Said { admitted, remaining, reset: self.duration_until_reset.as_ref().and_then(Duration::micros) })
    }
}

impl Duration {
    /// Microseconds; none of what lies in the past.
    fn micros(&self) -> Option<u64> {
        let seconds = u64::try_from(self.seconds).ok()?;
        let nanos = u64::try_from(self.nanos).ok()?;
        Some(seconds.saturating_mul(1_000_000).saturating_add(nanos / 1_000))
    }
}

#[derive(Message)]
struct RateLimitRequest {
    #[prost(string, tag = 1)]
    domain: String,
    #[prost(message, repeated, tag = 2)]
    descriptors: Vec<Descriptor>,
    #[prost(uint32, tag = 3)]
    hits_addend: u32,
}

/// `envoy.extensions.common.ratelimit.v3.RateLimitDescriptor`.
#[derive(Message)]
struct Descriptor {
    #[prost(message, repeated, tag = 1)]
    entries: Vec<Entry>,
    #[prost(message, optional, tag = 3)]
    hits_addend: Option<UInt64Value>,
}

#[derive(Message)]
struct Entry {
    #[prost(string, tag = 1)]
    key: String,
    #[prost(string, tag = 2)]
    value: String,
}

/// A number that is written also where it is 0: a service counts nothing then, and 1 where none is written.
#[derive(Message)]
struct UInt64Value {
    #[prost(uint64, tag = 1)]
    value: u64,
}

#[derive(Message)]
struct RateLimitResponse {
    #[prost(int32, tag = 1)]
    overall_code: i32,
    #[prost(message, repeated, tag = 2)]
    statuses: Vec<Status>,
}

#[derive(Message)]
struct Status {
    #[prost(int32, tag = 1)]
    code: i32,
    #[prost(message, optional, tag = 2)]
    current_limit: Option<CurrentLimit>,
    #[prost(uint32, tag = 3)]
    limit_remaining: u32,
    #[prost(message, optional, tag = 4)]
    duration_until_reset: Option<Duration>,
}

/// That there is one is all that is asked.
#[derive(Message)]
struct CurrentLimit {}

/// `google.protobuf.Duration`.
#[derive(Message)]
struct Duration {
    #[prost(int64, tag = 1)]
    seconds: i64,
    #[prost(int32, tag = 2)]
    nanos: i32,
}

#[cfg(test)]
mod tests {
    use super::*;
    use outwork_engine::{
        limits::{Limit, Mercy},
        risk::Band,
    };
    use proptest::prelude::*;

    fn charge(limit: u16, key: u128, cost: u32) -> Charge {
        Limit { cost: [cost; 3], ..Limit::default() }.charge(limit, key, Band::Low, Mercy::None)
    }

    #[test]
    fn a_question_has_the_bytes_that_the_protocol_says() {
        let bytes =
            question("out", &[&charge(0, 0xab, 3), &charge(1, 1, 0)], |limit| if limit == 0 { "a" } else { "b" });
        let entry = |key: &str, value: &str| {
            let (k, v) = (u8::try_from(key.len()).unwrap(), u8::try_from(value.len()).unwrap());
            [&[0x0a, k + v + 4, 0x0a, k], key.as_bytes(), &[0x12, v], value.as_bytes()].concat()
        };
        let descriptor = |limit: &str, key: &str, hits: &[u8]| {
            let body = [&entry("limit", limit)[..], &entry("key", key), hits].concat();
            [&[0x12, u8::try_from(body.len()).unwrap()], &body[..]].concat()
        };
        let (first, second) = (format!("{:032x}", 0xab), format!("{:032x}", 1));
        let expected = [
            b"\x0a\x03out".to_vec(),
            descriptor("a", &first, &[0x1a, 2, 0x08, 3]),
            descriptor("b", &second, &[0x1a, 0]),
            vec![0x18, 3],
        ];
        assert_eq!(bytes, expected.concat());
    }

    #[test]
    fn each_status_speaks_for_its_charge() {
        // OK with 7 of a limit left, 90.5 seconds; over, without a word on when; OK where no limit applies.
        let statuses: [&[u8]; 3] =
            [&[8, 1, 0x12, 2, 8, 9, 0x18, 7, 0x22, 8, 8, 90, 16, 0x80, 0xca, 0xb5, 0xee, 1], &[8, 2, 0x12, 0], &[8, 1]];
        let mut bytes = vec![8, 2];
        for status in statuses {
            bytes.extend([&[0x12, u8::try_from(status.len()).unwrap()], status].concat());
        }
        let Heard { said, lacks_limit } = answer(&bytes, 3).unwrap();
        assert!(lacks_limit);
        assert_eq!(said[0], Said { admitted: true, remaining: Some(7), reset: Some(90_500_000) });
        assert_eq!(said[1], Said { admitted: false, remaining: Some(0), reset: None });
        assert_eq!(said[2], Said { admitted: true, remaining: None, reset: None });
        assert_eq!(answer(&bytes, 2), None, "three answers to two questions");
    }

    #[test]
    fn without_statuses_the_overall_code_speaks_for_all() {
        let said = |admitted| {
            Some(Heard { said: vec![Said { admitted, remaining: None, reset: None }; 2], lacks_limit: false })
        };
        assert_eq!(answer(&[8, 1], 2), said(true));
        assert_eq!(answer(&[8, 2, 0x1a, 2, 0x0a, 0], 2), said(false), "headers to add are skipped");
    }

    #[test]
    fn what_says_neither_yes_nor_no_is_no_answer() {
        for bytes in [&[][..], &[8, 0], &[8, 3], &[8], &[0xff; 20], &[8, 1, 0x12, 2, 8, 0], b"<html>"] {
            assert_eq!(answer(bytes, 1), None, "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_answer_or_none(bytes: Vec<u8>, asked in 0_usize..5) {
            if let Some(heard) = answer(&bytes, asked) {
                prop_assert_eq!(heard.said.len(), asked);
            }
        }
    }
}
