//! Expressions without what decides nothing: a match anywhere counts, so that `.*` at an end is met by nothing at all.

use regex_syntax::hir::{Hir, HirKind, Repetition};

/// The ends of a match at which nothing else stands.
#[derive(Clone, Copy)]
struct Ends {
    first: bool,
    last: bool,
}

/// An expression that matches in the same texts, with as few repetitions at its ends as it allows.
pub(super) fn trim(hir: &Hir) -> Hir {
    trim_at(hir, Ends { first: true, last: true })
}

fn trim_at(hir: &Hir, ends: Ends) -> Hir {
    if !ends.first && !ends.last {
        return hir.clone();
    }
    match hir.kind() {
        HirKind::Repetition(repetition) => trim_repetition(repetition, ends),
        HirKind::Capture(capture) => trim_at(&capture.sub, ends),
        HirKind::Alternation(parts) => Hir::alternation(parts.iter().map(|part| trim_at(part, ends)).collect()),
        HirKind::Concat(parts) => trim_concat(parts, ends),
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => hir.clone(),
    }
}

/// The least number of times is enough at an end: it is a part of every match of more.
fn trim_repetition(repetition: &Repetition, ends: Ends) -> Hir {
    match repetition.min {
        0 => Hir::empty(),
        1 => trim_at(&repetition.sub, ends),
        least => Hir::repetition(Repetition { max: Some(least), ..repetition.clone() }),
    }
}

fn trim_concat(parts: &[Hir], ends: Ends) -> Hir {
    let mut parts = parts.to_vec();
    let empty = Hir::empty();
    while let Some(last) = parts.pop_if(|_| ends.last) {
        let trimmed = trim_at(&last, Ends { first: ends.first && parts.is_empty(), last: true });
        if trimmed != empty {
            parts.push(trimmed);
            break;
        }
    }
    let mut kept = 0;
    while let Some(first) = parts.get(kept).filter(|_| ends.first) {
        let trimmed = trim_at(first, Ends { first: true, last: ends.last && kept + 1 == parts.len() });
        if trimmed != empty {
            parts.splice(..=kept, [trimmed]);
            return Hir::concat(parts);
        }
        kept += 1;
    }
    Hir::concat(parts.split_off(kept))
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    #[test]
    fn ends_are_as_short_as_they_may_be() {
        for (pattern, short) in [
            ("bot.*", "bot"),
            (".*bot.*", "bot"),
            ("bot+", "bot"),
            ("(a|bc*)", "a|b"),
            ("(?:x*y?)*", ""),
            ("[0-9]{3,}a{2,9}", "[0-9]{3}a{2}"),
            ("a?(b.*)?", ""),
            ("^.*bot.+$", "^.*bot.+$"),
            ("(.*a)+", "a"),
            ("x*(?:bc)*d", "d"),
        ] {
            assert_eq!(trim(&parse(pattern).unwrap()), trim(&parse(short).unwrap()), "{pattern}");
            assert_eq!(trim(&parse(short).unwrap()), trim(&trim(&parse(pattern).unwrap())), "{pattern}");
        }
        assert_eq!(trim(&parse("bot.*").unwrap()), parse("bot").unwrap());
        assert_eq!(trim(&parse("^.*bot.+$").unwrap()), parse("^.*bot.+$").unwrap());
    }
}
