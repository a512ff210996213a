use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::SocketAddr;

use outwork_engine::hello::{ClientHello, HelloError, Transport};

use super::Packet;
use super::stream::Stream;
use crate::quic::{self, Connection};

/// Who sends to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Ends {
    pub(crate) source: SocketAddr,
    pub(crate) destination: SocketAddr,
}

/// A ClientHello in a capture, or what begins like one and is malformed.
pub(crate) struct Found {
    pub(crate) ends: Ends,
    pub(crate) transport: Transport,
    pub(crate) hello: Result<ClientHello, HelloError>,
}

/// All connections of a capture. What is kept of each is bounded, and little once its hello is known.
#[derive(Default)]
pub(crate) struct Flows {
    tcp: HashMap<Ends, Stream>,
    quic: HashMap<Ends, Connection>,
    unknown_links: usize,
    fragments: usize,
    unfinished: usize,
}

impl Flows {
    /// Adds a packet; the hellos that it completes come back.
    pub(crate) fn add(&mut self, packet: &Packet<'_>) -> Vec<Found> {
        match *packet {
            Packet::Tcp { ends, sequence, syn, payload } => self.tcp(ends, sequence, syn, payload),
            Packet::Udp { ends, payload } if payload.first() == Some(&22) => dtls(ends, payload).into_iter().collect(),
            Packet::Udp { ends, payload } => self.quic(ends, payload).into_iter().collect(),
            Packet::Fragment => {
                self.fragments = self.fragments.saturating_add(1);
                Vec::new()
            }
            Packet::UnknownLink => {
                self.unknown_links = self.unknown_links.saturating_add(1);
                Vec::new()
            }
            Packet::Other => Vec::new(),
        }
    }

    /// What of the capture was not read, a line each.
    pub(crate) fn notes(&self) -> Vec<String> {
        let unfinished = self.tcp.values().filter(|stream| stream.is_unfinished()).count();
        let undecoded = self.quic.values().filter(|connection| !connection.is_decoded()).count();
        [
            (undecoded, "QUIC connections not decoded"),
            (unfinished.saturating_add(self.unfinished), "ClientHellos not complete in the capture"),
            (self.fragments, "IP fragments not joined"),
            (self.unknown_links, "packets of a link type that is not read"),
        ]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{what}: {count}"))
        .collect()
    }

    fn tcp(&mut self, ends: Ends, sequence: u32, syn: bool, payload: &[u8]) -> Vec<Found> {
        let stream = match self.tcp.entry(ends) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(Stream::new(sequence)),
        };
        // The same ports again, for another connection.
        if syn && stream.base() != sequence {
            self.unfinished = self.unfinished.saturating_add(usize::from(stream.is_unfinished()));
            *stream = Stream::new(sequence);
        }
        let found = stream.add(sequence, payload);
        found.into_iter().map(|hello| Found { ends, transport: Transport::Tls, hello }).collect()
    }

    fn quic(&mut self, ends: Ends, payload: &[u8]) -> Option<Found> {
        if !quic::has_initial(payload) {
            return None;
        }
        // What a server answers is under keys of its own, and holds no ClientHello.
        let answer = Ends { source: ends.destination, destination: ends.source };
        if self.quic.contains_key(&answer) {
            return None;
        }
        let hello = self.quic.entry(ends).or_default().add(payload)?;
        Some(Found { ends, transport: Transport::Quic, hello })
    }
}

/// DTLS answers to the first hello with a cookie, and the client then sends it again: each is a hello.
fn dtls(ends: Ends, payload: &[u8]) -> Option<Found> {
    // Epoch 0 is not encrypted; byte 13 is the type of the first handshake message.
    let is_hello = matches!(payload, [22, 0xfe, _, 0, 0, ..]) && payload.get(13) == Some(&1);
    is_hello.then(|| Found { ends, transport: Transport::Dtls, hello: ClientHello::from_dtls(payload) })
}
