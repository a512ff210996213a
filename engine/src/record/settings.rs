use serde::{Deserialize, Serialize};

/// How records are kept, as a policy says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Records {
    /// Whose words they use.
    pub format: Format,
    /// How they name the client's address.
    pub addresses: Addresses,
    /// How many in a thousand of what passes without a doubt leave one: verdict allow, in the low band.
    pub sample_allowed: u16,
    /// Whether each is chained to the one before it.
    pub audit: bool,
}

impl Default for Records {
    fn default() -> Self {
        Self { format: Format::Ocsf, addresses: Addresses::Pseudonym, sample_allowed: ALL, audit: true }
    }
}

/// The rate at which nothing is left out, in thousandths.
pub const ALL: u16 = 1_000;

/// A vocabulary of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Format {
    /// Open Cybersecurity Schema Framework, class 4002.
    Ocsf,
    /// Elastic Common Schema.
    Ecs,
}

/// How a record names the client's address. Its pseudonym stands there in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Addresses {
    /// By the pseudonym alone.
    Pseudonym,
    /// By its network too: the first 24 bits of an IPv4 address, the first 48 of an IPv6 address.
    Truncated,
    /// As it is.
    Plain,
}

impl Addresses {
    /// The name in policies and records.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pseudonym => "pseudonym",
            Self::Truncated => "truncated",
            Self::Plain => "plain",
        }
    }
}
