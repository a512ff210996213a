//! The proxy-wasm host of Outwork: Envoy and Istio.
//!
//! ```text
//! abi ─▶ vm ─▶ root      configuration and keys ─▶ a policy, once a reload
//!           ├▶ records     the chain, when requests end; their access logs are written next (undecided: those that end while they are held)
//!           ├▶ directories  the keys of agents, fetched on ticks; no request waits for them
//!           ╰▶ request   headers and connection ─▶ facts ─▶ engine ─▶ edits or a reply, state, metrics
//!                 ├▶ charging   what limits charge: here (store), or where a service is asked, and the request waits (service, waiting)
//!                 ├▶ tarpit     refusals that are held back
//!                 ╰▶ endpoint   what the filter answers itself, once its body is there (pending)
//! ```
//!
//! Everything goes to Envoy through [`host::Host`]; `host` is the only module that names a hostcall, so all others run
//! natively, against a host made of memory. No request fails for a reason of our own: what a hostcall would not do
//! becomes a fact that is unavailable, a count and a line in the log.
//!
//! There is no SDK below this crate. `proxy-wasm` 0.2.5 exports every callback of the ABI, and Envoy calls each one
//! that a module exports: body, response, log, done and delete callbacks that do nothing cost a request as much as
//! reading its headers does (`docs/performance.md`). The log callback is here all the same: the order of records is worth it.
//! The SDK also panics where a hostcall returns what it did not expect.

#[cfg(target_arch = "wasm32")]
#[expect(unsafe_code, reason = "the callbacks have the names that the ABI gives them")]
mod abi;

pub mod breakers;
pub mod charging;
pub mod configuration;
pub mod connection;
pub mod directories;
pub mod endpoint;
pub mod entropy;
pub mod facts;
#[cfg(target_arch = "wasm32")]
#[expect(unsafe_code, reason = "an allocator hands out raw memory")]
mod heap;
pub mod host;
pub mod limits;
pub mod metrics;
pub mod models;
pub mod pairs;
pub mod pending;
pub mod records;
pub mod request;
pub mod root;
pub mod service;
pub mod store;
mod strip;
pub mod tarpit;
pub mod transactions;
pub mod undecided;
pub mod vm;
pub mod waiting;

#[cfg(test)]
mod testing;
