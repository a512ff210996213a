//! Instants as commands take and show them.

use std::time::SystemTime;

use jiff::{SignedDuration, Span, Timestamp, civil::Date, fmt::rfc2822::DateTimeParser, tz::TimeZone};
use outwork_engine::time::Time;

/// Seconds of a day.
const DAY: u64 = 86_400;

/// This second.
pub(crate) fn now() -> Time {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    Time::from_seconds(since)
}

/// The beginning of this day, UTC: what is explained twice on a day is explained alike.
pub(crate) fn today() -> Time {
    Time::from_seconds(now().seconds() / DAY * DAY)
}

/// Reads `2026-12-31`, the beginning of that day in UTC, an RFC 3339 instant, or how long ago it was: `90m`, `7d`.
pub(crate) fn read(text: &str) -> Result<Time, String> {
    read_at(text, Timestamp::now())
}

fn read_at(text: &str, now: Timestamp) -> Result<Time, String> {
    let day = || Some(text.parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp());
    // Days, months and years are those of the calendar.
    let ago = || Some(now.to_zoned(TimeZone::UTC).checked_sub(text.parse::<Span>().ok()?.abs()).ok()?.timestamp());
    let stamp = text.parse::<Timestamp>().ok().or_else(day).or_else(ago);
    let micros = stamp.and_then(|stamp| u64::try_from(stamp.as_microsecond()).ok());
    micros.map(Time).ok_or_else(|| {
        "write a day as 2026-12-31, an instant as RFC 3339 has it, or how long ago it was, as 90m or 7d".into()
    })
}

/// The day since 1970 of a date or time as ISO 8601 has it, of whatever zone: of `2026-11-22T10:00:00.000000`, too.
pub(crate) fn day(text: &str) -> Option<u64> {
    let (date, rest) = text.split_at_checked(10)?;
    let is_date = rest.is_empty() || rest.starts_with(['T', ' ']);
    let date = is_date.then(|| date.parse::<Date>().ok())??;
    since_1970(date.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// The day since 1970 of a time as HTTP's headers have it.
pub(crate) fn http_day(text: &str) -> Option<u64> {
    since_1970(DateTimeParser::new().parse_timestamp(text).ok()?)
}

fn since_1970(stamp: Timestamp) -> Option<u64> {
    Some(u64::try_from(stamp.as_second()).ok()? / DAY)
}

/// Today, in days since 1970.
pub(crate) fn this_day() -> u64 {
    today().seconds() / DAY
}

/// A day since 1970 as `2026-12-31`.
pub(crate) fn shown_day(day: u64) -> String {
    shown(Time::from_seconds(day.saturating_mul(DAY))).chars().take(10).collect()
}

/// An instant as RFC 3339 writes it.
pub(crate) fn shown(time: Time) -> String {
    let stamp = i64::try_from(time.seconds()).ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
    stamp.map_or_else(|| time.seconds().to_string(), |stamp| stamp.to_string())
}

/// Reads a length of time, `300s` or `1h 30m`, as milliseconds.
pub(crate) fn length(text: &str) -> Result<u64, String> {
    let length = text.parse::<SignedDuration>().ok().and_then(|length| u64::try_from(length.as_millis()).ok());
    length.ok_or_else(|| "write a time as 300s, 5m or 1h 30m".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read() {
        assert_eq!([length("300s"), length("5m"), length("1h 30m")], [Ok(300_000), Ok(300_000), Ok(5_400_000)]);
        for bad in ["", "300", "-5m", "soon"] {
            assert!(length(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn days_of_headers_are_read() {
        assert_eq!(http_day("Sun, 22 Nov 2026 23:59:59 GMT"), Some(20_779));
        assert_eq!(shown_day(20_779), "2026-11-22");
        for bad in ["", "yesterday", "2026-11-22", "Wed, 31 Dec 1969 23:59:59 GMT"] {
            assert_eq!(http_day(bad), None, "{bad}");
        }
    }

    #[test]
    fn days_and_instants_are_read() {
        assert_eq!(read("2026-12-31").map(shown).as_deref(), Ok("2026-12-31T00:00:00Z"));
        assert_eq!(read("2026-12-31T10:00:00+01:00").map(shown).as_deref(), Ok("2026-12-31T09:00:00Z"));
        let now = "2026-11-22T10:00:00Z".parse().unwrap();
        for (ago, at) in
            [("90m", "2026-11-22T08:30:00Z"), ("7d", "2026-11-15T10:00:00Z"), ("1mo ago", "2026-10-22T10:00:00Z")]
        {
            assert_eq!(read_at(ago, now).map(shown).as_deref(), Ok(at));
        }
        assert_eq!(read("2026-11-22T10:00:00.25Z"), Ok(Time(1_795_341_600_250_000)));
        for bad in ["", "tomorrow", "60y", "2026-02-30", "1960-01-01"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
