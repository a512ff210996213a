//! What of a record's bytes its MAC takes last.
//!
//! Records of one client are alike but for the time, the reference, the path and a few more. A MAC that takes these after all
//! that is alike can go on from where that of the record before was (`sealer`).

use core::ops::Range;

/// The most parts of a record that can be taken last.
pub(super) const MOST: usize = 8;

/// The parts of a record that are taken last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::record) struct Later {
    parts: [(u32, u32); MOST],
    // INVARIANT: at most MOST; these begin and end one after the other.
    count: usize,
}

impl Later {
    /// Notes a part that stands behind those before. What there is no room for, and what is no such part, is taken with the rest.
    pub(in crate::record) fn note(&mut self, part: &Range<usize>) -> Option<()> {
        let (start, end) = (u32::try_from(part.start).ok()?, u32::try_from(part.end).ok()?);
        let before = self.parts().last().map_or(0, |(_, end)| *end);
        *self.parts.get_mut(self.count).filter(|_| before <= start && start <= end)? = (start, end);
        self.count += 1;
        Some(())
    }

    /// Where they begin and end.
    pub(in crate::record) fn parts(&self) -> &[(u32, u32)] {
        self.parts.get(..self.count).unwrap_or_default()
    }

    /// What of a text is not taken last, in its order.
    pub(super) fn rest<'t>(&self, text: &'t [u8]) -> impl Iterator<Item = &'t [u8]> {
        let starts = self.parts().iter().map(|(start, _)| Some(*start)).chain([None]);
        let ends = [0].into_iter().chain(self.parts().iter().map(|(_, end)| *end));
        ends.zip(starts).map(|(end, start)| slice(text, end, start.map_or(text.len(), place)))
    }

    /// What is taken last.
    pub(super) fn last<'t>(&self, text: &'t [u8]) -> impl Iterator<Item = &'t [u8]> {
        self.parts().iter().map(|(start, end)| slice(text, *start, place(*end)))
    }
}

fn slice(text: &[u8], start: u32, end: usize) -> &[u8] {
    text.get(place(start)..end).unwrap_or_default()
}

fn place(at: u32) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}
