//! Issuing a challenge, and checking what came back.

use super::{
    LIFETIME, Terms,
    token::{Client, Part, Sealer, Token},
    work,
};
use crate::{
    clearance::Passed,
    identity::Prefix,
    keys::Keyring,
    limits::Table,
    memo::{Keep, Memo},
    risk::Band,
    time::Time,
};
use alloc::string::String;

/// Issues a challenge. `target` is where a visitor without scripts is led back to; `random` is 16 bytes of this request
/// alone: they have to be new, not secret, and make the challenge good for one use.
pub fn issue(
    keys: &Keyring,
    terms: &Terms,
    band: Band,
    client: &Client<'_>,
    target: &[u8],
    random: [u8; 16],
    now: Time,
) -> String {
    let (hint, sealer) = Sealer::first(keys);
    let token = Token {
        hint,
        issued: u32::try_from(now.seconds()).unwrap_or(u32::MAX),
        bits: terms.bits(band),
        band: band as u8,
        wait: terms.wait(band),
        random,
        device: sealer.tag(Part::Device, &random, &client.device.to_le_bytes()),
        network: sealer.tag(Part::Network, &random, network(client)),
        target: sealer.tag(Part::Target, &random, target),
    };
    token.write(&sealer, client.authority)
}

/// Checks proof of work: `answer` is the counter in decimal.
///
/// # Errors
/// Says what is wrong, and never reads on: a challenge that fails is not spent.
pub fn check_work(
    keys: &Keyring,
    text: &[u8],
    answer: &[u8],
    client: &Client<'_>,
    now: Time,
) -> Result<Proof, Refused> {
    let (token, sealer) = open(keys, text, client, now)?;
    if !work::is_counter(answer) {
        return Err(Refused::Malformed);
    }
    if work::zero_bits(text, answer) < u32::from(token.bits) {
        return Err(Refused::TooLittle);
    }
    Ok(proof(&token, &sealer, Passed::Work))
}

/// Checks that a visitor waited, and returns to where the challenge came from.
///
/// # Errors
/// Says what is wrong, and never reads on: a challenge that fails is not spent.
pub fn check_wait(
    keys: &Keyring,
    text: &[u8],
    target: &[u8],
    client: &Client<'_>,
    now: Time,
) -> Result<Proof, Refused> {
    let (token, sealer) = open(keys, text, client, now)?;
    if !sealer.is_tag(&token.target, Part::Target, &token.random, target) {
        return Err(Refused::OtherTarget);
    }
    let left = u64::from(token.wait).saturating_sub(age(&token, now));
    if left > 0 {
        return Err(Refused::Early { seconds: u16::try_from(left).unwrap_or(u16::MAX), bits: token.bits });
    }
    Ok(proof(&token, &sealer, Passed::Wait))
}

/// A challenge that was passed, unless it was before: the store has to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proof {
    /// How it was passed.
    pub passed: Passed,
    /// The highest band that it clears: 0 low, 1 medium, 2 high.
    pub level: u8,
    /// What the store is asked. Anything but [`Remembered::Nothing`](crate::memo::Remembered::Nothing) means that it was
    /// used, but for [`Remembered::Unknown`](crate::memo::Remembered::Unknown): a store that cannot be reached locks
    /// nobody out. What is then gained by using a proof twice, within the challenge's life and from the address that it was
    /// given to, is a second clearance, with a bucket of its own in limits that count by clearance.
    pub memo: Memo,
}

/// Why an answer is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refused {
    /// It does not parse.
    Malformed,
    /// No listed key sealed it for this site.
    Forged,
    /// It was issued to another device.
    OtherDevice,
    /// It was issued to another address: another IPv4 address or another IPv6 /64.
    OtherNetwork,
    /// It is older than [`LIFETIME`].
    Late,
    /// The wait is not over.
    Early {
        /// How many seconds are left.
        seconds: u16,
        /// The work that would do instead.
        bits: u8,
    },
    /// It leads back to somewhere else than where it was issued.
    OtherTarget,
    /// The hash has fewer leading zero bits than asked for.
    TooLittle,
}

/// Opens a challenge that was issued to this client and is still good.
fn open(keys: &Keyring, text: &[u8], client: &Client<'_>, now: Time) -> Result<(Token, Sealer), Refused> {
    let (token, bytes) = Token::read(text).ok_or(Refused::Malformed)?;
    let sealer = Sealer::of(keys, token.hint).ok_or(Refused::Forged)?;
    if !Token::is_sealed(&bytes, &sealer, client.authority) {
        return Err(Refused::Forged);
    }
    if !sealer.is_tag(&token.network, Part::Network, &token.random, network(client)) {
        return Err(Refused::OtherNetwork);
    }
    if !sealer.is_tag(&token.device, Part::Device, &token.random, &client.device.to_le_bytes()) {
        return Err(Refused::OtherDevice);
    }
    // The clocks of two hosts differ: a challenge from the future counts as new, but for one from so far ahead that
    // some clock was set back, which would be good for too long.
    let ahead = token.issued().seconds().saturating_sub(now.seconds());
    if age(&token, now) >= LIFETIME || ahead >= LIFETIME {
        return Err(Refused::Late);
    }
    Ok((token, sealer))
}

fn proof(token: &Token, sealer: &Sealer, passed: Passed) -> Proof {
    let key = u128::from_le_bytes(sealer.tag(Part::Spent, &token.random, &[]));
    // A challenge from the future is good for its lead longer.
    let until = Time::from_seconds(token.issued().seconds().saturating_add(LIFETIME));
    Proof { passed, level: token.band, memo: Memo { table: Table::Once, key, until, mark: 1, keep: Keep::First } }
}

fn age(token: &Token, now: Time) -> u64 {
    now.seconds().saturating_sub(token.issued().seconds())
}

fn network<'a>(client: &'a Client<'_>) -> &'a [u8] {
    client.network.as_ref().map(Prefix::as_bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests;
