//! The Cloudflare Workers host: a synchronous core that a JavaScript shell (`worker/shell/`) calls.
//!
//! The shell writes one buffer with the request's facts and reads one buffer with what to do. It is the shell that
//! speaks HTTP; this module only decides, so a trap in it harms no other request.

pub mod abi;
mod core;
mod directories;
mod effects;
mod elsewhere;
mod places;
mod request;
mod step;
mod store;
