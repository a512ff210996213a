//! Bytes as a header map of the ABI and as the connection's text: read or refused, and never longer than they are.
#![no_main]

use libfuzzer_sys::fuzz_target;
use outwork_engine::{fact::Fact, facts::Protocol, time::Time};
use outwork_filter::{connection, facts::Sent, pairs};

fuzz_target!(|data: &[u8]| {
    let noted = connection::read(data);
    let _ = connection::source(data);
    let Some(read) = pairs::read(data) else { return };
    let size: usize = read.iter().map(|(name, value)| name.len() + value.len() + 2).sum();
    assert!(size <= data.len());
    let count = read.len();
    let sent = Sent::new(read);
    let facts = sent.facts(Time(0), [0; 16], noted.connection, Fact::Known(Protocol::Http2));
    assert!(facts.headers.list.len() <= count);
    assert!(facts.request.pseudo_order.known().is_some_and(|order| order.len() <= 8));
});
