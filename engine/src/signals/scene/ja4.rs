//! The parts of a JA4 fingerprint and what is known of them.
//!
//! `t13d1516h2_8daaf6152771_d8a2da3f94cd`: transport, version, server name, number of ciphers and extensions, first and
//! last letter of the first ALPN protocol; hash of the sorted ciphers; hash of the sorted extensions and the signature
//! algorithms. Session resumption adds an extension and the protocols offered are extensions too, so one client has
//! several extension hashes; its cipher hash stays.

/// A JA4 taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ja4<'a> {
    /// `t` for TCP, `q` for QUIC, `d` for DTLS, and the version: `t13`.
    pub(crate) version: &'a [u8],
    /// How many ciphers were offered, 99 at most.
    pub(crate) ciphers: u8,
    /// How many extensions were sent, 99 at most.
    pub(crate) extensions: u8,
    /// Hash of the sorted ciphers, 12 hex digits.
    pub(crate) cipher_hash: &'a [u8],
    /// Hash of the sorted extensions and of the signature algorithms in order, 12 hex digits.
    pub(crate) extension_hash: &'a [u8],
}

impl<'a> Ja4<'a> {
    /// Takes a fingerprint apart.
    pub(crate) fn parse(text: &'a [u8]) -> Option<Self> {
        let (head, rest) = text.split_at_checked(10)?;
        let (cipher_hash, rest) = rest.strip_prefix(b"_")?.split_at_checked(12)?;
        let extension_hash = rest.strip_prefix(b"_").filter(|hash| hash.len() == 12)?;
        let &[_, _, _, _, c1, c2, e1, e2, ..] = head else { return None };
        Some(Self {
            version: head.get(..3)?,
            ciphers: two_digits(c1, c2)?,
            extensions: two_digits(e1, e2)?,
            cipher_hash,
            extension_hash,
        })
    }

    /// The browser engine that sends this hello, when it is one that was recorded.
    pub(crate) fn family(&self) -> Option<Family> {
        find(FAMILIES, self).or_else(|| self.is_chromium_by_count().then_some(Family::Chromium))
    }

    /// The library that sends this hello, when it is one that was recorded.
    pub(crate) fn library(&self) -> Option<&'static str> {
        find(LIBRARIES, self)
    }

    /// Chromium's ciphers are also Tor Browser's, which sends fewer extensions: 13 against 16 or more.
    fn is_chromium_by_count(&self) -> bool {
        self.cipher_hash == b"8daaf6152771" && self.extensions >= 16
    }
}

/// Whose TLS stack a hello comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// Chrome, Edge and other browsers on Chromium.
    Chromium,
    /// Firefox and Tor Browser.
    Firefox,
    /// Safari and everything on iOS.
    Safari,
}

impl Family {
    /// The name that rules see.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::Safari => "safari",
        }
    }
}

type Row<T> = (&'static [u8; 12], Option<&'static [u8; 12]>, T);

/// Cipher hash, extension hash where the ciphers alone are not enough, family. From `real_browser_ja4_h2.json` (43 real
/// browsers, Chrome 98 to 150, Firefox 133 to 144, Safari 15 to 26, Tor 14.5), the live Chromium 156 and Firefox 153 of
/// `real_clients_tls_http.jsonl.gz`, and the JA4 column of FoxIO's `ja4plus-mapping.csv` (BSD-3-Clause).
const FAMILIES: &[Row<Family>] = &[
    (b"8daaf6152771", Some(b"748f4c70de1c"), Family::Firefox), // Tor 14.5
    (b"8daaf6152771", Some(b"f37e75b10bcc"), Family::Chromium), // 15 extensions, in JA4's own captures
    (b"8daaf6152771", Some(b"02713d6af862"), Family::Chromium), // with 15 extensions where there is no server name
    (b"55b375c5d22e", Some(b"06cda9e17597"), Family::Chromium), // over QUIC
    (b"5b57614c22b0", None, Family::Firefox),
    (b"86a278354501", None, Family::Firefox), // Firefox 153
    (b"a09f3c656075", None, Family::Safari),
    (b"2802a3db6c62", None, Family::Safari), // Safari 15.3
];

/// Cipher hash, extension hash where the ciphers alone are not enough, library. From the live clients of
/// `real_clients_tls_http.jsonl.gz` and FoxIO's `ja4plus-mapping.csv` (BSD-3-Clause). Go's TLS 1.2 hello
/// `t12d190800_d83cc789557e` is left out: it is WinINET's too, and so Internet Explorer's.
const LIBRARIES: &[Row<&str>] = &[
    (b"e8f1e7e78f70", None, "openssl"), // curl, ab, wrk
    (b"1d37bd780c83", None, "openssl"), // pyOpenSSL (Scrapy), PycURL
    (b"479067518aa3", None, "openssl"), // every cipher: PHP's streams, Ruby's httpclient
    (b"d943125447b4", None, "openssl"), // curl up to TLS 1.2
    (b"df115388da38", None, "openssl"), // nghttp2's own list: h2load
    (b"85036bcba153", None, "python"),  // the ssl module: requests, httpx, aiohttp, urllib
    (b"c7886603b240", None, "python"),
    (b"3227a3a3f36e", None, "python"), // niquests
    (b"a33745022dd6", None, "node"),   // https, undici, axios, got
    (b"9dc949149365", None, "go"),
    (b"e33ad33b3d25", None, "go"),
    (b"8cdfa2d4673b", None, "go"),
    (b"cbb2034c60b8", None, "go"),
    (b"db35923f8641", None, "java"),
    // WebKitGTK browsers use GnuTLS as well, with extensions of their own.
    (b"723694b0fccc", Some(b"899037bd0b8c"), "gnutls"), // wget
    (b"723694b0fccc", Some(b"af435d46f2e2"), "gnutls"), // aria2
    // OkHttp's ciphers are those of an older Chrome.
    (b"46e7e9700bed", Some(b"eca864cca44a"), "okhttp"),
];

fn find<T: Copy>(rows: &[Row<T>], ja4: &Ja4<'_>) -> Option<T> {
    rows.iter()
        .find(|(ciphers, extensions, _)| {
            ja4.cipher_hash == *ciphers && extensions.is_none_or(|extensions| ja4.extension_hash == extensions)
        })
        .map(|&(_, _, value)| value)
}

fn two_digits(tens: u8, ones: u8) -> Option<u8> {
    let digit = |byte: u8| byte.is_ascii_digit().then(|| byte - b'0');
    Some(digit(tens)? * 10 + digit(ones)?)
}

#[cfg(test)]
mod tests {
    use super::{Family, Ja4};

    #[test]
    fn parts_are_taken_apart() {
        let ja4 = Ja4::parse(b"t13d1516h2_8daaf6152771_d8a2da3f94cd").unwrap();
        assert_eq!((ja4.version, ja4.ciphers, ja4.extensions), (b"t13".as_slice(), 15, 16));
        assert_eq!((ja4.cipher_hash, ja4.extension_hash), (b"8daaf6152771".as_slice(), b"d8a2da3f94cd".as_slice()));
        for bad in ["", "t13d1516h2", "t13d1516h2_8daaf6152771_", "t13dxx16h2_8daaf6152771_d8a2da3f94cd"] {
            assert_eq!(Ja4::parse(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn tor_is_not_taken_for_chromium() {
        let family = |text: &str| Ja4::parse(text.as_bytes()).unwrap().family();
        assert_eq!(family("t13d1513h2_8daaf6152771_748f4c70de1c"), Some(Family::Firefox));
        assert_eq!(family("t13d1514h2_8daaf6152771_000000000000"), None);
        assert_eq!(family("t13d1518h2_8daaf6152771_e2d80978ab2e"), Some(Family::Chromium));
    }
}
