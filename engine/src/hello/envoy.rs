use alloc::string::String;

use super::{ClientHello, Transport};

impl ClientHello {
    /// The JA4 that Envoy 1.40 reports for this hello over TCP (`%TLS_JA4_FINGERPRINT%`).
    ///
    /// Its tls_inspector hashes GREASE among the signature algorithms (envoyproxy/envoy pull request 46658, not in
    /// 1.40). Chrome draws a GREASE value for that list with every connection since version 152, so there the last
    /// part takes 16 values, none of which is that of [`ClientHello::ja4`].
    #[must_use]
    pub fn envoy_ja4(&self) -> String {
        self.ja4_with(Transport::Tls, &self.signature_algorithms)
    }

    /// The JA3 string whose MD5 Envoy 1.40 reports (`%TLS_JA3_FINGERPRINT%`): with GREASE among the groups.
    #[must_use]
    pub fn envoy_ja3(&self) -> String {
        self.ja3_with(&self.groups)
    }
}
