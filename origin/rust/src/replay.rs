//! Whether a request was here before.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashSet},
    error::Error,
    fmt,
    future::{Future, ready},
    pin::Pin,
    sync::{Mutex, PoisonError},
};

/// What a cache says: true once for each nonce.
pub type Answer<'a> = Pin<Box<dyn Future<Output = Result<bool, Box<dyn Error + Send + Sync>>> + Send + 'a>>;

/// What must come only once.
pub trait Replay: Send + Sync + 'static {
    /// True once for each `nonce`, which has to be kept until then (seconds since 1970). An error refuses the request.
    ///
    /// With Redis: `SET outwork:NONCE 1 NX EXAT until+60`, a minute longer for clocks that differ, and whether it answered `OK`.
    fn first<'a>(&'a self, nonce: &'a str, until: u64) -> Answer<'a>;

    /// The same of transactions: where they are kept apart, what fills the one leaves room in the other.
    fn first_transaction<'a>(&'a self, nonce: &'a str, until: u64) -> Answer<'a> {
        self.first(nonce, until)
    }
}

/// For a server of one process: others have a memory of their own, where the same request is new once more, and so has this one
/// after it was started anew.
///
/// When `capacity` nonces are kept at once, more are refused: to forget one would let it come again. Transactions have as much
/// room of their own, which nothing else takes.
pub struct MemoryReplay {
    capacity: usize,
    clock: fn() -> u64,
    others: Mutex<Known>,
    transactions: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    nonces: HashSet<String>,
    ends: BinaryHeap<Reverse<(u64, String)>>,
}

impl MemoryReplay {
    /// A signature is good for a minute, so 200,000 serve 3,000 requests a second.
    pub fn new() -> Self {
        Self::with_capacity(200_000)
    }

    /// For so many nonces at once.
    pub fn with_capacity(capacity: usize) -> Self {
        Self { capacity, clock: crate::layer::wall_clock, others: Mutex::default(), transactions: Mutex::default() }
    }

    /// With another clock: seconds since 1970.
    #[must_use]
    pub fn clock(self, clock: fn() -> u64) -> Self {
        Self { clock, ..self }
    }

    fn is_first(&self, known: &Mutex<Known>, nonce: &str, until: u64) -> Result<bool, Full> {
        let now = (self.clock)();
        // A thread that panicked here left a set of strings, which is whole at every step.
        let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
        while known.ends.peek().is_some_and(|Reverse((until, _))| *until < now) {
            if let Some(Reverse((_, ended))) = known.ends.pop() {
                known.nonces.remove(&ended);
            }
        }
        if known.nonces.contains(nonce) {
            return Ok(false);
        }
        if known.nonces.len() >= self.capacity {
            return Err(Full);
        }
        known.nonces.insert(nonce.to_owned());
        known.ends.push(Reverse((until, nonce.to_owned())));
        Ok(true)
    }
}

impl Default for MemoryReplay {
    fn default() -> Self {
        Self::new()
    }
}

impl Replay for MemoryReplay {
    fn first<'a>(&'a self, nonce: &'a str, until: u64) -> Answer<'a> {
        Box::pin(ready(self.is_first(&self.others, nonce, until).map_err(Into::into)))
    }

    fn first_transaction<'a>(&'a self, nonce: &'a str, until: u64) -> Answer<'a> {
        Box::pin(ready(self.is_first(&self.transactions, nonce, until).map_err(Into::into)))
    }
}

/// The cache has no room for one more: nothing can be said of this request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

impl fmt::Display for Full {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("as many requests as fit are remembered already")
    }
}

impl Error for Full {}
