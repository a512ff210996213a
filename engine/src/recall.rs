//! What was worked out of a text before, kept for when it comes again.
//!
//! Few texts are as long as a user agent, and few come again as often: a browser sends the same one with every request,
//! and the hundred most common make up most of a site's traffic. What is recalled is what would be worked out again, so
//! that no decision depends on what came before; clients who send what collides cost one another a search, no more.

use alloc::vec::Vec;

/// How many texts are kept.
const PLACES: usize = 256;

/// Shorter texts are worked out as fast as they are found here.
const SHORTEST: usize = 24;

/// Longer texts are no browser's.
const LONGEST: usize = 512;

/// Values by text. At most [`PLACES`] texts of [`LONGEST`] bytes: 128 KiB beside the values.
#[derive(Debug)]
pub(crate) struct Recall<V> {
    // INVARIANT: empty, or PLACES places; a text's is its hash modulo PLACES.
    places: Vec<Option<Known<V>>>,
}

#[derive(Debug)]
struct Known<V> {
    owner: u64,
    text: Vec<u8>,
    value: V,
}

impl<V> Default for Recall<V> {
    fn default() -> Self {
        Self { places: Vec::new() }
    }
}

impl<V: Default> Recall<V> {
    /// The value that this owner noted for the text, while it is kept.
    pub(crate) fn find(&self, owner: u64, text: &[u8]) -> Option<&V> {
        if !is_kept(text) {
            return None;
        }
        let known = self.places.get(place(owner, text))?.as_ref()?;
        (known.owner == owner && same(&known.text, text)).then_some(&known.value)
    }

    /// Keeps a text in the place of another. Gives what is kept with it, still the other's: whoever notes it writes it anew.
    pub(crate) fn note(&mut self, owner: u64, text: &[u8]) -> Option<&mut V> {
        if !is_kept(text) {
            return None;
        }
        if self.places.is_empty() {
            self.places.resize_with(PLACES, || None);
        }
        let place = self.places.get_mut(place(owner, text))?;
        let known = place.get_or_insert_with(|| Known { owner, text: Vec::new(), value: V::default() });
        known.owner = owner;
        known.text.clear();
        known.text.extend_from_slice(text);
        Some(&mut known.value)
    }
}

fn is_kept(text: &[u8]) -> bool {
    (SHORTEST..=LONGEST).contains(&text.len())
}

/// Equality by words: where the compiler calls a function to compare bytes, in WebAssembly it goes byte by byte.
fn same(one: &[u8], other: &[u8]) -> bool {
    let ((words, rest), (other_words, other_rest)) = (one.as_chunks::<8>(), other.as_chunks::<8>());
    let word = |bytes: &[u8; 8]| u64::from_le_bytes(*bytes);
    one.len() == other.len()
        && words.iter().zip(other_words).all(|(one, other)| word(one) == word(other))
        && rest.iter().zip(other_rest).all(|(one, other)| one == other)
}

/// A hash that is fast, and that anybody may make collide.
fn place(owner: u64, text: &[u8]) -> usize {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |hash: u64, word: u64| (hash.rotate_left(5) ^ word).wrapping_mul(FACTOR);
    let (words, rest) = text.as_chunks::<8>();
    let hash = words.iter().fold(owner, |hash, word| mix(hash, u64::from_le_bytes(*word)));
    let hash = rest.iter().fold(hash, |hash, &byte| mix(hash, u64::from(byte)));
    usize::try_from(hash >> 32).unwrap_or(0) % PLACES
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_found_is_what_was_noted_last(
            notes in prop::collection::vec((0_u64..3, 0_usize..400, any::<u32>()), 0..1_000),
        ) {
            let text = |n: usize| format!("Mozilla/5.0 (client number {n})").into_bytes();
            let mut recall = Recall::default();
            let mut all = alloc::collections::BTreeMap::new();
            for (owner, n, value) in notes {
                *recall.note(owner, &text(n)).unwrap() = value;
                all.insert((owner, n), value);
                prop_assert_eq!(recall.find(owner, &text(n)), Some(&value));
            }
            for ((owner, n), value) in all {
                if let Some(found) = recall.find(owner, &text(n)) {
                    prop_assert_eq!(*found, value);
                }
            }
            prop_assert!(recall.places.len() <= PLACES);
        }
    }

    proptest! {
        #[test]
        fn the_same_is_the_same(one in prop::collection::vec(0_u8..2, 0..20), other in prop::collection::vec(0_u8..2, 0..20)) {
            prop_assert_eq!(same(&one, &other), one == other);
            prop_assert!(same(&one, &one.clone()));
        }
    }

    #[test]
    fn neither_short_nor_long_texts_are_kept() {
        let mut recall = Recall::<()>::default();
        for length in [0, SHORTEST - 1, LONGEST + 1] {
            let text = alloc::vec![b'a'; length];
            assert!(recall.note(1, &text).is_none());
            assert!(recall.find(1, &text).is_none());
        }
        assert!(recall.places.is_empty());
    }
}
