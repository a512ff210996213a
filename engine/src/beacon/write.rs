use super::{
    Batch, Event, Kind, MAX_AFTER, MAX_BYTES, MAX_EVENTS, MAX_STEP, Touch, VERSION,
    layout::{self, COALESCED, DISAGREES, FRACTIONAL, MAC_BYTES, NO_OFFSET, UNTRUSTED},
};
use alloc::vec::Vec;

impl Batch {
    /// The blob of this batch under a session's key, as the script writes it.
    ///
    /// What the format cannot hold is cut: events beyond [`MAX_EVENTS`] or [`MAX_BYTES`] are left out, longer steps and
    /// pauses are shortened.
    pub fn write(&self, key: &[u8; 16]) -> Vec<u8> {
        let (count, events) = self.fitting_events();
        let mut out = self.head();
        varint(&mut out, count);
        out.extend_from_slice(&events);
        let mac = layout::mac(key, &out);
        out.extend_from_slice(&mac);
        out
    }

    fn head(&self) -> Vec<u8> {
        let [a, b, c, d, e, f, ..] = self.clock.min(MAX_CLOCK).to_le_bytes();
        let mut out = Vec::from([VERSION]);
        out.extend_from_slice(&self.environment.0.to_le_bytes());
        out.extend_from_slice(&self.sequence.to_le_bytes());
        out.extend_from_slice(&[a, b, c, d, e, f]);
        out
    }

    fn fitting_events(&self) -> (u32, Vec<u8>) {
        let (mut count, mut written, mut one) = (0, Vec::new(), Vec::new());
        for event in self.events.iter().take(MAX_EVENTS) {
            one.clear();
            write_event(&mut one, event);
            if HEAD_BYTES + written.len() + one.len() + MAC_BYTES > MAX_BYTES {
                break;
            }
            written.extend_from_slice(&one);
            count += 1;
        }
        (count, written)
    }
}

/// Version, environment, sequence, clock, and the two bytes of a count up to 512.
const HEAD_BYTES: usize = 1 + 2 + 4 + 6 + 2;
const MAX_CLOCK: u64 = (1 << 48) - 1;

fn write_event(out: &mut Vec<u8>, event: &Event) {
    let placed = event.kind.step().is_some();
    let flags = [
        (event.untrusted, UNTRUSTED),
        (event.fractional && placed, FRACTIONAL),
        (event.disagrees && placed, DISAGREES),
    ];
    let flags = flags.iter().filter(|(set, _)| *set).fold(0, |sum, (_, flag)| sum | flag);
    match event.kind {
        Kind::Move { coalesced, .. } if coalesced != 1 => {
            out.push(flags | COALESCED);
            varint(out, coalesced);
        }
        kind => out.push(flags | code(kind)),
    }
    varint(out, event.after.min(MAX_AFTER));
    write_kind(out, event.kind);
}

fn write_kind(out: &mut Vec<u8>, kind: Kind) {
    match kind {
        Kind::Move { dx, dy, .. } | Kind::Up { dx, dy } => steps(out, dx, dy),
        Kind::Down { dx, dy, pressure, offset } => {
            steps(out, dx, dy);
            out.push(pressure);
            let (x, y) = offset.unwrap_or((NO_OFFSET, NO_OFFSET));
            out.extend_from_slice(&[x.cast_unsigned(), y.cast_unsigned()]);
        }
        Kind::Wheel { delta, mode } => {
            zigzag(out, delta);
            out.push(mode.min(2));
        }
        Kind::TouchStart(touch) | Kind::TouchMove(touch) | Kind::TouchEnd(touch) => write_touch(out, touch),
        Kind::Key { dwell } => varint(out, dwell),
        Kind::Focus | Kind::Blur | Kind::Shown | Kind::Hidden | Kind::Navigated | Kind::Press => {}
    }
}

const fn code(kind: Kind) -> u8 {
    match kind {
        Kind::Move { .. } => 0,
        Kind::Down { .. } => 1,
        Kind::Up { .. } => 2,
        Kind::Wheel { .. } => 3,
        Kind::TouchStart(_) => 4,
        Kind::TouchMove(_) => 5,
        Kind::TouchEnd(_) => 6,
        Kind::Key { .. } => 7,
        Kind::Focus => 8,
        Kind::Blur => 9,
        Kind::Shown => 10,
        Kind::Hidden => 11,
        Kind::Navigated => 12,
        Kind::Press => 13,
    }
}

fn write_touch(out: &mut Vec<u8>, touch: Touch) {
    steps(out, touch.dx, touch.dy);
    varint(out, touch.radius);
    out.push(touch.pressure);
}

fn steps(out: &mut Vec<u8>, dx: i32, dy: i32) {
    zigzag(out, dx);
    zigzag(out, dy);
}

fn zigzag(out: &mut Vec<u8>, value: i32) {
    let most = MAX_STEP.cast_signed();
    let value = value.clamp(-most, most);
    varint(out, (value << 1 ^ value >> 31).cast_unsigned());
}

fn varint(out: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        out.push(u8::try_from(value & 0x7F).unwrap_or(0) | 0x80);
        value >>= 7;
    }
    out.push(u8::try_from(value).unwrap_or(0));
}
