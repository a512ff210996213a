//! Times as logs write them.

use crate::Reject;
use jiff::{Timestamp, fmt::strtime};
use outwork_engine::time::Time;

/// `2026-11-22T02:10:00.123Z`, or a number of seconds, milliseconds, microseconds or nanoseconds.
pub(super) fn read(text: &[u8]) -> Result<Time, Reject> {
    if let Some(time) = number(text) {
        return Ok(time);
    }
    match plain(text) {
        Some(time) => Ok(time),
        None => {
            let text = std::str::from_utf8(text).map_err(|_| Reject::BadTime)?;
            text.parse::<Timestamp>().ok().and_then(of).ok_or(Reject::BadTime)
        }
    }
}

/// `10/Oct/2000:13:55:36 -0700`
pub(super) fn common(text: &[u8]) -> Result<Time, Reject> {
    let text = std::str::from_utf8(text).map_err(|_| Reject::BadTime)?;
    let parsed = strtime::parse("%d/%b/%Y:%H:%M:%S %z", text).and_then(|parsed| parsed.to_timestamp());
    parsed.ok().and_then(of).ok_or(Reject::BadTime)
}

fn of(stamp: Timestamp) -> Option<Time> {
    u64::try_from(stamp.as_microsecond()).ok().map(Time)
}

/// A whole or fractional number since 1970: its size tells the unit, which is right from 1973 to the year 5138.
pub(super) fn number(text: &[u8]) -> Option<Time> {
    let (whole, fraction) = match text.iter().position(|&byte| byte == b'.') {
        Some(at) => (text.get(..at)?, text.get(at + 1..)?),
        None => (text, &b""[..]),
    };
    if whole.is_empty() || whole.len() > 19 || !whole.iter().chain(fraction).all(u8::is_ascii_digit) {
        return None;
    }
    let whole = digits(whole)?;
    Some(Time(match whole {
        0..100_000_000_000 => whole * 1_000_000 + micros(fraction),
        100_000_000_000..100_000_000_000_000 => whole * 1_000,
        100_000_000_000_000..100_000_000_000_000_000 => whole,
        _ => whole / 1_000,
    }))
}

fn digits(text: &[u8]) -> Option<u64> {
    text.iter().try_fold(0_u64, |sum, &byte| {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 { None } else { sum.checked_mul(10)?.checked_add(digit.into()) }
    })
}

/// The first six digits after the point.
fn micros(fraction: &[u8]) -> u64 {
    (0..6).fold(0, |sum, at| sum * 10 + fraction.get(at).map_or(0, |byte| u64::from(byte.wrapping_sub(b'0'))))
}

/// The usual form alone, `2026-11-22T02:10:00[.123]Z`, which needs no calendar but this.
fn plain(text: &[u8]) -> Option<Time> {
    let (date, rest) = text.split_at_checked(19)?;
    let &[y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1, b'T', h0, h1, b':', i0, i1, b':', s0, s1] = date else {
        return None;
    };
    let fraction = rest.strip_suffix(b"Z")?;
    let fraction = if fraction.is_empty() { fraction } else { fraction.strip_prefix(b".")? };
    if !fraction.iter().all(u8::is_ascii_digit) || (rest.len() == 2) {
        return None;
    }
    let (year, month, day) = (digits(&[y0, y1, y2, y3])?, digits(&[m0, m1])?, digits(&[d0, d1])?);
    let (hour, minute, second) = (digits(&[h0, h1])?, digits(&[i0, i1])?, digits(&[s0, s1])?);
    // The last days of months, and leap seconds, are for the calendar proper.
    let is_plain = year >= 1970 && (1..=12).contains(&month) && (1..=28).contains(&day);
    if !is_plain || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let seconds = days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second;
    Some(Time(seconds * 1_000_000 + micros(fraction)))
}

/// Days since 1970, counting years from March: <https://howardhinnant.github.io/date_algorithms.html#days_from_civil>.
fn days(year: u64, month: u64, day: u64) -> u64 {
    let year = if month <= 2 { year - 1 } else { year };
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    year * 365 + year / 4 - year / 100 + year / 400 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(micros in 0_i64..7_000_000_000_000_000, digits in 0_i32..=9) {
            let stamp = Timestamp::from_microsecond(micros).unwrap();
            let unit = 10_i64.pow(u32::try_from(6 - digits.min(6)).unwrap());
            let text = format!("{stamp:.*}", usize::try_from(digits).unwrap());
            prop_assert_eq!(read(text.as_bytes()), Ok(Time(u64::try_from(micros / unit * unit).unwrap())), "{}", text);
        }

        #[test]
        fn any_text_is_read_or_refused(text: Vec<u8>) {
            let _ = (read(&text), common(&text));
        }
    }

    #[test]
    fn every_usual_form_is_read() {
        let time = Ok(Time(1_795_305_600_123_000));
        let forms = [
            "2026-11-22T00:00:00.123Z",
            "2026-11-22T01:00:00.123+01:00",
            "2026-11-22T00:00:00.123000Z",
            "1795305600.123",
            "1795305600123",
            "1795305600123000",
            "1795305600123000000",
        ];
        for form in forms {
            assert_eq!(read(form.as_bytes()), time, "{form}");
        }
        assert_eq!(read(b"1795305600"), Ok(Time(1_795_305_600_000_000)));
        assert_eq!(common(b"22/Nov/2026:01:00:00 +0100"), Ok(Time(1_795_305_600_000_000)));
        for wrong in ["", "-", "yesterday", "2026-02-30T00:00:00Z", "2026-11-22T00:00:00.Z", "2026-11-22T24:00:00Z"] {
            assert_eq!(read(wrong.as_bytes()), Err(Reject::BadTime), "{wrong}");
        }
    }
}
