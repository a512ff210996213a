//! What a refused client is told: that it was refused, in plain words why, whom to ask, and under which reference.

use super::{
    Id, Verdict,
    counted::{self, Counted},
    push_number,
};
use crate::{
    agents::signature::WANTED,
    limits::{Limit, Outcome, Rung},
};
use alloc::{string::String, vec::Vec};

/// An answer in place of the origin's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// The headers, names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// The body, UTF-8.
    pub body: String,
}

/// The media type of RFC 9457.
pub(crate) const PROBLEM: &str = "application/problem+json";

/// Why a request is not forwarded.
#[derive(Clone, Copy, Debug)]
pub enum Refusal<'a> {
    /// The policy blocks it, mostly because of this.
    Block(Subject),
    /// The policy asks for proof, mostly because of this.
    Challenge(Subject),
    /// A limit is exhausted, or its ladder shuts the client out.
    Limit(&'a Limit, Outcome),
    /// A limit cannot be counted, and lets nobody through uncounted.
    Unreachable(&'a Limit),
    /// It asked for what no honest client asks for.
    Decoy,
    /// Its body has to be bound, and is larger than that allows.
    TooLarge,
    /// Its body is not the one that it says it has.
    Mismatch,
}

/// What spoke against a request, as far as its sender is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// TLS and headers.
    Device,
    /// The beacon.
    Behaviour,
    /// Network, rate, path and history.
    Context,
    /// A rule of the site alone.
    Policy,
}

impl Subject {
    /// Why a client is asked for proof, in a plain sentence about "the site"; it stands in HTML and JSON as it is.
    pub(crate) const fn doubt(self) -> &'static str {
        match self {
            Self::Device => "The site cannot tell your browser from a program that pretends to be one.",
            Self::Behaviour => "To the site the way that its pages are used here looks automated.",
            Self::Context => "The site gets many automated requests from networks like yours, or to this address.",
            Self::Policy => "The site checks visitors to this page.",
        }
    }
}

impl Reply {
    /// The answer to a refused request; HTML for those who ask for it, problem+json (RFC 9457) for all others. What a limit
    /// refuses is told of all limits that it was charged to.
    pub(crate) fn refuse(
        refusal: Refusal<'_>,
        id: Id,
        html: bool,
        contact: Option<&str>,
        counted: &[Counted<'_>],
    ) -> Self {
        let text = refusal.text();
        let (kind, body) = if html {
            ("text/html; charset=utf-8", page(&text, id, contact))
        } else {
            (PROBLEM, problem(&refusal, &text, id, contact, counted))
        };
        let mut headers = Vec::from([("content-type", kind.into()), ("cache-control", "no-store".into())]);
        if html {
            headers.push(("content-security-policy", "default-src 'none'".into()));
        }
        match refusal {
            Refusal::Limit(..) => {
                headers.push(("retry-after", counted::retry_after(counted)));
                headers.extend(counted::headers(counted));
            }
            Refusal::Unreachable(_) => headers.push(("retry-after", "1".into())),
            Refusal::Block(_) | Refusal::Challenge(_) | Refusal::Decoy | Refusal::TooLarge | Refusal::Mismatch => {}
        }
        Self { status: text.status, headers, body }
    }
}

impl Reply {
    /// The same, asking a program whether it can sign what it sends; people who look at a page cannot.
    pub(crate) fn asking_to_sign(mut self) -> Self {
        let is_refusal = matches!(self.status, 403 | 429);
        if is_refusal && self.headers.contains(&("content-type", PROBLEM.into())) {
            self.headers.push(("accept-signature", WANTED.into()));
        }
        self
    }
}

struct Text {
    status: u16,
    title: &'static str,
    detail: &'static str,
}

impl Refusal<'_> {
    /// The verdict that it amounts to.
    pub fn verdict(self) -> Verdict {
        match self {
            Self::Block(_) | Self::Decoy | Self::TooLarge | Self::Mismatch => Verdict::Block,
            Self::Challenge(_) => Verdict::Challenge,
            Self::Limit(_, outcome) if outcome.asks == Some(Rung::Block) => Verdict::Block,
            Self::Limit(..) | Self::Unreachable(_) => Verdict::Throttle,
        }
    }

    /// For how many milliseconds its answer may be held back.
    pub fn tarpit(self) -> Option<u32> {
        match self {
            Self::Limit(limit, _) => Some(limit.tarpit),
            Self::Block(_)
            | Self::Challenge(_)
            | Self::Unreachable(_)
            | Self::Decoy
            | Self::TooLarge
            | Self::Mismatch => None,
        }
    }

    fn text(&self) -> Text {
        let blocked = |detail| Text { status: 403, title: "Request refused", detail };
        match self {
            Self::Block(Subject::Device) => {
                blocked("Your connection and headers look like an automated client, or do not fit together.")
            }
            Self::Block(Subject::Behaviour) => blocked("The way this page is used looks automated."),
            Self::Block(Subject::Context) => {
                blocked("Requests from your network, or to this address, are restricted here.")
            }
            Self::Block(Subject::Policy) => blocked("A rule of this site refuses this request."),
            Self::Challenge(subject) => Text { status: 403, title: "Proof of work needed", detail: subject.doubt() },
            Self::Limit(_, outcome) if outcome.asks == Some(Rung::Block) => Text {
                status: 429,
                title: "Too many requests",
                detail: "Requests like this one kept coming when they were asked to slow down. Please try again later.",
            },
            Self::Unreachable(_) => Text {
                status: 503,
                title: "Service unavailable",
                detail: "The site cannot count requests at the moment. Please try again in a moment.",
            },
            Self::Limit(..) => {
                Text { status: 429, title: "Too many requests", detail: "Please wait a moment, then try again." }
            }
            Self::TooLarge => Text {
                status: 413,
                title: "Content too large",
                detail: "What was sent is larger than the site takes here. It was not processed.",
            },
            Self::Mismatch => Text {
                status: 400,
                title: "Content changed",
                detail: "What arrived is not what its own digest says was sent. It was not processed.",
            },
            Self::Decoy => Text { status: 404, title: "Not found", detail: "There is nothing at this address." },
        }
    }
}

fn problem(refusal: &Refusal<'_>, text: &Text, id: Id, contact: Option<&str>, counted: &[Counted<'_>]) -> String {
    let kind = match refusal {
        Refusal::Limit(_, outcome) if outcome.asks == Some(Rung::Block) => {
            "https://iana.org/assignments/http-problem-types#abnormal-usage-detected"
        }
        Refusal::Limit(..) => "https://iana.org/assignments/http-problem-types#quota-exceeded",
        Refusal::Unreachable(_) => "https://iana.org/assignments/http-problem-types#temporary-reduced-capacity",
        Refusal::Block(_) | Refusal::Challenge(_) | Refusal::Decoy | Refusal::TooLarge | Refusal::Mismatch => {
            "about:blank"
        }
    };
    let mut body = ["{\"type\":\"", kind, "\",\"title\":\"", text.title, "\",\"status\":"].concat();
    push_number(&mut body, u64::from(text.status));
    body.push_str(&[",\"detail\":\"", text.detail, "\",\"reference\":\"", id.as_str(), "\""].concat());
    if matches!(refusal, Refusal::Limit(..)) {
        body.push_str(&counted::violated(counted));
    }
    if let Some(contact) = contact {
        body.push_str(&[",\"contact\":\"", contact, "\""].concat());
    }
    body.push('}');
    body
}

fn page(text: &Text, id: Id, contact: Option<&str>) -> String {
    let contact = contact.map_or_else(String::new, |contact| {
        ["<p>If you think this is a mistake, <a href=\"", contact, "\">tell the site</a> the reference.</p>\n"].concat()
    });
    [
        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\">\n<title>",
        text.title,
        "</title></head>\n<body><main>\n<h1>",
        text.title,
        "</h1>\n<p>",
        text.detail,
        "</p>\n<p>Reference: <code>",
        id.as_str(),
        "</code></p>\n",
        &contact,
        "</main></body>\n</html>\n",
    ]
    .concat()
}
