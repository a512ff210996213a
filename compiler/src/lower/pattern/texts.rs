//! Expressions that are only a way to write a few literals.

use super::fold::bytes_of;
use regex_syntax::hir::{Class, Hir, HirKind, Look, Repetition};
use std::collections::BTreeSet;

/// A literal that a text contains, begins with, ends with or is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Piece {
    pub(crate) from_start: bool,
    pub(crate) to_end: bool,
    pub(crate) text: Vec<u8>,
}

/// The most literals that an expression is written out as.
const MOST: usize = 64;

/// The most bytes that all of them together have.
const MOST_BYTES: usize = 4 << 10;

/// The literals of which an expression matches exactly one at every place where it matches; none when they are too
/// many, or when it looks at more than the ends of the text.
pub(super) fn texts(hir: &Hir) -> Option<BTreeSet<Piece>> {
    match hir.kind() {
        HirKind::Empty => Some(nothing()),
        HirKind::Literal(literal) => Some([Piece { text: literal.0.to_vec(), ..empty() }].into()),
        HirKind::Class(class) => class_texts(class),
        HirKind::Look(Look::Start) => Some([Piece { from_start: true, ..empty() }].into()),
        HirKind::Look(Look::End) => Some([Piece { to_end: true, ..empty() }].into()),
        HirKind::Look(_) => None,
        HirKind::Repetition(repetition) => repeated(repetition),
        HirKind::Capture(capture) => texts(&capture.sub),
        HirKind::Concat(parts) => parts.iter().try_fold(nothing(), |before, part| followed_by(&before, &texts(part)?)),
        HirKind::Alternation(parts) => parts.iter().try_fold(BTreeSet::new(), |mut all, part| {
            all.extend(texts(part)?);
            bounded(all)
        }),
    }
}

/// One of these and then one of those, where both can stand.
pub(super) fn followed_by(these: &BTreeSet<Piece>, those: &BTreeSet<Piece>) -> Option<BTreeSet<Piece>> {
    if these.len() * those.len() > 4 * MOST {
        return None;
    }
    bounded(these.iter().flat_map(|before| those.iter().filter_map(|after| join(before, after))).collect())
}

/// The one literal without bytes.
pub(super) fn nothing() -> BTreeSet<Piece> {
    [empty()].into()
}

fn empty() -> Piece {
    Piece { from_start: false, to_end: false, text: Vec::new() }
}

fn bounded(pieces: BTreeSet<Piece>) -> Option<BTreeSet<Piece>> {
    let bytes: usize = pieces.iter().map(|piece| piece.text.len()).sum();
    (pieces.len() <= MOST && bytes <= MOST_BYTES).then_some(pieces)
}

/// None where something would stand before the beginning or after the end.
fn join(before: &Piece, after: &Piece) -> Option<Piece> {
    let stands = (!after.from_start || before.text.is_empty()) && (!before.to_end || after.text.is_empty());
    stands.then(|| Piece {
        from_start: before.from_start || after.from_start,
        to_end: before.to_end || after.to_end,
        text: [before.text.as_slice(), &after.text].concat(),
    })
}

fn class_texts(class: &Class) -> Option<BTreeSet<Piece>> {
    let class = bytes_of(class)?;
    let count: usize = class.iter().map(|range| range.len()).sum();
    (count <= MOST).then(|| {
        let bytes = class.iter().flat_map(|range| range.start()..=range.end());
        bytes.map(|byte| Piece { text: vec![byte], ..empty() }).collect()
    })
}

fn repeated(repetition: &Repetition) -> Option<BTreeSet<Piece>> {
    let one = texts(&repetition.sub)?;
    let mut last = nothing();
    let mut all = if repetition.min == 0 { nothing() } else { BTreeSet::new() };
    // Texts get longer with every round until there are too many bytes, or stay the same from the second round on: what
    // has no bytes says no more when it is said again.
    for round in 1..=repetition.max.unwrap_or(u32::MAX) {
        let next = followed_by(&last, &one)?;
        if round > repetition.min && next.is_subset(&all) {
            break;
        }
        if next == last && round > 1 {
            all.extend(next);
            break;
        }
        if round >= repetition.min {
            all.extend(next.iter().cloned());
            all = bounded(all)?;
        }
        last = next;
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    fn shown(pattern: &str) -> Option<Vec<String>> {
        let show = |piece: &Piece| {
            let ends = (if piece.from_start { "^" } else { "" }, if piece.to_end { "$" } else { "" });
            format!("{}{}{}", ends.0, String::from_utf8_lossy(&piece.text), ends.1)
        };
        texts(&parse(pattern).unwrap()).map(|pieces| pieces.iter().map(show).collect())
    }

    #[test]
    fn writes_out_what_is_finite() {
        for (pattern, pieces) in [
            ("^/wp-(admin|login)", &["^/wp-admin", "^/wp-login"][..]),
            (r"\.(php|asp)$", &[".asp$", ".php$"]),
            ("^/x$", &["^/x$"]),
            ("bot|crawler", &["bot", "crawler"]),
            ("(^| )sentry/", &[" sentry/", "^sentry/"]),
            ("[wW]get{1,2}", &["Wget", "Wgett", "wget", "wgett"]),
            ("ab?(c$|$)", &["a$", "ab$", "abc$", "ac$"]),
            ("a^b|c$d|^", &["^"]),
            ("(^)*a{2}", &["aa", "^aa"]),
            ("(a|){2}", &["", "a", "aa"]),
            ("(){9}", &[""]),
            (r"[^\s\S]", &[]),
            ("a{0}", &[""]),
        ] {
            assert_eq!(
                shown(pattern).as_deref(),
                Some(pieces.iter().map(|text| text.to_string()).collect::<Vec<_>>().as_slice()),
                "{pattern}"
            );
        }
    }

    #[test]
    fn leaves_the_rest_alone() {
        for pattern in
            ["a+", "a.b", r"\bbot\b", "(?m)^a", "(?m)a$", "[a-z]{3}", "a{5000}", "(((a?){64}){64}){64}", "(a|b){7}"]
        {
            assert_eq!(shown(pattern), None, "{pattern}");
        }
    }
}
