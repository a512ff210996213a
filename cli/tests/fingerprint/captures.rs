//! Captures of every kind that is read, built around one hello.

use std::path::Path;
use std::process::Command;

use etherparse::PacketBuilder;

use crate::support::{Pcap, curl, fingerprint, fixture, pcap, pcapng};

/// From 10.0.0.1, port 40000, to 10.0.0.2, port 443: a bare IP packet.
fn segment(sequence: u32, syn: bool, payload: &[u8]) -> Vec<u8> {
    let builder = PacketBuilder::ipv4([10, 0, 0, 1], [10, 0, 0, 2], 64).tcp(40000, 443, sequence, 1024);
    let builder = if syn { builder.syn() } else { builder };
    let mut packet = Vec::new();
    builder.write(&mut packet, payload).unwrap();
    packet
}

/// The hello in three segments after a SYN with the sequence number `start`.
fn connection(start: u32, hello: &[u8]) -> Vec<Vec<u8>> {
    let data = start.wrapping_add(1);
    let mut packets = vec![segment(start, true, b"")];
    for (index, part) in hello.chunks(200).enumerate() {
        packets.push(segment(data.wrapping_add(u32::try_from(index * 200).unwrap()), false, part));
    }
    packets
}

#[track_caller]
fn finds(file: &[u8], ja4: &[&str]) {
    let output = fingerprint(file);
    let found: Vec<_> = output.hellos.iter().map(|hello| hello["ja4"].as_str().unwrap()).collect();
    assert_eq!(found, ja4, "{}", output.notes);
    assert_eq!(output.code, i32::from(ja4.is_empty()), "{}", output.notes);
}

#[test]
fn every_file_format_and_link_type_is_read() {
    let (hello, ja4) = curl();
    let ip = connection(7, &hello);
    let behind = |header: &[u8]| ip.iter().map(|packet| [header, packet].concat()).collect::<Vec<_>>();
    let ethernet = behind(&[[2; 12].as_slice(), &[8, 0]].concat());
    let vlan = behind(&[[2; 12].as_slice(), &[0x81, 0, 0, 5, 8, 0]].concat());
    let sll = behind(&[0, 0, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0, 8, 0]);
    let sll2 = behind(&[8, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0]);
    let null = behind(&[2, 0, 0, 0]);
    let links =
        [(1, &ethernet), (1, &vlan), (113, &sll), (276, &sll2), (0, &null), (108, &null), (101, &ip), (228, &ip)];
    for (link, frames) in links {
        for kind in [Pcap::Little, Pcap::LittleNanoseconds, Pcap::Big] {
            finds(&pcap(kind, link, frames), &[&ja4]);
        }
        finds(&pcapng(u16::try_from(link).unwrap(), frames), &[&ja4]);
    }
}

#[test]
fn segments_in_any_order_twice_and_over_the_wrap_make_the_hello() {
    let (hello, ja4) = curl();
    for start in [0, 7, u32::MAX, u32::MAX - 300] {
        let ordered = connection(start, &hello);
        let mut shuffled = ordered.clone();
        shuffled[1..].reverse();
        shuffled.extend(ordered);
        finds(&pcap(Pcap::Little, 101, &shuffled), &[&ja4]);
    }
}

#[test]
fn a_connection_without_its_syn_is_read() {
    let (hello, ja4) = curl();
    finds(&pcap(Pcap::Little, 101, &connection(7, &hello)[1..]), &[&ja4]);
}

#[test]
fn ports_that_are_used_again_are_two_connections() {
    let (hello, ja4) = curl();
    let packets = [connection(7, &hello), connection(70_000, &hello)].concat();
    finds(&pcap(Pcap::Little, 101, &packets), &[&ja4, &ja4]);
}

#[test]
fn a_second_hello_after_a_retry_request_is_found() {
    let (hello, ja4) = curl();
    let stream = [&hello[..], &[20, 3, 3, 0, 1, 1], &hello].concat();
    finds(&pcap(Pcap::Little, 101, &connection(7, &stream)), &[&ja4, &ja4]);
    let other = [&hello[..], &[23, 3, 3, 0, 1, 1], &hello].concat();
    finds(&pcap(Pcap::Little, 101, &connection(7, &other)), &[&ja4]);
}

#[test]
fn a_hello_behind_a_preamble_is_found() {
    let (hello, ja4) = curl();
    for preamble in [&b"CONNECT a:443 HTTP/1.1\r\n\r\n"[..], &[5, 1, 0], b"EHLO me\r\nSTARTTLS\r\n", &[22, 3, 0, 0, 0]]
    {
        finds(&pcap(Pcap::Little, 101, &connection(7, &[preamble, &hello].concat())), &[&ja4]);
    }
}

#[test]
fn a_stream_that_is_not_tls_has_no_hello() {
    finds(&pcap(Pcap::Little, 101, &connection(7, &[b'x'; 20_000])), &[]);
}

#[test]
fn what_is_not_read_is_said() {
    let (hello, _) = curl();
    let missing = fingerprint(&pcap(Pcap::Little, 101, &connection(7, &hello)[..2]));
    assert!(missing.notes.contains("note: ClientHellos not complete in the capture: 1"), "{}", missing.notes);
    let link = fingerprint(&pcap(Pcap::Little, 105, &connection(7, &hello)));
    assert!(link.notes.contains("note: packets of a link type that is not read: 4"), "{}", link.notes);
    let mut malformed = hello.clone();
    malformed[43] = 33;
    let malformed = fingerprint(&pcap(Pcap::Little, 101, &connection(7, &malformed)));
    assert_eq!(malformed.code, 1);
    assert!(
        malformed.notes.contains("malformed: 10.0.0.1:40000 -> 10.0.0.2:443: the session id"),
        "{}",
        malformed.notes
    );
}

#[test]
fn quic_that_cannot_be_decoded_is_said() {
    let mut file = std::fs::read(fixture("ja4/quic-with-several-tls-frames.pcapng")).unwrap();
    assert_eq!(fingerprint(&file).hellos.len(), 1);
    // Within the sealed payload of the one packet.
    let middle = file.len() / 2;
    file[middle] ^= 1;
    let output = fingerprint(&file);
    assert!(output.hellos.is_empty());
    assert!(output.notes.contains("note: QUIC connections not decoded: 1"), "{}", output.notes);
}

#[test]
fn a_file_may_be_the_hello_itself() {
    let (hello, ja4) = curl();
    finds(&hello, &[&ja4]);
    finds(&hello[5..], &[&ja4.replacen('t', "q", 1)]);
    let output = fingerprint(&hello);
    assert!(output.hellos[0]["source"].is_null());
    assert_eq!(output.hellos[0]["sni"], "localhost");
    assert_eq!(output.hellos[0]["alpn"], serde_json::json!(["h2", "http/1.1"]));
    assert_eq!(output.hellos[0]["ja3"], "0149f47eabf9a20d0893e2a44e5a6323");
}

#[test]
fn text_is_a_line_a_hello() {
    assert_eq!(
        text(&fixture("ja4/tls12.pcap")),
        "192.168.133.129:36372 -> 34.117.237.239:443  tls  ja4=t13d1715h2_5b57614c22b0_3d5424432f57 \
         ja3=579ccef312d18482fc42e2b822ca2430 sni=contile.services.mozilla.com alpn=h2,http/1.1\n"
    );
}

/// Names come from the client; a terminal must not obey them.
#[test]
fn names_are_escaped() {
    assert!(text(&fixture("ja4/tls-non-ascii-alpn.pcapng")).contains(r"alpn=\xba\xad,http/1.1"));
}

#[test]
fn a_file_that_is_neither_is_a_failure_with_help() {
    for input in [&b""[..], b"\n", b"GET / HTTP/1.1\r\n", &[0x0a, 0x0d, 0x0d, 0x0a], &[0xd4, 0xc3, 0xb2, 0xa1]] {
        let output = fingerprint(input);
        assert_eq!(output.code, 2, "{input:?}");
        assert!(output.notes.starts_with("error: "), "{}", output.notes);
    }
    let missing = Command::new(env!("CARGO_BIN_EXE_outwork")).args(["fingerprint", "no-such.pcap"]).output().unwrap();
    assert_eq!(missing.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&missing.stderr).starts_with("error: `no-such.pcap` cannot be opened: "));
}

fn text(file: &Path) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_outwork")).arg("fingerprint").arg(file).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}
