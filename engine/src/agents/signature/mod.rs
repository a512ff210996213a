//! Agents that introduce themselves by a signature: Web Bot Auth (draft-ietf-webbotauth-httpsig-protocol, which was
//! draft-meunier-webbotauth-httpsig-protocol).
//!
//! - **verified**: a key of the agent, as its directory or the policy has it, signed this request.
//! - **invalid**: whoever sent it cannot have been right to: the signature does not fit the request or the profile, or it is not
//!   of its time, or its key is one whose secret everybody knows.
//! - **unverifiable**: it cannot be told. Nobody of the policy is named, the directory has not answered, or does not have the key (it
//!   may be about to), or the signature is of a kind that is not read here, or holds for longer than is taken.
//!
//! What a signature is looked up by is the pair of a URL and a key, never the key alone. Nothing is fetched here, and no curve is
//! computed but for a key that the policy or a directory of its agents has.
//!
//! A signature can be replayed, within its term, to the same authority: it says who signed, and a policy that lets an agent in by it
//! should limit that agent, and how often one signature is good. Nonces are not remembered: bots send one signature with many requests,
//! as the draft lets them.

mod named;
mod patience;
mod profile;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod vectors;

pub use patience::Patience;

use super::{Agent, Introduced, Outcome};
use crate::{
    directories::Key,
    facts::Facts,
    httpsig::{self, BaseError},
    structured::{Dictionary, Value},
    time::Time,
};
use named::{Header, Named};
use profile::Claim;

/// Fields that are longer than this, all lines together, are not read: a signature takes some 300 bytes.
const LONGEST: usize = 8 << 10;

/// How many signatures of a request are looked at. A browser that is driven adds its own to that of who drives it.
const MOST: usize = 4;

/// The tag of such signatures.
pub const TAG: &str = "web-bot-auth";

/// What a refused client is asked to sign, in `Accept-Signature` (RFC 9421, 5.1), by whatever key it has. The whole of `Signature-Agent`,
/// which signers of both its forms know: who knows `;key` signs that, because the profile demands it.
pub const WANTED: &str = r#"sig1=("@authority" "signature-agent");created;expires;tag="web-bot-auth""#;

/// Who signed a request as an agent, and whether that holds; none where nobody did.
///
/// Of several signatures the first that is verified counts; where none is, the first that is invalid; else the first.
pub fn introduced(facts: &Facts<'_>, agents: &[Agent], now: Time) -> Option<Introduced> {
    let inputs = joined(facts, "signature-input")?;
    if inputs.len() > LONGEST {
        let is_named = inputs.windows(TAG.len()).any(|part| part == TAG.as_bytes());
        return is_named.then_some(Introduced { agent: None, outcome: Outcome::Unverifiable, signature: None });
    }
    let inputs = Dictionary::read(&inputs)?;
    // A later member of a label takes the earlier's place (RFC 9651, 4.2.2).
    let is_in_force = |claim: &Claim<'_>| inputs.get(claim.label).and_then(Value::inner) == Some(claim.input);
    let mut tagged = inputs.sent.iter().filter_map(Claim::of).filter(is_in_force).peekable();
    tagged.peek()?;
    let signatures = joined(facts, "signature").filter(|text| text.len() <= LONGEST).unwrap_or_default();
    let signatures = Dictionary::read(&signatures);
    let is_said = |text: &alloc::vec::Vec<u8>| text.len() <= LONGEST && !text.trim_ascii().is_empty();
    let header = Header { text: joined(facts, "signature-agent").filter(is_said) };
    let examined = tagged.take(MOST).map(|claim| {
        let signature = signatures.as_ref().and_then(|all| all.get(claim.label)?.item()?.bare.bytes());
        Examination { facts, agents, now, header: &header, claim, signature: signature.unwrap_or_default() }.outcome()
    });
    let mut first: Option<Introduced> = None;
    for introduced in examined {
        if introduced.outcome == Outcome::Verified {
            return Some(introduced);
        }
        let counts =
            first.is_none_or(|known| known.outcome == Outcome::Unverifiable && introduced.outcome == Outcome::Invalid);
        if counts {
            first = Some(introduced);
        }
    }
    first
}

/// All lines of a field; none where it was not sent.
fn joined(facts: &Facts<'_>, name: &str) -> Option<alloc::vec::Vec<u8>> {
    let mut lines = httpsig::lines(facts, name);
    let mut text = lines.next()?.to_vec();
    for line in lines {
        text.extend_from_slice(b", ");
        text.extend_from_slice(line);
    }
    Some(text)
}

/// One signature under examination.
struct Examination<'a> {
    facts: &'a Facts<'a>,
    agents: &'a [Agent],
    now: Time,
    header: &'a Header,
    claim: Claim<'a>,
    signature: alloc::vec::Vec<u8>,
}

impl Examination<'_> {
    fn outcome(&self) -> Introduced {
        let mut agent = None;
        let outcome = self.examine(&mut agent).unwrap_or_else(|outcome| outcome);
        let verified = self.signature.as_slice().try_into().ok().filter(|_| outcome == Outcome::Verified);
        Introduced { agent, outcome, signature: verified }
    }

    /// The outcome, as early as it is known; `agent` is who it is about.
    fn examine(&self, agent: &mut Option<u16>) -> Result<Outcome, Outcome> {
        let named = self.header.named(&self.claim);
        let url = if let Ok(Named::Url(url)) = &named { Some(url.as_str()) } else { None };
        *agent = url.and_then(|url| self.place(|known| known.directory.as_deref() == Some(url)));
        let signed = self.claim.check(self.now).map_err(|unmet| unmet.outcome())?;
        match named? {
            Named::Url(_) => {}
            Named::Nobody => {
                let is_pinned = |known: &Agent| pinned(known).any(|key| key.thumbprint == signed.key_id);
                *agent = self.place(is_pinned);
            }
            Named::Unread => return Err(Outcome::Unverifiable),
        }
        let known = agent.and_then(|place| self.agents.get(usize::from(place))).ok_or(Outcome::Unverifiable)?;
        let key = self.key(known, &signed.key_id).ok_or(Outcome::Unverifiable)?;
        if key.is_published() && !known.test_keys {
            return Err(Outcome::Invalid);
        }
        // The drafts' own vectors hold for a century, and are for whoever tries this out.
        if signed.is_long && !known.test_keys {
            return Err(Outcome::Unverifiable);
        }
        let signature: &[u8; 64] = self.signature.as_slice().try_into().map_err(|_| Outcome::Invalid)?;
        let base = httpsig::base(self.claim.input, self.facts).map_err(|error| match error {
            BaseError::Invalid => Outcome::Invalid,
            BaseError::Unsupported => Outcome::Unverifiable,
        })?;
        Ok(if key.signed(&base, signature) { Outcome::Verified } else { Outcome::Invalid })
    }

    fn place(&self, wanted: impl Fn(&Agent) -> bool) -> Option<u16> {
        self.agents.iter().position(wanted).and_then(|place| u16::try_from(place).ok())
    }

    /// The key of an agent by its id: of those that the policy brings, and of its directory.
    fn key(&self, known: &Agent, id: &[u8; 32]) -> Option<Key> {
        let fetched = known.directory.as_deref().zip(self.facts.directories);
        let fetched = fetched.and_then(|(url, directories)| directories.keys(url, self.now)).unwrap_or_default();
        let good = fetched.iter().copied().filter(|key| key.is_good(self.now.seconds()));
        pinned(known).chain(good).find(|key| key.thumbprint == *id)
    }
}

fn pinned(agent: &Agent) -> impl Iterator<Item = Key> + '_ {
    agent.keys.iter().filter_map(|public| Key::new(*public))
}
