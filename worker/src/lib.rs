//! The Workers host.
