//! Opens a session, or greets one that is open: its id, the key for its batches, and how it goes on counting.

use super::{Answer, Context, gpc::asks_not_to_be_observed, problem::Problem};
use crate::{
    decision::{Reply, push_number},
    session::{self, Presented},
    window::Window,
};
use alloc::{string::String, vec::Vec};
use base64ct::{Base64UrlUnpadded, Encoding};

pub(super) fn serve<'a>(context: Context<'a>, session: Presented) -> Answer<'a> {
    if asks_not_to_be_observed(&context) {
        return Reply { status: 204, headers: Vec::new(), body: String::new() }.into();
    }
    let window = match session {
        Presented::Opened(window) => *window,
        Presented::Unavailable | Presented::Absent | Presented::Invalid => open(&context),
    };
    greet(&context, &window).unwrap_or_else(|| UNBOUND.reply(&context)).into()
}

/// No browser sends an authority that is too long for a token.
pub(super) const UNBOUND: Problem = Problem::new(400, "This address is too long for a session.");

/// A session's id is no secret, and says nothing of the reference that is made of the same random bytes.
fn open(context: &Context<'_>) -> Window {
    let id = context.keys.memo_key(&[b"session", &context.facts.entropy]);
    Window::new(id.to_le_bytes(), context.facts.now)
}

fn greet(context: &Context<'_>, window: &Window) -> Option<Reply> {
    let facts = context.facts;
    let key = context.keys.beacon_keys(&window.id).next()?;
    let mut body = String::from("{\"v\":1,\"session\":\"");
    body.push_str(&Base64UrlUnpadded::encode_string(&window.id));
    body.push_str("\",\"key\":\"");
    body.push_str(&Base64UrlUnpadded::encode_string(&key));
    body.push_str("\",\"next\":");
    push_number(&mut body, window.next_sequence(facts.now).into());
    body.push_str(",\"now\":");
    push_number(&mut body, facts.now.millis());
    body.push('}');
    let cookie = session::set_cookie(window, context.keys, context.binding(), &facts.entropy, facts.now)?;
    let headers = Vec::from([("content-type", String::from("application/json")), ("set-cookie", cookie)]);
    Some(Reply { status: 200, headers, body })
}
