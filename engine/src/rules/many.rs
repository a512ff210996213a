//! Lists of texts that a request has, and their elements.

use super::wire::List;
use crate::{fact::Fact, signals::Scene};
use alloc::{collections::BTreeSet, vec::Vec};

impl List {
    /// What a request has there, for whoever explains a condition: slower than a condition looks through it. A name that
    /// stands there again is left out.
    pub fn read(&self, scene: &Scene<'_>) -> Fact<Vec<Vec<u8>>> {
        self.reading(scene).map(|()| {
            let (mut all, mut seen) = (Vec::new(), BTreeSet::new());
            self.visit(scene, &mut Vec::new(), |element| {
                if matches!(self, Self::HeaderValues(_)) || seen.insert(element.to_vec()) {
                    all.push(element.to_vec());
                }
                true
            });
            all
        })
    }

    /// Whether the request has it: names are known wherever they can be seen, also where there are none; elements of a
    /// header only where it was sent.
    pub(super) fn reading(&self, scene: &Scene<'_>) -> Fact<()> {
        let seen = &scene.facts().seen;
        match self {
            Self::HeaderNames => known_if(seen.all_headers()),
            Self::CookieNames => known_if(scene.header(b"cookie") != Fact::Unavailable),
            Self::ParamNames => known_if(seen.query),
            Self::HeaderValues(name) => scene.header(name.as_bytes()).map(|_| ()),
        }
    }

    /// How many elements it has; a name that stands there again is one.
    pub(super) fn size(&self, scene: &Scene<'_>, joined: &mut Vec<u8>) -> usize {
        let mut count = 0;
        if matches!(self, Self::HeaderValues(_)) {
            self.visit(scene, joined, |_| {
                count += 1;
                true
            });
            return count;
        }
        let mut names: Vec<&[u8]> = self.names(scene).collect();
        names.sort_unstable();
        names.dedup();
        names.len()
    }

    /// Calls `visit` with each element in order, names as often as they were sent, until it says false. `joined` is
    /// memory to work in.
    pub(super) fn visit<'s>(
        &self,
        scene: &'s Scene<'_>,
        joined: &'s mut Vec<u8>,
        mut visit: impl FnMut(&'s [u8]) -> bool,
    ) {
        match self {
            Self::HeaderValues(name) => elements(lines(scene, name.as_bytes(), joined)).all(visit),
            _ => self.names(scene).all(&mut visit),
        };
    }

    fn names<'s>(&self, scene: &'s Scene<'_>) -> impl Iterator<Item = &'s [u8]> + use<'s> {
        let headers =
            matches!(self, Self::HeaderNames).then(|| scene.facts().headers.list.iter().map(|(name, _)| *name));
        let cookies = matches!(self, Self::CookieNames).then(|| scene.cookies().map(|(name, _)| name));
        let params = matches!(self, Self::ParamNames).then(|| scene.params().map(|(name, _)| name));
        headers.into_iter().flatten().chain(cookies.into_iter().flatten()).chain(params.into_iter().flatten())
    }
}

fn known_if(seen: bool) -> Fact<()> {
    if seen { Fact::Known(()) } else { Fact::Unavailable }
}

/// All lines of a header as one, joined as RFC 9110, section 5.3, has it: some hosts hand them over like that.
fn lines<'s>(scene: &'s Scene<'_>, name: &[u8], joined: &'s mut Vec<u8>) -> &'s [u8] {
    let list = scene.facts().headers.list;
    let mut lines = list.iter().filter(|(known, _)| *known == name).map(|(_, value)| *value);
    let (Some(first), second) = (lines.next(), lines.next()) else { return b"" };
    let Some(second) = second else { return first };
    joined.clear();
    joined.extend_from_slice(first);
    for line in core::iter::once(second).chain(lines) {
        joined.extend_from_slice(b", ");
        joined.extend_from_slice(line);
    }
    joined
}

/// The elements of a list (RFC 9110, section 5.6.1): apart by commas outside of quoted strings, without white space
/// around them, and without empty ones.
fn elements(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let (mut quoted, mut escaped) = (false, false);
    let parts = text.split(move |&byte| {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ => return byte == b',' && !quoted,
        }
        false
    });
    parts.map(trim).filter(|part| !part.is_empty())
}

/// Without spaces and tabs at both ends: what RFC 9110 calls OWS.
fn trim(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::Sample;
    use alloc::string::String;

    fn read(list: &List, headers: &[(&[u8], &[u8])], target: &'static str) -> (Vec<String>, usize) {
        let facts = Sample { target, ..Sample::GET }.facts(headers);
        let scene = Scene::new(&facts);
        let (mut all, mut joined) = (Vec::new(), Vec::new());
        let size = list.size(&scene, &mut joined);
        assert_eq!(list.read(&scene).known().map(|all| all.len()), Some(size));
        list.visit(&scene, &mut joined, |element| {
            all.push(String::from_utf8_lossy(element).into_owned());
            true
        });
        (all, list.size(&scene, &mut joined))
    }

    /// The examples of RFC 9110, section 5.6.1.2, and quoted strings of section 5.6.4.
    #[test]
    fn elements_are_those_of_a_list_header() {
        let cases: [(&[u8], &[&str]); 9] = [
            (b"foo,bar", &["foo", "bar"]),
            (b"foo ,bar,", &["foo", "bar"]),
            (b"foo , ,bar,charlie", &["foo", "bar", "charlie"]),
            (b"", &[]),
            (b",", &[]),
            (b",   ,", &[]),
            (b"\"a, b\";x=1 ,\tc", &["\"a, b\";x=1", "c"]),
            (b"\"a\\\", b\", c", &["\"a\\\", b\"", "c"]),
            (b"a\\, b", &["a\\", "b"]),
        ];
        for (text, expected) in cases {
            let found: Vec<_> = elements(text).map(|part| String::from_utf8_lossy(part).into_owned()).collect();
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn lines_of_one_header_are_one_list_however_a_host_hands_them_over() {
        let list = List::HeaderValues("x".into());
        let joined: &[(&[u8], &[u8])] = &[(b"x", b"a, \"b, c, d\", e, f")];
        let apart: &[(&[u8], &[u8])] =
            &[(b"x", b"a, \"b"), (b"y", b"z"), (b"x", b"c"), (b"x", b"d\", e"), (b"x", b"f")];
        assert_eq!(read(&list, apart, "/"), read(&list, joined, "/"));
        assert_eq!(read(&list, joined, "/").1, 4);
    }

    #[test]
    fn names_are_counted_once() {
        let headers: &[(&[u8], &[u8])] = &[(b"cookie", b"a=1; b=2"), (b"x", b"1"), (b"cookie", b"a=3"), (b"x", b"2")];
        let target = "/?p=1&q&&p=2&=3";
        assert_eq!(read(&List::HeaderNames, headers, target).1, 2);
        assert_eq!(read(&List::CookieNames, headers, target), (["a", "b", "a"].map(String::from).to_vec(), 2));
        assert_eq!(read(&List::ParamNames, headers, target), (["p", "q", "p"].map(String::from).to_vec(), 2));
        assert_eq!(read(&List::ParamNames, &[], "/"), (Vec::new(), 0));
    }
}
