//! Where a literal may begin, so that most of a text need not be searched.
//!
//! Every literal that may stand anywhere has at least `step + 2` bytes, so that wherever it stands, three bytes that it
//! has in its first `step + 2` begin at a multiple of `step`. Only these are looked up, in a table by their hash, as
//! Wu and Manber ("A fast algorithm for multi-pattern searching", 1994) look up blocks; which is why a text without
//! literals, as most are, costs a third of a look-up a byte or less, each without waiting for the one before.

use super::literals::{ROOT, Words};
use alloc::{vec, vec::Vec};

const GRAM: usize = 3;

/// Of so many bytes of a literal the table knows, so that a place needs a bit for each place where it may begin.
const LONGEST: usize = 8;

/// Places for each gram: where a text has no literal, one look-up in eight or fewer finds something all the same.
const PLACES: usize = 8;

/// With more grams than this, too many places would be taken.
const MOST_GRAMS: usize = 1 << 14;

/// The table.
#[derive(Debug)]
pub(super) struct Grams {
    step: usize,
    shift: u32,
    // INVARIANT: empty, where no literal may stand anywhere, or 2^(32 - shift) places: bit `n` says that a literal may
    // begin `n` bytes before.
    places: Vec<u8>,
}

impl Grams {
    /// The table for a verified automaton; none where a literal is too short, or where there are too many.
    pub(super) fn new(words: &Words) -> Option<Self> {
        let paths = paths(words)?;
        if paths.iter().all(|(_, path)| path.depth == 0) {
            return Some(Self { step: 1, shift: 0, places: Vec::new() });
        }
        let ends = paths.iter().filter(|(state, path)| path.depth > 0 && words.has_outputs(*state));
        let length = ends.map(|(_, path)| path.depth).min().unwrap_or(LONGEST);
        let step = (length + 1).checked_sub(GRAM).filter(|&step| step > 0)?;
        let beginnings: Vec<[u8; LONGEST]> =
            paths.iter().filter(|(_, path)| path.depth == length).map(|(_, path)| path.text.to_be_bytes()).collect();
        let count = (beginnings.len() * step).next_power_of_two();
        let bits = (count <= MOST_GRAMS).then(|| (count * PLACES).trailing_zeros())?;
        let mut grams = Self { step, shift: u32::BITS - bits, places: vec![0; 1 << bits] };
        for beginning in beginnings {
            for (before, gram) in beginning.windows(GRAM).skip(LONGEST - length).enumerate() {
                grams.add(before, gram);
            }
        }
        Some(grams)
    }

    /// Where literals may begin in a text, in no order, some more than once.
    pub(super) fn beginnings<'t>(&'t self, text: &'t [u8]) -> impl Iterator<Item = usize> + 't {
        let text = if self.places.is_empty() { b"" } else { text };
        let places = text.windows(GRAM).step_by(self.step).map(|gram| self.places.get(self.place(gram)).copied());
        let taken = places.enumerate().filter_map(|(nth, place)| Some((nth, place.filter(|&bits| bits != 0)?)));
        taken.flat_map(move |(nth, bits)| {
            let before = (0..LONGEST).filter(move |&before| bits >> before & 1 == 1);
            before.filter_map(move |before| (nth * self.step).checked_sub(before))
        })
    }

    fn add(&mut self, before: usize, gram: &[u8]) {
        let place = self.place(gram);
        if let Some(bits) = self.places.get_mut(place) {
            *bits |= 1 << before;
        }
    }

    #[inline]
    fn place(&self, gram: &[u8]) -> usize {
        let [one, two, three] = gram.first_chunk().copied().unwrap_or_default();
        (u32::from_le_bytes([one, two, three, 0]).wrapping_mul(0x9e37_79b1) >> self.shift) as usize
    }
}

/// How a state is reached from the root: by so many bytes, which are these; by none when it is not, or when it is more
/// than [`LONGEST`] deep.
#[derive(Clone, Copy, Default)]
struct Path {
    depth: usize,
    text: u64,
}

/// All states, with the paths of those at most [`LONGEST`] deep. None where they are not a tree in the order in which
/// the compiler writes them.
fn paths(words: &Words) -> Option<Vec<(u32, Path)>> {
    let mut paths: Vec<(u32, Path)> = words.states().map(|state| (state, Path::default())).collect();
    for byte in (0..=u8::MAX).filter(|&byte| words.root(byte) != ROOT) {
        reach(&mut paths, words.root(byte), Path { depth: 1, text: byte.into() })?;
    }
    for at in 0..paths.len() {
        let &(state, path) = paths.get(at)?;
        for (byte, next) in words.edges(state) {
            let is_followed = (1..LONGEST).contains(&path.depth);
            if next <= state {
                return None;
            } else if is_followed {
                reach(&mut paths, next, Path { depth: path.depth + 1, text: path.text << 8 | u64::from(byte) })?;
            }
        }
    }
    Some(paths)
}

/// Notes the path to a state, which must be the only one.
fn reach(paths: &mut [(u32, Path)], state: u32, path: Path) -> Option<()> {
    let at = paths.binary_search_by_key(&state, |&(known, _)| known).ok()?;
    let (_, known) = paths.get_mut(at)?;
    (known.depth == 0).then(|| *known = path)
}
