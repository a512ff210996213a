use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use sha2::{Digest, Sha256};

use super::ClientHello;
use super::extensions::{ALPN, SERVER_NAME};
use super::grease::{is_grease, without_grease};

/// What carried the hello; the first character of JA4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transport {
    /// TLS over TCP: `t`.
    Tls,
    /// QUIC: `q`.
    Quic,
    /// DTLS: `d`.
    Dtls,
}

impl ClientHello {
    /// The JA4 fingerprint, 36 characters: `t13d1516h2_8daaf6152771_e5627efa2ab1`.
    #[must_use]
    pub fn ja4(&self, transport: Transport) -> String {
        self.ja4_with(transport, &without_grease(&self.signature_algorithms))
    }

    /// The raw form, `JA4_r`: what [`ClientHello::ja4`] hashes, in clear. Its length grows with the hello.
    #[must_use]
    pub fn ja4_raw(&self, transport: Transport) -> String {
        let lists = Lists::of(self, &without_grease(&self.signature_algorithms));
        format!("{}_{}_{}", self.ja4_a(transport), lists.ciphers, lists.rest)
    }

    /// JA4 with these signature algorithms instead of the hello's.
    pub(super) fn ja4_with(&self, transport: Transport, algorithms: &[u16]) -> String {
        let lists = Lists::of(self, algorithms);
        format!("{}_{}_{}", self.ja4_a(transport), short_hash(&lists.ciphers), short_hash(&lists.rest))
    }

    fn ja4_a(&self, transport: Transport) -> String {
        let marker = match transport {
            Transport::Tls => 't',
            Transport::Quic => 'q',
            Transport::Dtls => 'd',
        };
        let sni = if self.extensions.contains(&SERVER_NAME) { 'd' } else { 'i' };
        let (ciphers, extensions) = (count(&self.cipher_suites), count(&self.extensions));
        let [first, last] = self.alpn_characters();
        format!("{marker}{}{sni}{ciphers:02}{extensions:02}{first}{last}", self.ja4_version(transport))
    }

    /// The highest version offered. The numbers of DTLS count down.
    fn ja4_version(&self, transport: Transport) -> &'static str {
        let offered = self.supported_versions.iter().copied().filter(|version| !is_grease(*version));
        let highest = match transport {
            Transport::Dtls => offered.min(),
            Transport::Tls | Transport::Quic => offered.max(),
        };
        match highest.unwrap_or(self.legacy_version) {
            0x0304 => "13",
            0x0303 => "12",
            0x0302 => "11",
            0x0301 => "10",
            0x0300 => "s3",
            0x0002 => "s2",
            0xfeff => "d1",
            0xfefd => "d2",
            0xfefc => "d3",
            _ => "00",
        }
    }

    /// First and last character of the first protocol name. If either is not an ASCII letter or digit, the first and
    /// last digit of the name in hexadecimal.
    fn alpn_characters(&self) -> [char; 2] {
        let Some(name) = self.alpn.first() else { return ['0', '0'] };
        let (Some(&first), Some(&last)) = (name.first(), name.last()) else { return ['0', '0'] };
        if first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric() {
            [char::from(first), char::from(last)]
        } else {
            [nibble(first >> 4), nibble(last & 0x0f)]
        }
    }
}

/// The two lists that JA4 hashes, as text.
struct Lists {
    ciphers: String,
    /// Extensions but SNI and ALPN, which part a has, then the signature algorithms in wire order if there are any.
    rest: String,
}

impl Lists {
    fn of(hello: &ClientHello, algorithms: &[u16]) -> Self {
        let mut ciphers = without_grease(&hello.cipher_suites);
        ciphers.sort_unstable();
        let mut extensions = without_grease(&hello.extensions);
        extensions.retain(|kind| ![SERVER_NAME, ALPN].contains(kind));
        extensions.sort_unstable();
        let mut rest = hex_list(&extensions);
        if !algorithms.is_empty() {
            rest.push('_');
            rest.push_str(&hex_list(algorithms));
        }
        Self { ciphers: hex_list(&ciphers), rest }
    }
}

fn hex_list(values: &[u16]) -> String {
    values.iter().map(|value| format!("{value:04x}")).collect::<Vec<_>>().join(",")
}

/// Two digits are all that part a has room for.
fn count(values: &[u16]) -> usize {
    without_grease(values).len().min(99)
}

/// The first twelve hexadecimal digits of the SHA-256 of `list`, or twelve zeros for an empty list.
fn short_hash(list: &str) -> String {
    if list.is_empty() {
        return "000000000000".into();
    }
    Sha256::digest(list).iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

fn nibble(value: u8) -> char {
    char::from_digit(u32::from(value), 16).unwrap_or('0')
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    fn with_alpn(name: &[u8]) -> String {
        let hello = ClientHello { alpn: vec![name.to_vec()], ..ClientHello::default() };
        hello.alpn_characters().iter().collect()
    }

    #[test]
    fn alpn_is_its_first_and_last_character() {
        assert_eq!(with_alpn(b"h2"), "h2");
        assert_eq!(with_alpn(b"http/1.1"), "h1");
        assert_eq!(with_alpn(b"x"), "xx");
        assert_eq!(with_alpn(b""), "00");
    }

    #[test]
    fn alpn_that_is_not_alphanumeric_is_its_first_and_last_hex_digit() {
        assert_eq!(with_alpn(&[0xab]), "ab");
        assert_eq!(with_alpn(&[0xab, 0xcd]), "ad");
        assert_eq!(with_alpn(&[0x30, 0xab]), "3b");
        assert_eq!(with_alpn(&[0x30, 0x31, 0xab, 0xcd]), "3d");
        assert_eq!(with_alpn(&[0x30, 0xab, 0xcd, 0x31]), "01");
        assert_eq!(with_alpn(b"`2"), "62");
    }

    #[test]
    fn the_version_is_the_highest_offered_and_else_the_field() {
        let version = |legacy_version, offered: &[u16], transport| {
            let supported_versions = offered.to_vec();
            ClientHello { legacy_version, supported_versions, ..ClientHello::default() }.ja4_version(transport)
        };
        assert_eq!(version(0x0303, &[0x0a0a, 0x0304, 0x0303], Transport::Tls), "13");
        assert_eq!(version(0x0303, &[0xfafa], Transport::Tls), "12");
        assert_eq!(version(0x0300, &[], Transport::Tls), "s3");
        assert_eq!(version(0x0399, &[], Transport::Tls), "00");
        assert_eq!(version(0xfefd, &[0xfefd, 0xfefc], Transport::Dtls), "d3");
        assert_eq!(version(0xfeff, &[], Transport::Dtls), "d1");
    }

    #[test]
    fn an_empty_hello_has_zeros_for_hashes() {
        let hello = ClientHello::default();
        assert_eq!(hello.ja4(Transport::Quic), "q00i000000_000000000000_000000000000");
        assert_eq!(hello.ja4_raw(Transport::Quic), "q00i000000__");
    }

    #[test]
    fn counts_stop_at_99_and_grease_does_not_count() {
        let mut extensions: Vec<u16> = (1000..1200).collect();
        extensions.push(0x1a1a);
        let hello = ClientHello { cipher_suites: vec![0x0a0a, 0x1301], extensions, ..ClientHello::default() };
        assert!(hello.ja4(Transport::Tls).starts_with("t00i019900_"));
        assert!(!hello.ja4_raw(Transport::Tls).contains("1a1a"));
    }

    /// Rebuilt from FoxIO's published `sigalg-grease.pcapng.json` (`JA4_ro` and `JA4`), with GREASE put back.
    #[test]
    fn grease_among_signature_algorithms_is_ignored() {
        let hello = ClientHello {
            legacy_version: 0x0303,
            cipher_suites: vec![
                0x2a2a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c,
                0x009d, 0x002f, 0x0035,
            ],
            extensions: vec![
                0x3a3a, 0xfe0d, 0x0010, 0x0017, 0x0033, 0x44cd, 0xff01, 0x000a, 0x000d, 0x0023, 0x002b, 0x000b, 0xca34,
                0x002d, 0x0000, 0x0005, 0x001b, 0x0012, 0x4a4a,
            ],
            signature_algorithms: vec![
                0x0904, 0x5a5a, 0x0905, 0x0906, 0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601,
            ],
            supported_versions: vec![0x6a6a, 0x0304, 0x0303],
            alpn: vec![b"h2".to_vec()],
            ..ClientHello::default()
        };
        assert_eq!(hello.ja4(Transport::Tls), "t13d1517h2_8daaf6152771_cb7bf5808d99");
    }
}
