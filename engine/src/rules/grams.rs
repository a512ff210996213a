//! Where a literal may begin, so that most of a text need not be searched.
//!
//! Every literal that may stand anywhere has at least `step + 2` bytes, so that wherever it stands, three bytes that it
//! has in its first `step + 2` begin at a multiple of `step`. Only these are looked up, by their hash, as Wu and Manber
//! ("A fast algorithm for multi-pattern searching", 1994) look up blocks: no look-up waits for the one before, and a
//! text without literals, as most are, has few that find something. There the first bytes are looked up too.

use super::literals::{ROOT, Words};
use alloc::{vec, vec::Vec};

const GRAM: usize = 3;

/// Of so many bytes of a literal grams are known, at most.
const LONGEST: usize = 16;

/// So many bytes a literal is said to begin with, at most.
const HEAD: usize = 8;

/// With more grams than this, too many look-ups would find something.
const MOST_GRAMS: usize = 1 << 15;

/// The tables.
#[derive(Debug)]
pub(super) struct Grams {
    step: usize,
    grams: Hashes,
    /// What literals begin with, so many bytes.
    heads: Hashes,
    head: usize,
}

impl Grams {
    /// The tables for a verified automaton; none where a literal is too short, or where there are too many.
    pub(super) fn new(words: &Words) -> Option<Self> {
        let paths = paths(words)?;
        let ends = paths.iter().filter(|(state, path)| path.depth > 0 && words.has_outputs(*state));
        let length = ends.map(|(_, path)| path.depth).min().unwrap_or(LONGEST);
        let step = (length + 1).checked_sub(GRAM).filter(|&step| step > 0)?;
        let beginnings = paths.iter().filter(|(_, path)| path.depth == length).map(|(_, path)| path.text.to_be_bytes());
        let count = beginnings.clone().count();
        let many = Some(count * step).filter(|&grams| grams <= MOST_GRAMS)?;
        let mut known = Self { step, grams: Hashes::new(many), heads: Hashes::new(count), head: length.min(HEAD) };
        for bytes in beginnings {
            let beginning = bytes.get(LONGEST - length..).unwrap_or_default();
            known.heads.add(number(beginning.get(..known.head).unwrap_or_default()));
            beginning.windows(GRAM).for_each(|gram| known.grams.add(number(gram)));
        }
        Some(known)
    }

    /// Where literals may begin in a text, in no order.
    pub(super) fn beginnings<'t>(&'t self, text: &'t [u8]) -> impl Iterator<Item = usize> + 't {
        // Where no literal may stand anywhere, nothing need be looked at.
        let seen = if self.heads.is_empty() { b"" } else { text };
        let grams = (0_usize..).step_by(self.step).zip(seen.windows(GRAM).step_by(self.step));
        let known = grams.filter(|(_, gram)| self.grams.has(number(gram)));
        let places = known.flat_map(|(at, _)| (0..self.step).filter_map(move |before| at.checked_sub(before)));
        places.filter(|&at| self.is_head(text.get(at..).unwrap_or_default()))
    }

    fn is_head(&self, text: &[u8]) -> bool {
        text.get(..self.head).is_some_and(|head| self.heads.has(number(head)))
    }
}

/// Up to eight bytes as a number.
#[inline]
fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, &byte| number << 8 | u64::from(byte))
}

/// A set of numbers that may seem to have others.
#[derive(Debug)]
struct Hashes {
    shift: u32,
    // INVARIANT: empty, or 2^(64 - shift) bits.
    bits: Vec<u64>,
}

impl Hashes {
    const MOST_BITS: u32 = 18;

    /// A set for so many numbers, of 64 bits each up to 32 KiB.
    fn new(count: usize) -> Self {
        if count == 0 {
            return Self { shift: 0, bits: Vec::new() };
        }
        let bits = (count.next_power_of_two().trailing_zeros() + 6).min(Self::MOST_BITS);
        Self { shift: u64::BITS - bits, bits: vec![0; 1 << (bits - 6)] }
    }

    fn is_empty(&self) -> bool {
        self.bits.is_empty()
    }

    fn add(&mut self, number: u64) {
        let place = self.place(number);
        if let Some(word) = self.bits.get_mut(place / 64) {
            *word |= 1 << (place % 64);
        }
    }

    #[inline]
    fn has(&self, number: u64) -> bool {
        let place = self.place(number);
        self.bits.get(place / 64).is_some_and(|word| word >> (place % 64) & 1 == 1)
    }

    #[inline]
    fn place(&self, number: u64) -> usize {
        usize::try_from(number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> self.shift).unwrap_or(0)
    }
}

/// How a state is reached from the root: by so many bytes, which are these; by none when it is not, or when it is more
/// than [`LONGEST`] deep.
#[derive(Clone, Copy, Default)]
struct Path {
    depth: usize,
    text: u128,
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
                reach(&mut paths, next, Path { depth: path.depth + 1, text: path.text << 8 | u128::from(byte) })?;
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
