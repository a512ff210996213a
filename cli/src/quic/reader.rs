/// Reads off the front of a slice; `None` where it is too short.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    pub(super) fn u8(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        let (first, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u32::from_be_bytes(*first))
    }

    /// A variable-length integer (RFC 9000 section 16): the top two bits are the binary logarithm of its length.
    pub(super) fn varint(&mut self) -> Option<usize> {
        let first = self.u8()?;
        let more = (1_usize << (first >> 6)).checked_sub(1)?;
        let mut value = u64::from(first & 0x3f);
        for byte in self.take(more)? {
            value = value << 8 | u64::from(*byte);
        }
        usize::try_from(value).ok()
    }
}
