//! One line of a log: what it tells of a request, and of what became of it.

use crate::Rate;
use outwork_engine::{
    decision::Verdict,
    fact::Fact,
    facts::{Connection, Facts, Headers, Protocol, Request, Seen, Session, Unlisted},
    time::Time,
};
use std::{borrow::Cow, net::IpAddr, ops::Range};

/// Bytes of a line, or what its escapes stood for.
pub type Text<'a> = Cow<'a, [u8]>;

/// What one line tells.
///
/// What a line does not mention is unavailable; what it says was not sent is absent. Nothing is taken for granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// When the request arrived.
    pub time: Option<Time>,
    /// The method.
    pub method: Text<'a>,
    /// The path, with the query where the log has it.
    pub target: Text<'a>,
    /// Whether the path is whole.
    pub path_seen: bool,
    /// Whether `target` has the query, if there was one.
    pub query_seen: bool,
    /// `http` or `https`.
    pub scheme: Fact<Text<'a>>,
    /// The host that was asked for.
    pub authority: Fact<Text<'a>>,
    /// The protocol of the client.
    pub protocol: Fact<Protocol>,
    /// The headers that were sent, as far as the log tells.
    pub headers: Vec<(Text<'a>, Text<'a>)>,
    /// Names of headers that were not sent, as the log tells.
    pub unsent: Vec<Text<'a>>,
    /// The client's address.
    pub address: Fact<IpAddr>,
    /// A name that stands for the address.
    pub pseudonym: Option<Text<'a>>,
    /// Whether the host saw an address that the log does not tell.
    pub hidden_address: bool,
    /// JA4 of the hello.
    pub ja4: Fact<Text<'a>>,
    /// JA3 of the hello.
    pub ja3: Fact<Text<'a>>,
    /// The negotiated version of TLS.
    pub tls_version: Fact<Text<'a>>,
    /// The server name in the hello.
    pub sni: Fact<Text<'a>>,
    /// The negotiated ALPN protocol.
    pub alpn: Fact<Text<'a>>,
    /// The autonomous system of the address.
    pub asn: Fact<u32>,
    /// The country of the address.
    pub country: Fact<Text<'a>>,
    /// The status of the answer.
    pub status: Option<u16>,
    /// The verdict of a record, and whether it was in force.
    pub recorded: Option<(Verdict, bool)>,
    /// At which rate lines like this one were kept.
    pub rate: Rate,
}

impl Entry<'_> {
    /// Nothing but `GET /`.
    pub const EMPTY: Self = Self {
        time: None,
        method: Cow::Borrowed(b""),
        target: Cow::Borrowed(b""),
        path_seen: true,
        query_seen: true,
        scheme: Fact::Unavailable,
        authority: Fact::Unavailable,
        protocol: Fact::Unavailable,
        headers: Vec::new(),
        unsent: Vec::new(),
        address: Fact::Unavailable,
        pseudonym: None,
        hidden_address: false,
        ja4: Fact::Unavailable,
        ja3: Fact::Unavailable,
        tls_version: Fact::Unavailable,
        sni: Fact::Unavailable,
        alpn: Fact::Unavailable,
        asn: Fact::Unavailable,
        country: Fact::Unavailable,
        status: None,
        recorded: None,
        rate: Rate::ALL,
    };

    /// The same entry, with nothing borrowed.
    pub fn into_owned<'b>(self) -> Entry<'b> {
        let fact = |fact: Fact<Text<'_>>| fact.map(own);
        Entry {
            time: self.time,
            method: own(self.method),
            target: own(self.target),
            path_seen: self.path_seen,
            query_seen: self.query_seen,
            scheme: fact(self.scheme),
            authority: fact(self.authority),
            protocol: self.protocol,
            headers: self.headers.into_iter().map(|(name, value)| (own(name), own(value))).collect(),
            unsent: self.unsent.into_iter().map(own).collect(),
            address: self.address,
            pseudonym: self.pseudonym.map(own),
            hidden_address: self.hidden_address,
            ja4: fact(self.ja4),
            ja3: fact(self.ja3),
            tls_version: fact(self.tls_version),
            sni: fact(self.sni),
            alpn: fact(self.alpn),
            asn: self.asn,
            country: fact(self.country),
            status: self.status,
            recorded: self.recorded,
            rate: self.rate,
        }
    }

    /// The first value of a header that was sent.
    pub fn header(&self, name: &[u8]) -> Option<&[u8]> {
        self.headers.iter().find(|(known, _)| known.as_ref() == name).map(|(_, value)| value.as_ref())
    }

    /// The header list that [`Self::facts`] borrows.
    pub fn lists(&self) -> Lists<'_> {
        Lists::of(std::slice::from_ref(self))
    }

    /// The facts of the request; `now` is for a line without a time.
    pub fn facts<'f>(&'f self, list: List<'f>, now: Time) -> Facts<'f> {
        let https = self.scheme.as_ref().map(|scheme| scheme.as_ref() == b"https");
        Facts {
            now: self.time.unwrap_or(now),
            entropy: [0; 16],
            request: Request {
                method: &self.method,
                scheme: bytes(&self.scheme).known().unwrap_or_default(),
                authority: bytes(&self.authority).known().unwrap_or_default(),
                target: &self.target,
                protocol: self.protocol,
                pseudo_order: Fact::Unavailable,
            },
            headers: Headers { list: list.headers, ordered: false },
            seen: Seen {
                scheme: self.scheme.is_known(),
                authority: self.authority.is_known(),
                path: self.path_seen,
                query: self.query_seen,
                hidden_address: self.hidden_address,
                client: self.pseudonym.as_deref(),
                headers: Unlisted::Unavailable { except: list.unsent },
            },
            connection: Connection {
                address: self.address,
                encrypted: https,
                ja4: bytes(&self.ja4),
                ja3: bytes(&self.ja3),
                tls_version: bytes(&self.tls_version),
                sni: bytes(&self.sni),
                alpn: bytes(&self.alpn),
                asn: self.asn,
                country: bytes(&self.country),
            },
            session: Session::Unavailable,
            body: Fact::Unavailable,
            directories: None,
        }
    }
}

/// The lists of an entry that is done with, empty, for the next one.
#[derive(Debug, Default)]
pub(crate) struct Spare<'a> {
    pub(crate) headers: Vec<(Text<'a>, Text<'a>)>,
    pub(crate) unsent: Vec<Text<'a>>,
}

impl Spare<'_> {
    /// What is left of an entry. A vector that is collected out of its own, emptied one keeps its memory, while its
    /// elements may then borrow from something else.
    pub(crate) fn of(entry: Entry<'_>) -> Self {
        let Entry { mut headers, mut unsent, .. } = entry;
        headers.clear();
        unsent.clear();
        Self {
            headers: headers.into_iter().map_while(|_| None).collect(),
            unsent: unsent.into_iter().map_while(|_| None).collect(),
        }
    }
}

fn own<'b>(text: Text<'_>) -> Text<'b> {
    Cow::Owned(text.into_owned())
}

/// Header lists of some entries as the engine takes them, all in two vectors.
#[derive(Debug, Default)]
pub struct Lists<'a> {
    headers: Vec<(&'a [u8], &'a [u8])>,
    unsent: Vec<&'a [u8]>,
    // One an entry: where its part of each begins and ends.
    parts: Vec<[Range<usize>; 2]>,
}

/// The header list of one entry.
#[derive(Clone, Copy, Debug, Default)]
pub struct List<'a> {
    headers: &'a [(&'a [u8], &'a [u8])],
    unsent: &'a [&'a [u8]],
}

impl<'a> Lists<'a> {
    /// The lists of these entries.
    pub fn of(entries: &'a [Entry<'_>]) -> Self {
        let mut lists = Self::default();
        for entry in entries {
            let (headers, unsent) = (lists.headers.len(), lists.unsent.len());
            lists.headers.extend(entry.headers.iter().map(|(name, value)| (name.as_ref(), value.as_ref())));
            lists.unsent.extend(entry.unsent.iter().map(AsRef::as_ref));
            lists.parts.push([headers..lists.headers.len(), unsent..lists.unsent.len()]);
        }
        lists
    }

    /// That of the first entry; empty where there is none.
    pub fn first(&self) -> List<'_> {
        self.iter().next().unwrap_or_default()
    }

    /// One for each entry, in their order.
    pub fn iter(&self) -> impl Iterator<Item = List<'_>> {
        self.parts.iter().map(|[headers, unsent]| List {
            headers: self.headers.get(headers.clone()).unwrap_or_default(),
            unsent: self.unsent.get(unsent.clone()).unwrap_or_default(),
        })
    }
}

fn bytes<'f>(fact: &'f Fact<Text<'_>>) -> Fact<&'f [u8]> {
    fact.as_ref().map(AsRef::as_ref)
}
