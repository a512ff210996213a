//! What is told to a request that an endpoint does not serve: problem details (RFC 9457).

use super::Context;
use crate::decision::{Id, Reply, push_number};
use alloc::{string::String, vec::Vec};

/// Why a request to an endpoint is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    /// The status, 4xx.
    pub(super) status: u16,
    /// What is wrong, in a plain sentence; it stands in JSON as it is.
    pub(super) detail: &'static str,
}

impl Problem {
    pub(super) const MISSING: Self = Self::new(404, "There is nothing at this address.");

    /// A refusal with this status.
    pub(super) const fn new(status: u16, detail: &'static str) -> Self {
        Self { status, detail }
    }

    /// The answer.
    pub(super) fn reply(self, context: &Context<'_>) -> Reply {
        let id = Id::new(&context.facts.entropy);
        let mut body = ["{\"type\":\"about:blank\",\"title\":\"", title(self.status), "\",\"status\":"].concat();
        push_number(&mut body, u64::from(self.status));
        body.push_str(&[",\"detail\":\"", self.detail, "\",\"reference\":\"", id.as_str(), "\""].concat());
        if let Some(contact) = &context.policy.settings().contact {
            body.push_str(&[",\"contact\":\"", contact, "\""].concat());
        }
        body.push('}');
        let headers = Vec::from([("content-type", String::from("application/problem+json"))]);
        Reply { status: self.status, headers, body }
    }
}

/// The status in words, as RFC 9457 wants it of `about:blank`.
fn title(status: u16) -> &'static str {
    match status {
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        410 => "Gone",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        422 => "Unprocessable Content",
        _ => "Bad Request",
    }
}
