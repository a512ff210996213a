use super::{
    Batch, BeaconError, Environment, Event, Kind, MAX_AFTER, MAX_BYTES, MAX_EVENTS, MAX_STEP, Malformed, Touch,
    VERSION,
    layout::{self, COALESCED, DISAGREES, FRACTIONAL, MAC_BYTES, NO_OFFSET, UNTRUSTED},
};
use alloc::vec::Vec;
use core::hint::black_box;

/// The fewest bytes an event takes: its kind and when it was.
const MIN_EVENT_BYTES: usize = 2;

/// Reads a blob that the page of the session with this key sent.
///
/// Nothing but the version is looked at before the MAC is found right, in a time that does not depend on where it is
/// wrong.
///
/// # Errors
/// See [`BeaconError`]; what is not a batch to its last byte is none.
pub fn open(bytes: &[u8], key: &[u8; 16]) -> Result<Batch, BeaconError> {
    if bytes.len() > MAX_BYTES {
        return Err(BeaconError::TooLong);
    }
    match bytes.first() {
        None => return Err(BeaconError::Malformed(Malformed::Truncated)),
        Some(&VERSION) => {}
        Some(&version) => return Err(BeaconError::UnknownVersion(version)),
    }
    let (signed, mac) = bytes.split_last_chunk::<MAC_BYTES>().ok_or(BeaconError::Malformed(Malformed::Truncated))?;
    if !is_equal(mac, &layout::mac(key, signed)) {
        return Err(BeaconError::WrongMac);
    }
    let mut reader = Reader { rest: signed };
    reader.batch().map_err(BeaconError::Malformed)
}

/// Compares in constant time.
fn is_equal(one: &[u8; MAC_BYTES], other: &[u8; MAC_BYTES]) -> bool {
    one.iter().zip(other).fold(0, |differences, (a, b)| black_box(differences | (a ^ b))) == 0
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    fn batch(&mut self) -> Result<Batch, Malformed> {
        let _version = self.byte()?;
        let environment = Environment(u16::from_le_bytes(self.array()?));
        if environment.0 & !Environment::ALL.0 != 0 {
            return Err(Malformed::Environment);
        }
        let sequence = u32::from_le_bytes(self.array()?);
        let [a, b, c, d, e, f] = self.array()?;
        let clock = u64::from_le_bytes([a, b, c, d, e, f, 0, 0]);
        let events = self.events()?;
        if !self.rest.is_empty() {
            return Err(Malformed::Trailing);
        }
        Ok(Batch { sequence, clock, environment, events })
    }

    fn events(&mut self) -> Result<Vec<Event>, Malformed> {
        let count = usize::try_from(self.varint()?).unwrap_or(usize::MAX);
        if count > MAX_EVENTS {
            return Err(Malformed::TooManyEvents);
        }
        if count.saturating_mul(MIN_EVENT_BYTES) > self.rest.len() {
            return Err(Malformed::Truncated);
        }
        (0..count).map(|_| self.event()).collect()
    }

    fn event(&mut self) -> Result<Event, Malformed> {
        let tag = self.byte()?;
        let code = tag & layout::KIND;
        let coalesced = match tag & COALESCED {
            0 => 1,
            _ if code == 0 => self.varint()?,
            _ => return Err(Malformed::Flag),
        };
        let after = self.varint()?;
        if after > MAX_AFTER {
            return Err(Malformed::After);
        }
        let kind = self.kind(code, coalesced)?;
        if kind.step().is_none() && tag & (FRACTIONAL | DISAGREES) != 0 {
            return Err(Malformed::Flag);
        }
        Ok(Event {
            after,
            kind,
            untrusted: tag & UNTRUSTED != 0,
            fractional: tag & FRACTIONAL != 0,
            disagrees: tag & DISAGREES != 0,
        })
    }

    fn kind(&mut self, code: u8, coalesced: u32) -> Result<Kind, Malformed> {
        Ok(match code {
            0 => Kind::Move { dx: self.step()?, dy: self.step()?, coalesced },
            1 => {
                let (dx, dy) = (self.step()?, self.step()?);
                Kind::Down { dx, dy, pressure: self.byte()?, offset: self.offset()? }
            }
            2 => Kind::Up { dx: self.step()?, dy: self.step()? },
            3 => Kind::Wheel { delta: self.delta()?, mode: self.wheel_mode()? },
            4 => Kind::TouchStart(self.touch()?),
            5 => Kind::TouchMove(self.touch()?),
            6 => Kind::TouchEnd(self.touch()?),
            7 => Kind::Key { dwell: self.varint()? },
            8 => Kind::Focus,
            9 => Kind::Blur,
            10 => Kind::Shown,
            11 => Kind::Hidden,
            12 => Kind::Navigated,
            13 => Kind::Press,
            _ => return Err(Malformed::Kind),
        })
    }

    fn offset(&mut self) -> Result<Option<(i8, i8)>, Malformed> {
        let (x, y) = (i8::from_le_bytes(self.array()?), i8::from_le_bytes(self.array()?));
        Ok((x != NO_OFFSET && y != NO_OFFSET).then_some((x, y)))
    }

    fn wheel_mode(&mut self) -> Result<u8, Malformed> {
        let mode = self.byte()?;
        if mode > 2 { Err(Malformed::WheelMode) } else { Ok(mode) }
    }

    fn touch(&mut self) -> Result<Touch, Malformed> {
        Ok(Touch { dx: self.step()?, dy: self.step()?, radius: self.varint()?, pressure: self.byte()? })
    }

    /// A page that scrolls by more than the longest step at once is nothing wrong: it counts as that.
    fn delta(&mut self) -> Result<i32, Malformed> {
        let most = MAX_STEP.cast_signed();
        self.zigzag().map(|delta| delta.clamp(-most, most))
    }

    fn zigzag(&mut self) -> Result<i32, Malformed> {
        self.varint().map(|zigzag| (zigzag >> 1).cast_signed() ^ -(zigzag & 1).cast_signed())
    }

    fn step(&mut self) -> Result<i32, Malformed> {
        let step = self.zigzag()?;
        if step.unsigned_abs() > MAX_STEP { Err(Malformed::Step) } else { Ok(step) }
    }

    fn varint(&mut self) -> Result<u32, Malformed> {
        let mut value = 0_u64;
        for shift in [0, 7, 14, 21, 28] {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return u32::try_from(value).map_err(|_| Malformed::Number);
            }
        }
        Err(Malformed::Number)
    }

    fn byte(&mut self) -> Result<u8, Malformed> {
        self.array().map(|[byte]| byte)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let (taken, rest) = self.rest.split_first_chunk::<N>().ok_or(Malformed::Truncated)?;
        self.rest = rest;
        Ok(*taken)
    }
}
