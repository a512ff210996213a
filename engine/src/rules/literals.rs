//! Every literal test of one field, answered in one pass over its text.
//!
//! An Aho–Corasick automaton ("Efficient string matching", CACM 18 (6), 1975) over the field's bytes. The beginning of
//! the text is a state of its own, so that a pattern can be held to it; a pattern held to the end reports only there. A
//! prefix is a pattern held to the beginning, a suffix one held to the end, an equality one held to both.
//!
//! The words, all `u32`:
//! - `0..256`: where the root goes on each byte, a state or [`ROOT`];
//! - `256`: the state at the beginning of the text;
//! - `257`: where the states end and the outputs begin;
//! - from [`STATES`] on, the states: fail link, suffix link (the next state on the fail path that reports anything),
//!   outputs or 0, number of edges, and the edges in the order of their byte: `byte << 24 | state`;
//! - the outputs: how many atoms anywhere, how many at the end, those atoms.
//!
//! A state is the place of its first word. Links point to lower places only, so following them ends.

use super::ConditionsError;
use alloc::{vec, vec::Vec};

const ROOT: u32 = 0;
const START_AT: usize = 256;
const OUTPUTS_AT: usize = 257;
pub(super) const STATES: usize = 258;
const HEAD: usize = 4;
const STATE_BITS: u32 = 24;
const STATE_MASK: u32 = (1 << STATE_BITS) - 1;

/// The automaton, verified.
#[derive(Debug)]
pub(super) struct Literals {
    words: Vec<u32>,
    start: u32,
    /// No pattern can begin after the beginning, so the root is the end of the search.
    anchored: bool,
}

impl Literals {
    /// Verifies the words; `is_atom` says which atoms the automaton may report.
    pub(super) fn load(words: Vec<u32>, is_atom: impl Fn(u32) -> bool) -> Result<Self, ConditionsError> {
        let start = words.get(START_AT).copied().unwrap_or(ROOT);
        let anchored = words.iter().take(START_AT).all(|&target| target == ROOT);
        let loaded = Self { words, start, anchored };
        if loaded.is_sound(is_atom).unwrap_or(false) { Ok(loaded) } else { Err(ConditionsError::Matcher) }
    }

    /// Calls `hit` with every atom that holds of the text, some of them more than once.
    pub(super) fn search(&self, text: &[u8], mut hit: impl FnMut(u32)) {
        let mut state = self.start;
        self.report(state, false, &mut hit);
        for &byte in text {
            state = self.step(state, byte);
            if state != ROOT {
                self.report(state, false, &mut hit);
            } else if self.anchored {
                return;
            }
        }
        self.report(state, true, &mut hit);
    }

    fn word(&self, at: usize) -> u32 {
        self.words.get(at).copied().unwrap_or(0)
    }

    fn step(&self, mut state: u32, byte: u8) -> u32 {
        while state != ROOT {
            let at = state as usize;
            let edges = at + HEAD;
            let count = self.word(at + 3) as usize;
            for &edge in self.words.get(edges..edges + count).unwrap_or_default() {
                if edge >> STATE_BITS == u32::from(byte) {
                    return edge & STATE_MASK;
                }
            }
            state = self.word(at);
        }
        self.word(usize::from(byte))
    }

    fn report(&self, mut state: u32, at_end: bool, hit: &mut impl FnMut(u32)) {
        while state != ROOT {
            let at = state as usize;
            let outputs = self.word(at + 2) as usize;
            if outputs != 0 {
                let (anywhere, end) = (self.word(outputs) as usize, self.word(outputs + 1) as usize);
                let count = if at_end { anywhere + end } else { anywhere };
                let atoms = outputs + 2;
                self.words.get(atoms..atoms + count).unwrap_or_default().iter().for_each(|&atom| hit(atom));
            }
            state = self.word(at + 1);
        }
    }

    fn is_sound(&self, is_atom: impl Fn(u32) -> bool) -> Option<bool> {
        let words = &self.words;
        let outputs_at = *words.get(OUTPUTS_AT)? as usize;
        if words.len() > STATE_MASK as usize || !(STATES..=words.len()).contains(&outputs_at) {
            return None;
        }
        let mut is_state = vec![false; outputs_at];
        let mut at = STATES;
        while at < outputs_at {
            *is_state.get_mut(at)? = true;
            at = at.checked_add(HEAD)?.checked_add(*words.get(at + 3)? as usize)?;
        }
        let state = |place: u32| is_state.get(place as usize).copied().unwrap_or(false);
        let link = |place: u32, below: usize| place == ROOT || ((place as usize) < below && state(place));
        let mut sound = at == outputs_at && state(self.start);
        sound &= words.iter().take(START_AT).all(|&target| target == ROOT || state(target));
        for at in (STATES..outputs_at).filter(|&at| is_state.get(at) == Some(&true)) {
            let edges = words.get(at + HEAD..at + HEAD + *words.get(at + 3)? as usize)?;
            sound &= link(*words.get(at)?, at) && link(*words.get(at + 1)?, at);
            sound &= edges.iter().all(|edge| state(edge & STATE_MASK));
            sound &= self.outputs_are_sound(*words.get(at + 2)? as usize, outputs_at, &is_atom)?;
        }
        Some(sound)
    }

    fn outputs_are_sound(&self, at: usize, outputs_at: usize, is_atom: impl Fn(u32) -> bool) -> Option<bool> {
        if at == 0 {
            return Some(true);
        }
        let count = self.words.get(at)?.checked_add(*self.words.get(at + 1)?)? as usize;
        let atoms = self.words.get(at + 2..(at + 2).checked_add(count)?)?;
        Some(at >= outputs_at && atoms.iter().all(|&atom| is_atom(atom)))
    }
}
