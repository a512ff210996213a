//! That a challenge was passed: what the client holds to show it, apart from what was observed of it.

use crate::time::Time;

/// That a challenge was passed. It travels sealed in a cookie of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clearance {
    /// Random, and kept when it is renewed: limits count by it.
    pub id: [u8; 8],
    /// How it was passed.
    pub passed: Passed,
    /// The highest band of risk that it holds for: 0 low, 1 medium, 2 high.
    pub level: u8,
    /// When it was passed. Kept to the second.
    pub since: Time,
    /// When it ends. Kept to the second.
    pub until: Time,
}

/// How a challenge was passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Passed {
    /// By proof of work.
    Work,
    /// By waiting, without a script.
    Wait,
}

// A clearance of another version is none. It goes up when a field changes.
const VERSION: u8 = 1;

/// The length of an encoding: version, how, level, id, since and until.
const BYTES: usize = 3 + 8 + 8 + 8;

impl Clearance {
    /// Whether it has not ended.
    pub fn lasts(&self, now: Time) -> bool {
        now < self.until
    }

    /// Writes it. Instants lose what is finer than a second.
    pub fn encode(&self) -> [u8; BYTES] {
        let mut out = [0; BYTES];
        let passed = u8::from(self.passed == Passed::Wait);
        let (since, until) = (self.since.seconds().to_le_bytes(), self.until.seconds().to_le_bytes());
        let bytes = [VERSION, passed, self.level.min(2)].into_iter().chain(self.id).chain(since).chain(until);
        out.iter_mut().zip(bytes).for_each(|(to, byte)| *to = byte);
        out
    }

    /// Reads it; none where the bytes are not of this version, or no clearance.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (&[version, passed, level], rest) = bytes.split_first_chunk::<3>()?;
        let (&id, rest) = rest.split_first_chunk::<8>()?;
        let (&since, until) = rest.split_first_chunk::<8>()?;
        let instant = |seconds| u64::from_le_bytes(seconds).checked_mul(1_000_000).map(Time);
        let passed = match passed {
            0 => Passed::Work,
            1 => Passed::Wait,
            _ => return None,
        };
        let read = Self { id, passed, level, since: instant(since)?, until: instant(until.try_into().ok()?)? };
        (version == VERSION && level <= 2).then_some(read)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    /// Any clearance that an encoding can hold exactly.
    pub(crate) fn clearances() -> impl Strategy<Value = Clearance> {
        let passed = prop_oneof![Just(Passed::Work), Just(Passed::Wait)];
        (any::<[u8; 8]>(), passed, 0_u8..3, 0_u64..1 << 40, 1_u64..1 << 20).prop_map(
            |(id, passed, level, since, lasts)| {
                let (since, until) = (Time::from_seconds(since), Time::from_seconds(since + lasts));
                Clearance { id, passed, level, since, until }
            },
        )
    }

    proptest! {
        #[test]
        fn a_clearance_survives_its_encoding(clearance in clearances(), cut in 0..BYTES) {
            let bytes = clearance.encode();
            prop_assert_eq!(Clearance::decode(&bytes), Some(clearance));
            prop_assert_eq!(Clearance::decode(&bytes[..cut]), None);
            prop_assert_eq!(Clearance::decode(&[&bytes[..], &[0]].concat()), None);
        }

        #[test]
        fn any_bytes_are_read_and_what_is_read_is_bounded(bytes in prop::collection::vec(any::<u8>(), BYTES)) {
            let mut bytes: Vec<u8> = bytes;
            bytes[0] = VERSION;
            if let Some(clearance) = Clearance::decode(&bytes) {
                prop_assert!(clearance.level <= 2);
            }
        }
    }

    #[test]
    fn a_clearance_ends() {
        let until = Time::from_seconds(100);
        let clearance = Clearance { id: [0; 8], passed: Passed::Work, level: 1, since: Time(0), until };
        assert!(clearance.lasts(Time(until.0 - 1)) && !clearance.lasts(until));
    }
}
