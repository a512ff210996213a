//! Random bytes for ids and nonces.

use crate::host::{Failure, Host};

/// Bytes a request takes: 128 bits.
pub const REQUEST_BYTES: usize = 16;

/// One fetch serves this many requests: asking the host costs more than what is asked for.
const REQUESTS: usize = 64;

/// Random bytes that the host gave and no request has had yet.
///
/// They come from the host's own generator (Envoy: BoringSSL), each is handed out once, and nothing is derived from
/// one another: a nonce tells nothing of the next.
#[derive(Debug)]
pub struct Pool {
    bytes: [u8; REQUEST_BYTES * REQUESTS],
    // INVARIANT: at most REQUESTS.
    used: usize,
}

impl Default for Pool {
    fn default() -> Self {
        Self { bytes: [0; REQUEST_BYTES * REQUESTS], used: REQUESTS }
    }
}

impl Pool {
    /// The bytes of one request.
    ///
    /// # Errors
    /// When the host has none to give: the same bytes twice would be worse.
    pub fn take(&mut self, host: &impl Host) -> Result<[u8; REQUEST_BYTES], Failure> {
        if self.used >= REQUESTS {
            host.fill(&mut self.bytes)?;
            self.used = 0;
        }
        let bytes = self.bytes.as_chunks::<REQUEST_BYTES>().0.get(self.used).copied();
        self.used += 1;
        Ok(bytes.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Memory;
    use std::collections::HashSet;

    #[test]
    fn no_bytes_are_handed_out_twice() {
        let (host, mut pool) = (Memory::default(), Pool::default());
        let taken: HashSet<_> = (0..1_000).map(|_| pool.take(&host).unwrap()).collect();
        assert_eq!(taken.len(), 1_000);
        assert_eq!(host.fills.get(), 1_000_usize.div_ceil(REQUESTS));
    }

    #[test]
    fn a_host_without_entropy_gives_no_stale_bytes() {
        let (host, mut pool) = (Memory::default(), Pool::default());
        host.break_call(crate::host::Call::Entropy);
        assert!(pool.take(&host).is_err());
        assert!(pool.take(&host).is_err());
        host.repair();
        assert_ne!(pool.take(&host).unwrap(), [0; REQUEST_BYTES]);
    }
}
