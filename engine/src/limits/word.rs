//! What is stored for one bucket.

/// 16 bytes, all zero for a bucket never seen.
///
/// | bytes | what |
/// |---|---|
/// | 0–7 | when the bucket is full again: microseconds since the Unix epoch |
/// | 8 | the level on the ladder; 0 for none |
/// | 9 | the band of the last charge, at whose rate the bucket fills since |
/// | 10–15 | when the level's term ends: milliseconds since the Unix epoch |
///
/// All numbers are little-endian.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Word(pub [u8; 16]);

impl Word {
    /// The first half: when the bucket is full again, in microseconds since the Unix epoch.
    pub fn arrival(self) -> u64 {
        let [a, b, c, d, e, f, g, h, ..] = self.0;
        u64::from_le_bytes([a, b, c, d, e, f, g, h])
    }

    /// The level on the ladder; 0 for none.
    pub fn level(self) -> u8 {
        let [_, _, _, _, _, _, _, _, level, ..] = self.0;
        level
    }

    /// The place of the band of the last charge.
    pub(super) fn band(self) -> u8 {
        let [.., band, _, _, _, _, _, _] = self.0;
        band
    }

    /// When the level's term ends, in microseconds since the Unix epoch.
    pub fn term(self) -> u64 {
        let [.., a, b, c, d, e, f] = self.0;
        u64::from_le_bytes([a, b, c, d, e, f, 0, 0]).saturating_mul(1_000)
    }

    /// Until when the word says anything, as far as it tells by itself: the bucket is full, and the term over.
    pub(super) fn kept_until(self) -> u64 {
        self.arrival().max(self.term())
    }

    /// A term is rounded up to the millisecond: nobody is refused for less time than was said.
    pub(super) fn new(arrival: u64, level: u8, band: u8, term: u64) -> Self {
        let [a, b, c, d, e, f, g, h] = arrival.to_le_bytes();
        let term = term.div_ceil(1_000).min((1 << 48) - 1);
        let [s, t, u, v, w, x, ..] = term.to_le_bytes();
        Self([a, b, c, d, e, f, g, h, level, band, s, t, u, v, w, x])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let word = Word::new(1_795_305_600_123_456, 3, 2, 1_795_305_630_000_000);
        assert_eq!((word.arrival(), word.level(), word.band()), (1_795_305_600_123_456, 3, 2));
        assert_eq!(word.term(), 1_795_305_630_000_000);
        assert_eq!(word.kept_until(), 1_795_305_630_000_000);
        assert_eq!(Word::new(0, 0, 0, u64::MAX).term(), ((1 << 48) - 1) * 1_000);
    }

    #[test]
    fn a_term_is_rounded_up() {
        assert_eq!(Word::new(0, 1, 0, 1_001).term(), 2_000);
    }
}
