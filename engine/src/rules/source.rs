//! Reading a field of the request.

use super::{
    ConditionsError,
    wire::{List, Source},
};
use crate::{
    fact::Fact,
    signals::{self, HeaderName, Kind, Reading, SIGNALS, Scene, Value},
};
use alloc::{boxed::Box, string::String};

/// Where a field is found, with names resolved.
#[derive(Debug)]
pub(super) enum Place {
    Signal(usize),
    Header(HeaderName),
    Cookie(Box<[u8]>),
    Param(Box<[u8]>),
    Many(List),
    Element(List),
}

impl Source {
    /// What a request has there, for whoever explains a condition: slower than a condition reads it.
    pub fn read<'s>(&self, scene: &'s Scene<'_>) -> Reading<'s> {
        Place::resolve(self.clone()).map_or(Fact::Unavailable, |place| place.read(scene))
    }
}

/// A field that conditions ask for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'c>(pub(super) &'c Place);

impl Asked<'_> {
    /// What it is.
    pub fn source(&self) -> Source {
        self.0.source()
    }

    /// Whether this request does not tell it.
    pub fn is_unavailable(&self, scene: &Scene<'_>) -> bool {
        match self.0 {
            Place::Many(list) => matches!(list.reading(scene), Fact::Unavailable),
            place => matches!(place.read(scene), Fact::Unavailable),
        }
    }
}

impl Place {
    pub(super) fn resolve(source: Source) -> Result<Self, ConditionsError> {
        let bytes = |name: String| name.into_bytes().into_boxed_slice();
        Ok(match source {
            Source::Signal(name) => match signals::by_name(&name) {
                Some(index) => Self::Signal(index),
                None => return Err(ConditionsError::UnknownSignal { name }),
            },
            Source::Header(name) => Self::Header(HeaderName::new(bytes(name))),
            Source::Cookie(name) => Self::Cookie(bytes(name)),
            Source::Param(name) => Self::Param(bytes(name)),
            Source::Many(list) => Self::Many(list),
            Source::Element(list) => Self::Element(list),
        })
    }

    /// The place as a bundle names it.
    fn source(&self) -> Source {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        match self {
            Self::Signal(index) => Source::Signal(SIGNALS.get(*index).map_or("", |signal| signal.name).into()),
            Self::Header(name) => Source::Header(text(name.as_bytes())),
            Self::Cookie(name) => Source::Cookie(text(name)),
            Self::Param(name) => Source::Param(text(name)),
            Self::Many(list) => Source::Many(list.clone()),
            Self::Element(list) => Source::Element(list.clone()),
        }
    }

    /// The type of its value; none for a list.
    pub(super) fn kind(&self) -> Option<Kind> {
        match self {
            Self::Signal(index) => SIGNALS.get(*index).map(|signal| signal.kind),
            Self::Header(_) | Self::Cookie(_) | Self::Param(_) | Self::Element(_) => Some(Kind::Text),
            Self::Many(_) => None,
        }
    }

    pub(super) fn read<'s>(&self, scene: &'s Scene<'_>) -> Reading<'s> {
        match self {
            Self::Signal(index) => SIGNALS.get(*index).map_or(Fact::Unavailable, |signal| (signal.read)(scene)),
            Self::Header(name) => scene.named(name).map(Value::Text),
            Self::Cookie(name) => scene.cookie(name).map(Value::Text),
            Self::Param(name) => scene.param(name).map(Value::Text),
            // Lists have no one value, and elements are there only while their list is looked through.
            Self::Many(_) | Self::Element(_) => Fact::Unavailable,
        }
    }
}
