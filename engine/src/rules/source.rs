//! Reading a field of the request.

use super::{ConditionsError, wire::Source};
use crate::{
    fact::Fact,
    signals::{self, Kind, Reading, SIGNALS, Scene, Value},
};
use alloc::{boxed::Box, string::String};

/// Where a field is found, with names resolved.
#[derive(Debug)]
pub(super) enum Place {
    Signal(usize),
    Header(Box<[u8]>),
    Cookie(Box<[u8]>),
    Param(Box<[u8]>),
}

impl Place {
    pub(super) fn resolve(source: Source) -> Result<Self, ConditionsError> {
        let bytes = |name: String| name.into_bytes().into_boxed_slice();
        Ok(match source {
            Source::Signal(name) => match signals::by_name(&name) {
                Some(index) => Self::Signal(index),
                None => return Err(ConditionsError::UnknownSignal { name }),
            },
            Source::Header(name) => Self::Header(bytes(name)),
            Source::Cookie(name) => Self::Cookie(bytes(name)),
            Source::Param(name) => Self::Param(bytes(name)),
        })
    }

    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Signal(index) => SIGNALS.get(*index).map_or(Kind::Text, |signal| signal.kind),
            Self::Header(_) | Self::Cookie(_) | Self::Param(_) => Kind::Text,
        }
    }

    pub(super) fn read<'s>(&self, scene: &'s Scene<'_>) -> Reading<'s> {
        match self {
            Self::Signal(index) => SIGNALS.get(*index).map_or(Fact::Unavailable, |signal| (signal.read)(scene)),
            Self::Header(name) => scene.header(name).map(Value::Text),
            Self::Cookie(name) => Fact::from_option(cookie(scene, name)).map(Value::Text),
            Self::Param(name) => Fact::from_option(param(scene, name)).map(Value::Text),
        }
    }
}

/// RFC 6265, section 5.4: `name=value; name=value`. HTTP/2 may send several such headers (RFC 9113, section 8.2.3).
fn cookie<'s>(scene: &'s Scene<'_>, name: &[u8]) -> Option<&'s [u8]> {
    let headers = scene.facts().headers.list.iter().filter(|(known, _)| *known == b"cookie");
    headers.flat_map(|(_, value)| value.split(|&byte| byte == b';')).find_map(|pair| value_of(pair.trim_ascii(), name))
}

fn param<'s>(scene: &'s Scene<'_>, name: &[u8]) -> Option<&'s [u8]> {
    scene.facts().request.query()?.split(|&byte| byte == b'&').find_map(|pair| value_of(pair, name))
}

/// The value of `name=value`, or nothing for another name; a name alone has the empty value.
fn value_of<'s>(pair: &'s [u8], name: &[u8]) -> Option<&'s [u8]> {
    match pair.strip_prefix(name)? {
        [] => Some(&[]),
        [b'=', value @ ..] => Some(value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::Sample;

    #[test]
    fn finds_cookies_and_parameters_by_their_whole_name() {
        let headers: &[(&[u8], &[u8])] = &[(b"cookie", b"ab=1; a=2;b"), (b"cookie", b"c=x=y")];
        let facts = Sample { target: "/p?aa=1&a=2&b&c=x=y&a=3", ..Sample::GET }.facts(headers);
        let scene = Scene::new(&facts);
        for read in [cookie, param] {
            assert_eq!(read(&scene, b"a"), Some(b"2".as_slice()));
            assert_eq!(read(&scene, b"b"), Some(b"".as_slice()));
            assert_eq!(read(&scene, b"c"), Some(b"x=y".as_slice()));
            assert_eq!(read(&scene, b"d"), None);
        }
    }
}
