//! Lengths of time.

use super::Keys;
use crate::{
    context::Context,
    diagnostic::{Code, Diagnostic},
};
use std::ops::RangeInclusive;

impl Keys<'_, '_> {
    /// A length of time within bounds, in seconds: `30s`, `10m`, `1h`.
    pub(crate) fn duration(&self, cx: &mut Context<'_>, key: &str, bounds: RangeInclusive<u32>) -> Option<u32> {
        let text = self.text(cx, key)?;
        let seconds = parse(&text.value);
        if seconds.is_some_and(|seconds| bounds.contains(&seconds)) {
            return seconds;
        }
        let (least, most) = (written(*bounds.start()), written(*bounds.end()));
        let (code, message) = match seconds {
            Some(_) => (Code::OutOfRange, format!("`{key}` is out of range")),
            None => (Code::BadDuration, format!("`{}` is no length of time", text.value)),
        };
        let help = match seconds {
            Some(_) => format!("it goes from {least} to {most}"),
            None => {
                format!("write a whole number of seconds, minutes or hours: `30s`, `10m`, `1h`; from {least} to {most}")
            }
        };
        cx.report(Diagnostic::new(code, text.span, message).help(help));
        None
    }
}

fn parse(text: &str) -> Option<u32> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let unit = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        _ => return None,
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // What does not fit is out of every range.
    Some(digits.parse::<u32>().unwrap_or(u32::MAX).saturating_mul(unit))
}

fn written(seconds: u32) -> String {
    match seconds {
        0 => "0s".into(),
        _ if seconds.is_multiple_of(3_600) => format!("{}h", seconds / 3_600),
        _ if seconds.is_multiple_of(60) => format!("{}m", seconds / 60),
        _ => format!("{seconds}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_a_whole_number_and_a_unit() {
        let read = ["0s", "90s", "10m", "24h", "99999999999s", "4000000h"].map(parse);
        assert_eq!(read, [Some(0), Some(90), Some(600), Some(86_400), Some(u32::MAX), Some(u32::MAX)]);
        for wrong in ["", "s", "5", "5 s", "-5s", "+5s", "1.5h", "5min", "5d", "5S", "ß", "5ß"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
        assert_eq!([0, 90, 600, 86_400].map(written), ["0s", "90s", "10m", "24h"]);
    }
}
