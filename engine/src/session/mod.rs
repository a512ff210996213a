//! The two cookies: a session's token, which is its [`Window`], and a [`Clearance`]. Each is sealed for itself, so that what
//! is written into one never overwrites the other.

mod presented;
mod sealed;

pub use presented::{Presented, Shown, Tokens};
pub use sealed::{
    Binding, CLEARANCE_COOKIE, COOKIE, LIFETIME_SECONDS, MAX_TOKEN, Sealed, ended_cookies, open, seal, set_cookie,
};

#[cfg(test)]
mod tests;
