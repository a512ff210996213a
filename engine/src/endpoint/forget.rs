//! Ends the session and the clearance, for a visitor who withdraws consent: the browser is told to drop both cookies, which
//! no script can.
//!
//! It works in a policy that is off too, and for who asks not to be observed: cookies from before may still be there.

use super::Answer;
use crate::{decision::Reply, session};
use alloc::string::String;

pub(super) fn serve<'a>() -> Answer<'a> {
    let headers = session::ended_cookies().into_iter().map(|cookie| ("set-cookie", cookie)).collect();
    Reply { status: 204, headers, body: String::new() }.into()
}
