//! What both ways through a challenge share: who asks, what the store says, and the clearance.

use super::{Context, problem::Problem};
use crate::{
    challenge::{Client, Proof, Refused},
    clearance::{Clearance, Passed},
    identity,
    memo::Remembered,
    session,
    signals::Scene,
    time::Time,
};
use alloc::string::String;

/// Who answers a challenge.
pub(super) fn client<'a>(context: &Context<'a>) -> Client<'a> {
    let network = context.facts.connection.address.map(identity::client_prefix).known();
    let device = Scene::new(context.facts).fingerprint();
    Client { device, network, authority: context.facts.request.authority }
}

/// Whether the store says that a challenge was used before. One that cannot be reached locks nobody out.
pub(super) fn is_used(remembered: &[Remembered]) -> bool {
    remembered.iter().any(|known| matches!(known, Remembered::Same | Remembered::Other(_)))
}

/// Gives a clearance: until when it holds, and the cookie. None for an authority that no cookie is bound to.
pub(super) fn clear(context: &Context<'_>, proof: &Proof) -> Option<(Time, String)> {
    let facts = context.facts;
    let clearance = better(context.clearance, earned(context, proof));
    let cookie = session::set_cookie(&clearance, context.keys, context.binding(), &facts.entropy, facts.now)?;
    Some((clearance.until, cookie))
}

/// Whoever has a clearance keeps its name: a limit that counts by it does not begin anew.
fn earned(context: &Context<'_>, proof: &Proof) -> Clearance {
    let (now, terms) = (context.facts.now, &context.policy.settings().challenge);
    let seconds = match proof.passed {
        Passed::Work => terms.clearance,
        Passed::Wait => terms.wait_clearance,
    };
    let id = context.clearance.map_or_else(|| name(context), |known| known.id);
    let until = Time(now.0.saturating_add(Time::from_seconds(seconds.into()).0));
    Clearance { id, passed: proof.passed, level: proof.level, since: now, until }
}

/// Eight bytes that say nothing of the reference, which is made of the same random bytes.
fn name(context: &Context<'_>) -> [u8; 8] {
    let [a, b, c, d, e, f, g, h, ..] = context.keys.memo_key(&[b"clearance", &context.facts.entropy]).to_le_bytes();
    [a, b, c, d, e, f, g, h]
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
