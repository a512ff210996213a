//! Regular expressions to automata that hosts run without a compiler.
//!
//! The syntax is RE2's as crate `regex` reads it, over bytes: classes such as `\w` are ASCII, `.` is any byte but a
//! line feed, and a match anywhere in the text counts.

use crate::{
    diagnostic::{Code, Diagnostic},
    source::Span,
};
use regex_automata::{
    MatchKind,
    dfa::{StartKind, dense, sparse::DFA},
    nfa::thompson,
    util::syntax,
};

/// The largest automaton, in bytes, before it is made sparse: what a host may hold for one pattern.
const MAX_BYTES: usize = 1 << 20;

/// The most memory that building one may take: a bound on the time, too.
const MAX_BUILD_BYTES: usize = 8 << 20;

/// The automaton of a pattern, in the form that bundles carry.
pub(crate) fn compile(pattern: &str) -> Result<Vec<u8>, BadPattern> {
    let dense = dense::Builder::new()
        .syntax(syntax::Config::new().unicode(false).utf8(false).nest_limit(100))
        .thompson(thompson::Config::new().utf8(false).shrink(false).nfa_size_limit(Some(MAX_BYTES)))
        .configure(
            dense::Config::new()
                .match_kind(MatchKind::All)
                .start_kind(StartKind::Unanchored)
                .accelerate(false)
                .minimize(false)
                .dfa_size_limit(Some(MAX_BYTES))
                .determinize_size_limit(Some(MAX_BUILD_BYTES)),
        )
        .build(pattern)
        .map_err(|error| BadPattern(error.into()))?;
    let sparse: DFA<Vec<u8>> = dense.to_sparse().map_err(|error| BadPattern(error.into()))?;
    Ok(sparse.to_bytes_little_endian())
}

/// Why a pattern cannot be used.
#[derive(Debug)]
pub(crate) struct BadPattern(Box<dense::BuildError>);

impl BadPattern {
    pub(crate) fn at(&self, place: Span, pattern: &str) -> Diagnostic {
        if self.0.is_size_limit_exceeded() {
            let message = format!("the regular expression `{pattern}` needs more than {} KiB", MAX_BYTES >> 10);
            return Diagnostic::new(Code::PatternTooLarge, place, message)
                .help("make repetitions such as `{1,100}` shorter, or test for literals with `contains` first");
        }
        let mut cause: &dyn std::error::Error = &*self.0;
        while let Some(deeper) = cause.source() {
            cause = deeper;
        }
        let text = cause.to_string();
        // The parser draws the pattern; its last line says what is wrong.
        let last = text.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default().trim();
        let reason = last.trim_start_matches("error: ");
        let help = if reason.contains("look-around") {
            "write two conditions instead, one of them with `!`"
        } else if reason.contains("backreferences") {
            "backreferences need a search that can take forever: compare two fields instead"
        } else {
            "the syntax is RE2's: https://github.com/google/re2/wiki/Syntax; a literal backslash is `\\\\` in CEL strings"
        };
        Diagnostic::new(Code::BadPattern, place, format!("the regular expression does not parse: {reason}")).help(help)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use regex_automata::{Input, dfa::Automaton};

    fn matches(pattern: &str, text: &[u8]) -> bool {
        let bytes = compile(pattern).unwrap();
        let (dfa, _) = DFA::from_bytes(&bytes).unwrap();
        dfa.try_search_fwd(&Input::new(text).earliest(true)).unwrap().is_some()
    }

    #[test]
    fn matches_anywhere_over_bytes() {
        assert!(matches("b+c", b"aabbcc"));
        assert!(matches("^/wp-(admin|login)", b"/wp-login.php"));
        assert!(!matches("^wp", b"/wp"));
        assert!(matches("(?i)CURL/[0-9]+", b"xcurl/8"));
        assert!(matches(r"\bbot\b", b"a bot!") && !matches(r"\bbot\b", b"robots"));
        assert!(matches(".", b"\xff") && !matches(r"\w", "é".as_bytes()) && matches("é$", "é".as_bytes()));
        assert!(matches("", b""));
    }

    #[test]
    fn refuses_what_would_grow_without_bound() {
        assert!(compile("(a|b)*a(a|b){18}").unwrap_err().0.is_size_limit_exceeded());
        assert!(!compile("(?=a)").unwrap_err().0.is_size_limit_exceeded());
    }
}
