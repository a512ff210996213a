//! Bytes as TLS records, as a handshake message and as a DTLS record: read or refused, and the same however cut.
#![no_main]

use libfuzzer_sys::fuzz_target;
use outwork_engine::hello::{ClientHello, Transport, reassemble};

fuzz_target!(|data: &[u8]| {
    let dtls = ClientHello::from_dtls(data);
    let bare = ClientHello::from_handshake(data);
    let records = ClientHello::from_records(data);
    for (hello, transport) in [(&dtls, Transport::Dtls), (&bare, Transport::Quic), (&records, Transport::Tls)] {
        hello.iter().for_each(|hello| fingerprints(hello, transport));
    }
    if let Ok(whole) = reassemble(data) {
        assert!(whole.consumed <= data.len());
        assert_eq!(ClientHello::from_handshake(&whole.message), records);
        let bytewise: Vec<u8> = whole.message.iter().flat_map(|byte| [22, 3, 1, 0, 1, *byte]).collect();
        assert_eq!(ClientHello::from_records(&bytewise), records);
    }
});

fn fingerprints(hello: &ClientHello, transport: Transport) {
    let (ja4, raw) = (hello.ja4(transport), hello.ja4_raw(transport));
    assert_eq!(ja4.len(), 36);
    assert!(ja4.is_ascii() && ja4[..11] == raw[..11]);
    assert_eq!(hello.envoy_ja4().len(), 36);
    assert_eq!(hello.ja3().split(',').count(), 5);
}
