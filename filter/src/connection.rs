//! What Envoy noted of the connection: the filter state object `outwork.connection`, text of the form
//! `addr=203.0.113.7 id=17 ja4=t13d… ja3=… version=TLSv1.3 sni=shop.example`.
//!
//! A network filter writes it once a connection, so no client can write it. Where a key stands twice the first counts:
//! what a client chooses freely (the server name) stands last. `-`, which Envoy writes for what it does not have, and
//! the empty text mean that there was none. Unknown keys are left alone.

use outwork_engine::{fact::Fact, facts::Connection};
use std::net::IpAddr;

/// The connection of a request, as far as the text tells.
#[derive(Clone, Copy, Debug)]
pub struct Noted<'a> {
    /// The facts.
    pub connection: Connection<'a>,
    /// Envoy's own number of the connection, by which what is known of it may be kept.
    pub id: Option<u64>,
}

impl Noted<'_> {
    /// Where there is no text.
    pub const NOTHING: Self = Self { connection: Connection::UNAVAILABLE, id: None };
}

/// Reads the text.
pub fn read(text: &[u8]) -> Noted<'_> {
    let mut words = Words::default();
    for word in text.split(|&byte| byte == b' ') {
        words.take(word);
    }
    words.noted()
}

/// The first value of each key.
#[derive(Default)]
struct Words<'a> {
    address: Option<&'a [u8]>,
    id: Option<&'a [u8]>,
    ja4: Option<&'a [u8]>,
    ja3: Option<&'a [u8]>,
    version: Option<&'a [u8]>,
    sni: Option<&'a [u8]>,
    alpn: Option<&'a [u8]>,
}

impl<'a> Words<'a> {
    fn take(&mut self, word: &'a [u8]) {
        let Some((key, value)) =
            word.iter().position(|&byte| byte == b'=').and_then(|at| Some((word.get(..at)?, word.get(at + 1..)?)))
        else {
            return;
        };
        let place = match key {
            b"addr" => &mut self.address,
            b"id" => &mut self.id,
            b"ja4" => &mut self.ja4,
            b"ja3" => &mut self.ja3,
            b"version" => &mut self.version,
            b"sni" => &mut self.sni,
            b"alpn" => &mut self.alpn,
            _ => return,
        };
        place.get_or_insert(value);
    }

    fn noted(&self) -> Noted<'a> {
        let tls_version = fact(self.version);
        let (ja4, ja3) = (fingerprint(self.ja4, tls_version), fingerprint(self.ja3, tls_version));
        let encrypted = match tls_version {
            Fact::Known(_) => Fact::Known(true),
            Fact::Absent => Fact::Known(false),
            Fact::Unavailable if ja4.is_known() => Fact::Known(true),
            Fact::Unavailable => Fact::Unavailable,
        };
        let connection = Connection {
            address: address(self.address),
            encrypted,
            ja4,
            ja3,
            tls_version,
            sni: fact(self.sni),
            alpn: fact(self.alpn),
            ..Connection::UNAVAILABLE
        };
        let id = self.id.and_then(|id| std::str::from_utf8(id).ok()?.parse().ok());
        Noted { connection, id }
    }
}

fn fact(value: Option<&[u8]>) -> Fact<&[u8]> {
    match value {
        None => Fact::Unavailable,
        Some(b"" | b"-") => Fact::Absent,
        Some(value) => Fact::Known(value),
    }
}

/// Envoy writes `-` both where there was no hello and where nobody took its fingerprint (QUIC, a listener without
/// tls_inspector). Only on a connection that is known to be without TLS is there none.
fn fingerprint<'a>(value: Option<&'a [u8]>, version: Fact<&[u8]>) -> Fact<&'a [u8]> {
    match (fact(value), version) {
        (Fact::Absent, Fact::Known(_) | Fact::Unavailable) => Fact::Unavailable,
        (value, _) => value,
    }
}

fn address(text: Option<&[u8]>) -> Fact<IpAddr> {
    let address = text.and_then(|text| std::str::from_utf8(text).ok()?.parse().ok());
    address.map_or(Fact::Unavailable, Fact::Known)
}

/// The address in Envoy's `source.address`: `203.0.113.7:52100`, `[2001:db8::1]:52100`.
pub fn source(text: &[u8]) -> Fact<IpAddr> {
    let address = std::str::from_utf8(text).ok().and_then(|text| text.parse::<std::net::SocketAddr>().ok());
    address.map_or(Fact::Unavailable, |address| Fact::Known(address.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_tls_connection_is_read() {
        let Noted { connection, id } = read(
            b"addr=2001:db8::1 id=17 ja4=t13d1516h2_8daaf6152771_02713d6af862 ja3=- version=TLSv1.3 sni=a.example",
        );
        assert_eq!(connection.address, Fact::Known("2001:db8::1".parse().unwrap()));
        assert_eq!(id, Some(17));
        assert_eq!(connection.ja4, Fact::Known(&b"t13d1516h2_8daaf6152771_02713d6af862"[..]));
        assert_eq!(connection.tls_version, Fact::Known(&b"TLSv1.3"[..]));
        assert_eq!(connection.sni, Fact::Known(&b"a.example"[..]));
        assert_eq!(connection.encrypted, Fact::Known(true));
        assert_eq!((connection.ja3, connection.alpn), (Fact::Unavailable, Fact::Unavailable));
    }

    #[test]
    fn without_tls_there_is_no_fingerprint_and_with_tls_it_may_be_unseen() {
        let plain = read(b"addr=203.0.113.7 ja4=- ja3= version=- sni=-").connection;
        assert_eq!((plain.ja4, plain.ja3, plain.sni), (Fact::Absent, Fact::Absent, Fact::Absent));
        assert_eq!(plain.encrypted, Fact::Known(false));
        let quic = read(b"ja4=- ja3=- version=TLSv1.3 sni=-").connection;
        assert_eq!((quic.ja4, quic.ja3, quic.sni), (Fact::Unavailable, Fact::Unavailable, Fact::Absent));
        let silent = read(b"ja4=-").connection;
        assert_eq!((silent.ja4, silent.encrypted), (Fact::Unavailable, Fact::Unavailable));
    }

    #[test]
    fn the_first_of_a_key_counts_so_that_a_server_name_cannot_add_another() {
        let noted = read(b"addr=203.0.113.7 ja4=real version=TLSv1.3 sni=a ja4=forged addr=198.51.100.1 id=3");
        assert_eq!(noted.connection.ja4, Fact::Known(&b"real"[..]));
        assert_eq!(noted.connection.address, Fact::Known("203.0.113.7".parse().unwrap()));
    }

    #[test]
    fn source_addresses_lose_their_port() {
        assert_eq!(source(b"203.0.113.7:80"), Fact::Known("203.0.113.7".parse().unwrap()));
        assert_eq!(source(b"[2001:db8::1]:80"), Fact::Known("2001:db8::1".parse().unwrap()));
        assert_eq!(source(b"/var/run/socket"), Fact::Unavailable);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(text: Vec<u8>) {
            let _ = source(&text);
            prop_assert!(read(&text).connection.asn == Fact::Unavailable);
        }
    }
}
