//! Outwork's decision: what a host saw goes in as [`facts::Facts`], what the host shall do comes out as a
//! [`decision::Decision`].
//!
//! The engine knows no clock, no I/O, no randomness and no globals: the time, random bytes, keys and stored words are
//! arguments. It is `no_std`, never panics on any bytes, and computes in integers: every host agrees to the bit. Only the
//! features of [`beacon`] are computed in floating point, of IEEE 754's basic operations and `libm`, and rounded to integers.
//!
//! Modules stand in the order in which they may use one another: each uses only those above it, and
//! `tests/module_order.rs` holds them to that.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod hello;

pub mod time;

pub mod container;

pub mod bundle;

pub mod assets;

pub mod fact;

pub mod beacon;

pub mod clearance;

pub mod window;

pub mod ranges;

pub mod structured;

mod json;

pub mod directories;

pub mod facts;

pub mod httpsig;

pub mod keys;

pub mod identity;

pub mod recall;

pub mod session;

pub mod agents;

pub mod signals;

pub mod layer;

pub mod model;

pub mod rules;

pub mod scoring;

pub mod risk;

pub mod limits;

pub mod memo;

pub mod transaction;

pub mod challenge;

pub mod decision;

pub mod evidence;

pub mod record;

pub mod policy;

pub mod endpoint;
