//! What the edge said about a request, typed; and what an application may demand of it.

use crate::structured::{Bare, Entry, Malformed, Member, dictionary};
use std::fmt;

/// What the edge said. Every field of it is signed.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Risk {
    /// 0 to 100.
    pub risk: u8,
    /// `low`, `medium` or `high`.
    pub band: String,
    /// What the edge decided: `allow`, `tag`, `throttle`.
    pub verdict: String,
    /// The device layer, 0 to 100; nothing where it saw nothing, which is not zero.
    pub device: Option<u8>,
    /// The behaviour layer.
    pub behaviour: Option<u8>,
    /// The context layer.
    pub context: Option<u8>,
    /// Where in its window of observation the request fell: `inside`, `expiring`, `expired` or `none`.
    pub window: String,
    /// Of what was observed, 0 to 1.
    pub confidence: f64,
    /// The rules, models and limits that led to it.
    pub reasons: Vec<String>,
    /// The agent whose signature or address the edge verified, by its id.
    pub agent: Option<String>,
    /// The policy that decided.
    pub bundle: String,
    /// The reference under which the edge's record has this decision.
    pub id: String,
    /// The transaction that the policy sees in this request.
    pub transaction: Option<String>,
    /// Whether the signature binds the request's body.
    pub body: Body,
    /// What became of what the transaction demands of its window.
    pub demand: Demand,
    /// False where the policy only watches: then the edge would have done as `verdict` says, and did nothing.
    pub enforced: bool,
}

/// Whether the signature binds the request's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// Its digest is signed, and was checked.
    Bound,
    /// The policy wanted to bind it, and the edge could not.
    Unbound,
    /// Nobody asked for it.
    None,
}

impl Body {
    /// The word of the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bound => "bound",
            Self::Unbound => "unbound",
            Self::None => "none",
        }
    }
}

/// What became of what a transaction demands of its window of observation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demand {
    /// It demands nothing.
    None,
    /// The window is as demanded.
    Met,
    /// It is not, and a challenge that was passed stands in for it.
    Cleared,
    /// It is not, and a rule that allows lifts the demand.
    Exempt,
    /// It is not.
    Unmet,
}

impl Demand {
    const ALL: [Self; 5] = [Self::None, Self::Met, Self::Cleared, Self::Exempt, Self::Unmet];

    /// The word of the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Met => "met",
            Self::Cleared => "cleared",
            Self::Exempt => "exempt",
            Self::Unmet => "unmet",
        }
    }
}

impl Risk {
    /// Demands that this is the transaction `id`, with its body bound, and with its demand not left unmet.
    ///
    /// # Errors
    /// It is another one or none, its body is not bound, or it did not meet what the policy demands.
    pub fn require_transaction(&self, id: &str) -> Result<(), TransactionRefused> {
        self.require_transaction_unmet(id)?;
        self.require_transaction_unbound(id)
    }

    /// Demands that this is the transaction `id`, with its demand not left unmet, whether its body is bound or not: for policies
    /// that bind no body.
    ///
    /// # Errors
    /// It is another one or none, or it did not meet what the policy demands.
    pub fn require_transaction_unbound(&self, id: &str) -> Result<(), TransactionRefused> {
        self.require_transaction_id(id)?;
        if self.demand == Demand::Unmet { Err(TransactionRefused::NotMet(id.to_owned())) } else { Ok(()) }
    }

    /// Demands that this is the transaction `id`, with its body bound, whatever became of its demand: for who decides by `demand`
    /// alone.
    ///
    /// # Errors
    /// It is another one or none, or its body is not bound.
    pub fn require_transaction_unmet(&self, id: &str) -> Result<(), TransactionRefused> {
        self.require_transaction_id(id)?;
        if self.body == Body::Bound { Ok(()) } else { Err(TransactionRefused::NotBound(id.to_owned())) }
    }

    /// Demands that this is the transaction `id`, and nothing else: neither that its body is what arrived, nor that it met its
    /// demand.
    ///
    /// # Errors
    /// It is another one or none.
    pub fn require_transaction_id(&self, id: &str) -> Result<(), TransactionRefused> {
        if self.transaction.as_deref() == Some(id) {
            return Ok(());
        }
        Err(TransactionRefused::Another { wanted: id.to_owned(), found: self.transaction.clone() })
    }

    /// Demands that the request fell inside its window of observation, and met by it what its transaction demands.
    ///
    /// # Errors
    /// It did not.
    pub fn require_inside(&self) -> Result<(), TransactionRefused> {
        match (self.window.as_str(), self.demand) {
            ("inside", Demand::None | Demand::Met) => Ok(()),
            ("inside", _) => Err(TransactionRefused::NotMet(self.transaction.clone().unwrap_or_default())),
            (elsewhere, _) => Err(TransactionRefused::NotInside(elsewhere.to_owned())),
        }
    }

    /// Reads `Outwork-Risk`, whose signature held. Members that this version does not know are passed over.
    pub(crate) fn read(text: &[u8], covers_body: bool) -> Result<Self, Malformed> {
        let members = Members(dictionary(text)?);
        let twice = |(at, member): (usize, &Member<'_>)| members.0.iter().take(at).any(|known| known.key == member.key);
        if members.0.iter().enumerate().any(twice) {
            return Err(Malformed);
        }
        Ok(Self {
            risk: members.score("risk")?.ok_or(Malformed)?,
            band: members.token("band")?,
            verdict: members.token("verdict")?,
            device: members.score("device")?,
            behaviour: members.score("behaviour")?,
            context: members.score("context")?,
            window: members.token("window")?,
            confidence: members.confidence()?,
            reasons: members.reasons()?,
            agent: members.entry("agent").map(|_| members.string("agent")).transpose()?,
            bundle: members.string("bundle")?,
            id: members.string("id")?,
            transaction: members.transaction()?,
            body: members.body(covers_body)?,
            demand: members.demand()?,
            enforced: members.enforced()?,
        })
    }
}

struct Members<'a>(Vec<Member<'a>>);

impl<'a> Members<'a> {
    fn entry(&self, key: &str) -> Option<&Entry<'a>> {
        self.0.iter().find(|member| member.key == key).map(|member| &member.entry)
    }

    fn bare(&self, key: &str) -> Option<&Bare<'a>> {
        match self.entry(key)? {
            Entry::Item(item) => Some(&item.value),
            Entry::List(..) => None,
        }
    }

    fn score(&self, key: &str) -> Result<Option<u8>, Malformed> {
        match (self.entry(key), self.bare(key)) {
            (None, _) => Ok(None),
            (_, Some(Bare::Integer(score @ 0..=100))) => u8::try_from(*score).map(Some).map_err(|_| Malformed),
            _ => Err(Malformed),
        }
    }

    fn token(&self, key: &str) -> Result<String, Malformed> {
        match self.bare(key) {
            Some(Bare::Token(token)) => Ok((*token).to_owned()),
            _ => Err(Malformed),
        }
    }

    fn string(&self, key: &str) -> Result<String, Malformed> {
        match self.bare(key) {
            Some(Bare::String(string)) => Ok(string.clone().into_owned()),
            _ => Err(Malformed),
        }
    }

    fn confidence(&self) -> Result<f64, Malformed> {
        let Some(Bare::Decimal(thousandths @ 0..=1_000)) = self.bare("confidence") else { return Err(Malformed) };
        u16::try_from(*thousandths).map(|thousandths| f64::from(thousandths) / 1_000.0).map_err(|_| Malformed)
    }

    fn reasons(&self) -> Result<Vec<String>, Malformed> {
        let Some(Entry::List(items, _)) = self.entry("reasons") else { return Err(Malformed) };
        let reason = |item: &crate::structured::Item<'_>| match &item.value {
            Bare::String(reason) => Ok(reason.clone().into_owned()),
            _ => Err(Malformed),
        };
        items.iter().map(reason).collect()
    }

    fn transaction(&self) -> Result<Option<String>, Malformed> {
        match (self.entry("transaction"), self.bare("transaction")) {
            (None, _) => Ok(None),
            (_, Some(Bare::String(id))) => Ok(Some(id.clone().into_owned())),
            (_, Some(Bare::Token(id))) => Ok(Some((*id).to_owned())),
            _ => Err(Malformed),
        }
    }

    fn enforced(&self) -> Result<bool, Malformed> {
        match (self.entry("enforced"), self.bare("enforced")) {
            (None, _) => Ok(true),
            (_, Some(Bare::Boolean(enforced))) => Ok(*enforced),
            _ => Err(Malformed),
        }
    }

    fn demand(&self) -> Result<Demand, Malformed> {
        let Some(Entry::Item(item)) = self.entry("transaction") else { return Ok(Demand::None) };
        match item.parameters.iter().find(|(key, _)| *key == "demand").map(|(_, value)| value) {
            None => Ok(Demand::None),
            Some(Bare::Token(said)) => Demand::ALL.into_iter().find(|demand| demand.name() == *said).ok_or(Malformed),
            Some(_) => Err(Malformed),
        }
    }

    fn body(&self, covers_body: bool) -> Result<Body, Malformed> {
        let said = match self.entry("transaction") {
            None => return Ok(if covers_body { Body::Bound } else { Body::None }),
            Some(Entry::Item(item)) => item.parameters.iter().find(|(key, _)| *key == "body").map(|(_, value)| value),
            Some(Entry::List(..)) => return Err(Malformed),
        };
        match (said, covers_body) {
            (Some(Bare::Token("bound")), true) => Ok(Body::Bound),
            (Some(Bare::Token("unbound")), false) => Ok(Body::Unbound),
            (Some(Bare::Token("none")) | None, false) => Ok(Body::None),
            _ => Err(Malformed),
        }
    }
}

/// The request is not the transaction that the application demands, or not as it demands.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransactionRefused {
    /// It is another one, or none.
    Another {
        /// The one that was demanded.
        wanted: String,
        /// The one that the edge saw.
        found: Option<String>,
    },
    /// The body of this transaction is not bound to its signature.
    NotBound(String),
    /// The request did not meet what the policy demands of this transaction.
    NotMet(String),
    /// The request fell not inside its window of observation, but here.
    NotInside(String),
}

impl fmt::Display for TransactionRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Another { wanted, found: Some(found) } => write!(f, "the edge saw `{found}` here, not `{wanted}`"),
            Self::Another { wanted, found: None } => write!(f, "the edge saw no transaction here, not `{wanted}`"),
            Self::NotBound(id) => write!(f, "the body of `{id}` is not bound to its signature"),
            Self::NotMet(id) => write!(f, "the request did not meet what the policy demands of `{id}`"),
            Self::NotInside(window) => write!(f, "the window of observation is `{window}`, not `inside`"),
        }
    }
}

impl std::error::Error for TransactionRefused {}
