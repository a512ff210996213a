//! Which requests are held until their body has arrived.

use crate::{charging::Asked, host::Host, waiting::Waiting};
use outwork_engine::time::Time;

/// How long a body may take that is held back, in microseconds: 30 s, in which 1 MiB comes at 280 kbit/s. A sender that drips
/// takes a place in memory for no longer.
pub const LONGEST: u64 = 30_000_000;

/// Milliseconds between ticks while bodies are waited for.
pub const TICK_MS: u32 = 1_000;

/// The requests of one VM that are held.
#[derive(Debug, Default)]
pub struct Pending {
    held: Waiting<(Option<Time>, Held)>,
    /// The roots whose timers run for them.
    ticking: Vec<u32>,
}

/// What is held; beside it is since when its body is waited for, where that is known and it is.
#[derive(Debug)]
enum Held {
    /// An endpoint's.
    Ours { root: u32, most: usize },
    /// One that is to be bound, and what was settled of it; nothing while that is kept elsewhere.
    Bound { root: u32, most: usize, asked: Option<Asked> },
    /// One that is as good as answered: nothing of it may go on.
    Refused,
}

/// A request whose body was waited for.
#[derive(Debug)]
pub struct Awaited {
    /// The root context of its plugin.
    pub root: u32,
    /// Since when.
    pub since: Option<Time>,
    /// What was settled of it; nothing while that is kept elsewhere.
    pub asked: Option<Asked>,
    /// Whether an endpoint waited for it.
    pub is_ours: bool,
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
        self.held.add(host, context, context, (host.now().ok(), Held::Ours { root, most }));
    }

    /// Holds a request that is to be bound, the same way.
    pub fn bind(&mut self, host: &impl Host, context: u32, root: u32, most: usize, asked: Option<Asked>) {
        self.held.add(host, context, context, (host.now().ok(), Held::Bound { root, most, asked }));
    }

    /// Holds the rest of a request that will be answered.
    pub fn refuse(&mut self, host: &impl Host, context: u32) {
        self.held.add(host, context, context, (None, Held::Refused));
    }

    /// Holds a request no longer.
    pub fn forget(&mut self, context: u32) {
        self.held.take(context);
    }

    /// Whether a request is to be bound.
    pub fn binds(&self, context: u32) -> bool {
        matches!(self.held.get(context), Some((_, Held::Bound { .. })))
    }

    /// The contexts of those whose bodies take too long, and what is known of them; they are held no longer.
    pub fn late(&mut self, now: Time) -> Vec<(u32, Awaited)> {
        // A clock that was set back by more makes nobody wait for longer.
        let is_late = |since: Time| now.0.abs_diff(since.0) >= LONGEST;
        let late = self.held.whose(|(since, _)| since.is_some_and(is_late));
        late.into_iter().filter_map(|context| Some((context, self.end(context)?))).collect()
    }

    /// Holds a request no longer that has ended; nothing where it was not its body that was waited for.
    pub fn end(&mut self, context: u32) -> Option<Awaited> {
        let (_, (since, held)) = self.held.take(context)?;
        match held {
            Held::Ours { root, .. } => Some(Awaited { root, since, asked: None, is_ours: true }),
            Held::Bound { root, asked, .. } => Some(Awaited { root, since, asked, is_ours: false }),
            Held::Refused => None,
        }
    }

    /// Whether the timer of a root has to begin to run for them.
    pub fn begin(&mut self, root: u32) -> bool {
        let is_new = !self.ticking.contains(&root);
        if is_new {
            self.ticking.push(root);
        }
        is_new
    }

    /// Whether bodies are waited for.
    pub fn awaits(&self) -> bool {
        !self.held.whose(|(since, _)| since.is_some()).is_empty()
    }

    /// Whether the timer of a root runs for them.
    pub fn ticks(&self, root: u32) -> bool {
        self.ticking.contains(&root)
    }

    /// Whether the timer of a root ran for them, and no longer has to.
    pub fn rest(&mut self, root: u32) -> bool {
        let rests = self.ticks(root) && !self.awaits();
        self.ticking.retain(|known| *known != root || !rests);
        rests
    }

    /// Forgets the timers of roots that are gone.
    pub fn prune(&mut self, host: &impl Host) {
        self.ticking.retain(|root| host.lives(*root));
    }

    /// Takes note that `size` bytes are there, and whether these are all.
    pub fn arrived(&mut self, context: u32, size: usize, ended: bool) -> Arrived {
        let most = match self.held.get(context) {
            None => return Arrived::OfAnother,
            Some((_, Held::Refused)) => return Arrived::Waits,
            Some((_, Held::Ours { most, .. } | Held::Bound { most, .. })) => *most,
        };
        if size <= most && !ended {
            return Arrived::Part;
        }
        match self.held.take(context).map(|(_, (_, held))| held) {
            Some(Held::Ours { root, most }) => Arrived::Enough { root, most },
            Some(Held::Bound { root, most, asked }) => Arrived::Bound { root, most, asked },
            Some(Held::Refused) | None => Arrived::OfAnother,
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
