use outwork_replay::Rate;

/// What a row says of itself beside its features.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Meta {
    /// Where it is from: the name of a set of recordings, of a fleet of clients, of a site.
    pub(crate) source: String,
    /// The session or request that it was cut from; the windows of one session share it.
    pub(crate) id: String,
    /// Who made it: all rows of a person go into the same part of a split, whatever their source.
    pub(crate) person: String,
    /// Which program made it; none for people, and where it is not known.
    pub(crate) generator: Option<String>,
    /// Who made it; none as long as nobody has said.
    pub(crate) label: Option<Label>,
    /// What kind of input it is about.
    pub(crate) kind: Kind,
    /// The instrument or the environment that recorded it.
    pub(crate) group: String,
    /// How much was observed.
    pub(crate) window: Span,
    /// At which rate records like the one that it was made of were kept.
    pub(crate) rate: Rate,
}

/// A person or a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Label {
    Person,
    Program,
}

/// What a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    Mouse,
    Touch,
    Device,
}

/// How much was observed before a row was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Span {
    OneSecond,
    ThreeSeconds,
    TenSeconds,
    Whole,
    Request,
}

impl Meta {
    /// As the column `sampled` has it: thousandths, none where each record was kept.
    pub(super) fn sampled(&self) -> Option<i32> {
        (self.rate < Rate::ALL).then(|| self.rate.thousandths().into())
    }
}

impl Label {
    /// As the column `label` has it.
    pub(crate) fn number(self) -> i32 {
        match self {
            Self::Person => 0,
            Self::Program => 1,
        }
    }

    pub(super) fn from_number(number: i32) -> Option<Self> {
        [Self::Person, Self::Program].into_iter().find(|label| label.number() == number)
    }

    /// Reads `human`, `bot` or `bot:NAME`, as sessions, requests and lists of labels say it: who, and which program.
    ///
    /// # Errors
    /// Says what a label can be.
    pub(crate) fn parse(text: &str) -> Result<(Self, Option<String>), String> {
        match text.split_once(':').map_or((text, None), |(label, name)| (label, Some(name))) {
            ("human", None) => Ok((Self::Person, None)),
            ("bot", None) => Ok((Self::Program, None)),
            ("bot", Some(name)) if !name.is_empty() => Ok((Self::Program, Some(name.to_owned()))),
            _ => Err(format!("`{text}` is no label: write `human`, `bot` or `bot:NAME`")),
        }
    }
}

impl Kind {
    pub(super) const ALL: [Self; 3] = [Self::Mouse, Self::Touch, Self::Device];

    /// As the column `kind` has it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Mouse => "mouse",
            Self::Touch => "touch",
            Self::Device => "device",
        }
    }
}

impl Span {
    pub(super) const ALL: [Self; 5] =
        [Self::OneSecond, Self::ThreeSeconds, Self::TenSeconds, Self::Whole, Self::Request];

    /// As the column `window` has it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::OneSecond => "1s",
            Self::ThreeSeconds => "3s",
            Self::TenSeconds => "10s",
            Self::Whole => "whole",
            Self::Request => "request",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_read_as_sessions_write_them() {
        assert_eq!(Label::parse("human"), Ok((Label::Person, None)));
        assert_eq!(Label::parse("bot"), Ok((Label::Program, None)));
        assert_eq!(Label::parse("bot:ghost:2"), Ok((Label::Program, Some("ghost:2".into()))));
        for wrong in ["", "human:ann", "bot:", "person", "Bot"] {
            assert!(Label::parse(wrong).is_err_and(|said| said.contains("write `human`")), "{wrong}");
        }
    }
}
