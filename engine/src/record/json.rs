//! A writer of JSON, by hand: a record is written at each request.

use crate::decision::push_number;
use alloc::string::String;
use base64ct::{Base64UrlUnpadded, Encoding};
use core::fmt::{self, Write};

/// The longest text of a client that a record repeats, in bytes.
const MAX_TEXT: usize = 512;

/// A writer of JSON that knows only what a record needs.
pub(super) struct Json {
    pub(super) out: String,
}

impl Json {
    /// An empty text with room for a usual record.
    pub(super) fn new() -> Self {
        Self { out: String::with_capacity(1_792) }
    }

    pub(super) fn raw(&mut self, text: &str) -> &mut Self {
        self.out.push_str(text);
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
        for nibble in (0..16).rev() {
            let digit = u32::try_from(n >> (4 * nibble) & 15).unwrap_or(0);
            self.out.push(char::from_digit(digit, 16).unwrap_or('0'));
        }
        self
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
