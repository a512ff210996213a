//! Which requests are held until their body has arrived.

use crate::{charging::Asked, host::Host, waiting::Waiting};

/// The requests of one VM that are held.
#[derive(Debug, Default)]
pub struct Pending(Waiting<Held>);

#[derive(Debug)]
enum Held {
    /// An endpoint's.
    Ours { root: u32, most: usize },
    /// One that is to be bound, and what was settled of it; nothing while that is kept elsewhere.
    Bound { root: u32, most: usize, asked: Option<Asked> },
    /// One that is as good as answered: nothing of it may go on.
    Refused,
}

/// What became of a request by what arrived.
#[derive(Debug)]
pub enum Arrived {
    /// It is not held: its body is the origin's.
    OfAnother,
    /// More is to come.
    Part,
    /// It waits for something else, and its client with it.
    Waits,
    /// All of it has arrived, or more than is taken.
    Enough {
        /// The root context of its plugin.
        root: u32,
        /// The most bytes that are taken.
        most: usize,
    },
    /// The same of one that is to be bound, with what was settled of it; nothing where that is kept elsewhere.
    Bound {
        /// The root context of its plugin.
        root: u32,
        /// The most bytes that are bound.
        most: usize,
        /// What was settled.
        asked: Option<Asked>,
    },
}

impl Pending {
    /// Holds a request until its body has arrived, or more than `most` bytes of it.
    pub fn add(&mut self, host: &impl Host, context: u32, root: u32, most: usize) {
        self.0.add(host, context, context, Held::Ours { root, most });
    }

    /// Holds a request that is to be bound, the same way.
    pub fn bind(&mut self, host: &impl Host, context: u32, root: u32, most: usize, asked: Option<Asked>) {
        self.0.add(host, context, context, Held::Bound { root, most, asked });
    }

    /// Holds the rest of a request that will be answered.
    pub fn refuse(&mut self, host: &impl Host, context: u32) {
        self.0.add(host, context, context, Held::Refused);
    }

    /// Holds a request no longer.
    pub fn forget(&mut self, context: u32) {
        self.0.take(context);
    }

    /// Takes note that `size` bytes are there, and whether these are all.
    pub fn arrived(&mut self, context: u32, size: usize, ended: bool) -> Arrived {
        let most = match self.0.get(context) {
            None => return Arrived::OfAnother,
            Some(Held::Refused) => return Arrived::Waits,
            Some(Held::Ours { most, .. } | Held::Bound { most, .. }) => *most,
        };
        if size <= most && !ended {
            return Arrived::Part;
        }
        match self.0.take(context) {
            Some((_, Held::Ours { root, most })) => Arrived::Enough { root, most },
            Some((_, Held::Bound { root, most, asked })) => Arrived::Bound { root, most, asked },
            Some((_, Held::Refused)) | None => Arrived::OfAnother,
        }
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
        assert!(matches!(pending.arrived(3, 1, true), Arrived::OfAnother));
        assert!(matches!(pending.arrived(1, 10, false), Arrived::Part));
        assert!(matches!(pending.arrived(1, 10, true), Arrived::Enough { root: 9, most: 10 }));
        assert!(matches!(pending.arrived(1, 10, true), Arrived::OfAnother));
        assert!(matches!(pending.arrived(2, 11, false), Arrived::Enough { root: 9, most: 10 }));
        pending.bind(&host, 4, 9, 10, None);
        assert!(matches!(pending.arrived(4, 10, false), Arrived::Part));
        assert!(
            matches!(pending.arrived(4, 0, true), Arrived::Bound { root: 9, most: 10, asked: None }),
            "trailers end it"
        );
        pending.refuse(&host, 5);
        assert!(matches!(pending.arrived(5, 11, true), Arrived::Waits));
        pending.forget(5);
        assert!(matches!(pending.arrived(5, 11, true), Arrived::OfAnother));
    }
}
