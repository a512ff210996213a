//! How far a replay is, for whoever watches it from another thread.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// What was read so far. Clones count together.
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    bytes: AtomicU64,
    lines: AtomicU64,
}

impl Progress {
    /// Bytes that were read of all inputs, as stored.
    pub fn bytes(&self) -> u64 {
        self.0.bytes.load(Ordering::Relaxed)
    }

    /// Lines that were decided about.
    pub fn lines(&self) -> u64 {
        self.0.lines.load(Ordering::Relaxed)
    }

    pub(crate) fn add_bytes(&self, bytes: usize) {
        self.0.bytes.fetch_add(u64::try_from(bytes).unwrap_or(0), Ordering::Relaxed);
    }

    /// Counts lines, for whoever reads an [`Input`](crate::Input) by itself.
    pub fn add_lines(&self, lines: usize) {
        self.0.lines.fetch_add(u64::try_from(lines).unwrap_or(0), Ordering::Relaxed);
    }
}
