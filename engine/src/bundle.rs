//! A compiled policy: a [container](crate::container) with the magic `OUTWORK` and a zero byte, format 7, and a name in its first section.

use crate::container::{self, Container, ContainerError, DIGEST, Kind, le_u32};
use alloc::{string::String, vec::Vec};
use core::fmt;
use sha2::{Digest, Sha256};

/// The format this engine reads and writes.
pub const FORMAT: u16 = 7;

/// The largest bundle that is opened: 64 MiB.
pub const MAX_BYTES: usize = 64 << 20;

const KIND: Kind = Kind { magic: b"OUTWORK\0", format: FORMAT, max_bytes: MAX_BYTES };

/// The SHA-256 of a bundle.
pub type Digest256 = [u8; DIGEST];

/// What a section holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u16)]
pub enum Section {
    /// The bundle's name, UTF-8.
    Name = 1,
    /// The policy's settings.
    Settings = 2,
    /// The rules, without their conditions.
    Rules = 3,
    /// The limits, without their conditions.
    Limits = 4,
    /// Fields, atoms and programs of the conditions.
    Conditions = 5,
    /// Address ranges and string sets.
    Lists = 6,
    /// Automata over the text of fields.
    Matchers = 7,
    /// What rules and atoms are in words, for explanations; hosts do not read it.
    Notes = 8,
    /// Models, and what the policy makes of each.
    Models = 9,
    /// Who may introduce itself, and how it proves that it is who it says.
    Agents = 10,
    /// The transactions, without their conditions.
    Transactions = 11,
}

impl Section {
    /// What a host reads besides the name, in order.
    pub const OF_HOSTS: [Self; 9] = [
        Self::Settings,
        Self::Rules,
        Self::Limits,
        Self::Conditions,
        Self::Lists,
        Self::Matchers,
        Self::Models,
        Self::Agents,
        Self::Transactions,
    ];
}

/// An opened bundle: verified, and borrowed.
#[derive(Clone, Copy, Debug)]
pub struct Bundle<'a>(Container<'a>);

impl<'a> Bundle<'a> {
    /// Verifies magic, version, table and checksum.
    ///
    /// # Errors
    /// Says which of them is wrong.
    pub fn open(bytes: &'a [u8]) -> Result<Self, BundleError> {
        Ok(Self(Container::open(bytes, KIND)?))
    }

    /// As [`Self::open`], of whatever format, and which that is: its name and checksum stand where they always did. Its other sections
    /// are for who reads that format.
    ///
    /// # Errors
    /// Says what is wrong.
    pub fn open_any(bytes: &'a [u8]) -> Result<(u16, Self), BundleError> {
        let format = bytes.get(8..).and_then(|rest| rest.first_chunk()).map(|found| u16::from_le_bytes(*found));
        let format = format.ok_or(BundleError::Magic)?;
        Ok((format, Self(Container::open(bytes, Kind { format, ..KIND })?)))
    }

    /// Its checksum: the SHA-256 of all but its last 32 bytes, which are this.
    pub fn digest(&self) -> Digest256 {
        self.0.digest()
    }

    /// A section's bytes; none where the bundle has no such section.
    pub fn section(&self, section: Section) -> Option<&'a [u8]> {
        self.0.section(section as u16)
    }

    /// The name: the policy's version and the first six hex digits of the SHA-256 of its content.
    ///
    /// # Errors
    /// When there is none, or it has characters that would need escaping in headers and records.
    pub fn name(&self) -> Result<&'a str, BundleError> {
        let name = self.section(Section::Name).and_then(|name| core::str::from_utf8(name).ok());
        name.filter(|name| is_plain(name)).ok_or(BundleError::Name)
    }
}

/// Writes a bundle of these sections, which stand in the order of their ids, and names it.
///
/// # Errors
/// When it would be larger than [`MAX_BYTES`].
pub fn write(version: &str, sections: &[(Section, &[u8])]) -> Result<Vec<u8>, BundleError> {
    let name = name(version, sections);
    let named = core::iter::once((Section::Name, name.as_bytes())).chain(sections.iter().copied());
    let all: Vec<_> = named.map(|(section, bytes)| (section as u16, bytes)).collect();
    Ok(container::write(KIND, &all)?)
}

/// Whether text goes into quoted strings of headers and JSON as it is.
pub fn is_plain(text: &str) -> bool {
    (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\')
}

fn name(version: &str, sections: &[(Section, &[u8])]) -> String {
    let mut hash = Sha256::new();
    for (section, bytes) in sections {
        hash.update((*section as u16).to_le_bytes());
        hash.update(le_u32(bytes.len()));
        hash.update(bytes);
    }
    let mut name = String::from(version);
    name.push('-');
    for byte in hash.finalize().iter().take(3) {
        for digit in [byte >> 4, byte & 15] {
            name.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
        }
    }
    name
}

/// Why a bundle was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BundleError {
    /// It is larger than [`MAX_BYTES`].
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// It does not begin as a bundle does.
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
    /// It has no name, or one that cannot be written into a header.
    Name,
}

impl From<ContainerError> for BundleError {
    fn from(error: ContainerError) -> Self {
        match error {
            ContainerError::TooLarge { bytes } => Self::TooLarge { bytes },
            ContainerError::Magic => Self::Magic,
            ContainerError::Format { found } => Self::Format { found },
            ContainerError::Truncated => Self::Truncated,
            ContainerError::Checksum => Self::Checksum,
            ContainerError::Table => Self::Table,
        }
    }
}

impl fmt::Display for BundleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { bytes } => write!(f, "the bundle has {bytes} bytes, and {MAX_BYTES} is the most"),
            Self::Magic => f.write_str("not a policy bundle: make one with `outwork build`"),
            Self::Format { found } if *found > FORMAT => write!(
                f,
                "the bundle has format {found}, newer than format {FORMAT} of this host: update the host, or build with \
                 an older `outwork`"
            ),
            Self::Format { found } => {
                write!(f, "the bundle has format {found}, this host reads {FORMAT}: build it again")
            }
            Self::Truncated => f.write_str("the bundle is cut short or has bytes too many: copy it again"),
            Self::Checksum => f.write_str("the bundle is damaged, its checksum does not fit: copy or build it again"),
            Self::Table => f.write_str("the bundle's section table is not in order: build it again"),
            Self::Name => f.write_str("the bundle has no usable name: build it again"),
        }
    }
}

impl core::error::Error for BundleError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::container::{ENTRY, HEAD};

    fn sample() -> Vec<u8> {
        write("2026.11.21", &[(Section::Settings, b"abc"), (Section::Rules, b""), (Section::Lists, b"defgh")]).unwrap()
    }

    #[test]
    fn what_was_written_is_read() {
        let bytes = sample();
        let bundle = Bundle::open(&bytes).unwrap();
        assert_eq!(bundle.section(Section::Settings), Some(&b"abc"[..]));
        assert_eq!(bundle.section(Section::Rules), Some(&b""[..]));
        assert_eq!(bundle.section(Section::Lists), Some(&b"defgh"[..]));
        assert_eq!(bundle.section(Section::Matchers), None);
        assert_eq!(bundle.name().unwrap(), "2026.11.21-371fd1");
    }

    #[test]
    fn a_flipped_bit_anywhere_is_refused() {
        let bytes = sample();
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut flipped = bytes.clone();
                flipped[at] ^= 1 << bit;
                assert!(Bundle::open(&flipped).is_err(), "bit {bit} of byte {at}");
            }
        }
    }

    #[test]
    fn every_truncation_and_extension_is_refused() {
        let bytes = sample();
        for end in 0..bytes.len() {
            assert!(Bundle::open(&bytes[..end]).is_err(), "{end} bytes");
        }
        let mut longer = bytes;
        longer.push(0);
        assert_eq!(Bundle::open(&longer).unwrap_err(), BundleError::Truncated);
    }

    #[test]
    fn a_newer_format_says_so() {
        let mut bytes = sample();
        let found = FORMAT + 1;
        bytes[8..10].copy_from_slice(&found.to_le_bytes());
        assert_eq!(Bundle::open(&bytes).unwrap_err(), BundleError::Format { found });
    }

    #[test]
    fn a_table_that_lies_is_refused_even_with_a_right_checksum() {
        for (at, value) in [(HEAD + 4, 0xff_u8), (HEAD + 8, 0xff), (HEAD + ENTRY, 1), (HEAD + 2, 1)] {
            let mut bytes = sample();
            let end = bytes.len() - DIGEST;
            bytes[at] = value;
            let digest = Sha256::digest(&bytes[..end]);
            bytes[end..].copy_from_slice(&digest);
            assert_eq!(Bundle::open(&bytes).unwrap_err(), BundleError::Table, "byte {at}");
        }
    }
}
