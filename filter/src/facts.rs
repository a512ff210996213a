//! From a header map to the facts that the engine reads.

use crate::pairs::Pair;
use outwork_engine::{
    endpoint::PREFIX,
    fact::Fact,
    facts::{Connection, Facts, Headers, Protocol, Request, Seen, Session},
    time::Time,
};

/// What the client sent, picked out of the header map.
#[derive(Clone, Debug, Default)]
pub struct Sent<'a> {
    method: &'a [u8],
    scheme: &'a [u8],
    authority: &'a [u8],
    target: &'a [u8],
    order: Letters,
    headers: Vec<Pair<'a>>,
}

/// The first letters of the pseudo-headers, in their order.
#[derive(Clone, Copy, Debug, Default)]
struct Letters {
    letters: [u8; 8],
    // INVARIANT: at most 8.
    count: usize,
}

/// The scheme by what the connection is: `:scheme`, and an absolute target in HTTP/1, are the client's to write, and Envoy
/// passes on what does not fit. Theirs counts only where the connection cannot be seen.
fn scheme(encrypted: Fact<bool>, claimed: &[u8]) -> &[u8] {
    match encrypted {
        Fact::Known(true) => b"https",
        Fact::Known(false) => b"http",
        Fact::Absent | Fact::Unavailable => claimed,
    }
}

impl<'a> Sent<'a> {
    /// Takes the pseudo-headers out of the map, and what Envoy added to it.
    pub fn new(pairs: Vec<Pair<'a>>) -> Self {
        let mut sent = Self { headers: pairs, ..Self::default() };
        let mut headers = std::mem::take(&mut sent.headers);
        headers.retain(|&(name, value)| !sent.take_pseudo(name, value));
        drop_own(&mut headers);
        Self { headers, ..sent }
    }

    /// Whether it is for an endpoint, and no other's.
    pub fn is_for_us(&self) -> bool {
        self.target.starts_with(PREFIX)
    }

    fn take_pseudo(&mut self, name: &'a [u8], value: &'a [u8]) -> bool {
        let Some((b':', rest)) = name.split_first() else { return false };
        match rest {
            b"method" => self.method = value,
            b"scheme" => self.scheme = value,
            b"authority" => self.authority = value,
            b"path" => self.target = value,
            _ => {}
        }
        self.order.push(rest.first().copied());
        true
    }

    /// The facts, with what is known of the connection.
    pub fn facts(
        &'a self,
        now: Time,
        entropy: [u8; 16],
        connection: Connection<'a>,
        protocol: Fact<Protocol>,
    ) -> Facts<'a> {
        let pseudo_order = match protocol {
            Fact::Known(Protocol::Http10 | Protocol::Http11) => Fact::Absent,
            Fact::Known(Protocol::Http2 | Protocol::Http3) => Fact::Known(self.order.as_bytes()),
            // Envoy puts HTTP/1 into pseudo-headers of its own order: without the protocol nobody can tell whose it is.
            Fact::Absent | Fact::Unavailable => Fact::Unavailable,
        };
        Facts {
            now,
            entropy,
            request: Request {
                method: self.method,
                scheme: scheme(connection.encrypted, self.scheme),
                authority: self.authority,
                target: self.target,
                protocol,
                pseudo_order,
            },
            headers: Headers { list: &self.headers, ordered: true },
            seen: Seen::ALL,
            connection,
            session: Session::Cookie,
            body: Fact::Unavailable,
            directories: None,
        }
    }
}

impl Letters {
    fn push(&mut self, letter: Option<u8>) {
        if let (Some(place), Some(letter)) = (self.letters.get_mut(self.count), letter) {
            *place = letter;
            self.count += 1;
        }
    }

    fn as_bytes(&self) -> &[u8] {
        self.letters.get(..self.count).unwrap_or(&self.letters)
    }
}

/// The headers that Envoy's connection manager writes, in the order in which it appends those that are missing
/// (`ConnectionManagerUtility::mutateRequestHeaders`; observed on 1.40, `tests/envoy/test_headers.py`).
const OWN: [&[u8]; 5] =
    [b"x-forwarded-for", b"x-forwarded-proto", b"x-envoy-external-address", b"x-envoy-internal", b"x-request-id"];

/// Drops the headers that Envoy appended.
///
/// A copy that the client sent keeps its place, and only its value is Envoy's: it stays in the list, because that the
/// client sent it is a fact. Envoy's own stand at the end in the order of [`OWN`], so from the end each name may come
/// once, and only before those that were dropped already. A list in `x-forwarded-for` was begun by somebody else.
///
/// One case cannot be told apart: `x-forwarded-for` and then `x-forwarded-proto` as a client's very last headers read
/// as if the second were Envoy's.
fn drop_own(headers: &mut Vec<Pair<'_>>) {
    let mut own: &[&[u8]] = &OWN;
    while let Some(&(name, value)) = headers.last() {
        let Some(at) = own.iter().rposition(|own| *own == name) else { return };
        if name == b"x-forwarded-for" && value.contains(&b',') {
            return;
        }
        own = own.get(..at).unwrap_or_default();
        headers.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        let pairs = text.split_whitespace().map(|pair| pair.split_once('=').unwrap_or((pair, "v")));
        let pairs = pairs.map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect();
        let sent = Sent::new(pairs);
        sent.headers.iter().map(|(name, _)| String::from_utf8_lossy(name).into_owned()).collect()
    }

    #[test]
    fn what_envoy_appends_is_not_the_clients() {
        assert_eq!(names("host accept x-forwarded-for=192.0.2.2 x-forwarded-proto x-request-id"), ["host", "accept"]);
        let full = "accept x-forwarded-for=192.0.2.2 x-forwarded-proto x-envoy-external-address x-request-id";
        assert_eq!(names(full), ["accept"]);
        assert_eq!(names("accept x-forwarded-proto x-request-id"), ["accept"]);
        assert_eq!(names("x-forwarded-proto"), [""; 0]);
    }

    /// Each list as Envoy 1.40 handed it over.
    #[test]
    fn what_the_client_sent_itself_stays_where_it_was() {
        let cases = [
            (
                "accept last x-request-id x-forwarded-for=192.0.2.2 x-forwarded-proto x-envoy-external-address",
                "accept last x-request-id",
            ),
            (
                "last x-forwarded-for=1.2.3.4,192.0.2.2 x-forwarded-proto x-envoy-external-address x-request-id",
                "last x-forwarded-for",
            ),
            ("x-forwarded-proto a x-forwarded-for=192.0.2.2 x-request-id", "x-forwarded-proto a"),
            ("x-forwarded-proto x-forwarded-for=192.0.2.2 x-envoy-external-address x-request-id", "x-forwarded-proto"),
            ("x-request-id x-request-id", "x-request-id"),
            ("a x-forwarded-for=1,2 x-request-id b", "a x-forwarded-for x-request-id b"),
        ];
        for (given, expected) in cases {
            assert_eq!(names(given).join(" "), expected);
        }
    }

    #[test]
    fn pseudo_headers_make_the_request_line_and_their_order() {
        let pairs: Vec<Pair<'_>> = vec![
            (b":method", b"GET"),
            (b":path", b"/a?b"),
            (b":scheme", b"https"),
            (b":authority", b"x"),
            (b"a", b"1"),
        ];
        let sent = Sent::new(pairs);
        let facts = |protocol| sent.facts(Time(1), [0; 16], Connection::UNAVAILABLE, protocol);
        let h2 = facts(Fact::Known(Protocol::Http2));
        assert_eq!(
            (h2.request.method, h2.request.path(), h2.request.query()),
            (&b"GET"[..], &b"/a"[..], Some(&b"b"[..]))
        );
        assert_eq!(h2.request.pseudo_order, Fact::Known(&b"mpsa"[..]));
        assert_eq!(h2.headers.list, [(&b"a"[..], &b"1"[..])]);
        assert_eq!(facts(Fact::Known(Protocol::Http11)).request.pseudo_order, Fact::Absent);
        assert_eq!(facts(Fact::Unavailable).request.pseudo_order, Fact::Unavailable);
    }

    #[test]
    fn more_pseudo_headers_than_there_are_do_no_harm() {
        let sent = Sent::new(vec![(&b":x"[..], &b""[..]); 20]);
        assert_eq!(sent.order.as_bytes(), b"xxxxxxxx");
        assert_eq!(Sent::new(vec![(&b":"[..], &b""[..])]).order.as_bytes(), b"");
    }
}
