//! How a condition was worked out for one request: every part as written, its answer, and what it read.

mod logic;

use crate::notes::{Notes, PartNote, PartShape, RuleNote};
use logic::{Node, combine};
use outwork_engine::{
    fact::Fact,
    rules::{Answer, Scratch, wire::Source},
    signals::{Scene, Value},
};
use serde::Serialize;
use std::{cell::Cell, fmt::Write, iter::Peekable};

/// A part of a condition, worked out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trace {
    /// The part as it was written.
    pub text: String,
    /// `true`, `false` or `unknown`.
    pub answer: &'static str,
    /// What it read, for a part that reads anything itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reads: Vec<Read>,
    /// The parts that it is made of: as written, or the tests that a macro stands for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Trace>,
}

/// What a field held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Read {
    /// The field as CEL.
    pub field: String,
    /// `known`, `absent` or `unavailable`.
    pub state: &'static str,
    /// Its value, when it is known; of a list the first elements.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<serde_json::Value>,
    /// How many more elements a list has.
    #[serde(skip_serializing_if = "is_zero")]
    pub more: usize,
}

/// Deeper parts are left out: no condition that compiles nests so deep.
const MAX_DEPTH: u16 = 256;

/// From so many parts on, what a macro or a part is made of is not shown.
const MAX_PARTS: usize = 1000;

/// The longest text, in characters, of a part that nobody wrote like that.
const MAX_TEXT: usize = 160;

/// The most elements of a list that are shown.
const SHOWN_ELEMENTS: usize = 20;

impl Trace {
    /// How a rule or transaction of these notes was worked out in the request that `scratch` was used for last.
    pub fn of(notes: &Notes, rule: &RuleNote, scratch: &Scratch, scene: &Scene<'_>) -> Option<Self> {
        Tracer { notes, scratch, scene, left: Cell::new(MAX_PARTS) }.whole(&rule.when, &rule.parts, 0)
    }

    /// The trace as lines, each part below the one that it belongs to; `indent` stands before every line.
    pub fn lines(&self, indent: &str) -> String {
        let mut out = String::new();
        self.write(&mut out, indent, 0);
        out
    }

    fn write(&self, out: &mut String, indent: &str, depth: usize) {
        let text = self.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let _ = write!(out, "{indent}{:7}  {:width$}{text}", self.answer, "", width = depth * 2);
        for read in &self.reads {
            let value = read.value.as_ref().map_or_else(|| read.state.to_owned(), ToString::to_string);
            let more = if read.more > 0 { format!(" and {} more", read.more) } else { String::new() };
            let _ = write!(out, "   ({} is {value}{more})", read.field);
        }
        out.push('\n');
        self.parts.iter().for_each(|part| part.write(out, indent, depth + 1));
    }
}

/// What is known of a fact, in words, and its value.
pub fn in_words(reading: Fact<Value<'_>>) -> (&'static str, Option<serde_json::Value>) {
    match reading {
        Fact::Known(Value::Bool(value)) => ("known", Some(value.into())),
        Fact::Known(Value::Int(value)) => ("known", Some(value.into())),
        Fact::Known(Value::Text(value)) => ("known", Some(String::from_utf8_lossy(value).into())),
        Fact::Known(Value::Address(value)) => ("known", Some(value.to_string().into())),
        Fact::Absent => ("absent", None),
        Fact::Unavailable => ("unavailable", None),
    }
}

struct Tracer<'a> {
    notes: &'a Notes,
    scratch: &'a Scratch,
    scene: &'a Scene<'a>,
    /// How many parts may still be shown: macros that name one another twice double with each.
    left: Cell<usize>,
}

impl Tracer<'_> {
    /// The parts of a rule or of a macro, which has this text.
    fn whole(&self, text: &str, parts: &[PartNote], depth: u16) -> Option<Trace> {
        let deepest = MAX_DEPTH.checked_sub(depth)?;
        let mut parts = parts.iter().filter(|part| part.depth < deepest).peekable();
        self.trace(text, depth, parts.next()?, &mut parts)
    }

    fn trace<'p>(
        &self,
        whole: &str,
        base: u16,
        part: &'p PartNote,
        rest: &mut Peekable<impl Iterator<Item = &'p PartNote>>,
    ) -> Option<Trace> {
        self.left.set(self.left.get().saturating_sub(1));
        let mut parts = Vec::new();
        while let Some(inner) = rest.next_if(|inner| inner.depth > part.depth) {
            parts.extend(self.trace(whole, base, inner, rest));
        }
        let range = usize::try_from(part.start).ok()?..usize::try_from(part.end).ok()?;
        let text = whole.get(range).unwrap_or(whole).to_owned();
        let PartShape::Leaf(program) = &part.shape else {
            let answers: Vec<Answer> = parts.iter().map(Trace::value).collect();
            return Some(Trace { text, answer: name(combine(&part.shape, &answers)), reads: Vec::new(), parts });
        };
        let depth = base.saturating_add(part.depth).saturating_add(1);
        Some(match self.named(part, depth) {
            Some(named) => Trace { text, answer: named.answer, reads: Vec::new(), parts: vec![named] },
            None => self.leaf(text, program),
        })
    }

    /// The macro that a part is.
    fn named(&self, part: &PartNote, depth: u16) -> Option<Trace> {
        let note = self.notes.macros.get(usize::try_from(part.named?).ok()?)?;
        if self.left.get() == 0 { None } else { self.whole(&note.text, &note.parts, depth) }
    }

    /// A part that reads the request; one that reads it twice or more shows what it was compiled to.
    fn leaf(&self, text: String, program: &[u32]) -> Trace {
        let Some(node) = Node::read(program) else {
            return Trace { text, answer: name(Answer::Unknown), reads: Vec::new(), parts: Vec::new() };
        };
        let answer = name(node.answer(&|atom| self.scratch.answer(atom)));
        match node.with_choices() {
            Node::Atom(atom) => Trace { text, answer, reads: self.reads(atom), parts: Vec::new() },
            Node::Not(inner) if let Node::Atom(atom) = *inner => {
                Trace { text, answer, reads: self.reads(atom), parts: Vec::new() }
            }
            node => Trace { text, answer, ..self.node(&node) },
        }
    }

    fn node(&self, node: &Node) -> Trace {
        if self.left.get() == 0 {
            return self.made(node, Vec::new());
        }
        self.left.set(self.left.get().saturating_sub(1));
        match node {
            Node::Atom(atom) => Trace { reads: self.reads(*atom), ..self.made(node, Vec::new()) },
            Node::Constant(_) => self.made(node, Vec::new()),
            Node::Not(inner) => self.made(node, vec![self.node(inner)]),
            Node::All(parts) | Node::Any(parts) => self.made(node, parts.iter().map(|part| self.node(part)).collect()),
            Node::Choose(parts) => self.made(node, parts.iter().map(|part| self.node(part)).collect()),
        }
    }

    /// A part that nobody wrote like this.
    fn made(&self, node: &Node, parts: Vec<Trace>) -> Trace {
        let mut text = String::new();
        self.write(&mut text, node);
        if text.chars().count() > MAX_TEXT {
            text = text.chars().take(MAX_TEXT).chain(['…']).collect();
        }
        Trace { text, answer: name(node.answer(&|atom| self.scratch.answer(atom))), reads: Vec::new(), parts }
    }

    /// Writes a part as CEL, as far as it is shown.
    fn write(&self, out: &mut String, node: &Node) {
        if out.len() > MAX_TEXT * 4 {
            return;
        }
        match node {
            Node::Constant(value) => out.push_str(if *value { "true" } else { "false" }),
            Node::Atom(atom) => out.push_str(self.notes.atoms.get(*atom).map_or("", String::as_str)),
            Node::Not(inner) => {
                out.push('!');
                self.write_inner(out, inner, true);
            }
            Node::All(parts) => self.write_joined(out, parts, &[" && "]),
            Node::Any(parts) => self.write_joined(out, parts, &[" || "]),
            Node::Choose(parts) => self.write_joined(out, parts.as_slice(), &[" ? ", " : "]),
        }
    }

    fn write_joined(&self, out: &mut String, parts: &[Node], by: &[&str]) {
        let between = by.iter().chain(by.last().into_iter().cycle());
        for (part, before) in parts.iter().zip(std::iter::once(&"").chain(between)) {
            out.push_str(before);
            self.write_inner(out, part, matches!(part, Node::All(_) | Node::Any(_) | Node::Choose(_)));
        }
    }

    fn write_inner(&self, out: &mut String, node: &Node, open: bool) {
        out.push_str(if open { "(" } else { "" });
        self.write(out, node);
        out.push_str(if open { ")" } else { "" });
    }

    fn reads(&self, atom: usize) -> Vec<Read> {
        let fields = self.notes.reads.get(atom).into_iter().flatten();
        let fields = fields.filter_map(|&field| self.notes.fields.get(usize::try_from(field).ok()?));
        fields.filter_map(|(name, source)| self.read(name, source)).collect()
    }

    /// What a field held; an element of a list is only there while the list is looked through.
    fn read(&self, name: &str, source: &Source) -> Option<Read> {
        let (state, value, more) = match source {
            Source::Element(_) => return None,
            Source::Many(list) => elements(list.read(self.scene)),
            _ => {
                let (state, value) = in_words(source.read(self.scene));
                (state, value, 0)
            }
        };
        Some(Read { field: name.to_owned(), state, value, more })
    }
}

/// What is known of a list, its first elements, and how many more there are.
fn elements(reading: Fact<Vec<Vec<u8>>>) -> (&'static str, Option<serde_json::Value>, usize) {
    match reading {
        Fact::Known(all) => {
            let shown = all.iter().take(SHOWN_ELEMENTS).map(|one| String::from_utf8_lossy(one).into_owned());
            ("known", Some(shown.collect()), all.len().saturating_sub(SHOWN_ELEMENTS))
        }
        Fact::Absent => ("absent", None, 0),
        Fact::Unavailable => ("unavailable", None, 0),
    }
}

impl Trace {
    fn value(&self) -> Answer {
        match self.answer {
            "true" => Answer::True,
            "false" => Answer::False,
            _ => Answer::Unknown,
        }
    }
}

/// How a sentence names an answer.
pub(crate) fn name(answer: Answer) -> &'static str {
    match answer {
        Answer::False => "false",
        Answer::True => "true",
        Answer::Unknown => "unknown",
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}
