//! What a bundle takes: bytes, time to load, memory once loaded.

use outwork_engine::policy::Policy;
use std::{error::Error, time::Instant};

pub(crate) struct Load {
    pub(crate) bytes: usize,
    pub(crate) milliseconds: f64,
    /// Held by the policy; the bundle itself is not in it.
    pub(crate) held: i64,
    /// At most, while it is loaded; the bundle itself is not in it.
    pub(crate) most: u64,
}

impl Load {
    pub(crate) fn of(bundle: &[u8]) -> Result<Self, Box<dyn Error>> {
        let mut times = Vec::new();
        let mut policy = Policy::load(bundle)?;
        for _ in 0..9 {
            let begun = Instant::now();
            policy = Policy::load(bundle)?;
            times.push(begun.elapsed().as_secs_f64() * 1e3);
        }
        drop(policy);
        let mut kept = None;
        let memory = allocation_counter::measure(|| kept = Some(Policy::load(bundle)));
        drop(kept);
        let milliseconds = crate::measure::quartiles(times)[1];
        Ok(Self { bytes: bundle.len(), milliseconds, held: memory.bytes_current, most: memory.bytes_max })
    }
}
