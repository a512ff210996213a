//! Requests that wait for something, and what is kept of each until it comes.
//!
//! A request that ends early says so to no callback of ours: one that exists would cost every request. So whoever is gone
//! is dropped when there are twice as many as were there last time. A request that is still there takes the proxy a
//! thousand times the memory that it takes here, and how many there may be is the proxy's to limit.

use crate::host::Host;
use std::collections::BTreeMap;

/// How many may wait before anybody looks who is gone.
const FEW: usize = 64;

/// The requests of one VM that wait for something, each under the number by which that will be known when it comes.
#[derive(Debug)]
pub struct Waiting<T> {
    held: BTreeMap<u32, (u32, T)>,
    /// At how many of them to look who is gone.
    full: usize,
}

impl<T> Default for Waiting<T> {
    fn default() -> Self {
        Self { held: BTreeMap::new(), full: FEW }
    }
}

impl<T> Waiting<T> {
    /// Keeps something of the request of a context.
    pub fn add(&mut self, host: &impl Host, number: u32, context: u32, item: T) {
        if self.held.len() >= self.full {
            self.held.retain(|_, (context, _)| host.lives(*context));
            // To ask who lives makes the proxy act for whom was asked last.
            host.lives(context);
            self.full = self.held.len().saturating_mul(2).max(FEW);
        }
        self.held.insert(number, (context, item));
    }

    /// What is kept under a number.
    pub fn get(&self, number: u32) -> Option<&T> {
        self.held.get(&number).map(|(_, item)| item)
    }

    /// The same, to be changed.
    pub fn get_mut(&mut self, number: u32) -> Option<&mut T> {
        self.held.get_mut(&number).map(|(_, item)| item)
    }

    /// The same, with the context of its request; it is kept no longer.
    pub fn take(&mut self, number: u32) -> Option<(u32, T)> {
        self.held.remove(&number)
    }

    /// The numbers of those of whom this is true.
    pub fn whose(&self, is_so: impl Fn(&T) -> bool) -> Vec<u32> {
        self.held.iter().filter(|(_, (_, item))| is_so(item)).map(|(number, _)| *number).collect()
    }

    /// How many there are, with those who are gone and were not noticed yet.
    pub fn len(&self) -> usize {
        self.held.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.held.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Memory;

    #[test]
    fn those_who_are_gone_take_no_memory() {
        let (host, mut waiting) = (Memory::default(), Waiting::default());
        for context in 0..5_000 {
            waiting.add(&host, context + 7, context, ());
            if context % 50 != 0 {
                host.dead.borrow_mut().push(context);
            }
        }
        assert!(waiting.len() <= 2 * (5_000 / 50) + FEW, "{}", waiting.len());
        assert_eq!(waiting.take(7), Some((0, ())), "the living stay");
        assert_eq!(waiting.take(7), None);
    }
}
