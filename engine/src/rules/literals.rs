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
//!
//! Where [`Grams`] can tell where a literal may begin, the automaton is only a trie: its edges are followed from there.

use super::{
    ConditionsError,
    dense::{Dense, MOST_WORDS, Step},
    grams::Grams,
};
use alloc::{vec, vec::Vec};

pub(super) const ROOT: u32 = 0;
const START_AT: usize = 256;
const OUTPUTS_AT: usize = 257;
pub(super) const STATES: usize = 258;
const HEAD: usize = 4;
const STATE_BITS: u32 = 24;
const STATE_MASK: u32 = (1 << STATE_BITS) - 1;

/// The automaton, verified.
#[derive(Debug)]
pub(super) struct Literals {
    dense: Dense,
    start: u32,
    grams: Option<Grams>,
}

impl Literals {
    /// Verifies the words; `is_atom` says which atoms the automaton may report.
    pub(super) fn load(words: Vec<u32>, is_atom: impl Fn(u32) -> bool) -> Result<Self, ConditionsError> {
        Self::with_rows(words, is_atom, MOST_WORDS)
    }

    /// The same with no more than this many words of rows.
    pub(super) fn with_rows(
        words: Vec<u32>,
        is_atom: impl Fn(u32) -> bool,
        most: usize,
    ) -> Result<Self, ConditionsError> {
        let words = Words(words);
        if !words.is_sound(is_atom).unwrap_or(false) {
            return Err(ConditionsError::Matcher);
        }
        let (start, grams) = (words.word(START_AT), Grams::new(&words));
        let dense = Dense::new(words, most);
        Ok(Self { dense, start, grams })
    }

    /// Calls `hit` with every atom that holds of the text, some of them more than once.
    pub(super) fn search(&self, text: &[u8], mut hit: impl FnMut(u32)) {
        let skimmed = self.grams.as_ref().is_some_and(|grams| self.skim(grams, text, &mut hit));
        if !skimmed {
            self.walk(text, hit);
        }
    }

    /// Whether most of a text is not looked at.
    pub(super) fn is_skimmed(&self) -> bool {
        self.grams.is_some()
    }

    /// Searches only where literals may begin. Gives up on a text in which that takes longer than going through it.
    fn skim(&self, grams: &Grams, text: &[u8], hit: &mut impl FnMut(u32)) -> bool {
        let words = self.dense.words();
        words.follow(self.start, text, hit);
        let mut left = text.len();
        for at in grams.beginnings(text) {
            let steps = words.follow(ROOT, text.get(at..).unwrap_or_default(), hit);
            match left.checked_sub(steps) {
                Some(rest) => left = rest,
                None => return false,
            }
        }
        true
    }

    /// Goes through the whole text.
    fn walk(&self, text: &[u8], mut hit: impl FnMut(u32)) {
        let mut step = self.dense.step_to(self.start);
        self.report(step, &mut hit);
        for &byte in text {
            step = self.dense.next(step, byte);
            if step.reports() {
                self.report(step, &mut hit);
            }
        }
        self.dense.words().report(self.dense.state(step), true, &mut hit);
    }

    fn report(&self, step: Step, hit: &mut impl FnMut(u32)) {
        self.dense.words().report(self.dense.state(step), false, hit);
    }
}

/// The words as the bundle has them.
#[derive(Debug)]
pub(super) struct Words(Vec<u32>);

impl Words {
    fn word(&self, at: usize) -> u32 {
        self.0.get(at).copied().unwrap_or(0)
    }

    /// Where the root goes on a byte.
    pub(super) fn root(&self, byte: u8) -> u32 {
        self.word(usize::from(byte))
    }

    /// The states but for the root, in order: those nearer to it come first.
    pub(super) fn states(&self) -> impl Iterator<Item = u32> + '_ {
        let end = self.word(OUTPUTS_AT);
        let next = |&at: &u32| at.checked_add(HEAD as u32)?.checked_add(self.word(at as usize + 3));
        core::iter::successors(Some(STATES as u32), next).take_while(move |&at| at < end)
    }

    /// The next shorter state that is a suffix of this one.
    pub(super) fn fail(&self, state: u32) -> u32 {
        self.word(state as usize)
    }

    /// Puts another word in the place of a state's fail link.
    pub(super) fn set_fail(&mut self, state: u32, word: u32) {
        if let Some(fail) = self.0.get_mut(state as usize) {
            *fail = word;
        }
    }

    /// A state's edges.
    pub(super) fn edges(&self, state: u32) -> impl Iterator<Item = (u8, u32)> + '_ {
        let (at, count) = (state as usize + HEAD, self.word(state as usize + 3) as usize);
        let edges = self.0.get(at..at + count).unwrap_or_default().iter();
        edges.map(|&edge| (edge.to_be_bytes()[0], edge & STATE_MASK))
    }

    /// Where a state's own edge on a byte goes.
    pub(super) fn edge(&self, state: u32, byte: u8) -> Option<u32> {
        self.edges(state).find(|&(known, _)| known == byte).map(|(_, next)| next)
    }

    /// Whether something may be reported at a state other than at the end of the text.
    pub(super) fn reports(&self, state: u32) -> bool {
        state != ROOT && (self.word(state as usize + 1) != ROOT || self.word(state as usize + 2) != 0)
    }

    /// Whether a literal ends at a state, wherever in the text.
    pub(super) fn has_outputs(&self, state: u32) -> bool {
        self.word(state as usize + 2) != 0
    }

    /// Calls `hit` with the atoms of the literals that stand at the beginning of this end of a text, given the state where
    /// they begin. Tells how many bytes it looked at.
    fn follow(&self, mut state: u32, text: &[u8], hit: &mut impl FnMut(u32)) -> usize {
        self.report_own(state, text.is_empty(), hit);
        for (at, &byte) in (1..).zip(text) {
            let next = if state == ROOT { Some(self.root(byte)) } else { self.edge(state, byte) };
            match next {
                None | Some(ROOT) => return at,
                Some(next) => state = next,
            }
            self.report_own(state, at == text.len(), hit);
        }
        text.len()
    }

    fn report(&self, mut state: u32, at_end: bool, hit: &mut impl FnMut(u32)) {
        while state != ROOT {
            self.report_own(state, at_end, hit);
            state = self.word(state as usize + 1);
        }
    }

    /// Reports what a state has itself. The root has nothing.
    fn report_own(&self, state: u32, at_end: bool, hit: &mut impl FnMut(u32)) {
        let outputs = if state == ROOT { 0 } else { self.word(state as usize + 2) as usize };
        if outputs != 0 {
            let (anywhere, end) = (self.word(outputs) as usize, self.word(outputs + 1) as usize);
            let count = if at_end { anywhere + end } else { anywhere };
            let atoms = outputs + 2;
            self.0.get(atoms..atoms + count).unwrap_or_default().iter().for_each(|&atom| hit(atom));
        }
    }

    fn is_sound(&self, is_atom: impl Fn(u32) -> bool) -> Option<bool> {
        let words = &self.0;
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
        let begins = self.outputs(outputs_at, is_atom)?;
        let mut sound = at == outputs_at && state(*words.get(START_AT)?);
        sound &= words.iter().take(START_AT).all(|&target| target == ROOT || state(target));
        for at in (STATES..outputs_at).filter(|&at| is_state.get(at) == Some(&true)) {
            let edges = words.get(at + HEAD..at + HEAD + *words.get(at + 3)? as usize)?;
            sound &= link(*words.get(at)?, at) && link(*words.get(at + 1)?, at);
            sound &= edges.iter().all(|edge| state(edge & STATE_MASK));
            let outputs = *words.get(at + 2)? as usize;
            let reported = outputs.checked_sub(outputs_at).and_then(|at| begins.get(at));
            sound &= outputs == 0 || reported == Some(&true);
        }
        Some(sound)
    }

    /// Which words behind the states begin outputs; none when some report what they may not. Each word is looked at once,
    /// however many states name it.
    fn outputs(&self, outputs_at: usize, is_atom: impl Fn(u32) -> bool) -> Option<Vec<bool>> {
        let words = self.0.get(outputs_at..)?;
        let mut begins = vec![false; words.len()];
        let mut at = 0;
        while at < words.len() {
            *begins.get_mut(at)? = true;
            let count = words.get(at)?.checked_add(*words.get(at + 1)?)? as usize;
            let end = (at + 2).checked_add(count)?;
            if !words.get(at + 2..end)?.iter().all(|&atom| is_atom(atom)) {
                return None;
            }
            at = end;
        }
        Some(begins)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::cell::Cell;

    /// So many states, of which each reports these outputs.
    fn words(states: u32, outputs: &[u32]) -> Vec<u32> {
        let mut words = vec![ROOT; STATES];
        let outputs_at = STATES as u32 + 4 * states;
        words[START_AT] = STATES as u32;
        words[OUTPUTS_AT] = outputs_at;
        (0..states).for_each(|_| words.extend([ROOT, ROOT, outputs_at, 0]));
        words.extend(outputs);
        words
    }

    #[test]
    fn verification_looks_at_each_output_once_however_many_states_share_it() {
        let asked = Cell::new(0);
        let outputs: Vec<u32> = [5_000, 0].into_iter().chain(0..5_000).collect();
        let loaded = Literals::load(words(5_000, &outputs), |_| {
            asked.set(asked.get() + 1);
            true
        });
        assert!(loaded.is_ok());
        assert_eq!(asked.get(), 5_000);
    }

    #[test]
    fn outputs_are_whole_and_states_name_their_beginnings() {
        let load = |words| Literals::load(words, |atom| atom < 3).is_ok();
        assert!(load(words(2, &[1, 1, 0, 2])));
        assert!(!load(words(2, &[1, 1, 0, 3])));
        assert!(!load(words(2, &[1, 2, 0, 2])));
        assert!(!load(words(2, &[u32::MAX, 1, 0, 2])));
        let mut between = words(2, &[1, 1, 0, 0]);
        between[STATES + 2] += 2;
        assert!(!load(between));
    }
}
