//! Which requests are held until their body has arrived.
//!
//! A request that ends early says so to no callback of ours: one that exists would cost every request. So whoever is gone
//! is dropped when there are twice as many as were there last time. A request that is still there takes the proxy a
//! thousand times the memory that it takes here, and how many there may be is the proxy's to limit.

use crate::host::Host;
use std::collections::BTreeMap;

/// How many may wait before anybody looks who is gone.
const FEW: usize = 64;

/// The requests of one VM that are held.
#[derive(Debug)]
pub struct Pending {
    held: BTreeMap<u32, Held>,
    /// At how many of them to look who is gone.
    full: usize,
}

#[derive(Clone, Copy, Debug)]
struct Held {
    root: u32,
    most: usize,
}

/// What became of a request by what arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrived {
    /// It is not held: its body is the origin's.
    OfAnother,
    /// More is to come.
    Part,
    /// All of it has arrived, or more than is taken.
    Enough {
        /// The root context of its plugin.
        root: u32,
        /// The most bytes that are taken.
        most: usize,
    },
}

impl Default for Pending {
    fn default() -> Self {
        Self { held: BTreeMap::new(), full: FEW }
    }
}

impl Pending {
    /// Holds a request until its body has arrived, or more than `most` bytes of it.
    pub fn add(&mut self, host: &impl Host, context: u32, root: u32, most: usize) {
        if self.held.len() >= self.full {
            self.held.retain(|context, _| host.lives(*context));
            // To ask who lives makes the proxy act for whom was asked last.
            host.lives(context);
            self.full = self.held.len().saturating_mul(2).max(FEW);
        }
        self.held.insert(context, Held { root, most });
    }

    /// Takes note that `size` bytes are there, and whether these are all.
    pub fn arrived(&mut self, context: u32, size: usize, ended: bool) -> Arrived {
        let Some(&Held { root, most }) = self.held.get(&context) else { return Arrived::OfAnother };
        if size <= most && !ended {
            return Arrived::Part;
        }
        self.held.remove(&context);
        Arrived::Enough { root, most }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Memory;

    #[test]
    fn a_body_is_waited_for_up_to_its_end_or_its_cap() {
        let (host, mut pending) = (Memory::default(), Pending::default());
        for context in [1, 2] {
            pending.add(&host, context, 9, 10);
        }
        assert_eq!(pending.arrived(3, 1, true), Arrived::OfAnother);
        assert_eq!(pending.arrived(1, 10, false), Arrived::Part);
        assert_eq!(pending.arrived(1, 10, true), Arrived::Enough { root: 9, most: 10 });
        assert_eq!(pending.arrived(1, 10, true), Arrived::OfAnother);
        assert_eq!(pending.arrived(2, 11, false), Arrived::Enough { root: 9, most: 10 });
    }

    #[test]
    fn those_who_are_gone_take_no_memory() {
        let (host, mut pending) = (Memory::default(), Pending::default());
        for context in 0..5_000 {
            pending.add(&host, context, 9, 10);
            if context % 50 != 0 {
                host.dead.borrow_mut().push(context);
            }
        }
        assert!(pending.held.len() <= 2 * (5_000 / 50) + FEW, "{}", pending.held.len());
        assert_eq!(pending.arrived(0, 0, true), Arrived::Enough { root: 9, most: 10 }, "the living stay");
    }
}
