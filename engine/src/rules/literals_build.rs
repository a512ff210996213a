//! Builds the automaton of [`super::literals`]; only the compiler calls it.

use super::literals::STATES;
use alloc::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    vec,
    vec::Vec,
};

/// One literal that some atom waits for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Literal {
    /// Whether it counts only at the beginning of the text.
    pub from_start: bool,
    /// Whether it counts only at the end of the text.
    pub to_end: bool,
    /// Its bytes.
    pub text: Vec<u8>,
    /// The atom that it makes true.
    pub atom: u32,
}

/// The words of the automaton for these literals; `None` when it would need more than 16,777,215 of them.
pub fn build_literals(literals: &BTreeSet<Literal>) -> Option<Vec<u32>> {
    let mut trie = Trie { nodes: vec![Node::default(), Node::default()] };
    for literal in literals {
        trie.insert(literal);
    }
    let order = trie.link();
    trie.write(&order)
}

#[derive(Default)]
struct Node {
    edges: BTreeMap<u8, usize>,
    fail: usize,
    suffix: usize,
    anywhere: BTreeSet<u32>,
    at_end: BTreeSet<u32>,
}

impl Node {
    fn reports(&self) -> bool {
        !self.anywhere.is_empty() || !self.at_end.is_empty()
    }
}

const ROOT: usize = 0;
const START: usize = 1;

// INVARIANT: node 0 is the root, node 1 the beginning of the text, whose fail link is the root.
struct Trie {
    nodes: Vec<Node>,
}

#[expect(
    clippy::indexing_slicing,
    reason = "nodes are made here and never removed, so that a node's number is a place"
)]
impl Trie {
    fn insert(&mut self, literal: &Literal) {
        // An empty pattern anywhere holds at the beginning already, and the root reports nothing.
        let from_start = literal.from_start || (literal.text.is_empty() && !literal.to_end);
        let mut at = if from_start { START } else { ROOT };
        if literal.text.is_empty() && literal.to_end && !literal.from_start {
            // Every text ends with nothing.
            self.nodes[START].anywhere.insert(literal.atom);
            return;
        }
        for &byte in &literal.text {
            at = match self.nodes[at].edges.get(&byte) {
                Some(&next) => next,
                None => {
                    self.nodes.push(Node::default());
                    let next = self.nodes.len() - 1;
                    self.nodes[at].edges.insert(byte, next);
                    next
                }
            };
        }
        let node = &mut self.nodes[at];
        if literal.to_end {
            node.at_end.insert(literal.atom)
        } else {
            node.anywhere.insert(literal.atom)
        };
    }

    /// Sets the links, breadth first; the order in which a link's target always comes before its source.
    fn link(&mut self) -> Vec<usize> {
        // The start is one symbol deep, the root's children are too: they come in one level, the start first.
        let mut queue = VecDeque::from([START]);
        queue.extend(self.nodes[ROOT].edges.values().copied());
        let mut order = Vec::with_capacity(self.nodes.len());
        while let Some(at) = queue.pop_front() {
            order.push(at);
            let fail = self.nodes[at].fail;
            self.nodes[at].suffix = if self.nodes[fail].reports() { fail } else { self.nodes[fail].suffix };
            let edges: Vec<(u8, usize)> = self.nodes[at].edges.iter().map(|(&byte, &next)| (byte, next)).collect();
            for (byte, next) in edges {
                self.nodes[next].fail = self.longest_suffix(self.nodes[at].fail, byte);
                queue.push_back(next);
            }
        }
        order
    }

    fn longest_suffix(&self, mut at: usize, byte: u8) -> usize {
        loop {
            match self.nodes[at].edges.get(&byte) {
                Some(&next) => return next,
                None if at == ROOT => return ROOT,
                None => at = self.nodes[at].fail,
            }
        }
    }

    fn write(&self, order: &[usize]) -> Option<Vec<u32>> {
        let mut places = vec![0_u32; self.nodes.len()];
        let mut end = STATES;
        for &at in order {
            places[at] = u32::try_from(end).ok()?;
            end += 4 + self.nodes[at].edges.len();
        }
        let mut words = vec![0_u32; 256];
        for (&byte, &next) in &self.nodes[ROOT].edges {
            words[usize::from(byte)] = places[next];
        }
        words.extend([places[START], u32::try_from(end).ok()?]);
        let mut outputs = Vec::new();
        for &at in order {
            let node = &self.nodes[at];
            let place = if node.reports() { u32::try_from(end + outputs.len()).ok()? } else { 0 };
            words.extend([places[node.fail], places[node.suffix], place, u32::try_from(node.edges.len()).ok()?]);
            words.extend(node.edges.iter().map(|(&byte, &next)| u32::from(byte) << 24 | places[next]));
            if node.reports() {
                outputs.extend([u32::try_from(node.anywhere.len()).ok()?, u32::try_from(node.at_end.len()).ok()?]);
                outputs.extend(node.anywhere.iter().chain(&node.at_end));
            }
        }
        words.extend(outputs);
        (words.len() < 1 << 24).then_some(words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::literals::Literals;
    use proptest::prelude::*;

    fn holds(literal: &Literal, text: &[u8]) -> bool {
        match (literal.from_start, literal.to_end) {
            (true, true) => text == literal.text,
            (true, false) => text.starts_with(&literal.text),
            (false, true) => text.ends_with(&literal.text),
            (false, false) => {
                literal.text.is_empty() || text.windows(literal.text.len()).any(|part| part == literal.text)
            }
        }
    }

    fn search(literals: &BTreeSet<Literal>, text: &[u8], rows: usize) -> BTreeSet<u32> {
        let automaton = Literals::with_rows(build_literals(literals).unwrap(), |_| true, rows).unwrap();
        let mut hits = BTreeSet::new();
        automaton.search(text, |atom| {
            hits.insert(atom);
        });
        hits
    }

    fn letters(longest: usize) -> impl Strategy<Value = Vec<u8>> {
        prop::collection::vec(prop::sample::select(b"abc\xff".to_vec()), 0..=longest)
    }

    proptest! {
        #[test]
        fn agrees_with_testing_each_literal(
            literals in prop::collection::btree_set(
                (any::<bool>(), any::<bool>(), letters(4), 0_u32..6)
                    .prop_map(|(from_start, to_end, text, atom)| Literal { from_start, to_end, text, atom }),
                0..12,
            ),
            text in letters(12), rows in 0_usize..80,
        ) {
            let expected: BTreeSet<u32> = literals.iter().filter(|literal| holds(literal, &text)).map(|literal| literal.atom).collect();
            prop_assert_eq!(search(&literals, &text, rows), expected.clone());
            prop_assert_eq!(search(&literals, &text, 1 << 15), expected);
        }

        #[test]
        fn long_literals_are_found_where_most_of_a_text_is_skipped(
            literals in prop::collection::btree_set(
                (any::<bool>(), any::<bool>(), prop::collection::vec(prop::sample::select(b"ab-".to_vec()), 3..22), 0_u32..40)
                    .prop_map(|(from_start, to_end, text, atom)| Literal { from_start, to_end, text, atom }),
                1..20,
            ),
            parts in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..22, letters(9)), 0..6), shortest in 3_usize..20,
        ) {
            let literals: BTreeSet<Literal> = literals.into_iter().filter(|literal| literal.text.len() >= shortest).collect();
            let all: Vec<&Literal> = literals.iter().collect();
            let mut text = Vec::new();
            for (which, length, between) in parts {
                if !all.is_empty() {
                    let literal = &all[which.index(all.len())].text;
                    text.extend(&literal[..length.min(literal.len())]);
                }
                text.extend(between);
            }
            let expected: BTreeSet<u32> =
                literals.iter().filter(|literal| holds(literal, &text)).map(|literal| literal.atom).collect();
            prop_assert_eq!(search(&literals, &text, 1 << 15), expected);
        }

        #[test]
        fn any_byte_may_stand_in_a_literal(
            literals in prop::collection::btree_set(prop::collection::vec(any::<u8>(), 1..3), 1..300),
            text in prop::collection::vec(any::<u8>(), 0..40), rows in 0_usize..3_000,
        ) {
            let literals: BTreeSet<Literal> = (0_u32..).zip(literals)
                .map(|(atom, text)| Literal { from_start: false, to_end: false, text, atom })
                .collect();
            let expected: BTreeSet<u32> =
                literals.iter().filter(|literal| holds(literal, &text)).map(|literal| literal.atom).collect();
            prop_assert_eq!(search(&literals, &text, rows), expected);
        }

        #[test]
        fn damaged_words_are_refused_or_harmless(at in any::<prop::sample::Index>(), word in any::<u32>(), small in 0_u32..400, text in letters(12), rows in 0_usize..80) {
            let literals = ["a", "ab", "bc", "abc", "c"]
                .iter()
                .enumerate()
                .map(|(atom, text)| Literal { from_start: atom == 1, to_end: atom == 3, text: text.as_bytes().to_vec(), atom: atom as u32 })
                .collect();
            for value in [word, small] {
                let mut words = build_literals(&literals).unwrap();
                let at = at.index(words.len());
                words[at] = value;
                if let Ok(automaton) = Literals::with_rows(words, |atom| atom < 5, rows) {
                    automaton.search(&text, |atom| assert!(atom < 5));
                }
            }
        }
    }
}
