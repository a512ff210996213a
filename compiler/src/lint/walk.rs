//! A walk through several automata at once, from one byte to the next, for a text that satisfies all of them.

use super::automaton::{At, Automaton};
use std::{
    collections::{HashSet, VecDeque},
    rc::Rc,
};

/// The most places that are looked at before giving up.
const MAX_PLACES: usize = 4_000;

/// An automaton, whether it reads lower case, and whether it shall hold.
pub(super) type Walker = (Rc<Automaton>, bool, bool);

/// Whether there is such a text, or looking for it takes too long.
pub(super) fn finds(walkers: Vec<Walker>) -> bool {
    let bytes = representatives(&walkers);
    let start: Vec<At> = walkers.iter().map(|(automaton, ..)| automaton.start()).collect();
    let (mut seen, mut open) = (HashSet::from([start.clone()]), VecDeque::from([start]));
    while let Some(place) = open.pop_front() {
        if is_lost(&walkers, &place) {
            continue;
        }
        if walkers.iter().zip(&place).all(|((automaton, _, wanted), &at)| automaton.ends(at) == *wanted) {
            return true;
        }
        for &byte in &bytes {
            let next: Vec<At> = walkers.iter().zip(&place).map(|(walker, &at)| step(walker, at, byte)).collect();
            if seen.insert(next.clone()) {
                open.push_back(next);
            }
        }
        if seen.len() > MAX_PLACES {
            return true;
        }
    }
    false
}

fn step((automaton, lower, _): &Walker, at: At, byte: u8) -> At {
    automaton.step(at, if *lower { byte.to_ascii_lowercase() } else { byte })
}

/// Whether one of them can no longer be as wanted.
fn is_lost(walkers: &[Walker], place: &[At]) -> bool {
    walkers.iter().zip(place).any(|((_, _, wanted), &at)| at == if *wanted { At::Fails } else { At::Holds })
}

/// One byte of each class that all automata take alike.
fn representatives(walkers: &[Walker]) -> Vec<u8> {
    let mut seen = HashSet::new();
    let class = |byte: u8| -> Vec<u8> {
        let read = |lower: bool| if lower { byte.to_ascii_lowercase() } else { byte };
        walkers.iter().map(|(automaton, lower, _)| automaton.class(read(*lower))).collect()
    };
    (0..=u8::MAX).filter(|&byte| seen.insert(class(byte))).collect()
}
