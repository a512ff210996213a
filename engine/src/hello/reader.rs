use super::HelloError;

/// Reads big-endian integers and length-prefixed vectors off the front of a slice.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Nothing may be left where a structure ends.
    pub(super) fn end(self) -> Result<(), HelloError> {
        if self.rest.is_empty() { Ok(()) } else { Err(HelloError::TrailingData) }
    }

    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], HelloError> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(HelloError::LengthMismatch)?;
        self.rest = rest;
        Ok(taken)
    }

    pub(super) fn u8(&mut self) -> Result<u8, HelloError> {
        self.array().map(u8::from_be_bytes)
    }

    pub(super) fn u16(&mut self) -> Result<u16, HelloError> {
        self.array().map(u16::from_be_bytes)
    }

    pub(super) fn u24(&mut self) -> Result<u32, HelloError> {
        self.array().map(|[a, b, c]| u32::from_be_bytes([0, a, b, c]))
    }

    /// A vector with a one-byte length.
    pub(super) fn vector8(&mut self) -> Result<Reader<'a>, HelloError> {
        let length = self.u8()?;
        self.take(usize::from(length)).map(Reader::new)
    }

    /// A vector with a two-byte length.
    pub(super) fn vector16(&mut self) -> Result<Reader<'a>, HelloError> {
        let length = self.u16()?;
        self.take(usize::from(length)).map(Reader::new)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], HelloError> {
        let (taken, rest) = self.rest.split_first_chunk::<N>().ok_or(HelloError::LengthMismatch)?;
        self.rest = rest;
        Ok(*taken)
    }
}
