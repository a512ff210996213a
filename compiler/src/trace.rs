//! How a condition was worked out for one request: every part as written, its answer, and what it read.

use crate::notes::{Notes, PartNote, PartShape, RuleNote};
use outwork_engine::{
    fact::Fact,
    rules::{
        Answer, Scratch,
        wire::{Op, Source},
    },
    signals::{Scene, Value},
};
use serde::Serialize;
use std::fmt::Write;

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
    /// Its value, when it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<serde_json::Value>,
}

/// Deeper parts are left out: no condition that compiles nests so deep.
const MAX_DEPTH: u16 = 256;

impl Trace {
    /// How rule `place` was worked out in the request that `scratch` was used for last.
    pub fn of(notes: &Notes, place: usize, scratch: &Scratch, scene: &Scene<'_>) -> Option<Self> {
        let rule = notes.rules.get(place)?;
        let tracer = Tracer { notes, rule, scratch, scene };
        let mut parts = rule.parts.iter().filter(|part| part.depth < MAX_DEPTH).peekable();
        tracer.trace(parts.next()?, &mut parts)
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
            let _ = write!(out, "   ({} is {value})", read.field);
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
    rule: &'a RuleNote,
    scratch: &'a Scratch,
    scene: &'a Scene<'a>,
}

impl Tracer<'_> {
    fn trace<'p>(
        &self,
        part: &'p PartNote,
        rest: &mut std::iter::Peekable<impl Iterator<Item = &'p PartNote>>,
    ) -> Option<Trace> {
        let mut parts = Vec::new();
        while let Some(inner) = rest.next_if(|inner| inner.depth > part.depth) {
            parts.extend(self.trace(inner, rest));
        }
        let range = usize::try_from(part.start).ok()?..usize::try_from(part.end).ok()?;
        let text = self.rule.when.get(range).unwrap_or(&self.rule.when).to_owned();
        let PartShape::Leaf(program) = &part.shape else {
            let answers: Vec<Answer> = parts.iter().map(Trace::value).collect();
            return Some(Trace { text, answer: name(combine(&part.shape, &answers)), reads: Vec::new(), parts });
        };
        Some(self.leaf(text, program))
    }

    fn leaf(&self, text: String, program: &[u32]) -> Trace {
        let atoms: Vec<usize> = atoms(program).collect();
        let answer = name(run(program, |atom| self.scratch.answer(atom)));
        match atoms.as_slice() {
            [atom] => Trace { text, answer, reads: self.reads(*atom), parts: Vec::new() },
            atoms => {
                let parts = atoms.iter().map(|&atom| self.atom(atom)).collect();
                Trace { text, answer, reads: Vec::new(), parts }
            }
        }
    }

    fn atom(&self, atom: usize) -> Trace {
        let text = self.notes.atoms.get(atom).cloned().unwrap_or_default();
        Trace { text, answer: name(self.scratch.answer(atom)), reads: self.reads(atom), parts: Vec::new() }
    }

    fn reads(&self, atom: usize) -> Vec<Read> {
        let fields = self.notes.reads.get(atom).into_iter().flatten();
        let fields = fields.filter_map(|&field| self.notes.fields.get(usize::try_from(field).ok()?));
        fields
            // A list has no one value, and its elements are only there while it is looked through.
            .filter(|(_, source)| !matches!(source, Source::Many(_) | Source::Element(_)))
            .map(|(name, source)| {
                let (state, value) = in_words(source.read(self.scene));
                Read { field: name.clone(), state, value }
            })
            .collect()
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

fn combine(shape: &PartShape, answers: &[Answer]) -> Answer {
    match (shape, answers) {
        (PartShape::All, answers) => answers.iter().copied().fold(Answer::True, and),
        (PartShape::Any, answers) => not(answers.iter().copied().map(not).fold(Answer::True, and)),
        (PartShape::Not, [inner]) => not(*inner),
        (PartShape::Choose, [Answer::True, yes, _]) => *yes,
        (PartShape::Choose, [Answer::False, _, no]) => *no,
        _ => Answer::Unknown,
    }
}

fn and(left: Answer, right: Answer) -> Answer {
    match (left, right) {
        (Answer::False, _) | (_, Answer::False) => Answer::False,
        (Answer::True, Answer::True) => Answer::True,
        _ => Answer::Unknown,
    }
}

fn not(answer: Answer) -> Answer {
    match answer {
        Answer::False => Answer::True,
        Answer::True => Answer::False,
        Answer::Unknown => Answer::Unknown,
    }
}

fn run(program: &[u32], answer: impl Fn(usize) -> Answer) -> Answer {
    let mut stack: Vec<Answer> = Vec::new();
    for &word in program {
        let pushed = match Op::decode(word) {
            Op::False => Answer::False,
            Op::True => Answer::True,
            Op::Atom(atom) => usize::try_from(atom).map_or(Answer::Unknown, &answer),
            Op::Not => not(stack.pop().unwrap_or(Answer::Unknown)),
            op @ (Op::And | Op::Or) => {
                let (right, left) = (stack.pop(), stack.pop());
                let (right, left) = (right.unwrap_or(Answer::Unknown), left.unwrap_or(Answer::Unknown));
                if op == Op::And { and(left, right) } else { not(and(not(left), not(right))) }
            }
        };
        stack.push(pushed);
    }
    stack.pop().unwrap_or(Answer::Unknown)
}

fn atoms(program: &[u32]) -> impl Iterator<Item = usize> + '_ {
    program.iter().filter_map(|&word| match Op::decode(word) {
        Op::Atom(atom) => usize::try_from(atom).ok(),
        _ => None,
    })
}
