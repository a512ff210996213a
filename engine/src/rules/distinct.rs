//! The elements of a list that are looked at.

use super::quantify::MAX_ELEMENTS;
use alloc::vec::Vec;

/// Elements that were looked at. Only when a list is long are they compared with those that come, so that a client cannot
/// spend with one element again and again what the others have.
#[derive(Default)]
pub(super) struct Distinct<'a> {
    // INVARIANT: no more than `MAX_ELEMENTS`; sorted and different once `long`.
    looked_at: Vec<&'a [u8]>,
    long: bool,
}

/// What becomes of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Admission {
    /// It is looked at.
    Look,
    /// One like it was.
    Repeat,
    /// [`MAX_ELEMENTS`] others were.
    Refuse,
}

impl<'a> Distinct<'a> {
    pub(super) fn admit(&mut self, element: &'a [u8]) -> Admission {
        if !self.long && self.looked_at.len() < MAX_ELEMENTS {
            self.looked_at.push(element);
            return Admission::Look;
        }
        if !self.long {
            self.looked_at.sort_unstable();
            self.looked_at.dedup();
            self.long = true;
        }
        match self.looked_at.binary_search(&element) {
            Ok(_) => Admission::Repeat,
            Err(_) if self.looked_at.len() >= MAX_ELEMENTS => Admission::Refuse,
            Err(at) => {
                self.looked_at.insert(at, element);
                Admission::Look
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, string::String};

    #[test]
    fn repeats_spend_nothing_and_what_is_looked_at_is_bounded() {
        let names: Vec<String> = (0..MAX_ELEMENTS).map(|at| format!("n{at}")).collect();
        let mut distinct = Distinct::default();
        let mut looked_at = 0;
        for _ in 0..10_000 {
            looked_at += usize::from(distinct.admit(b"again") == Admission::Look);
        }
        for name in names.iter().skip(1).chain(&names) {
            looked_at += usize::from(distinct.admit(name.as_bytes()) == Admission::Look);
        }
        assert_eq!(distinct.admit(b"again"), Admission::Repeat);
        assert_eq!(distinct.admit(b"n0"), Admission::Refuse);
        assert_eq!(distinct.admit(b"n1"), Admission::Repeat);
        assert_eq!(looked_at, 2 * MAX_ELEMENTS - 1);
    }
}
