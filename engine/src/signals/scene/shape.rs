//! The header shape: a hash of which headers a client sends, and in which order where that is visible.

use super::{Scene, headers::fnv1a};

/// The shape in 16 hex digits.
///
/// FNV-1a (64 bits) of each name, folded together in order, or by addition where the order is not visible, so that a
/// host's own order does not count. Headers that come and go with cookies, bodies and caches are left out, so that one
/// client has one shape for page views, one for images, and so on. It is no secret and no defence by itself: who sends
/// the same headers has the same shape.
pub(super) fn of(scene: &Scene<'_>) -> [u8; 16] {
    let headers = scene.facts.headers;
    let hashes = headers.list.iter().enumerate().filter_map(|(at, (name, _))| match scene.index.kind(at, name) {
        Some(header) => (!header.is_state()).then(|| header.hash()),
        None => Some(fnv1a(name)),
    });
    hex(if headers.ordered {
        hashes.fold(0, |shape: u64, hash| (shape.rotate_left(5) ^ hash).wrapping_mul(ODD))
    } else {
        hashes.fold(UNORDERED, u64::wrapping_add)
    })
}

/// 2⁶⁴ divided by the golden ratio, to the next odd number.
const ODD: u64 = 0x9e37_79b9_7f4a_7c15;

/// Shapes with and without order are of different kinds and shall not meet.
const UNORDERED: u64 = 1;

fn hex(number: u64) -> [u8; 16] {
    let mut digits = [b'0'; 16];
    for (place, digit) in (0_u32..).zip(digits.iter_mut().rev()) {
        let nibble = (number >> (place * 4) & 0xf) as u8;
        *digit = if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 };
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::hex;

    #[test]
    fn numbers_are_written_in_full() {
        assert_eq!(&hex(0x1f), b"000000000000001f");
    }
}
