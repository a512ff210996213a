//! The tree that a program over atoms works out, and its answers.

use crate::notes::PartShape;
use outwork_engine::rules::{Answer, wire::Op};

/// A part of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    Constant(bool),
    Atom(usize),
    Not(Box<Node>),
    All(Vec<Node>),
    Any(Vec<Node>),
    /// Test, what holds if it does, what holds if it does not.
    Choose(Box<[Node; 3]>),
}

/// Parts that nest deeper are not shown apart.
const MAX_DEPTH: usize = 64;

impl Node {
    /// The tree of a program; none when it is broken or nests too deeply.
    pub(super) fn read(program: &[u32]) -> Option<Self> {
        let mut stack: Vec<(Self, usize)> = Vec::new();
        for &word in program {
            let (node, depth) = match Op::decode(word) {
                Op::False => (Self::Constant(false), 0),
                Op::True => (Self::Constant(true), 0),
                Op::Atom(atom) => (Self::Atom(usize::try_from(atom).ok()?), 0),
                Op::Not => {
                    let (inner, depth) = stack.pop()?;
                    (inner.negated(), depth + 1)
                }
                op @ (Op::And | Op::Or) => {
                    let ((right, second), (left, first)) = (stack.pop()?, stack.pop()?);
                    let flat = usize::from(!left.is_made_by(op));
                    (left.joined(op, right), (first + flat).max(second + 1))
                }
            };
            stack.push((node, depth));
            if depth > MAX_DEPTH {
                return None;
            }
        }
        let (whole, _) = stack.pop()?;
        Some(whole)
    }

    /// What it answers.
    pub(super) fn answer(&self, atom: &impl Fn(usize) -> Answer) -> Answer {
        let answers = |parts: &[Self]| parts.iter().map(|part| part.answer(atom)).collect::<Vec<_>>();
        match self {
            Self::Constant(value) => Answer::from(*value),
            Self::Atom(at) => atom(*at),
            Self::Not(inner) => not(inner.answer(atom)),
            Self::All(parts) => combine(&PartShape::All, &answers(parts)),
            Self::Any(parts) => combine(&PartShape::Any, &answers(parts)),
            Self::Choose(parts) => combine(&PartShape::Choose, &answers(parts.as_slice())),
        }
    }

    /// The choices that it was made of: `test ? yes : no` is compiled to test ∧ yes ∨ ¬test ∧ no ∨ test ∧ ¬test.
    pub(super) fn with_choices(self) -> Self {
        let each = |parts: Vec<Self>| parts.into_iter().map(Self::with_choices).collect();
        match self {
            Self::Not(inner) => Self::Not(inner.with_choices().into()),
            Self::All(parts) => Self::All(each(parts)),
            Self::Any(parts) => match choice(&parts) {
                Some(parts) => Self::Choose(Box::new(parts.map(Self::with_choices))),
                None => Self::Any(each(parts)),
            },
            other => other,
        }
    }

    fn is_made_by(&self, op: Op) -> bool {
        matches!((self, op), (Self::All(_), Op::And) | (Self::Any(_), Op::Or))
    }

    fn joined(self, op: Op, right: Self) -> Self {
        let parts = match self {
            Self::All(mut parts) if op == Op::And => {
                parts.push(right);
                parts
            }
            Self::Any(mut parts) if op == Op::Or => {
                parts.push(right);
                parts
            }
            left => vec![left, right],
        };
        if op == Op::And { Self::All(parts) } else { Self::Any(parts) }
    }

    fn negated(self) -> Self {
        match self {
            Self::Not(inner) => *inner,
            Self::Constant(value) => Self::Constant(!value),
            other => Self::Not(other.into()),
        }
    }

    /// The parts of a conjunction; what is none is its only part.
    fn conjuncts(&self) -> &[Self] {
        if let Self::All(parts) = self { parts } else { std::slice::from_ref(self) }
    }

    /// A conjunction without these of its parts; none when it lacks one of them.
    fn without(&self, gone: &[Self]) -> Option<Self> {
        let parts = self.conjuncts();
        if !gone.iter().all(|one| parts.contains(one)) {
            return None;
        }
        Some(conjunction(parts.iter().filter(|part| !gone.contains(part)).cloned().collect()))
    }
}

/// Test, yes and no, of three parts of which one is a test and its opposite.
fn choice(parts: &[Node]) -> Option<[Node; 3]> {
    let (at, test) = parts.iter().enumerate().find_map(|(at, part)| Some((at, tested(part)?)))?;
    let opposite = test.clone().negated();
    let (mut yes, mut no) = (Node::Constant(false), Node::Constant(false));
    for (_, part) in parts.iter().enumerate().filter(|(place, _)| *place != at) {
        if let Some(rest) = part.without(test.conjuncts()) {
            yes = either(yes, rest)?;
        } else {
            no = either(no, part.without(opposite.conjuncts())?)?;
        }
    }
    Some([test, yes, no])
}

/// Fills the side of a choice; none when it is there already.
fn either(side: Node, found: Node) -> Option<Node> {
    (side == Node::Constant(false)).then_some(found)
}

/// The test of `test && !test`.
fn tested(part: &Node) -> Option<Node> {
    let parts = part.conjuncts();
    parts.iter().enumerate().find_map(|(at, one)| {
        let Node::Not(inner) = one else { return None };
        let rest = parts.iter().enumerate().filter(|(place, _)| *place != at).map(|(_, part)| part.clone());
        (conjunction(rest.collect()) == **inner).then(|| (**inner).clone())
    })
}

fn conjunction(mut parts: Vec<Node>) -> Node {
    match (parts.pop(), parts.is_empty()) {
        (None, _) => Node::Constant(true),
        (Some(only), true) => only,
        (Some(last), false) => {
            parts.push(last);
            Node::All(parts)
        }
    }
}

/// What a part answers whose own parts answer this.
pub(super) fn combine(shape: &PartShape, answers: &[Answer]) -> Answer {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn program(ops: &[Op]) -> Vec<u32> {
        ops.iter().filter_map(|op| op.encode()).collect()
    }

    #[test]
    fn a_choice_is_found_again() {
        let [test, yes, no] = [0, 1, 2].map(Op::Atom);
        // (test && yes) || (!test && no) || (test && !test)
        let ops = [test, yes, Op::And, test, Op::Not, no, Op::And, Op::Or, test, test, Op::Not, Op::And, Op::Or];
        let node = Node::read(&program(&ops)).unwrap().with_choices();
        assert_eq!(node, Node::Choose(Box::new([0, 1, 2].map(Node::Atom))));
        let answer = |first| node.answer(&|at| [first, Answer::True, Answer::False][at]);
        assert_eq!(
            [Answer::True, Answer::False, Answer::Unknown].map(answer),
            [Answer::True, Answer::False, Answer::Unknown]
        );
    }

    #[test]
    fn broken_and_deep_programs_are_not_read() {
        assert_eq!(Node::read(&program(&[Op::And])), None);
        let deep: Vec<Op> =
            [Op::Atom(0)].into_iter().chain([Op::Not, Op::Atom(1), Op::And].repeat(MAX_DEPTH)).collect();
        assert_eq!(Node::read(&program(&deep)), None);
    }
}
