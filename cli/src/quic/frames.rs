use super::reader::Reader;

/// Hands the CRYPTO frames of an Initial packet to `visit`, each with its offset (RFC 9000 section 19.6).
pub(super) fn crypto(payload: &[u8], mut visit: impl FnMut(usize, &[u8])) {
    let mut reader = Reader(payload);
    while let Some((offset, part)) = next(&mut reader) {
        visit(offset, part);
    }
}

/// The next CRYPTO frame, past the other frames that a client's Initial packet may hold.
fn next<'a>(reader: &mut Reader<'a>) -> Option<(usize, &'a [u8])> {
    loop {
        match reader.varint()? {
            // PADDING and PING.
            0 | 1 => {}
            kind @ (2 | 3) => acknowledgement(reader, kind)?,
            6 => {
                let offset = reader.varint()?;
                let length = reader.varint()?;
                return Some((offset, reader.take(length)?));
            }
            // CONNECTION_CLOSE, or what may not be here.
            _ => return None,
        }
    }
}

/// Skips an ACK frame: largest, delay, count of ranges, first range, the ranges, and in type 3 three ECN counts.
fn acknowledgement(reader: &mut Reader<'_>, kind: usize) -> Option<()> {
    reader.varint()?;
    reader.varint()?;
    let ranges = reader.varint()?;
    let counts = if kind == 3 { 3 } else { 0 };
    for _ in 0..ranges.checked_mul(2)?.checked_add(1)?.checked_add(counts)? {
        reader.varint()?;
    }
    Some(())
}
