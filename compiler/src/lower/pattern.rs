//! Regular expressions: how a text is searched for one.
//!
//! The syntax is RE2's as crate `regex` reads it, over bytes: classes such as `\w` are ASCII, `.` is any byte but a
//! line feed, and a match anywhere in the text counts.
//!
//! An expression that is only a way to write a few literals becomes literals. Any other becomes a table, which is
//! searched only in texts that have a literal that the expression needs, where there is such a literal.

mod budget;
mod fold;
mod group;
mod needed;
mod table;
mod texts;
mod trim;

pub(crate) use budget::Patterns;
pub(crate) use group::{Allowance, group};
pub(crate) use texts::Piece;

use crate::{
    diagnostic::{Code, Diagnostic},
    source::Span,
};
use outwork_engine::rules::Automaton;
use regex_syntax::{ParserBuilder, hir::Hir};
use std::{cmp::Ordering, collections::BTreeSet, sync::Arc};
use table::Limits;

/// What one expression may take. The table is a part of what the automaton has when it is built, and the bound on the
/// work is one on the time, too.
const LIMITS: Limits = Limits { nfa: 512 << 10, dfa: 1 << 20, work: 2 << 20 };

/// A table of more bytes is worth a warning: it is a quarter of what one expression may take.
const LARGE: usize = LIMITS.dfa / 4;

/// An expression as its author wrote it, and how a text is searched for it.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    pub(crate) text: String,
    pub(crate) plan: Arc<Plan>,
}

/// How a text is searched for an expression.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Whether the text is made lower case first: the expression ignores case, and has fewer literals then.
    pub(crate) lower: bool,
    pub(crate) search: Search,
}

#[derive(Debug)]
pub(crate) enum Search {
    /// Exactly when it has one of these.
    Literals(BTreeSet<Piece>),
    /// By a table. Texts that have none of the literals, where there are such, need not be searched.
    Table { expression: Hir, table: Automaton, needs: Option<BTreeSet<Piece>> },
}

/// The most literals that an expression is written out as when fewer would do in lower case.
const FEW: usize = 16;

impl Plan {
    /// How an expression is searched in a text, which is in lower case already or not. Adds what that takes to `steps`.
    fn new(pattern: &str, lower: bool, steps: &mut u64) -> Result<Self, Wrong> {
        let parsed = parse(pattern).map_err(Wrong::Syntax)?;
        let here = trim::trim(&if lower { fold::without_capitals(&parsed) } else { parsed.clone() });
        let folded = (!lower && fold::ignores_case(&parsed)).then(|| trim::trim(&fold::without_capitals(&parsed)));
        let mut ways =
            [(lower, Some(&here)), (true, folded.as_ref())].into_iter().filter_map(|(lower, way)| Some((lower, way?)));
        let written = |(lower, way): (bool, &Hir)| texts::texts(way).map(|pieces| (lower, pieces));
        let fewest = ways.clone().filter_map(written).find(|(_, pieces)| pieces.len() <= FEW);
        if let Some((lower, pieces)) = fewest.or_else(|| ways.clone().find_map(written)) {
            return Ok(Self { lower, search: Search::Literals(pieces) });
        }
        let gated = ways.find_map(|(lower, way)| Some((lower, way, needed::needed(way)?)));
        let (lower, expression, needs) = match gated {
            Some((lower, way, needs)) => (lower, way, Some(needs)),
            None => (lower, &here, None),
        };
        let built = table::build(&[expression], LIMITS);
        *steps += built.steps;
        let search = Search::Table { expression: expression.clone(), table: built.table?, needs };
        Ok(Self { lower, search })
    }

    /// How many bytes its table has in a host; literals have none of their own.
    pub(crate) fn bytes(&self) -> usize {
        match &self.search {
            Search::Literals(_) => 0,
            Search::Table { table, .. } => table.bytes(),
        }
    }
}

impl Pattern {
    /// A warning where the expression can be used, but costs much of what all of a policy may have.
    pub(crate) fn warning(&self, place: Span) -> Option<Diagnostic> {
        let bytes = self.plan.bytes();
        let message = format!("the regular expression `{}` needs {} KiB", shown(&self.text), bytes.div_ceil(1 << 10));
        (bytes > LARGE).then(|| {
            Diagnostic::new(Code::PatternLarge, place, message)
                .note(format!("all of a policy may need {} KiB together", budget::MAX_HELD >> 10))
                .help("make repetitions such as `{1,100}` shorter, or test for literals with `contains`")
        })
    }
}

/// Why an expression cannot be used.
#[derive(Clone, Debug)]
pub(crate) enum Wrong {
    Syntax(Box<regex_syntax::Error>),
    TooLarge,
    Refused(String),
}

fn parse(pattern: &str) -> Result<Hir, Box<regex_syntax::Error>> {
    ParserBuilder::new().unicode(false).utf8(false).nest_limit(100).build().parse(pattern).map_err(Box::new)
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Pattern {}

impl PartialOrd for Pattern {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

// A plan follows from the text and from whether the field is in lower case, which stands beside it in a question.
impl Ord for Pattern {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(&other.text)
    }
}

impl Wrong {
    fn at(&self, place: Span, pattern: &str) -> Diagnostic {
        let reason = match self {
            Self::TooLarge => {
                let message =
                    format!("the regular expression `{}` needs more than {} KiB", shown(pattern), LIMITS.dfa >> 10);
                return Diagnostic::new(Code::PatternTooLarge, place, message)
                    .help("make repetitions such as `{1,100}` shorter, or test for literals with `contains` first");
            }
            Self::Refused(reason) => reason.clone(),
            Self::Syntax(error) => last_line(&error.to_string()),
        };
        let help = if reason.contains("Unicode") {
            "classes have ASCII letters only, since texts are bytes: write other letters one by one, as in `(é|è)`"
        } else if reason.contains("look-around") {
            "write two conditions instead, one of them with `!`"
        } else if reason.contains("backreferences") {
            "backreferences need a search that can take forever: compare two fields instead"
        } else {
            "the syntax is RE2's: https://github.com/google/re2/wiki/Syntax; a literal backslash is `\\\\` in CEL strings"
        };
        Diagnostic::new(Code::BadPattern, place, format!("the regular expression does not parse: {reason}")).help(help)
    }
}

/// The most characters of an expression that a sentence repeats.
const SHOWN: usize = 60;

/// An expression as a sentence names it: the place shows the rest.
fn shown(pattern: &str) -> String {
    match pattern.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", pattern.get(..end).unwrap_or_default()),
        None => pattern.to_owned(),
    }
}

/// The parser draws the pattern; its last line says what is wrong.
fn last_line(text: &str) -> String {
    let last = text.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default().trim();
    last.trim_start_matches("error: ").to_owned()
}
