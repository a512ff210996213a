//! Regular expressions of other projects as questions about one field: where a pattern names nothing but texts, the
//! question is about these, because literals cost nearly nothing here and an automaton costs memory.
//!
//! A pattern is read as this product's conditions read it: RE2's syntax, over bytes.

use crate::condition::{Condition, listed, quoted};
use outwork_compiler::compile_files;
use regex_syntax::{
    ParserBuilder,
    ast::{self, Ast},
    hir::{Class, Hir, HirKind, Look, literal::Extractor},
};
use std::collections::BTreeMap;

/// The most literals that one pattern is taken apart into.
const MAX_LITERALS: usize = 512;

/// What a pattern asks of a field: any of its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern {
    parts: Vec<(Place, What)>,
    /// Whether the empty text matches.
    pub(crate) matches_empty: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Anywhere,
    Start,
    End,
    Whole,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    /// Any of these texts.
    Literals(Vec<String>),
    /// This text, in any case of its ASCII letters; it is in lower case.
    Folded(String),
    Regex(String),
}

impl Pattern {
    /// Reads a pattern in Go's syntax; says why it cannot be asked here.
    pub(crate) fn read(pattern: &str) -> Result<Self, String> {
        let pattern = without_quotations(pattern);
        let (mut parts, mut rest) = (Vec::new(), Vec::new());
        for alternative in alternatives(&pattern) {
            match part(alternative)? {
                Some(found) => add(&mut parts, found),
                None => rest.push(alternative),
            }
        }
        let mut matches_empty = false;
        if !rest.is_empty() {
            let rest = rest.join("|");
            fits(&rest)?;
            let matcher = regex::bytes::RegexBuilder::new(&rest).unicode(false).build();
            matches_empty = matcher.map_err(|error| reason(&error.to_string()))?.is_match(b"");
            parts.push((Place::Anywhere, What::Regex(rest)));
        }
        Ok(Self { parts, matches_empty })
    }

    /// What looks for a text anywhere, in its case.
    pub(crate) fn text(text: &str) -> Self {
        Self { parts: vec![(Place::Anywhere, What::Literals(vec![text.to_owned()]))], matches_empty: false }
    }

    /// The texts that it looks for anywhere, when it is nothing else.
    pub(crate) fn literals(&self) -> Option<&[String]> {
        match self.parts.as_slice() {
            [(Place::Anywhere, What::Literals(texts))] => Some(texts),
            _ => None,
        }
    }

    /// Whether a text matches.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        self.parts.iter().any(|(place, what)| match what {
            What::Literals(texts) => texts.iter().any(|one| place.holds(text, one)),
            What::Folded(one) => place.holds(&text.to_ascii_lowercase(), one),
            What::Regex(pattern) => regex::bytes::RegexBuilder::new(pattern)
                .unicode(false)
                .build()
                .is_ok_and(|matcher| matcher.is_match(text.as_bytes())),
        })
    }

    /// The questions about `field`, in CEL.
    pub(crate) fn ask(&self, field: &str) -> Condition {
        Condition::any(self.parts.iter().map(|(place, what)| what.ask(field, *place)))
    }
}

/// The alternatives of a pattern as they are written; the whole of it, when its flags may reach from one to the next.
fn alternatives(pattern: &str) -> Vec<&str> {
    let whole = vec![pattern];
    let parsed = ast::parse::Parser::new().parse(pattern);
    let Ok(Ast::Alternation(alternation)) = &parsed else { return whole };
    if pattern.contains("(?") {
        return whole;
    }
    let slices = alternation.asts.iter().map(|ast| pattern.get(ast.span().start.offset..ast.span().end.offset));
    slices.collect::<Option<Vec<_>>>().unwrap_or(whole)
}

/// One alternative, when it stands for texts.
fn part(pattern: &str) -> Result<Option<(Place, What)>, String> {
    let parsed = ParserBuilder::new().unicode(false).utf8(false).nest_limit(100).build().parse(pattern);
    let (place, inner) = anchors(&parsed.map_err(|error| reason(&error.to_string()))?);
    Ok(texts(&inner).map(|what| (place, what)))
}

/// Texts that are looked for at the same place are looked for together.
fn add(parts: &mut Vec<(Place, What)>, (place, what): (Place, What)) {
    if let What::Literals(more) = &what
        && let Some((_, What::Literals(known))) =
            parts.iter_mut().find(|(at, known)| *at == place && matches!(known, What::Literals(_)))
    {
        for text in more {
            if !known.contains(text) {
                known.push(text.clone());
            }
        }
        return;
    }
    parts.push((place, what));
}

impl What {
    fn ask(&self, field: &str, place: Place) -> Condition {
        let (field, texts) = match self {
            Self::Regex(pattern) => return Condition::ask(format!("{field}.matches({})", quoted(pattern))),
            Self::Literals(texts) => (field.to_owned(), texts.as_slice()),
            Self::Folded(text) => (format!("{field}.lowerAscii()"), std::slice::from_ref(text)),
        };
        Condition::ask(match (place, texts) {
            (Place::Whole, [one]) => format!("{field} == {}", quoted(one)),
            (Place::Whole, many) => format!("{field} in {}", listed(many.iter().map(String::as_str))),
            (place, [one]) => format!("{field}.{}({})", place.method(), quoted(one)),
            (place, many) => format!("{field}.{}Any({})", place.method(), listed(many.iter().map(String::as_str))),
        })
    }
}

impl Place {
    fn holds(self, text: &str, part: &str) -> bool {
        match self {
            Self::Anywhere => text.contains(part),
            Self::Start => text.starts_with(part),
            Self::End => text.ends_with(part),
            Self::Whole => text == part,
        }
    }

    fn method(self) -> &'static str {
        match self {
            Self::Anywhere | Self::Whole => "contains",
            Self::Start => "startsWith",
            Self::End => "endsWith",
        }
    }
}

/// Where a pattern is bound, and the rest of it.
fn anchors(hir: &Hir) -> (Place, Hir) {
    let HirKind::Concat(parts) = hir.kind() else { return (Place::Anywhere, hir.clone()) };
    let is =
        |part: Option<&Hir>, look| part.is_some_and(|part| matches!(part.kind(), HirKind::Look(is) if *is == look));
    let (start, end) = (is(parts.first(), Look::Start), is(parts.last(), Look::End));
    let inner = parts.get(usize::from(start)..parts.len() - usize::from(end)).unwrap_or_default();
    let place = match (start, end) {
        (false, false) => Place::Anywhere,
        (true, false) => Place::Start,
        (false, true) => Place::End,
        (true, true) => Place::Whole,
    };
    (place, Hir::concat(inner.to_vec()))
}

/// The texts that a pattern stands for, when they are few and have no conditions.
fn texts(hir: &Hir) -> Option<What> {
    if let Some(folded) = folded(hir) {
        return Some(What::Folded(folded));
    }
    if !hir.properties().look_set().is_empty() {
        return None;
    }
    let mut extractor = Extractor::new();
    extractor.limit_class(4).limit_repeat(4).limit_literal_len(256).limit_total(MAX_LITERALS);
    let found = extractor.extract(hir);
    let literals = found.literals().filter(|literals| !literals.is_empty() && found.is_exact())?;
    let mut texts = Vec::with_capacity(literals.len());
    for literal in literals {
        let text = std::str::from_utf8(literal.as_bytes()).ok().filter(|text| !text.is_empty())?;
        if !texts.iter().any(|known| known == text) {
            texts.push(text.to_owned());
        }
    }
    Some(What::Literals(texts))
}

/// A text whose letters may each be in either case.
fn folded(hir: &Hir) -> Option<String> {
    let parts = match hir.kind() {
        HirKind::Concat(parts) => parts.as_slice(),
        HirKind::Class(_) => std::slice::from_ref(hir),
        _ => return None,
    };
    if !parts.iter().any(|part| matches!(part.kind(), HirKind::Class(_))) {
        return None;
    }
    let mut text = String::new();
    for part in parts {
        match part.kind() {
            HirKind::Literal(literal) => {
                let plain = std::str::from_utf8(&literal.0).ok()?;
                text.push_str(plain.bytes().all(|byte| !byte.is_ascii_alphabetic()).then_some(plain)?);
            }
            HirKind::Class(Class::Bytes(class)) => text.push(letter(class)?),
            _ => return None,
        }
    }
    Some(text)
}

/// The letter whose two cases are all that a class has.
fn letter(class: &regex_syntax::hir::ClassBytes) -> Option<char> {
    let [upper, lower] = class.ranges() else { return None };
    let single = |range: &regex_syntax::hir::ClassBytesRange| range.start() == range.end();
    let same = upper.start().to_ascii_lowercase() == lower.start() && lower.start().is_ascii_lowercase();
    (single(upper) && single(lower) && same).then_some(char::from(lower.start()))
}

/// Go's `\Q…\E`, in which nothing has a meaning, written out.
fn without_quotations(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some((before, quotation)) = rest.split_once("\\Q").filter(|(before, _)| !ends_in_escape(before)) {
        let (inside, after) = quotation.split_once("\\E").unwrap_or((quotation, ""));
        out.push_str(before);
        out.push_str(&regex_syntax::escape(inside));
        rest = after;
    }
    out + rest
}

fn ends_in_escape(text: &str) -> bool {
    text.bytes().rev().take_while(|&byte| byte == b'\\').count() % 2 == 1
}

/// Whether the compiler takes a pattern: it alone knows what it makes of it, and how large that may become.
fn fits(pattern: &str) -> Result<(), String> {
    let condition = format!("request.path.matches({})", quoted(pattern));
    let mut pack = String::from(
        "[pack]\nid = \"p\"\nversion = \"1\"\nwhy = \"x\"\n[[rule]]\nid = \"r\"\nwhy = \"x\"\nscore = 1\n",
    );
    pack.push_str(&format!("when = {}\n", crate::pack::string(&condition)));
    let files = BTreeMap::from([("pack.toml".to_owned(), pack.into_bytes())]);
    compile_files(&files, "pack.toml").map(drop).map_err(|report| {
        let first = report.diagnostics().first().map(|one| one.message.clone());
        first.unwrap_or_else(|| "the compiler does not take it".into())
    })
}

/// The last line of what the parser draws.
fn reason(text: &str) -> String {
    let last = text.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default().trim();
    format!("the regular expression does not parse: {}", last.trim_start_matches("error: "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(pattern: &str) -> String {
        Pattern::read(pattern).unwrap().ask("f").text()
    }

    #[test]
    fn patterns_that_name_texts_become_texts() {
        for (pattern, expected) in [
            ("Mozilla|Opera", r#"f.containsAny(["Mozilla", "Opera"])"#),
            (r"\+https\://kagi\.com/bot", r#"f.contains("+https://kagi.com/bot")"#),
            (r"^/robots\.txt$", r#"f == "/robots.txt""#),
            (r"^/favicon\.(?:ico|png)$", r#"f in ["/favicon.ico", "/favicon.png"]"#),
            ("^curl/", r#"f.startsWith("curl/")"#),
            ("(?i:lightpanda)", r#"f.lowerAscii().contains("lightpanda")"#),
            ("Googlebot\\/", r#"f.contains("Googlebot/")"#),
            ("[Bb]ot", r#"f.containsAny(["Bot", "bot"])"#),
            (r"\Qa.b\E$", r#"f.endsWith("a.b")"#),
            ("Brightbot 1.0", r#"f.matches("Brightbot 1.0")"#),
            (r"^bot|spider|crawl", r#"f.startsWith("bot") || f.containsAny(["spider", "crawl"])"#),
            ("GPTBot|Brightbot 1.0|bot", r#"f.containsAny(["GPTBot", "bot"]) || f.matches("Brightbot 1.0")"#),
            ("(?i)a.b|c", r#"f.matches("(?i)a.b|c")"#),
            (r"\bbot\b", r#"f.matches("\\bbot\\b")"#),
        ] {
            assert_eq!(asked(pattern), expected, "{pattern}");
        }
    }

    #[test]
    fn what_the_empty_text_matches_is_known() {
        assert!(Pattern::read(".*").unwrap().matches_empty && Pattern::read("^$").unwrap().matches_empty);
        assert!(!Pattern::read("a|b+").unwrap().matches_empty);
    }

    #[test]
    fn what_cannot_be_asked_says_why() {
        assert!(Pattern::read("(?<!cu)bot").unwrap_err().contains("look-around"));
        assert!(Pattern::read("(a|b)*a(a|b){18}").unwrap_err().contains("needs more than"));
    }
}
