use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::ClientHello;
use super::grease::without_grease;

impl ClientHello {
    /// The JA3 string: version, cipher suites, extensions, groups and point formats in wire order, in decimal, without
    /// GREASE. JA3 itself is the MD5 of this string; the engine leaves MD5 to those who want it, so that no host
    /// carries it.
    ///
    /// Browsers permute their extensions, so this string changes with every connection of theirs.
    #[must_use]
    pub fn ja3(&self) -> String {
        self.ja3_with(&without_grease(&self.groups))
    }

    /// The JA3 string with these groups instead of the hello's.
    pub(super) fn ja3_with(&self, groups: &[u16]) -> String {
        format!(
            "{},{},{},{},{}",
            self.legacy_version,
            dashed(&without_grease(&self.cipher_suites)),
            dashed(&without_grease(&self.extensions)),
            dashed(groups),
            dashed(&self.point_formats),
        )
    }
}

fn dashed<T: ToString>(values: &[T]) -> String {
    values.iter().map(ToString::to_string).collect::<Vec<_>>().join("-")
}
