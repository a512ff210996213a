//! A fact is three-valued: the client said it, the client did not say it, or this host cannot see it.

/// What a host knows about one thing.
///
/// `Absent` and `Unavailable` differ: "the client sent no Accept-Language" is an observation, "this host cannot see
/// header order" is none. Neither is false or zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fact<T> {
    /// Observed, with this value.
    Known(T),
    /// Observed: the client did not send it.
    Absent,
    /// Not observed: this host, or this connection, cannot show it.
    Unavailable,
}

impl<T> Fact<T> {
    /// `Known` of the value, or `Absent` without one.
    pub fn from_option(value: Option<T>) -> Self {
        value.map_or(Self::Absent, Self::Known)
    }

    /// The value, when it is known.
    pub fn known(self) -> Option<T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Absent | Self::Unavailable => None,
        }
    }

    /// The value, unless it is seen not to be there: `None` inside is absent, and unavailable stays so.
    pub fn optional(self) -> Fact<Option<T>> {
        match self {
            Self::Known(value) => Fact::Known(Some(value)),
            Self::Absent => Fact::Known(None),
            Self::Unavailable => Fact::Unavailable,
        }
    }

    /// This fact where the condition is seen to be false; absent where it is true, unavailable where it is not seen.
    pub fn unless(self, condition: Fact<bool>) -> Self {
        match condition {
            Fact::Known(false) => self,
            Fact::Known(true) | Fact::Absent => Self::Absent,
            Fact::Unavailable => Self::Unavailable,
        }
    }

    /// Whether the value is known.
    pub const fn is_known(&self) -> bool {
        matches!(self, Self::Known(_))
    }

    /// The fact about `f` of the value.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Fact<U> {
        self.and_then(|value| Fact::Known(f(value)))
    }

    /// The fact that `f` makes of a known value.
    pub fn and_then<U>(self, f: impl FnOnce(T) -> Fact<U>) -> Fact<U> {
        match self {
            Self::Known(value) => f(value),
            Self::Absent => Fact::Absent,
            Self::Unavailable => Fact::Unavailable,
        }
    }

    /// The same fact about a borrowed value.
    pub const fn as_ref(&self) -> Fact<&T> {
        match self {
            Self::Known(value) => Fact::Known(value),
            Self::Absent => Fact::Absent,
            Self::Unavailable => Fact::Unavailable,
        }
    }
}
