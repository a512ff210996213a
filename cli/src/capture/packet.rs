use std::net::{IpAddr, SocketAddr};

use etherparse::{EtherType, LaxNetSlice, LaxSlicedPacket, TransportSlice};

use super::Ends;

/// A frame of a capture, as far as ClientHellos need it.
pub(crate) enum Packet<'a> {
    /// `sequence` numbers the first byte of `payload`; `syn` says that a connection begins there.
    Tcp {
        ends: Ends,
        sequence: u32,
        syn: bool,
        payload: &'a [u8],
    },
    Udp {
        ends: Ends,
        payload: &'a [u8],
    },
    /// A part of an IP packet; parts are not joined.
    Fragment,
    /// No TCP and no UDP over IP.
    Other,
    /// A link type that is not read.
    UnknownLink,
}

impl<'a> Packet<'a> {
    /// Takes a frame apart. Link types: <https://www.tcpdump.org/linktypes.html>.
    pub(crate) fn read(link: i32, frame: &'a [u8]) -> Self {
        let sliced = match link {
            // Ethernet.
            1 => LaxSlicedPacket::from_ethernet(frame).ok(),
            // Raw IP, under its different numbers.
            12 | 14 | 101 | 228 | 229 => ip(frame),
            // BSD loopback: the address family in four bytes, whose value differs between systems.
            0 | 108 => frame.get(4..).and_then(ip),
            // Linux "any" device, first and second version.
            113 => ether_type(frame, 14, 16),
            276 => ether_type(frame, 0, 20),
            _ => return Self::UnknownLink,
        };
        sliced.map_or(Self::Other, |sliced| Self::transport(&sliced))
    }

    fn transport(sliced: &LaxSlicedPacket<'a>) -> Self {
        let Some((source, destination)) = addresses(sliced) else { return Self::Other };
        if sliced.ip_payload().is_some_and(|payload| payload.fragmented) {
            return Self::Fragment;
        }
        let ends = |source_port, destination_port| Ends {
            source: SocketAddr::new(source, source_port),
            destination: SocketAddr::new(destination, destination_port),
        };
        match &sliced.transport {
            Some(TransportSlice::Tcp(tcp)) => Self::Tcp {
                ends: ends(tcp.source_port(), tcp.destination_port()),
                // The SYN itself takes one number.
                sequence: tcp.sequence_number().wrapping_add(u32::from(tcp.syn())),
                syn: tcp.syn(),
                payload: tcp.payload(),
            },
            Some(TransportSlice::Udp(udp)) => {
                Self::Udp { ends: ends(udp.source_port(), udp.destination_port()), payload: udp.payload() }
            }
            _ => Self::Other,
        }
    }
}

fn ip(bytes: &[u8]) -> Option<LaxSlicedPacket<'_>> {
    LaxSlicedPacket::from_ip(bytes).ok()
}

/// A packet after a header of `length` bytes with the Ethernet type at `at`.
fn ether_type(frame: &[u8], at: usize, length: usize) -> Option<LaxSlicedPacket<'_>> {
    let kind = frame.get(at..)?.first_chunk::<2>()?;
    let kind = EtherType(u16::from_be_bytes(*kind));
    Some(LaxSlicedPacket::from_ether_type(kind, frame.get(length..)?))
}

fn addresses(sliced: &LaxSlicedPacket<'_>) -> Option<(IpAddr, IpAddr)> {
    match sliced.net.as_ref()? {
        LaxNetSlice::Ipv4(ip) => Some((ip.header().source_addr().into(), ip.header().destination_addr().into())),
        LaxNetSlice::Ipv6(ip) => Some((ip.header().source_addr().into(), ip.header().destination_addr().into())),
        LaxNetSlice::Arp(_) => None,
    }
}
