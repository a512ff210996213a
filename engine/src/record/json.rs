//! A writer of JSON, by hand: a record is written at each request.

use super::chain::Later;
use crate::decision::push_number;
use alloc::string::String;
use base64ct::{Base64UrlUnpadded, Encoding};
use core::fmt::{self, Write};

/// The longest text of a client that a record repeats, in bytes.
const MAX_TEXT: usize = 512;

/// A writer of JSON that knows only what a record needs.
#[derive(Debug)]
pub(super) struct Json {
    pub(super) out: String,
    /// What of it is another in nearly each record.
    pub(super) later: Later,
}

impl Json {
    /// An empty text with room for a usual record: with models and chain it takes 2.0 KB.
    pub(super) fn new() -> Self {
        Self { out: String::with_capacity(2_304), later: Later::default() }
    }

    // What is inlined copies a text whose length is known without a call.
    #[inline]
    pub(super) fn raw(&mut self, text: &str) -> &mut Self {
        self.out.push_str(text);
        self
    }

    /// Writes what is another in nearly each record.
    pub(super) fn varying(&mut self, write: impl FnOnce(&mut Self) -> &mut Self) -> &mut Self {
        let start = self.out.len();
        let end = write(self).out.len();
        // What there is no room for only takes longer.
        _ = self.later.note(&(start..end));
        self
    }

    pub(super) fn number(&mut self, n: u64) -> &mut Self {
        push_number(&mut self.out, n);
        self
    }

    /// So many parts of a whole, which is a power of ten.
    pub(super) fn decimal(&mut self, parts: u32, whole: u32) -> &mut Self {
        self.number(u64::from(parts / whole)).raw(".");
        let (mut rest, mut unit) = (parts % whole, whole / 10);
        while unit > 0 {
            self.number(u64::from(rest / unit));
            rest %= unit;
            unit /= 10;
        }
        self
    }

    pub(super) fn hex(&mut self, n: u64) -> &mut Self {
        self.raw("\"").bare_hex(n).raw("\"")
    }

    /// Bytes in the alphabet for URLs, without padding.
    pub(super) fn base64<const N: usize>(&mut self, bytes: &[u8; N]) -> &mut Self {
        let mut text = [0; 64];
        self.raw(Base64UrlUnpadded::encode(bytes, &mut text).unwrap_or_default())
    }

    pub(super) fn bare_hex(&mut self, n: u64) -> &mut Self {
        let mut digits = [b'0'; 16];
        for (nibble, digit) in digits.iter_mut().rev().enumerate() {
            let value = usize::try_from(n >> (4 * nibble) & 15).unwrap_or(0);
            *digit = b"0123456789abcdef".get(value).copied().unwrap_or(b'0');
        }
        self.raw(core::str::from_utf8(&digits).unwrap_or_default())
    }

    /// Milliseconds since 1970 as RFC 3339 writes them, without quotes.
    pub(super) fn instant(&mut self, millis: u64) -> &mut Self {
        const DAY: u64 = 86_400_000;
        let (year, month, day) = date(millis / DAY);
        let within = millis % DAY;
        let parts = [("", year, 4), ("-", month, 2), ("-", day, 2), ("T", within / 3_600_000, 2)];
        let rest = [(":", within / 60_000 % 60, 2), (":", within / 1_000 % 60, 2), (".", within % 1_000, 3)];
        for (before, number, digits) in parts.into_iter().chain(rest) {
            self.raw(before);
            for missing in 1..digits {
                self.raw(if number < 10_u64.pow(missing) { "0" } else { "" });
            }
            self.number(number);
        }
        self.raw("Z")
    }

    /// Text of ours, which has nothing to escape: names, and ids that a policy checked when it was loaded.
    pub(super) fn plain(&mut self, text: &str) -> &mut Self {
        self.out.push('"');
        self.out.push_str(text);
        self.out.push('"');
        self
    }

    /// Something whose text has nothing to escape, as an address.
    pub(super) fn shown(&mut self, what: impl fmt::Display) -> &mut Self {
        self.out.push('"');
        // A string takes all that is written into it.
        _ = write!(self.out, "{what}");
        self.out.push('"');
        self
    }

    fn text(&mut self, text: &str) -> &mut Self {
        self.out.push('"');
        self.escape(text);
        self.out.push('"');
        self
    }

    /// Text of a client: cut at [`MAX_TEXT`], with U+FFFD for what is not UTF-8.
    pub(super) fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        let bytes = bytes.get(..MAX_TEXT).unwrap_or(bytes);
        if let Ok(text) = core::str::from_utf8(bytes) {
            return self.text(text);
        }
        self.out.push('"');
        for chunk in bytes.utf8_chunks() {
            self.escape(chunk.valid());
            if !chunk.invalid().is_empty() {
                self.out.push('\u{fffd}');
            }
        }
        self.out.push('"');
        self
    }

    fn escape(&mut self, text: &str) {
        let needs = |c: char| matches!(c, '"' | '\\') || c < ' ' || c == '\u{7f}';
        // All of them are ASCII, whose bytes occur in no other character.
        let special = |byte| (byte == b'"') | (byte == b'\\') | (byte < b' ') | (byte == 0x7f);
        // Without a way out of the loop it runs on vectors.
        if !text.bytes().fold(false, |found, byte| found | special(byte)) {
            self.out.push_str(text);
            return;
        }
        for c in text.chars() {
            if matches!(c, '"' | '\\') {
                self.out.extend(['\\', c]);
            } else if needs(c) {
                self.out.push_str("\\u00");
                let code = u32::from(c);
                self.out.extend([code >> 4, code & 15].map(|digit| char::from_digit(digit, 16).unwrap_or('0')));
            } else {
                self.out.push(c);
            }
        }
    }
}

/// Year, month and day, so many days after 1970-01-01. Counted from March, where a year ends with what is added to it every
/// fourth year: <https://howardhinnant.github.io/date_algorithms.html#civil_from_days>
const fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let of_era = days % 146_097;
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march + 2) / 5 + 1;
    let month = if march < 10 { march + 3 } else { march - 9 };
    let year = days / 146_097 * 400 + year_of_era;
    (if month <= 2 { year + 1 } else { year }, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_written_as_rfc_3339_has_it() {
        let cases = [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_399_999, "2000-02-28T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (951_868_800_001, "2000-03-01T00:00:00.001Z"),
            (1_795_305_601_050, "2026-11-22T00:00:01.050Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        ];
        for (millis, text) in cases {
            assert_eq!(Json::new().instant(millis).out, text);
        }
    }
}
