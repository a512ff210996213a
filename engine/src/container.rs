//! The container of files that hosts load: a policy bundle, a model.
//!
//! | bytes | what |
//! |---|---|
//! | 8 | magic |
//! | 2 | format version |
//! | 2 | number of sections |
//! | 4 | length of the whole file |
//! | 12 each | section table: id (2), zero (2), offset (4), length (4); ids ascend, sections lie end to end |
//! | … | the sections |
//! | 32 | SHA-256 of everything before it |
//!
//! All numbers are little-endian. Opening allocates nothing.

use alloc::vec::Vec;
use sha2::{Digest, Sha256};

/// The most sections that a file may have.
pub const MAX_SECTIONS: usize = 64;

/// The bytes of the checksum at the end.
pub const DIGEST: usize = 32;

pub(crate) const HEAD: usize = 16;
pub(crate) const ENTRY: usize = 12;

/// What a file of one kind begins with, and how large it may be.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// Its first bytes.
    pub magic: &'static [u8; 8],
    /// The format that this engine reads and writes.
    pub format: u16,
    /// The most bytes of it.
    pub max_bytes: usize,
}

/// An opened file: verified, and borrowed.
#[derive(Clone, Copy, Debug)]
pub struct Container<'a> {
    // INVARIANT: every entry of the table lies inside `bytes`.
    bytes: &'a [u8],
    table: &'a [u8],
}

impl<'a> Container<'a> {
    /// Verifies magic, version, table and checksum.
    ///
    /// # Errors
    /// Says which of them is wrong.
    pub fn open(bytes: &'a [u8], kind: Kind) -> Result<Self, ContainerError> {
        if bytes.len() > kind.max_bytes {
            return Err(ContainerError::TooLarge { bytes: bytes.len() });
        }
        let (magic, rest) = bytes.split_first_chunk::<8>().ok_or(ContainerError::Magic)?;
        if magic != kind.magic {
            return Err(ContainerError::Magic);
        }
        let format = u16_at(rest, 0).ok_or(ContainerError::Truncated)?;
        if format != kind.format {
            return Err(ContainerError::Format { found: format });
        }
        let count = usize::from(u16_at(rest, 2).ok_or(ContainerError::Truncated)?);
        let length = u32_at(rest, 4).ok_or(ContainerError::Truncated)?;
        if usize::try_from(length) != Ok(bytes.len()) || count > MAX_SECTIONS {
            return Err(ContainerError::Truncated);
        }
        let (content, digest) = bytes.split_last_chunk::<DIGEST>().ok_or(ContainerError::Truncated)?;
        if Sha256::digest(content).as_slice() != digest {
            return Err(ContainerError::Checksum);
        }
        let end = HEAD + count * ENTRY;
        let table = content.get(HEAD..end).ok_or(ContainerError::Truncated)?;
        check_table(table, end, content.len())?;
        Ok(Self { bytes, table })
    }

    /// Its checksum: the SHA-256 of all but its last 32 bytes, which are this.
    pub fn digest(&self) -> [u8; DIGEST] {
        self.bytes.last_chunk().copied().unwrap_or_default()
    }

    /// A section's bytes; none where the file has no such section.
    pub fn section(&self, id: u16) -> Option<&'a [u8]> {
        let entry = self.table.chunks_exact(ENTRY).find(|entry| u16_at(entry, 0) == Some(id))?;
        let (start, length) = span(entry)?;
        self.bytes.get(start..start.checked_add(length)?)
    }

    /// The ids of the sections, ascending.
    pub fn ids(&self) -> impl Iterator<Item = u16> + use<'a> {
        self.table.chunks_exact(ENTRY).filter_map(|entry| u16_at(entry, 0))
    }
}

/// Writes a file of these sections, which stand in the order of their ids.
///
/// # Errors
/// When it would be larger than its kind may be.
pub fn write(kind: Kind, sections: &[(u16, &[u8])]) -> Result<Vec<u8>, ContainerError> {
    let start = HEAD + sections.len() * ENTRY;
    let total = start + sections.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() + DIGEST;
    if total > kind.max_bytes {
        return Err(ContainerError::TooLarge { bytes: total });
    }
    let mut out = Vec::with_capacity(total);
    out.extend_from_slice(kind.magic);
    out.extend_from_slice(&kind.format.to_le_bytes());
    out.extend_from_slice(&u16::try_from(sections.len()).unwrap_or(u16::MAX).to_le_bytes());
    out.extend_from_slice(&le_u32(total));
    let mut offset = start;
    for (id, bytes) in sections {
        out.extend_from_slice(&id.to_le_bytes());
        out.extend_from_slice(&[0, 0]);
        out.extend_from_slice(&le_u32(offset));
        out.extend_from_slice(&le_u32(bytes.len()));
        offset += bytes.len();
    }
    sections.iter().for_each(|(_, bytes)| out.extend_from_slice(bytes));
    let digest = Sha256::digest(&out);
    out.extend_from_slice(&digest);
    Ok(out)
}

fn check_table(table: &[u8], start: usize, end: usize) -> Result<(), ContainerError> {
    let (mut expected, mut last) = (start, 0);
    for entry in table.chunks_exact(ENTRY) {
        let id = u16_at(entry, 0).ok_or(ContainerError::Table)?;
        let (offset, length) = span(entry).ok_or(ContainerError::Table)?;
        if id <= last || offset != expected || u16_at(entry, 2) != Some(0) {
            return Err(ContainerError::Table);
        }
        last = id;
        expected = offset.checked_add(length).ok_or(ContainerError::Table)?;
    }
    if expected == end { Ok(()) } else { Err(ContainerError::Table) }
}

fn span(entry: &[u8]) -> Option<(usize, usize)> {
    Some((usize::try_from(u32_at(entry, 4)?).ok()?, usize::try_from(u32_at(entry, 8)?).ok()?))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|chunk| u16::from_le_bytes(*chunk))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|chunk| u32::from_le_bytes(*chunk))
}

/// A length as the files have it.
pub fn le_u32(n: usize) -> [u8; 4] {
    u32::try_from(n).unwrap_or(u32::MAX).to_le_bytes()
}

/// Why a file was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContainerError {
    /// It is larger than its kind may be.
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// It does not begin as its kind does.
    Magic,
    /// It has a format that this engine does not read.
    Format {
        /// That format.
        found: u16,
    },
    /// It is shorter or longer than it says.
    Truncated,
    /// Its checksum does not fit its content.
    Checksum,
    /// Its section table is not in order.
    Table,
}
