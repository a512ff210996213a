//! Bytes as a capture of packets: the ClientHellos in it, or why it cannot be read.
#![no_main]
#![expect(dead_code, unused_imports, reason = "the command's own files, of which it uses more")]

#[path = "../../cli/src/capture/mod.rs"]
mod capture;
#[path = "../../cli/src/failure.rs"]
mod failure;
#[path = "../../cli/src/quic/mod.rs"]
mod quic;

use capture::{Flows, Packet, frames, is_capture};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some(start) = data.first_chunk::<4>() else { return };
    if !is_capture(*start) {
        return;
    }
    let mut flows = Flows::default();
    let _ = frames(*start, data, |link, frame| {
        for found in flows.add(&Packet::read(link, frame)) {
            if let Ok(hello) = found.hello {
                assert_eq!(hello.ja4(found.transport).len(), 36);
            }
        }
        Ok(())
    });
    assert!(flows.notes().len() <= 4);
});
