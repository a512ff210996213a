//! From CatBoost's borders to bins: the values are whole numbers, so a border is the whole number below it.

use super::{Column, ImportError};
use outwork_engine::model::{Bins, MAX_BINS, MAX_CATEGORIES, MISSING};
use std::collections::{BTreeMap, BTreeSet};

/// The borders of a column that trees ask about.
#[derive(Clone, Debug, Default)]
pub(super) struct Borders(BTreeSet<u16>);

impl Borders {
    /// Takes in a border.
    pub(super) fn add(&mut self, border: f64, signal: &str) -> Result<(), ImportError> {
        if let Some(border) = whole(border, signal)? {
            self.0.insert(border);
        }
        if self.0.len() > MAX_BINS - 2 {
            return Err(ImportError::Borders { signal: signal.into(), found: self.0.len() });
        }
        Ok(())
    }

    /// The least bin above a border that was taken in.
    pub(super) fn bin_above(&self, border: f64, signal: &str) -> Result<u8, ImportError> {
        let below = match whole(border, signal)? {
            // Every value that is known is above it.
            None => return Ok(MISSING + 1),
            Some(border) => self.0.range(..=border).count(),
        };
        // At most MAX_BINS - 2 borders are kept.
        Ok(u8::try_from(below + 1).unwrap_or(u8::MAX))
    }

    /// The bins that they make of the values of a column.
    pub(super) fn bins(&self, column: &Column) -> Result<Bins, ImportError> {
        let Some(categories) = &column.categories else {
            return Ok(Bins::Number(self.0.iter().copied().collect()));
        };
        let bin_of = |number: u16| u8::try_from(self.0.range(..number).count() + 1).unwrap_or(u8::MAX);
        let known: BTreeMap<&str, u8> =
            categories.known.iter().map(|(text, number)| (text.as_str(), bin_of(*number))).collect();
        if known.len() < categories.known.len() || known.len() > MAX_CATEGORIES {
            return Err(ImportError::Known { signal: column.signal.clone() });
        }
        let known = known.into_iter().map(|(text, bin)| (text.to_owned(), bin)).collect();
        Ok(Bins::Text { known, other: bin_of(categories.other) })
    }
}

/// The whole number at or below a border; none where every value that is known lies above it.
fn whole(border: f64, signal: &str) -> Result<Option<u16>, ImportError> {
    if !border.is_finite() {
        return Err(ImportError::NotFinite { what: "a border" });
    }
    let floor = border.floor();
    if floor < 0.0 {
        return Ok(None);
    }
    if floor >= f64::from(u16::MAX) {
        return Err(ImportError::Border { signal: signal.into() });
    }
    // Whole, and on the scale.
    Ok(Some(floor as u16))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(categories: Option<Categories>) -> Column {
        Column { signal: "ua.family".into(), reason: "agent".into(), categories }
    }

    use super::super::Categories;

    #[test]
    fn a_border_is_the_whole_number_below_it() {
        let mut borders = Borders::default();
        for border in [3.5, f64::from(f32::MIN), 3.0, 0.5, 65_534.9] {
            borders.add(border, "a").unwrap();
        }
        assert_eq!(borders.bins(&column(None)).unwrap(), Bins::Number(vec![0, 3, 65_534]));
        let bin = |border| borders.bin_above(border, "a").unwrap();
        assert_eq!([bin(-1.0), bin(0.5), bin(3.0), bin(3.5), bin(65_534.9)], [1, 2, 3, 3, 4]);
    }

    #[test]
    fn texts_fall_into_the_bin_of_their_number() {
        let mut borders = Borders::default();
        borders.add(0.5, "a").unwrap();
        borders.add(2.5, "a").unwrap();
        let known = vec![("safari".into(), 3), ("chrome".into(), 0), ("firefox".into(), 1)];
        let bins = borders.bins(&column(Some(Categories { known, other: 2 }))).unwrap();
        let known = vec![("chrome".into(), 1), ("firefox".into(), 2), ("safari".into(), 3)];
        assert_eq!(bins, Bins::Text { known, other: 2 });
    }

    #[test]
    fn what_is_no_border_is_refused() {
        let mut borders = Borders::default();
        assert_eq!(borders.add(f64::NAN, "a"), Err(ImportError::NotFinite { what: "a border" }));
        assert_eq!(borders.add(f64::INFINITY, "a"), Err(ImportError::NotFinite { what: "a border" }));
        assert_eq!(borders.add(65_535.5, "a"), Err(ImportError::Border { signal: "a".into() }));
        for border in 0..61_u8 {
            borders.add(border.into(), "a").unwrap();
        }
        assert_eq!(borders.add(99.0, "a"), Err(ImportError::Borders { signal: "a".into(), found: 62 }));
    }
}
