//! Signals: registered, documented, total, and quiet about real browsers.
#![cfg(test)]

mod any_bytes;
mod clients;
mod corpus;
mod header_sets;
mod pages;
mod registry;
mod request;
mod user_agents;
