//! Which name in a JSON log stands for what.

use super::{Format, names};
use std::collections::HashMap;

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    /// The method.
    Method,
    /// Path and query.
    Target,
    /// The path; the query is left out of the log.
    Path,
    /// `http` or `https`.
    Scheme,
    /// Host or `:authority`.
    Authority,
    /// `HTTP/2`.
    Protocol,
    /// When the request arrived.
    Time,
    /// The client's address, with or without a port.
    Address,
    /// A name that stands for the client's address.
    Pseudonym,
    /// A request header, by its name in lower case.
    Header(Box<[u8]>),
    /// An object of request headers.
    Headers,
    /// JA4 of the hello.
    Ja4,
    /// JA3 of the hello, as MD5.
    Ja3,
    /// The negotiated version of TLS.
    TlsVersion,
    /// The server name in the hello.
    Sni,
    /// The negotiated ALPN protocol.
    Alpn,
    /// The autonomous system.
    Asn,
    /// The country.
    Country,
    /// The status of the answer.
    Status,
    /// One of our records, as an object or as a text.
    Record,
    /// The rate at which lines like this one were kept, from 0.001 to 1.
    Sampled,
    /// What stands in place of a verdict where a request ended before one.
    Undecided,
    /// Of a record: the verdict.
    Verdict,
    /// Of a record: whether it was in force.
    Enforced,
    /// Of a record: points of the context, which are there when the address was seen.
    Context,
    /// Of a record: the name of the activity, which is the method where OCSF does not know it.
    Activity,
    /// Of a record: the port that the authority names.
    Port,
}

/// What stands under a name.
#[derive(Clone, Debug)]
pub(super) enum Node {
    Field(Field),
    Inside(Names),
}

/// The names of one object.
pub(super) type Names = HashMap<Box<[u8]>, Node, foldhash::fast::FixedState>;

/// Which names a log uses, and how it writes that there is nothing.
#[derive(Clone, Debug)]
pub struct Layout {
    pub(super) names: Names,
    /// Whether `-` is nothing.
    pub(super) dash: bool,
    /// Whether an empty text is nothing.
    pub(super) empty: bool,
    /// Whether these are our records: they cut long texts, and leave out a user agent that was not sent.
    pub(super) records: bool,
    /// Whether TLS ends where the log is written, so that a connection without it carries http.
    pub(super) ends_tls: bool,
}

impl Layout {
    /// The usual layout of a format.
    pub fn of(format: Format) -> Self {
        let mut layout = Self {
            names: Names::default(),
            dash: format == Format::Envoy,
            empty: format == Format::Logpush,
            records: format == Format::Records,
            ends_tls: format != Format::Envoy,
        };
        let names = match format {
            Format::Envoy => names::ENVOY,
            Format::Logpush => names::LOGPUSH,
            Format::Records => names::RECORDS,
            Format::Combined => &[],
        };
        for (name, field) in names {
            layout.name(name, names::field(field));
        }
        if format == Format::Envoy {
            for header in names::HEADERS {
                layout.name(header, Some(Field::Header(header.as_bytes().into())));
                layout.name(&header.replace('-', "_"), Some(Field::Header(header.as_bytes().into())));
            }
        }
        layout
    }

    /// Lets a name stand for a field; dots lead into objects.
    pub fn name(&mut self, name: &str, field: Option<Field>) {
        let Some(field) = field else { return };
        place(&mut self.names, name, field);
    }
}

fn place(names: &mut Names, name: &str, field: Field) {
    match name.split_once('.') {
        None => {
            names.insert(name.as_bytes().into(), Node::Field(field));
        }
        Some((first, rest)) => {
            let inside = names.entry(first.as_bytes().into()).or_insert_with(|| Node::Inside(Names::default()));
            if let Node::Field(_) = inside {
                *inside = Node::Inside(Names::default());
            }
            if let Node::Inside(names) = inside {
                place(names, rest, field);
            }
        }
    }
}
