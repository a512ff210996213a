//! Expressions that do not tell capitals from small letters, over text in lower case.

use regex_syntax::hir::{Capture, Class, ClassBytes, ClassBytesRange, Hir, HirKind, Repetition};

/// Whether an expression matches a text exactly when it matches that text with other cases of its ASCII letters: all
/// its literals are without letters, and all its classes have both cases of theirs or neither.
pub(super) fn ignores_case(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => true,
        HirKind::Literal(literal) => !literal.0.iter().any(u8::is_ascii_alphabetic),
        HirKind::Class(class) => bytes_of(class).is_some_and(|class| has_both_cases(&class)),
        HirKind::Repetition(repetition) => ignores_case(&repetition.sub),
        HirKind::Capture(capture) => ignores_case(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().all(ignores_case),
    }
}

/// The same over text that has no capitals: what needs one never matches.
pub(super) fn without_capitals(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => hir.clone(),
        HirKind::Literal(literal) if literal.0.iter().any(u8::is_ascii_uppercase) => Hir::fail(),
        HirKind::Literal(_) => hir.clone(),
        HirKind::Class(class) => match bytes_of(class) {
            Some(mut class) => {
                class.difference(&ClassBytes::new([ClassBytesRange::new(b'A', b'Z')]));
                Hir::class(Class::Bytes(class))
            }
            None => hir.clone(),
        },
        HirKind::Repetition(repetition) => {
            Hir::repetition(Repetition { sub: Box::new(without_capitals(&repetition.sub)), ..repetition.clone() })
        }
        HirKind::Capture(Capture { sub, .. }) => without_capitals(sub),
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(without_capitals).collect()),
        HirKind::Alternation(parts) => {
            Hir::alternation(parts.iter().map(without_capitals).filter(|part| *part != Hir::fail()).collect())
        }
    }
}

/// A class of bytes; none for one of characters that have more than one byte.
pub(super) fn bytes_of(class: &Class) -> Option<ClassBytes> {
    match class {
        Class::Bytes(class) => Some(class.clone()),
        Class::Unicode(class) => class.to_byte_class(),
    }
}

fn has_both_cases(class: &ClassBytes) -> bool {
    let mut folded = class.clone();
    folded.case_fold_simple();
    folded == *class
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    #[test]
    fn only_what_ignores_case_as_a_whole_does() {
        for pattern in ["(?i)googlebot", "(?i:bot|crawl)[0-9]+", r"^\w+-\d", "[^aA]?(?i)x", r"(?i)\bcurl\b", ""] {
            assert!(ignores_case(&parse(pattern).unwrap()), "{pattern}");
        }
        for pattern in ["bot", "(?i:bot)Crawler", "[a-z]+", "[^a]", "(?i:a)|b", "[gG]oogle"] {
            assert!(!ignores_case(&parse(pattern).unwrap()), "{pattern}");
        }
    }

    #[test]
    fn what_needs_a_capital_never_matches() {
        for (pattern, same) in
            [("(?i)bot", "bot"), ("[wW]get", "wget"), ("a(Bot|crawl)", "acrawl"), ("[A-Fa-f]", "[a-f]")]
        {
            assert_eq!(
                without_capitals(&parse(pattern).unwrap()),
                without_capitals(&parse(same).unwrap()),
                "{pattern}"
            );
        }
        assert_eq!(without_capitals(&parse("Bot").unwrap()), Hir::fail());
    }
}
