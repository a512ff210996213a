use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{ClientHello, is_grease};

impl ClientHello {
    /// The JA3 string: version, cipher suites, extensions, groups and point formats in wire order, in decimal, without
    /// GREASE. JA3 itself is the MD5 of this string; the engine leaves MD5 to those who want it, so that no host
    /// carries it.
    ///
    /// Browsers permute their extensions, so this string changes with every connection of theirs.
    #[must_use]
    pub fn ja3(&self) -> String {
        format!(
            "{},{},{},{},{}",
            self.legacy_version,
            dashed(&self.cipher_suites),
            dashed(&self.extensions),
            dashed(&self.groups),
            self.point_formats.iter().map(ToString::to_string).collect::<Vec<_>>().join("-"),
        )
    }
}

fn dashed(values: &[u16]) -> String {
    values.iter().filter(|value| !is_grease(**value)).map(ToString::to_string).collect::<Vec<_>>().join("-")
}
