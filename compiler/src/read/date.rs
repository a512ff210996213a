//! Days.

use super::Keys;
use crate::{
    context::Context,
    diagnostic::{Code, Diagnostic},
};
use toml::de::DeValue;
use toml::value::Date;

const DAY: u64 = 86_400;

impl Keys<'_, '_> {
    /// The second since 1970, in UTC, at which the day that `key` names is over.
    pub(crate) fn end_of_day(&self, cx: &mut Context<'_>, key: &str) -> Option<u64> {
        let value = self.get(key)?;
        let date = match value.get_ref() {
            DeValue::Datetime(at) if at.time.is_none() && at.offset.is_none() => at.date,
            _ => None,
        };
        let Some(date) = date else { return self.wrong_type(cx, value, key, "a day such as 2026-12-31") };
        if date.year < 1970 {
            let message = format!("`{key}` is a day before 1970");
            cx.report(Diagnostic::new(Code::OutOfRange, self.at(value.span()), message).help("times begin with 1970"));
            return None;
        }
        Some((days(date) + 1) * DAY)
    }
}

/// The day since 1970 of a date that no time goes with.
pub(crate) fn day(at: toml::value::Datetime) -> Option<u64> {
    at.date.filter(|date| at.time.is_none() && at.offset.is_none() && date.year >= 1970).map(days)
}

/// Days from 1970-01-01 to a date of the Gregorian calendar from then on.
fn days(date: Date) -> u64 {
    let years: u64 = (1970..date.year).map(|year| 365 + u64::from(is_leap(year))).sum();
    let february = 28 + u8::from(is_leap(date.year));
    let months = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let before = months.into_iter().take(usize::from(date.month).saturating_sub(1)).map(u64::from).sum::<u64>();
    years + before + u64::from(date.day).saturating_sub(1)
}

fn is_leap(year: u16) -> bool {
    year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Days as `date -u -d DATE +%s` says them, divided by 86,400.
    #[test]
    fn days_are_those_of_the_calendar() {
        for (year, month, day, expected) in [
            (1970, 1, 1, 0),
            (2000, 2, 29, 11_016),
            (2000, 3, 1, 11_017),
            (2026, 11, 22, 20_779),
            (2026, 12, 31, 20_818),
            (2100, 3, 1, 47_541),
            (9999, 12, 31, 2_932_896),
        ] {
            assert_eq!(days(Date { year, month, day }), expected, "{year}-{month}-{day}");
        }
    }
}
