//! What the profile asks of a signature, besides that it fits: Generating HTTP Message Signature, in the draft.

use super::{Outcome, TAG};
use crate::{
    directories::key_id,
    structured::{InnerList, Member, Value},
    time::Time,
};

/// The longest term that is taken, in seconds. The draft recommends a day, and that nothing longer is a credential; it forbids none.
const LONGEST: i64 = 24 * 3_600;

/// By how much clocks may differ, in seconds.
const SKEW: i64 = 30;

/// A signature that claims to be an agent's.
#[derive(Clone, Copy, Debug)]
pub(super) struct Claim<'a> {
    pub(super) label: &'a str,
    pub(super) input: InnerList<'a>,
}

/// What a signature that is in order says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Signed {
    /// The thumbprint of its key.
    pub(super) key_id: [u8; 32],
    /// Whether it holds for longer than [`LONGEST`].
    pub(super) is_long: bool,
}

/// Why a signature is not looked at further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unmet {
    /// It is not as the profile asks, or not of this time.
    Profile,
    /// It is of an algorithm that is not read here.
    Algorithm,
}

impl Unmet {
    pub(super) fn outcome(self) -> Outcome {
        match self {
            Self::Profile => Outcome::Invalid,
            Self::Algorithm => Outcome::Unverifiable,
        }
    }
}

impl<'a> Claim<'a> {
    /// The member of `Signature-Input`, where it has the tag.
    pub(super) fn of(member: &Member<'a>) -> Option<Self> {
        let Value::Inner(input) = member.value else { return None };
        let tag = input.parameters.get("tag")?;
        (tag.string().as_deref() == Some(TAG)).then_some(Self { label: member.key, input })
    }

    /// Whether it is in order.
    pub(super) fn check(&self, now: Time) -> Result<Signed, Unmet> {
        let parameters = self.input.parameters;
        let number = |key| parameters.get(key).and_then(|value| value.integer()).ok_or(Unmet::Profile);
        let (created, expires) = (number("created")?, number("expires")?);
        let now = i64::try_from(now.seconds()).unwrap_or(i64::MAX);
        let is_timely = created <= now.saturating_add(SKEW) && now < expires.saturating_add(SKEW);
        if !is_timely || expires <= created {
            return Err(Unmet::Profile);
        }
        let is_long = expires.saturating_sub(created) > LONGEST;
        let id = parameters.get("keyid").ok_or(Unmet::Profile)?;
        let key_id = id.string().and_then(|id| key_id(&id)).ok_or(Unmet::Profile)?;
        if !self.covers("@authority") && !self.covers("@target-uri") {
            return Err(Unmet::Profile);
        }
        match parameters.get("alg") {
            None => Ok(Signed { key_id, is_long }),
            Some(name) => match name.string().as_deref() {
                Some("ed25519") => Ok(Signed { key_id, is_long }),
                // Whoever can verify that can sign it.
                Some("hmac-sha256") | None => Err(Unmet::Profile),
                Some(_) => Err(Unmet::Algorithm),
            },
        }
    }

    /// Whether it is over a component without parameters.
    pub(super) fn covers(&self, name: &str) -> bool {
        self.input.items().any(|item| item.parameters.is_empty() && item.bare.string().as_deref() == Some(name))
    }
}
