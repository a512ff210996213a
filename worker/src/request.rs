//! The request as the shell writes it: `worker/shell/facts.js` is the other side.

use std::net::IpAddr;

use memchr::memchr;
use outwork_engine::{
    fact::Fact,
    facts::{Connection, Facts, Headers, Protocol, Request, Seen, Session},
    time::Time,
};

/// Random bytes that stand before the text; as `RANDOM` in `worker/shell/core.js`.
const ENTROPY: usize = 16;

/// A request read from the input buffer, borrowed from it.
pub(crate) struct Incoming<'a> {
    now: Time,
    entropy: [u8; ENTROPY],
    request: Request<'a>,
    connection: Connection<'a>,
    seen: Vec<(&'a [u8], &'a [u8])>,
}

impl<'a> Incoming<'a> {
    /// Reads 16 random bytes, then a line for each fact, then two for each header.
    pub(crate) fn read(input: &'a [u8]) -> Self {
        let (entropy, text) = input.split_first_chunk().unwrap_or((&[0; ENTROPY], &[]));
        let mut lines = Lines(text);
        let method = lines.next();
        let url = Url::split(lines.next());
        let now = number(lines.next()).unwrap_or(0);
        let edge = Edge::read(&mut lines);
        let mut seen = Vec::with_capacity(48);
        let named = Named::sort(&mut lines, &mut seen, &edge);
        Self {
            now: Time(now.saturating_mul(1_000)),
            entropy: *entropy,
            request: Request {
                method,
                scheme: url.scheme,
                authority: named.host.unwrap_or(url.authority),
                target: url.target,
                protocol: edge.protocol(),
                pseudo_order: Fact::Unavailable,
            },
            connection: edge.connection(url.scheme, named.client),
            seen,
        }
    }

    /// The facts. Workers hand headers over sorted by name, so their order is not the client's.
    pub(crate) fn facts(&self) -> Facts<'_> {
        Facts {
            now: self.now,
            entropy: self.entropy,
            request: self.request,
            headers: Headers { list: &self.seen, ordered: false },
            seen: Seen::ALL,
            connection: self.connection,
            session: Session::Cookie,
            body: Fact::Unavailable,
            directories: None,
        }
    }
}

/// What Cloudflare's edge says of the connection; an empty line is a fact that it does not give.
struct Edge<'a> {
    asn: &'a [u8],
    country: &'a [u8],
    tls_version: &'a [u8],
    protocol: &'a [u8],
    /// What the client sent before the edge replaced it: empty when it sent none, nothing when the edge does not say.
    accept_encoding: Option<&'a [u8]>,
    ja4: &'a [u8],
    ja3: &'a [u8],
}

impl<'a> Edge<'a> {
    fn read(lines: &mut Lines<'a>) -> Self {
        Self {
            asn: lines.next(),
            country: lines.next(),
            tls_version: lines.next(),
            protocol: lines.next(),
            accept_encoding: lines.next().strip_prefix(b"="),
            ja4: lines.next(),
            ja3: lines.next(),
        }
    }

    fn protocol(&self) -> Fact<Protocol> {
        Protocol::parse(self.protocol).map_or(Fact::Unavailable, Fact::Known)
    }

    /// `client` is `cf-connecting-ip`, which the edge sets whatever the client sends.
    fn connection(&self, scheme: &[u8], client: Option<&[u8]>) -> Connection<'a> {
        let encrypted = scheme == b"https";
        // Without TLS there is no hello, whatever the edge would say of one.
        let of_tls = |value| if encrypted { given(value) } else { Fact::Absent };
        Connection {
            address: client.and_then(address).map_or(Fact::Unavailable, Fact::Known),
            encrypted: Fact::Known(encrypted),
            ja4: of_tls(self.ja4),
            ja3: of_tls(self.ja3),
            tls_version: of_tls(self.tls_version),
            sni: if encrypted { Fact::Unavailable } else { Fact::Absent },
            alpn: self.alpn(encrypted),
            asn: number(self.asn).and_then(|asn| u32::try_from(asn).ok()).map_or(Fact::Unavailable, Fact::Known),
            country: self.country(),
        }
    }

    /// HTTP/2 over TLS and HTTP/3 are only spoken when ALPN chose them; HTTP/1.1 is also spoken without ALPN.
    fn alpn(&self, encrypted: bool) -> Fact<&'a [u8]> {
        match (encrypted, self.protocol()) {
            (false, _) => Fact::Absent,
            (true, Fact::Known(Protocol::Http2)) => Fact::Known(b"h2"),
            (true, Fact::Known(Protocol::Http3)) => Fact::Known(b"h3"),
            (true, _) => Fact::Unavailable,
        }
    }

    /// `XX` stands for an unknown country and `T1` for Tor: neither is a country.
    fn country(&self) -> Fact<&'a [u8]> {
        match self.country {
            b"XX" | b"T1" => Fact::Unavailable,
            country => given(country),
        }
    }
}

/// The headers that the edge writes, taken out of those that the client sent.
#[derive(Default)]
struct Named<'a> {
    host: Option<&'a [u8]>,
    client: Option<&'a [u8]>,
}

impl<'a> Named<'a> {
    /// Moves the client's own headers to `seen`, and returns what the others say.
    fn sort(lines: &mut Lines<'a>, seen: &mut Vec<(&'a [u8], &'a [u8])>, edge: &Edge<'a>) -> Self {
        let mut named = Self::default();
        while let Some((name, value)) = lines.pair() {
            match name {
                b"host" => named.host = Some(value),
                b"cf-connecting-ip" => named.client = Some(value),
                b"connection" | b"cdn-loop" | b"x-forwarded-proto" | b"x-real-ip" => {}
                _ if name.starts_with(b"cf-") => {}
                b"accept-encoding" => seen.extend(accepted(value, edge).map(|sent| (name, sent))),
                b"x-forwarded-for" => seen.extend(sent_by_client(value, named.client).map(|sent| (name, sent))),
                _ => seen.push((name, value)),
            }
        }
        named
    }
}

/// What the client accepts. The edge asks for what it can decompress itself, and keeps the client's words apart.
fn accepted<'a>(value: &'a [u8], edge: &Edge<'a>) -> Option<&'a [u8]> {
    edge.accept_encoding.map_or(Some(value), |sent| (!sent.is_empty()).then_some(sent))
}

/// What the client itself wrote into `x-forwarded-for`, to whose end the edge adds the address it saw. Names come
/// sorted, so `cf-connecting-ip` has been read before.
fn sent_by_client<'a>(value: &'a [u8], client: Option<&[u8]>) -> Option<&'a [u8]> {
    let Some(client) = client else { return Some(value) };
    let rest = value.strip_suffix(client)?.trim_ascii_end();
    rest.strip_suffix(b",").filter(|sent| !sent.is_empty())
}

struct Url<'a> {
    scheme: &'a [u8],
    authority: &'a [u8],
    target: &'a [u8],
}

impl<'a> Url<'a> {
    fn split(url: &'a [u8]) -> Self {
        let (scheme, rest) = cut(url, |at| at.starts_with(b"://")).unwrap_or((b"", url));
        let rest = rest.strip_prefix(b"://").unwrap_or(rest);
        let (authority, target) = cut(rest, |at| matches!(at, [b'/' | b'?' | b'#', ..])).unwrap_or((rest, b"/"));
        Self { scheme, authority, target }
    }
}

fn cut(text: &[u8], here: impl Fn(&[u8]) -> bool) -> Option<(&[u8], &[u8])> {
    (0..text.len()).filter_map(|at| text.split_at_checked(at)).find(|(_, rest)| here(rest))
}

fn given(value: &[u8]) -> Fact<&[u8]> {
    if value.is_empty() { Fact::Unavailable } else { Fact::Known(value) }
}

fn number(text: &[u8]) -> Option<u64> {
    str::from_utf8(text).ok()?.parse().ok()
}

fn address(text: &[u8]) -> Option<IpAddr> {
    str::from_utf8(text).ok()?.trim().parse().ok()
}

/// Lines of the input; past the end they are empty.
struct Lines<'a>(&'a [u8]);

impl<'a> Lines<'a> {
    fn next(&mut self) -> &'a [u8] {
        let end = memchr(b'\n', self.0).unwrap_or(self.0.len());
        let (line, rest) = self.0.split_at_checked(end).unwrap_or_default();
        self.0 = rest.get(1..).unwrap_or_default();
        line
    }

    fn pair(&mut self) -> Option<(&'a [u8], &'a [u8])> {
        (!self.0.is_empty()).then(|| (self.next(), self.next()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EDGE: &str = "3320\nDE\nTLSv1.3\nHTTP/2\n\nt13d1516h2_8daaf6152771_b0da82dd1658\n\n";
    const NO_EDGE: &str = "\n\n\n\n\n\n\n";

    fn input(url: &str, edge: &str, headers: &str) -> Vec<u8> {
        let text = format!("GET\n{url}\n1795305600123\n{edge}{headers}");
        [&[7; ENTROPY], text.as_bytes()].concat()
    }

    fn header<'a>(incoming: &'a Incoming<'_>, name: &str) -> Option<&'a str> {
        let (_, value) = incoming.seen.iter().find(|(known, _)| *known == name.as_bytes())?;
        Some(str::from_utf8(value).unwrap())
    }

    #[test]
    fn reads_what_the_shell_wrote() {
        let input =
            input("https://shop.example:8443/a?b=c", EDGE, "cf-connecting-ip\n2001:db8::1\nuser-agent\ncurl/8\n");
        let incoming = Incoming::read(&input);
        let facts = incoming.facts();
        assert_eq!(facts.now, Time(1_795_305_600_123_000));
        assert_eq!(facts.entropy, [7; ENTROPY]);
        assert_eq!(facts.request.method, b"GET");
        assert_eq!(facts.request.scheme, b"https");
        assert_eq!(facts.request.authority, b"shop.example:8443");
        assert_eq!(facts.request.target, b"/a?b=c");
        assert_eq!(facts.request.protocol, Fact::Known(Protocol::Http2));
        assert_eq!(facts.connection.address, Fact::Known("2001:db8::1".parse().unwrap()));
        assert_eq!(facts.connection.asn, Fact::Known(3320));
        assert_eq!(facts.connection.alpn, Fact::Known(b"h2".as_slice()));
        assert_eq!(facts.connection.ja3, Fact::Unavailable);
        assert_eq!(facts.headers.list, [(b"user-agent".as_slice(), b"curl/8".as_slice())]);
        assert!(!facts.headers.ordered);
    }

    #[test]
    fn an_edge_that_says_nothing_leaves_facts_unavailable() {
        let input = input("https://shop.example/", NO_EDGE, "");
        let connection = Incoming::read(&input).connection;
        assert_eq!(connection.address, Fact::Unavailable);
        assert_eq!(connection.asn, Fact::Unavailable);
        assert_eq!(connection.country, Fact::Unavailable);
        assert_eq!(connection.ja4, Fact::Unavailable);
        assert_eq!(connection.encrypted, Fact::Known(true));
    }

    #[test]
    fn without_tls_there_is_no_hello() {
        let input = input("http://shop.example/", EDGE, "");
        let connection = Incoming::read(&input).connection;
        assert_eq!(connection.ja4, Fact::Absent);
        assert_eq!(connection.tls_version, Fact::Absent);
        assert_eq!(connection.encrypted, Fact::Known(false));
    }

    #[test]
    fn what_the_edge_added_is_not_the_clients() {
        let headers = "accept-encoding\ngzip, br\ncdn-loop\ncloudflare\ncf-connecting-ip\n203.0.113.9\ncf-ray\n1\nconnection\n\
                       Keep-Alive\nhost\nShop.example\nx-forwarded-for\n198.51.100.1, 203.0.113.9\nx-forwarded-proto\nhttps\n";
        let input = input("https://shop.example/", "\n\n\n\n=gzip, deflate, br, zstd\n\n\n", headers);
        let incoming = Incoming::read(&input);
        assert_eq!(incoming.seen.len(), 2);
        assert_eq!(header(&incoming, "accept-encoding"), Some("gzip, deflate, br, zstd"));
        assert_eq!(header(&incoming, "x-forwarded-for"), Some("198.51.100.1"));
        assert_eq!(incoming.request.authority, b"Shop.example");
    }

    #[test]
    fn a_client_that_accepts_no_encoding_is_not_lent_the_edges() {
        let input = input("https://a/", "\n\n\n\n=\n\n\n", "accept-encoding\ngzip, br\n");
        assert!(Incoming::read(&input).seen.is_empty());
    }

    #[test]
    fn an_address_that_only_the_edge_forwarded_is_dropped() {
        let input = input("https://a/", NO_EDGE, "cf-connecting-ip\n203.0.113.9\nx-forwarded-for\n203.0.113.9\n");
        assert!(Incoming::read(&input).seen.is_empty());
    }

    #[test]
    fn tor_and_unknown_are_no_countries() {
        for country in ["T1", "XX"] {
            let input = input("https://a/", &format!("\n{country}\n\n\n\n\n\n"), "");
            assert_eq!(Incoming::read(&input).connection.country, Fact::Unavailable);
        }
    }

    #[test]
    fn any_bytes_are_read_without_a_panic() {
        let whole = input("https://shop.example/a?b", EDGE, "user-agent\ncurl/8\n");
        for end in 0..whole.len() {
            Incoming::read(whole.get(..end).unwrap()).facts();
        }
        Incoming::read(&[0xff; 64]).facts();
    }
}
