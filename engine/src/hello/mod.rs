//! TLS ClientHello: raw bytes to JA4 and JA3.
//!
//! The hosts get JA4 ready-made from Envoy or Cloudflare; this module computes it from the bytes on the wire, for
//! `outwork fingerprint` and for the tests that hold the hosts' value to it.
//!
//! ```
//! use outwork_engine::hello::{ClientHello, HelloError, Transport};
//!
//! // TLS 1.2, one cipher suite, no extensions; the client's random is all zeros.
//! let mut record = vec![22, 3, 1, 0, 45, 1, 0, 0, 41, 3, 3];
//! record.extend([0; 32]);
//! record.extend([0, 0, 2, 0xc0, 0x2f, 1, 0]);
//! let hello = ClientHello::from_records(&record)?;
//! assert_eq!(hello.ja4(Transport::Tls), "t12i010000_f06271c2b022_000000000000");
//! assert_eq!(hello.ja3(), "771,49199,,,");
//! # Ok::<(), HelloError>(())
//! ```
//!
//! Sources: RFC 8446 section 4.1.2 (ClientHello), RFC 9147 section 5 (DTLS), RFC 8701 (GREASE), FoxIO's description of
//! JA4 (`technical_details/JA4.md`, the BSD-3-Clause part of JA4+), Salesforce's of JA3.

mod client_hello;
mod dtls;
mod envoy;
mod error;
mod extensions;
mod grease;
mod ja3;
mod ja4;
mod reader;
mod records;

pub use client_hello::{ClientHello, MAX_MESSAGE};
pub use error::HelloError;
pub use grease::is_grease;
pub use ja4::Transport;
pub use records::{Reassembled, reassemble};
