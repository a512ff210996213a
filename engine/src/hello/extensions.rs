use alloc::vec::Vec;

use super::client_hello::words;
use super::reader::Reader;
use super::{ClientHello, HelloError, is_grease};

pub(super) const SERVER_NAME: u16 = 0;
pub(super) const ALPN: u16 = 16;
const SUPPORTED_GROUPS: u16 = 10;
const EC_POINT_FORMATS: u16 = 11;
const SIGNATURE_ALGORITHMS: u16 = 13;
const SUPPORTED_VERSIONS: u16 = 43;

/// Fills a hello from its extension block (RFC 8446 section 4.2).
pub(super) struct Extensions<'h> {
    pub(super) hello: &'h mut ClientHello,
}

impl Extensions<'_> {
    pub(super) fn read(mut self, mut block: Reader<'_>) -> Result<(), HelloError> {
        while !block.is_empty() {
            let kind = block.u16()?;
            let content = block.vector16()?;
            self.hello.extensions.push(kind);
            self.content(kind, content)?;
        }
        unique(&self.hello.extensions)
    }

    fn content(&mut self, kind: u16, mut content: Reader<'_>) -> Result<(), HelloError> {
        let hello = &mut *self.hello;
        match kind {
            SERVER_NAME => hello.server_name = host_name(content.vector16()?)?,
            SUPPORTED_GROUPS => hello.groups = words(content.vector16()?)?,
            EC_POINT_FORMATS => hello.point_formats = content.vector8()?.rest().to_vec(),
            SIGNATURE_ALGORITHMS => hello.signature_algorithms = words(content.vector16()?)?,
            ALPN => hello.alpn = protocol_names(content.vector16()?)?,
            SUPPORTED_VERSIONS => hello.supported_versions = words(content.vector8()?)?,
            // No fingerprint reads the others, and a GREASE extension may hold anything.
            _ => return Ok(()),
        }
        content.end()
    }
}

/// The first name of type `host_name` (0) (RFC 6066 section 3).
fn host_name(mut names: Reader<'_>) -> Result<Option<Vec<u8>>, HelloError> {
    let mut first = None;
    while !names.is_empty() {
        let kind = names.u8()?;
        let name = names.vector16()?.rest();
        if kind == 0 && first.is_none() {
            first = Some(name.to_vec());
        }
    }
    Ok(first)
}

fn protocol_names(mut names: Reader<'_>) -> Result<Vec<Vec<u8>>, HelloError> {
    let mut protocols = Vec::new();
    while !names.is_empty() {
        protocols.push(names.vector8()?.rest().to_vec());
    }
    Ok(protocols)
}

/// GREASE values may repeat: a client draws them at random.
fn unique(kinds: &[u16]) -> Result<(), HelloError> {
    let mut sorted: Vec<u16> = kinds.iter().copied().filter(|kind| !is_grease(*kind)).collect();
    sorted.sort_unstable();
    let twice = sorted.iter().zip(sorted.iter().skip(1)).any(|(a, b)| a == b);
    if twice { Err(HelloError::DuplicateExtension) } else { Ok(()) }
}
