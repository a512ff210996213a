//! A record that has no place in a chain yet.

use super::{
    chain::{Chain, Later, Sealer},
    json::Json,
};
use alloc::{string::String, vec::Vec};

/// What closes any record: as many of these as objects are open in it.
const BRACES: &str = "}}}";

/// A record whose own object is still open.
#[derive(Debug)]
pub struct Draft {
    pub(super) json: Json,
    // INVARIANT: as many braces as objects are open, at most those of `BRACES`.
    pub(super) closing: &'static str,
    /// What records of clients have in common that begin alike.
    pub(super) like: u64,
}

impl Draft {
    /// The record as one of no chain.
    pub fn close(mut self) -> String {
        self.json.raw(self.closing);
        self.json.out
    }

    /// The record as the next one of a chain.
    pub fn seal(mut self, chain: &mut Chain, sealer: &mut Sealer) -> String {
        chain.seal(&mut self.json, self.like, sealer);
        self.close()
    }

    /// How many bytes of memory it takes.
    pub fn size(&self) -> usize {
        self.json.out.capacity()
    }

    /// Its bytes, to be kept elsewhere meanwhile: the text, and in a line of its own the numbers that go with it.
    pub fn pack(self) -> Vec<u8> {
        let Self { mut json, closing, like } = self;
        let (later, braces) = (json.later, u64::try_from(closing.len()).unwrap_or(0));
        json.raw("\n").number(braces).raw(" ").number(like);
        for (start, end) in later.parts() {
            json.raw(" ").number((*start).into()).raw(" ").number((*end).into());
        }
        json.out.into_bytes()
    }

    /// What was packed; none where these are other bytes.
    pub fn unpack(bytes: Vec<u8>) -> Option<Self> {
        let mut text = String::from_utf8(bytes).ok()?;
        let (out, rest) = text.rsplit_once('\n')?;
        let (length, mut numbers) = (out.len(), rest.split(' ').map(|number| number.parse::<u64>().ok()));
        let (closing, like) = (BRACES.get(..usize::try_from(numbers.next()??).ok()?)?, numbers.next()??);
        let mut later = Later::default();
        while let Some(start) = numbers.next() {
            later.note(&(usize::try_from(start?).ok()?..usize::try_from(numbers.next()??).ok()?))?;
        }
        text.truncate(length);
        Some(Self { json: Json { out: text, later }, closing, like })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_the_same_again_and_other_bytes_are_none() {
        let mut json = Json::new();
        json.raw("{\"a\":").varying(|json| json.number(7)).raw(",\"b\":").varying(|json| json.bytes(b"x\ny"));
        let (out, later) = (json.out.clone(), json.later);
        let packed = Draft { json, closing: "}}", like: u64::MAX }.pack();
        let again = Draft::unpack(packed.clone()).unwrap();
        assert_eq!((&again.json.out, again.json.later, again.closing, again.like), (&out, later, "}}", u64::MAX));
        assert_eq!(again.pack(), packed);
        for wrong in ["", "{", "{\n", "{\n2", "{\n9 1", "{\n2 1 5", "{\n2 1 5 4", "{\n2 x", "{\n2 1 1 2 0 3"] {
            assert!(Draft::unpack(wrong.into()).is_none(), "{wrong}");
        }
        assert!(Draft::unpack([&b"\xff"[..], &packed].concat()).is_none());
    }
}
