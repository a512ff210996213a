//! Which requests are held until their body has arrived.

use crate::{host::Host, waiting::Waiting};

/// The requests of one VM that are held.
#[derive(Debug, Default)]
pub struct Pending(Waiting<Held>);

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

impl Pending {
    /// Holds a request until its body has arrived, or more than `most` bytes of it.
    pub fn add(&mut self, host: &impl Host, context: u32, root: u32, most: usize) {
        self.0.add(host, context, context, Held { root, most });
    }

    /// Takes note that `size` bytes are there, and whether these are all.
    pub fn arrived(&mut self, context: u32, size: usize, ended: bool) -> Arrived {
        let Some(&Held { root, most }) = self.0.get(context) else { return Arrived::OfAnother };
        if size <= most && !ended {
            return Arrived::Part;
        }
        self.0.take(context);
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
}
