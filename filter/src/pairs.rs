//! The form in which a header map crosses the ABI: a count, then the two lengths of each pair, then the pairs with a
//! zero byte behind each name and value; numbers are little-endian and of 32 bits.
//! <https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1>

/// A name and a value.
pub type Pair<'a> = (&'a [u8], &'a [u8]);

const LENGTHS: usize = 8;

/// The pairs in `bytes`, borrowed, in their order; none when the bytes are not a header map.
pub fn read(bytes: &[u8]) -> Option<Vec<Pair<'_>>> {
    if bytes.is_empty() {
        return Some(Vec::new());
    }
    let (count, rest) = bytes.split_first_chunk::<4>()?;
    let count = usize::try_from(u32::from_le_bytes(*count)).ok()?;
    let (lengths, mut data) = rest.split_at_checked(count.checked_mul(LENGTHS)?)?;
    let mut pairs = Vec::with_capacity(count);
    for &[a, b, c, d, e, f, g, h] in lengths.as_chunks::<LENGTHS>().0 {
        let name = take(&mut data, [a, b, c, d])?;
        pairs.push((name, take(&mut data, [e, f, g, h])?));
    }
    Some(pairs)
}

fn take<'a>(data: &mut &'a [u8], length: [u8; 4]) -> Option<&'a [u8]> {
    let (text, rest) = data.split_at_checked(usize::try_from(u32::from_le_bytes(length)).ok()?)?;
    *data = rest.get(1..)?;
    Some(text)
}

/// The bytes of a header map.
pub fn write(pairs: &[(&str, &str)]) -> Vec<u8> {
    let size: usize = pairs.iter().map(|(name, value)| LENGTHS + name.len() + value.len() + 2).sum();
    let mut bytes = Vec::with_capacity(4 + size);
    bytes.extend_from_slice(&length(pairs.len()));
    for (name, value) in pairs {
        bytes.extend_from_slice(&length(name.len()));
        bytes.extend_from_slice(&length(value.len()));
    }
    for text in pairs.iter().flat_map(|(name, value)| [name, value]) {
        bytes.extend_from_slice(text.as_bytes());
        bytes.push(0);
    }
    bytes
}

fn length(length: usize) -> [u8; 4] {
    u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_was_written_is_read() {
        let bytes = write(&[(":path", "/"), ("accept", "*/*"), ("empty", "")]);
        let expected: [Pair<'_>; 3] = [(b":path", b"/"), (b"accept", b"*/*"), (b"empty", b"")];
        assert_eq!(read(&bytes).unwrap(), expected);
    }

    #[test]
    fn a_map_cut_anywhere_is_refused() {
        let bytes = write(&[("a", "1"), ("b", "2")]);
        for end in 1..bytes.len() {
            assert_eq!(read(&bytes[..end]), None, "{end} bytes");
        }
        assert_eq!(read(&[]), Some(vec![]));
    }

    #[test]
    fn a_count_that_lies_allocates_nothing() {
        assert!(read(&u32::MAX.to_le_bytes()).is_none());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            if let Some(pairs) = read(&bytes) {
                let size: usize = pairs.iter().map(|(name, value)| name.len() + value.len()).sum();
                prop_assert!(size <= bytes.len());
            }
        }

        #[test]
        fn values_of_any_bytes_come_through(name in "[a-z-]{1,20}", value in "\\PC{0,40}") {
            let bytes = write(&[(&name, &value)]);
            prop_assert_eq!(read(&bytes).unwrap(), [(name.as_bytes(), value.as_bytes())]);
        }
    }
}
