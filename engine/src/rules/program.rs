//! Kleene's three-valued logic over the answers of atoms.

use super::wire::{MAX_STACK, Op};

/// What a test says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It does not hold.
    False,
    /// It holds.
    True,
    /// What it asks about is not known.
    Unknown,
}

impl Answer {
    pub(super) fn of(truth: bool, known: bool) -> Self {
        match (known, truth) {
            (false, _) => Self::Unknown,
            (true, truth) => Self::from(truth),
        }
    }
}

impl From<bool> for Answer {
    fn from(truth: bool) -> Self {
        if truth { Self::True } else { Self::False }
    }
}

/// Works out a program that [`is_sound`]. The stack is two words of bits, the top in the lowest.
pub(super) fn run(program: &[u32], answer: impl Fn(usize) -> Answer) -> Answer {
    let (mut truth, mut falsity) = (0_u64, 0_u64);
    for &word in program {
        match Op::decode(word) {
            Op::False => (truth, falsity) = (truth << 1, falsity << 1 | 1),
            Op::True => (truth, falsity) = (truth << 1 | 1, falsity << 1),
            Op::Atom(atom) => {
                let answer = answer(atom as usize);
                truth = truth << 1 | u64::from(answer == Answer::True);
                falsity = falsity << 1 | u64::from(answer == Answer::False);
            }
            Op::Not => {
                let differ = (truth ^ falsity) & 1;
                (truth, falsity) = (truth ^ differ, falsity ^ differ);
            }
            Op::And => (truth, falsity) = (both(truth), either(falsity)),
            Op::Or => (truth, falsity) = (either(truth), both(falsity)),
        }
    }
    match (truth & 1, falsity & 1) {
        (1, _) => Answer::True,
        (_, 1) => Answer::False,
        _ => Answer::Unknown,
    }
}

fn both(stack: u64) -> u64 {
    (stack >> 1) & (stack | !1)
}

fn either(stack: u64) -> u64 {
    (stack >> 1) | (stack & 1)
}

/// Whether a program leaves exactly one answer, never takes from an empty stack, and names atoms below `atoms` only.
pub(super) fn is_sound(program: &[u32], atoms: usize) -> bool {
    let depth = program.iter().try_fold(0_u32, |depth, &word| match Op::decode(word) {
        Op::Atom(atom) if atom as usize >= atoms => None,
        Op::False | Op::True | Op::Atom(_) => (depth < MAX_STACK).then_some(depth + 1),
        Op::Not => (depth >= 1).then_some(depth),
        Op::And | Op::Or => (depth >= 2).then(|| depth - 1),
    });
    depth == Some(1)
}

pub(super) fn atoms(program: &[u32]) -> impl Iterator<Item = usize> + '_ {
    program.iter().filter_map(|&word| match Op::decode(word) {
        Op::Atom(atom) => Some(atom as usize),
        _ => None,
    })
}

/// The atom of a program that says nothing but that it does not hold.
pub(super) fn negated(program: &[u32]) -> Option<u32> {
    match program {
        &[atom, not] if Op::decode(not) == Op::Not => match Op::decode(atom) {
            Op::Atom(atom) => Some(atom),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Answer; 3] = [Answer::False, Answer::True, Answer::Unknown];

    fn code(ops: &[Op]) -> alloc::vec::Vec<u32> {
        ops.iter().map(|op| op.encode().unwrap()).collect()
    }

    /// Kleene, "Introduction to Metamathematics" (1952), section 64.
    #[test]
    fn is_kleenes_logic() {
        use Answer::{False, True, Unknown};
        let and = [[False, False, False], [False, True, Unknown], [False, Unknown, Unknown]];
        let or = [[False, True, Unknown], [True, True, True], [Unknown, True, Unknown]];
        for (i, left) in ALL.into_iter().enumerate() {
            for (j, right) in ALL.into_iter().enumerate() {
                let answer = |atom: usize| [left, right, True][atom];
                // A third answer lies below, to show that it stays.
                let run = |op| run(&code(&[Op::Atom(2), Op::Atom(0), Op::Atom(1), op, Op::And]), answer);
                assert_eq!(run(Op::And), and[i][j], "{left:?} and {right:?}");
                assert_eq!(run(Op::Or), or[i][j], "{left:?} or {right:?}");
            }
            let negated = [True, False, Unknown][i];
            assert_eq!(run(&code(&[Op::Atom(0), Op::Not]), |_| left), negated);
        }
    }

    #[test]
    fn only_a_lone_atom_is_negated() {
        assert_eq!(negated(&code(&[Op::Atom(7), Op::Not])), Some(7));
        for other in [&[][..], &[Op::Not], &[Op::Atom(7)], &[Op::True, Op::Not], &[Op::Atom(7), Op::Not, Op::Not]] {
            assert_eq!(negated(&code(other)), None, "{other:?}");
        }
    }

    #[test]
    fn refuses_programs_that_would_leave_the_stack() {
        assert!(is_sound(&code(&[Op::Atom(0), Op::True, Op::And]), 1));
        for bad in [&[][..], &[Op::Not], &[Op::Atom(1)], &[Op::True, Op::Or], &[Op::True, Op::True]] {
            assert!(!is_sound(&code(bad), 1), "{bad:?}");
        }
        let deep: alloc::vec::Vec<Op> = core::iter::repeat_n(Op::True, 65).chain([Op::And; 64]).collect();
        assert!(!is_sound(&code(&deep), 0));
        assert!(is_sound(&code(&deep[1..128]), 0));
    }
}
