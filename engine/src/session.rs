//! The session token: a [`Window`](crate::window::Window) sealed into a cookie that only its own device can use.

/// The name of the cookie.
pub const COOKIE: &str = "__Host-outwork";
