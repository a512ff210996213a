//! The way through a challenge without a script: the page leads here, here leads back once the wait is over.
//!
//! It leads back by way of itself: the first time gives the clearance, the second looks whether the browser kept it. One
//! that keeps no cookie would be challenged again, and wait for ever.
//!
//! Where HTML is asked for, every answer is a page: somebody looks at it.

use super::{
    Answer, Context,
    cleared::{self, USED},
    hello::UNBOUND,
    problem::Problem,
};
use crate::{
    challenge::{self, Page, Proof, Refused},
    decision::{Id, Reply, Subject},
    memo::Remembered,
};
use alloc::{string::String, vec::Vec};

pub(super) fn serve(context: Context<'_>) -> Answer<'_> {
    let asked = Asked::of(&context);
    match check(&context, &asked) {
        Ok(proof) if asked.kept => kept(&context, &asked, &proof).into(),
        Ok(proof) => Answer::asking(Vec::from([proof.memo]), move |known| finish(&context, &asked, &proof, known)),
        Err(Refused::Early { seconds, bits }) if shows_page(&context) => {
            again(&context, &asked, (seconds, bits)).into()
        }
        Err(refused) => refuse(&context, &asked, cleared::problem(refused)).into(),
    }
}

/// What the query says.
struct Asked<'a> {
    challenge: &'a [u8],
    /// Where to go back to; none where it is not written as the page writes it.
    target: Option<Vec<u8>>,
    /// Whether a clearance was given, which the browser should have by now.
    kept: bool,
}

/// What says that the clearance was given.
const KEPT: &[u8] = b"k=1";

impl<'a> Asked<'a> {
    fn of(context: &Context<'a>) -> Self {
        let query = context.facts.request.query().unwrap_or_default();
        let mut pairs = query.split(|&byte| byte == b'&');
        let mut value = |name: &[u8]| pairs.next().and_then(|pair| pair.strip_prefix(name));
        let challenge = value(b"c=").unwrap_or_default();
        let target = value(b"r=").and_then(challenge::percent_decode);
        Self { challenge, target, kept: value(KEPT) == Some(b"") }
    }

    /// The challenge as text: what was checked is ASCII.
    fn text(&self) -> &'a str {
        core::str::from_utf8(self.challenge).unwrap_or_default()
    }

    /// Where the page can be opened again, at this site whatever the query says.
    fn page(&self) -> String {
        self.target.as_deref().filter(|target| target.starts_with(b"/")).map_or_else(|| "/".into(), challenge::location)
    }
}

fn check(context: &Context<'_>, asked: &Asked<'_>) -> Result<Proof, Refused> {
    let target = asked.target.as_deref().ok_or(Refused::Malformed)?;
    challenge::check_wait(context.keys, asked.challenge, target, &cleared::client(context), context.facts.now)
}

/// Whoever loads this twice, or has done the work meanwhile, is let through with what they have.
fn finish(context: &Context<'_>, asked: &Asked<'_>, proof: &Proof, remembered: &[Remembered]) -> Reply {
    if !cleared::is_used(remembered) {
        let Some((_, cookie)) = cleared::clear(context, proof) else { return UNBOUND.reply(context) };
        return once_more(asked, cookie);
    }
    match context.clearance {
        Some(clearance) if clearance.level >= proof.level => back(context, asked),
        _ => refuse(context, asked, USED),
    }
}

/// The clearance, and the same address once more.
fn once_more(asked: &Asked<'_>, cookie: String) -> Reply {
    let address = challenge::wait_address(asked.text(), asked.target.as_deref().unwrap_or_default());
    let headers = Vec::from([("location", address + "&k=1"), ("set-cookie", cookie)]);
    Reply { status: 303, headers, body: String::new() }
}

/// Leads back whoever has a clearance; the challenge is spent, and gives none here.
fn kept(context: &Context<'_>, asked: &Asked<'_>, proof: &Proof) -> Reply {
    match context.clearance {
        Some(clearance) if clearance.level >= proof.level => back(context, asked),
        _ => refuse(context, asked, NOT_KEPT),
    }
}

fn back(context: &Context<'_>, asked: &Asked<'_>) -> Reply {
    if asked.target.as_ref().is_none_or(Vec::is_empty) {
        return shown(200, challenge::done(context.policy.settings().contact.as_deref()));
    }
    Reply { status: 303, headers: Vec::from([("location", asked.page())]), body: String::new() }
}

/// The page again, with what is left of the wait.
fn again(context: &Context<'_>, asked: &Asked<'_>, (wait, bits): (u16, u8)) -> Reply {
    let id = Id::new(&context.facts.entropy);
    let page = Page {
        why: Subject::Policy.doubt(),
        challenge: asked.text(),
        bits,
        wait,
        target: asked.target.as_deref().unwrap_or_default(),
        reference: id.as_str(),
        observe: context.policy.settings().challenge.observe,
        contact: context.policy.settings().contact.as_deref(),
    };
    shown(403, challenge::page(&page))
}

fn refuse(context: &Context<'_>, asked: &Asked<'_>, problem: Problem) -> Reply {
    if !shows_page(context) {
        return problem.reply(context);
    }
    let (id, contact) = (Id::new(&context.facts.entropy), context.policy.settings().contact.as_deref());
    shown(problem.status, challenge::failed(problem.detail, &asked.page(), id.as_str(), contact))
}

fn shown(status: u16, body: String) -> Reply {
    let headers = Vec::from([
        ("content-type", String::from("text/html; charset=utf-8")),
        ("content-security-policy", challenge::POLICY.into()),
    ]);
    Reply { status, headers, body }
}

fn shows_page(context: &Context<'_>) -> bool {
    context.values(b"accept").any(|accept| accept.windows(9).any(|part| part == b"text/html"))
}

const NOT_KEPT: Problem = Problem::new(
    403,
    "The wait is over, but your browser has not kept the cookie that says so. Either it keeps no cookies of this site, or \
     this page came over http: instead of https:. Please allow cookies for this site, for which private windows and some \
     extensions have a switch, or put https: in front of the address, and open the page again.",
);
