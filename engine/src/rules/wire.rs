//! Sections 5 to 7 of a bundle, as the compiler writes and [`Conditions`](super::Conditions) reads them: one postcard
//! value each.

use super::{Automaton, Strings};
use crate::ranges::Ranges;
use alloc::{string::String, vec::Vec};
use serde::{Deserialize, Serialize};

/// Section 5: what is read, what is asked of it, and how the answers combine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// What conditions read of a request; none twice.
    pub fields: Vec<Field>,
    /// What is asked of the fields, in the order of field and [`Test::rank`].
    pub atoms: Vec<Atom>,
    /// The programs of all conditions, end to end: postfix, one word an operation (see [`Op`]).
    pub code: Vec<u32>,
    /// Where each condition's program ends in `code`.
    pub ends: Vec<u32>,
    /// Atom and condition, sorted: the condition can hold only if one of its atoms here is true.
    pub triggers: Vec<(u32, u32)>,
    /// Conditions that may hold although no atom is true.
    pub untriggered: Vec<u32>,
    /// Programs over the atoms of one list's elements, which [`Test::Exists`] names by their place.
    pub predicates: Vec<Vec<u32>>,
}

/// One thing that conditions read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Field {
    /// Where it is found.
    pub source: Source,
    /// Whether ASCII letters are made lower case before any test.
    pub lower: bool,
    /// The automaton over literals in section 7 that answers this field's [`Test::Literal`] atoms, and that finds the
    /// literals without which a regular expression of this field cannot match: it reports the [`Test::Matches`] atom
    /// for them.
    pub literals: Option<u32>,
    /// The automata over regular expressions in section 7 that are searched whatever literals are found.
    pub automata: Vec<u32>,
}

/// Where a field is found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Source {
    /// A signal, by its name.
    Signal(String),
    /// The first header of this name, in lower case.
    Header(String),
    /// The first cookie of this name.
    Cookie(String),
    /// The first query parameter of this name, neither of them percent-decoded.
    Param(String),
    /// A list of texts.
    Many(List),
    /// An element of this list, while the list is looked through.
    Element(List),
}

/// A list of texts that a request has.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum List {
    /// The names of all headers, in lower case.
    HeaderNames,
    /// The elements of a header that is a list (RFC 9110, section 5.6.1), of all its lines.
    HeaderValues(String),
    /// The names of all cookies.
    CookieNames,
    /// The names of all query parameters, not percent-decoded.
    ParamNames,
}

/// One question about one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Atom {
    /// The place of the field.
    pub field: u32,
    /// The question.
    pub test: Test,
}

/// A question about a field. Comparisons with a value that is not known are unknown.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Test {
    /// Is the value known?
    Known,
    /// Did the client not send it? Unknown where the host cannot see.
    Absent,
    /// Can the host not see it?
    Unavailable,
    /// Did the client send it? Unknown where the host cannot see.
    Present,
    /// Answered by the field's automaton over literals.
    Literal,
    /// Is it true?
    IsTrue,
    /// Is the number this one?
    Equals(i64),
    /// Is the number less than this one?
    Less(i64),
    /// Is the number among these of section 6?
    InNumbers(u32),
    /// Is the text in this set of section 6?
    InStrings(u32),
    /// Does a regular expression match somewhere in the text? Answered by this automaton of section 7, which no other
    /// field uses.
    Matches(u32),
    /// Has the text exactly this many bytes, or the list exactly this many elements?
    SizeEquals(i64),
    /// Has the text fewer bytes, or the list fewer elements?
    SizeLess(i64),
    /// Is the address in this set of section 6?
    InRanges(u32),
    /// Does the text come before this one, byte by byte?
    Before(String),
    /// Holds the program at this place of [`Table::predicates`] for some element of the list?
    Exists(u32),
    /// Is the value that of this other field?
    SameAs(u32),
    /// Is the number or text less than that of this other field?
    LessThan(u32),
    /// Does the text begin with that of this other field?
    StartsWith(u32),
    /// Does the text end with that of this other field?
    EndsWith(u32),
    /// Does the text contain that of this other field?
    Contains(u32),
}

impl Test {
    /// Tests of one field stand in the order of this number.
    pub fn rank(&self) -> u8 {
        match self {
            Self::Known | Self::Absent | Self::Unavailable | Self::Present => 0,
            _ if self.other().is_some() => 2,
            _ => 1,
        }
    }

    /// The other field that a comparison of two fields names.
    pub fn other(&self) -> Option<u32> {
        match self {
            Self::SameAs(other)
            | Self::LessThan(other)
            | Self::StartsWith(other)
            | Self::EndsWith(other)
            | Self::Contains(other) => Some(*other),
            _ => None,
        }
    }
}

/// One operation of a program, over a stack of three-valued answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// Push false.
    False,
    /// Push true.
    True,
    /// Negate the top.
    Not,
    /// Replace the two on top by their conjunction.
    And,
    /// Replace the two on top by their disjunction.
    Or,
    /// Push the answer of an atom.
    Atom(u32),
}

impl Op {
    const FIRST_ATOM: u32 = 5;

    /// The operation as a word; `None` for an atom past the last that a word can name.
    pub fn encode(self) -> Option<u32> {
        match self {
            Self::False => Some(0),
            Self::True => Some(1),
            Self::Not => Some(2),
            Self::And => Some(3),
            Self::Or => Some(4),
            Self::Atom(atom) => atom.checked_add(Self::FIRST_ATOM),
        }
    }

    /// The operation of a word: every word is one.
    pub fn decode(word: u32) -> Self {
        match word {
            0 => Self::False,
            1 => Self::True,
            2 => Self::Not,
            3 => Self::And,
            4 => Self::Or,
            atom => Self::Atom(atom.saturating_sub(Self::FIRST_ATOM)),
        }
    }
}

/// The deepest stack that a program may need. Programs of that depth have at least 2⁶³ atoms when their deeper operand
/// comes first, as the compiler writes them.
pub const MAX_STACK: u32 = 64;

/// Section 6: the sets that tests name by their place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sets {
    /// Sets of addresses.
    pub ranges: Vec<Ranges>,
    /// Sets of strings.
    pub strings: Vec<Strings>,
    /// Sets of numbers, sorted.
    pub numbers: Vec<Vec<i64>>,
}

/// Section 7: what searches text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matchers {
    /// Automata over literals, as [`build_literals`](super::build_literals) makes them.
    pub literals: Vec<Vec<u32>>,
    /// Automata over regular expressions.
    pub automata: Vec<Automaton>,
}
