//! No bytes make the reader of ClientHellos panic, and what it accepts another reader accepts with the same content.

use std::sync::LazyLock;

use outwork_engine::hello::{ClientHello, HelloError, MAX_MESSAGE, Transport};
use proptest::prelude::*;
use tls_parser::nom::Finish as _;

use crate::fixture::{Client, clients};

/// Read once: a property has hundreds of cases.
static CLIENTS: LazyLock<Vec<Client>> = LazyLock::new(clients);

/// The first hello of each JA4: enough variety, without the browsers' permutations.
fn varied() -> Vec<Client> {
    let mut clients = clients();
    clients.sort_by(|a, b| a.ja4.cmp(&b.ja4));
    clients.dedup_by(|a, b| a.ja4 == b.ja4);
    clients
}

/// Reads `bytes` in every way and makes every fingerprint of what was read.
fn exercise(bytes: &[u8]) -> Result<ClientHello, HelloError> {
    drop(ClientHello::from_handshake(bytes));
    drop(ClientHello::from_dtls(bytes));
    let hello = ClientHello::from_records(bytes);
    hello.iter().for_each(fingerprints);
    hello
}

fn fingerprints(hello: &ClientHello) {
    let ja4 = hello.ja4(Transport::Tls);
    assert_eq!(ja4.len(), 36);
    assert!(hello.ja4_raw(Transport::Tls).starts_with(&ja4[..11]));
    assert_eq!(hello.ja3().split(',').count(), 5);
}

/// The same fields by `tls-parser`, the reader that Suricata uses.
fn agrees_with_tls_parser(message: &[u8], hello: &ClientHello) {
    use tls_parser::{TlsMessage, TlsMessageHandshake};
    let (_, parsed) = tls_parser::parse_tls_message_handshake(message).finish().unwrap();
    let TlsMessage::Handshake(TlsMessageHandshake::ClientHello(theirs)) = parsed else { panic!("not a hello") };
    assert_eq!(theirs.version.0, hello.legacy_version);
    assert_eq!(theirs.ciphers.iter().map(|cipher| cipher.0).collect::<Vec<_>>(), hello.cipher_suites);
    assert_eq!(extension_types(theirs.ext.unwrap_or_default()), hello.extensions);
}

/// `tls-parser` folds unknown types together, so the types are read off the block that it found.
fn extension_types(mut block: &[u8]) -> Vec<u16> {
    let mut types = Vec::new();
    while let [a, b, c, d, rest @ ..] = block {
        types.push(u16::from_be_bytes([*a, *b]));
        block = &rest[usize::from(u16::from_be_bytes([*c, *d]))..];
    }
    types
}

#[test]
fn tls_parser_reads_the_same() {
    for client in varied() {
        let hello = ClientHello::from_records(&client.hello).unwrap();
        agrees_with_tls_parser(&client.hello[5..], &hello);
    }
}

#[test]
fn every_prefix_is_truncated() {
    for client in varied() {
        for end in 0..client.hello.len() {
            assert_eq!(exercise(&client.hello[..end]), Err(HelloError::Truncated), "{} at {end}", client.name);
        }
        let message = &client.hello[5..];
        for end in 0..message.len() {
            assert_eq!(ClientHello::from_handshake(&message[..end]), Err(HelloError::Truncated));
        }
    }
}

/// A body that is cut short while the headers agree with the cut: the lengths inside lie.
#[test]
fn a_cut_body_is_an_error_or_another_hello() {
    for client in varied() {
        let body = &client.hello[9..];
        for end in 0..body.len() {
            if let Ok(hello) = exercise(&wrap(&body[..end])) {
                assert!(hello.extensions.is_empty(), "{} at {end}: {hello:?}", client.name);
            }
        }
    }
}

#[test]
fn every_flipped_bit_is_read_or_refused() {
    for client in varied().into_iter().step_by(10) {
        let mut bytes = client.hello.clone();
        for at in 0..bytes.len() {
            for bit in 0..8 {
                bytes[at] ^= 1 << bit;
                if let Ok(hello) = exercise(&bytes) {
                    agrees_with_tls_parser(&bytes[5..], &hello);
                }
                bytes[at] ^= 1 << bit;
            }
        }
    }
}

#[test]
fn every_lying_length_is_read_or_refused() {
    for client in varied().into_iter().step_by(10) {
        let mut bytes = client.hello.clone();
        for at in 3..bytes.len() - 1 {
            let kept = [bytes[at], bytes[at + 1]];
            for lie in [0_u16, 1, 2, 0x00ff, 0x0100, 0x7fff, 0xffff] {
                bytes[at..at + 2].copy_from_slice(&lie.to_be_bytes());
                drop(exercise(&bytes));
            }
            bytes[at..at + 2].copy_from_slice(&kept);
        }
    }
}

#[test]
fn each_malformation_has_its_error() {
    let hello = clients().remove(0).hello;
    let changed = |at: usize, value: u8| {
        let mut bytes = hello.clone();
        bytes[at] = value;
        ClientHello::from_records(&bytes)
    };
    assert_eq!(changed(0, 23), Err(HelloError::NotHandshake));
    assert_eq!(changed(1, 2), Err(HelloError::NotHandshake));
    assert_eq!(changed(3, 0xff), Err(HelloError::RecordLength));
    assert_eq!(changed(5, 2), Err(HelloError::NotClientHello));
    assert_eq!(changed(6, 1), Err(HelloError::TooLarge));
    assert_eq!(changed(8, hello[8] - 1), Err(HelloError::TrailingData));
    assert_eq!(changed(43, 33), Err(HelloError::SessionId));
    assert_eq!(ClientHello::from_records(&[22, 3, 1, 0, 0]), Err(HelloError::RecordLength));
    assert_eq!(ClientHello::from_records(&wrap(&[0; 10])), Err(HelloError::LengthMismatch));
    assert_eq!(
        ClientHello::from_records(&wrap(&body(&[0, 23, 0, 0, 0, 23, 0, 0]))),
        Err(HelloError::DuplicateExtension)
    );
    assert_eq!(ClientHello::from_records(&wrap(&body(&[0, 10, 0, 3, 0, 1, 7]))), Err(HelloError::LengthMismatch));
    assert_eq!(ClientHello::from_records(&wrap(&body(&[0, 16, 0, 3, 0, 0, 7]))), Err(HelloError::TrailingData));
    assert!(ClientHello::from_records(&wrap(&body(&[0, 23, 0, 0]))).is_ok());
}

#[test]
fn a_dtls_hello_has_a_cookie_and_its_own_headers() {
    let tls = body(&[0, 23, 0, 0]);
    let (head, tail) = tls.split_at(35);
    let body = [head, &[3, 7, 7, 7], tail].concat();
    let length = u8::try_from(body.len()).unwrap();
    let record = |offset: u8, fragment: u8| {
        let message = [&[1, 0, 0, length, 0, 0, 0, 0, offset, 0, 0, fragment][..], &body].concat();
        [&[22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, length + 12][..], &message].concat()
    };
    let hello = ClientHello::from_dtls(&record(0, length)).unwrap();
    assert_eq!(hello, ClientHello::from_records(&wrap(&tls)).unwrap());
    assert!(hello.ja4(Transport::Dtls).starts_with("d12i010100_"));
    assert_eq!(ClientHello::from_dtls(&record(1, length)), Err(HelloError::Fragmented));
    assert_eq!(ClientHello::from_dtls(&record(0, length - 1)), Err(HelloError::Fragmented));
    assert_eq!(ClientHello::from_dtls(&record(0, length)[..50]), Err(HelloError::Truncated));
    assert_eq!(ClientHello::from_dtls(&wrap(&tls)), Err(HelloError::NotHandshake));
}

#[test]
fn the_largest_message_is_read_and_one_byte_more_is_not() {
    let padded = |room: usize| {
        let padding = u16::try_from(room).unwrap().to_be_bytes();
        let extension = [&[0, 21], &padding[..], &vec![0; room]].concat();
        [&[1, 0][..], &u16::try_from(body(&extension).len()).unwrap().to_be_bytes(), &body(&extension)].concat()
    };
    let room = MAX_MESSAGE - padded(0).len();
    assert!(ClientHello::from_handshake(&padded(room)).is_ok());
    assert_eq!(ClientHello::from_handshake(&padded(room + 1)), Err(HelloError::TooLarge));
}

proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        drop(exercise(&bytes));
        drop(exercise(&wrap(&bytes)));
        drop(exercise(&wrap(&body(&bytes))));
    }

    #[test]
    fn edited_hellos_never_panic(
        which in any::<prop::sample::Index>(),
        edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in proptest::option::of(any::<prop::sample::Index>()),
    ) {
        let mut bytes = which.get(&CLIENTS).hello.clone();
        for (at, value) in edits {
            *at.get_mut(&mut bytes) = value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(hello) = exercise(&bytes) {
            agrees_with_tls_parser(&bytes[5..], &hello);
        }
    }
}

/// A TLS record around a ClientHello around `body`, with true lengths.
fn wrap(body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len()).unwrap();
    [&[22, 3, 1], &(length + 4).to_be_bytes()[..], &[1, 0], &length.to_be_bytes(), body].concat()
}

/// A ClientHello's body with one cipher suite and `extensions`.
fn body(extensions: &[u8]) -> Vec<u8> {
    let length = u16::try_from(extensions.len()).unwrap().to_be_bytes();
    [&[3, 3], &[0; 32][..], &[0, 0, 2, 0x13, 1, 1, 0], &length, extensions].concat()
}
