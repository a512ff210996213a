//! A proxy-wasm filter of its own that inserts the beacon's script tag into HTML, for those who cannot edit their pages.
//!
//! It is apart from `filter/` because Envoy calls every callback that a module exports: a filter that looks at responses
//! costs each of them, and one that does not exports nothing to look with.
//!
//! ```text
//! abi ─▶ streams ─▶ response   does this response take a tag?
//!              ╰─▶ scanner     where in it?
//! ```

#[cfg(target_arch = "wasm32")]
#[expect(unsafe_code, reason = "callbacks and hostcalls have the names and pointers that the ABI gives them")]
mod abi;

pub mod configuration;
pub mod response;
pub mod scanner;
pub mod streams;
