//! What both ways through a challenge share: who asks, what the store says, and the clearance in the session's window.

use super::{Context, hello, problem::Problem};
use crate::{
    challenge::{Client, Proof, Refused},
    identity,
    memo::Remembered,
    session::{self, Presented},
    time::Time,
    window::{Clearance, Passed},
};
use alloc::string::String;

/// Who answers a challenge.
pub(super) fn client<'a>(context: &Context<'a>) -> Client<'a> {
    let network = context.facts.connection.address.map(identity::client_prefix).known();
    Client { device: context.binding().fingerprint, network, authority: context.facts.request.authority }
}

/// Whether the store says that a challenge was used before. One that cannot be reached locks nobody out.
pub(super) fn is_used(remembered: &[Remembered]) -> bool {
    remembered.iter().any(|known| matches!(known, Remembered::Same | Remembered::Other(_)))
}

/// Writes a clearance into the session's window, or into that of a new one: until when it holds, and the cookie. None for
/// an authority that no cookie is bound to.
pub(super) fn clear(context: &Context<'_>, session: &Presented, proof: &Proof) -> Option<(Time, String)> {
    let (facts, terms) = (context.facts, &context.policy.settings().challenge);
    let seconds = match proof.passed {
        Passed::Work => terms.clearance,
        Passed::Wait => terms.wait_clearance,
    };
    let until = Time(facts.now.0.saturating_add(u64::from(seconds).saturating_mul(1_000_000)));
    let mut window = session.window().known().cloned().unwrap_or_else(|| hello::open(context));
    let new = Clearance { passed: proof.passed, level: proof.level, until };
    let clearance = better(window.cleared(facts.now), new);
    window.clearance = Some(clearance);
    let cookie = session::set_cookie(&window, context.keys, context.binding(), &facts.entropy, facts.now)?;
    Some((clearance.until, cookie))
}

/// The clearance that the client has.
pub(super) fn cleared(context: &Context<'_>, session: &Presented) -> Option<Clearance> {
    session.window().known()?.cleared(context.facts.now)
}

/// What is wrong with an answer.
pub(super) const fn problem(refused: Refused) -> Problem {
    match refused {
        Refused::Malformed => Problem::new(400, "This is no answer to a challenge."),
        Refused::Forged => Problem::new(403, "This challenge was not issued by this site."),
        Refused::OtherDevice => Problem::new(403, "This challenge was given to another browser."),
        Refused::OtherNetwork => Problem::new(
            403,
            "Your network address has changed since this challenge was given: please ask for a new one.",
        ),
        Refused::Late => Problem::new(410, "This challenge is too old: please ask for a new one."),
        Refused::Early { .. } => Problem::new(403, "The wait is not over yet."),
        Refused::OtherTarget => Problem::new(403, "This challenge was given for another page."),
        Refused::TooLittle => Problem::new(403, "The answer does not prove enough work."),
    }
}

pub(super) const USED: Problem = Problem::new(409, "This challenge was answered before: please ask for a new one.");

/// Of two clearances the new one, unless the old one was earned by work for as much, and lasts longer.
fn better(old: Option<Clearance>, new: Clearance) -> Clearance {
    let keeps = |old: &Clearance| old.passed == Passed::Work && old.level >= new.level && old.until >= new.until;
    old.filter(keeps).unwrap_or(new)
}
