//! What a policy asks for and a log does not tell.

use outwork_engine::{
    fact::Fact,
    facts::Facts,
    policy::Policy,
    rules::Scratch,
    signals::{SIGNALS, Scene, by_name},
};

/// What a rule asks for: a signal, a header, or something that stands in one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Field {
    Signal(usize),
    Header(String),
    HeaderNames,
    Query,
}

impl Field {
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Signal(place) => SIGNALS.get(*place).map_or_else(String::new, |signal| signal.name.to_owned()),
            Self::Header(name) => format!("request.headers[\"{name}\"]"),
            Self::HeaderNames => "request.header_names".to_owned(),
            Self::Query => "request.params".to_owned(),
        }
    }

    fn is_unavailable(&self, scene: &Scene<'_>) -> bool {
        match self {
            Self::Signal(place) => {
                SIGNALS.get(*place).is_some_and(|signal| matches!((signal.read)(scene), Fact::Unavailable))
            }
            Self::Header(name) => matches!(scene.header(name.as_bytes()), Fact::Unavailable),
            Self::HeaderNames => !scene.facts().seen.all_headers(),
            Self::Query => matches!(scene.param(b"x"), Fact::Unavailable),
        }
    }
}

/// Every field that a policy's rules ask for, and how often it was unavailable.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields {
    /// How many lines those stand for that were asked.
    pub(crate) asked: u64,
    // The field, in how many of them it was unavailable, and the rules that ask for it.
    pub(crate) rows: Vec<(Field, u64, Vec<usize>)>,
}

impl Fields {
    /// The fields of a policy. `atoms` are the tests of its conditions as CEL.
    pub(crate) fn of(policy: &Policy, atoms: &[String]) -> Self {
        let mut fields = Self::default();
        let scratch = Scratch::default();
        for place in 0..policy.rules().len() {
            for (atom, _) in policy.conditions().trace(place, &scratch) {
                for field in atoms.get(atom).map(|atom| named_in(atom)).unwrap_or_default() {
                    fields.note(field, place);
                }
            }
        }
        fields.rows.sort();
        fields
    }

    fn note(&mut self, field: Field, rule: usize) {
        match self.rows.iter_mut().find(|(known, ..)| *known == field) {
            Some((.., rules)) if rules.last() != Some(&rule) => rules.push(rule),
            Some(_) => {}
            None => self.rows.push((field, 0, vec![rule])),
        }
    }

    /// Asks one line, which stands for so many.
    pub(super) fn ask(&mut self, facts: &Facts<'_>, lines: u64) {
        let scene = Scene::new(facts);
        self.asked += lines;
        for (_, unavailable, _) in self.rows.iter_mut().filter(|(field, ..)| field.is_unavailable(&scene)) {
            *unavailable += lines;
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.asked += other.asked;
        self.rows.iter_mut().zip(&other.rows).for_each(|(row, more)| row.1 += more.1);
    }
}

/// The fields that a test names, texts in it apart.
fn named_in(atom: &str) -> Vec<Field> {
    let mut fields = Vec::new();
    let mut rest = atom;
    while let Some((before, found)) = next(rest) {
        fields.extend(found);
        rest = before;
    }
    fields
}

/// The next name or text, and what follows it.
fn next(text: &str) -> Option<(&str, Option<Field>)> {
    let start = text.find(|c: char| c.is_ascii_alphabetic() || c == '"' || c == '\'')?;
    let text = text.get(start..)?;
    if let Some(quote) = text.chars().next().filter(|c| !c.is_ascii_alphabetic()) {
        let end = text.get(1..)?.find(quote)?;
        return Some((text.get(end + 2..)?, None));
    }
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_'))).unwrap_or(text.len());
    let (name, rest) = text.split_at_checked(end)?;
    let key = || {
        let inside = rest.strip_prefix("[\"")?;
        inside.split_once('"').map(|(key, rest)| (key.to_owned(), rest))
    };
    let (field, rest) = match (name, key()) {
        ("request.headers" | "request.header_values", Some((key, rest))) => (Some(Field::Header(key)), rest),
        ("request.cookies", Some((_, rest))) => (Some(Field::Header("cookie".into())), rest),
        ("request.params", Some((_, rest))) => (Some(Field::Query), rest),
        _ => (list(name).or_else(|| signal(name)), rest),
    };
    Some((rest, field))
}

/// The list of a name, perhaps with a macro behind it.
fn list(name: &str) -> Option<Field> {
    let mut words = name.split('.');
    match (words.next()?, words.next()?) {
        ("request", "header_names") => Some(Field::HeaderNames),
        ("request", "cookie_names") => Some(Field::Header("cookie".into())),
        ("request", "param_names") => Some(Field::Query),
        _ => None,
    }
}

/// The signal of a name, perhaps with a method behind it.
fn signal(name: &str) -> Option<Field> {
    let mut name = name;
    loop {
        if let Some(place) = by_name(name) {
            return Some(Field::Signal(place));
        }
        name = name.rsplit_once('.')?.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_in_tests() {
        let names = |atom: &str| named_in(atom).iter().map(Field::name).collect::<Vec<_>>();
        assert_eq!(names("ua.family == \"tls.ja4\""), ["ua.family"]);
        assert_eq!(names("tls.sni == request.authority"), ["tls.sni", "request.authority"]);
        assert_eq!(names("request.headers[\"x-a\"].lowerAscii().contains(\"b\")"), ["request.headers[\"x-a\"]"]);
        assert_eq!(names("request.cookies[\"a\"] == 'b'"), ["request.headers[\"cookie\"]"]);
        assert_eq!(names("request.header_values[\"te\"].exists(e, e == \"a\")"), ["request.headers[\"te\"]"]);
        assert_eq!(names("request.header_names.exists(e, e.startsWith(\"x-\"))"), ["request.header_names"]);
        assert_eq!(names("size(request.cookie_names)"), ["request.headers[\"cookie\"]"]);
        assert_eq!(names("\"a\" in request.param_names"), ["request.params"]);
        assert_eq!(names("tls.ja4.known"), ["tls.ja4"]);
        assert_eq!(names("client.address in lists.office"), ["client.address"]);
    }
}
