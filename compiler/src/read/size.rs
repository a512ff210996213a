//! Numbers of bytes.

use super::Keys;
use crate::{
    context::Context,
    diagnostic::{Code, Diagnostic},
};
use std::ops::RangeInclusive;

impl Keys<'_, '_> {
    /// A number of bytes within bounds: `512B`, `64KiB`, `1MiB`.
    pub(crate) fn size(&self, cx: &mut Context<'_>, key: &str, bounds: RangeInclusive<u32>) -> Option<u32> {
        let text = self.text(cx, key)?;
        let bytes = parse(&text.value);
        if bytes.is_some_and(|bytes| bounds.contains(&bytes)) {
            return bytes;
        }
        let (least, most) = (written(*bounds.start()), written(*bounds.end()));
        let (code, message, help) = match bytes {
            Some(_) => {
                (Code::OutOfRange, format!("`{key}` is out of range"), format!("it goes from {least} to {most}"))
            }
            None => (
                Code::BadSize,
                format!("`{}` is no number of bytes", text.value),
                format!("write a whole number and its unit: `512B`, `64KiB`, `1MiB`; from {least} to {most}"),
            ),
        };
        cx.report(Diagnostic::new(code, text.span, message).help(help));
        None
    }
}

fn parse(text: &str) -> Option<u32> {
    let (digits, unit) = text.split_at(text.find(|character: char| !character.is_ascii_digit())?);
    let unit = match unit {
        "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        _ => return None,
    };
    if digits.is_empty() {
        return None;
    }
    // What does not fit is out of every range.
    Some(digits.parse::<u32>().unwrap_or(u32::MAX).saturating_mul(unit))
}

fn written(bytes: u32) -> String {
    match bytes {
        _ if bytes > 0 && bytes.is_multiple_of(1 << 20) => format!("{}MiB", bytes >> 20),
        _ if bytes > 0 && bytes.is_multiple_of(1 << 10) => format!("{}KiB", bytes >> 10),
        _ => format!("{bytes}B"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_a_whole_number_and_a_unit() {
        let read = ["0B", "512B", "64KiB", "1MiB", "99999999999B", "8000MiB"].map(parse);
        assert_eq!(read, [Some(0), Some(512), Some(65_536), Some(1 << 20), Some(u32::MAX), Some(u32::MAX)]);
        for wrong in ["", "B", "64", "64 KiB", "64KB", "64kib", "-1B", "1.5MiB", "1GiB", "ß", "5ß"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
        assert_eq!([0, 512, 65_536, 1 << 20].map(written), ["0B", "512B", "64KiB", "1MiB"]);
    }
}
