//! Conditions as postfix programs.

use super::atoms::Atoms;
use crate::{
    cel::Condition,
    diagnostic::{Code, Diagnostic},
};
use outwork_engine::rules::wire::{MAX_STACK, Op};

/// Appends the program of a condition.
pub(super) fn write(condition: &Condition, atoms: &Atoms, code: &mut Vec<u32>) -> Result<(), Box<Diagnostic>> {
    if depth(condition) > MAX_STACK {
        return Err(Diagnostic::nowhere(Code::TooComplex, "a condition nests too deeply").into());
    }
    emit(condition, atoms, code)
}

fn emit(condition: &Condition, atoms: &Atoms, code: &mut Vec<u32>) -> Result<(), Box<Diagnostic>> {
    match condition {
        Condition::Constant(false) => push(code, Op::False),
        Condition::Constant(true) => push(code, Op::True),
        Condition::Ask(question) => push(code, Op::Atom(atoms.atom(question))),
        Condition::Not(inner) => {
            emit(inner, atoms, code)?;
            push(code, Op::Not)
        }
        Condition::All(parts) => emit_all(parts, Op::And, atoms, code),
        Condition::Any(parts) => emit_all(parts, Op::Or, atoms, code),
    }
}

/// The deepest part first: what is worked out later then stands on one answer only.
fn emit_all(parts: &[Condition], op: Op, atoms: &Atoms, code: &mut Vec<u32>) -> Result<(), Box<Diagnostic>> {
    for (at, part) in by_depth(parts).into_iter().enumerate() {
        emit(part, atoms, code)?;
        if at > 0 {
            push(code, op)?;
        }
    }
    Ok(())
}

fn by_depth(parts: &[Condition]) -> Vec<&Condition> {
    let mut sorted: Vec<(u32, &Condition)> = parts.iter().map(|part| (depth(part), part)).collect();
    sorted.sort_by_key(|(depth, _)| std::cmp::Reverse(*depth));
    sorted.into_iter().map(|(_, part)| part).collect()
}

/// How many answers the stack must hold (Sethi and Ullman, JACM 17 (4), 1970).
fn depth(condition: &Condition) -> u32 {
    match condition {
        Condition::Constant(_) | Condition::Ask(_) => 1,
        Condition::Not(inner) => depth(inner),
        Condition::All(parts) | Condition::Any(parts) => {
            let mut depths: Vec<u32> = parts.iter().map(depth).collect();
            depths.sort_unstable_by_key(|&depth| std::cmp::Reverse(depth));
            let (first, rest) = depths.split_first().map_or((1, [].as_slice()), |(first, rest)| (*first, rest));
            rest.first().map_or(first, |second| first.max(second + 1))
        }
    }
}

fn push(code: &mut Vec<u32>, op: Op) -> Result<(), Box<Diagnostic>> {
    let word = op.encode().ok_or_else(|| Diagnostic::nowhere(Code::TooMany, "the policy asks too many questions"))?;
    code.push(word);
    Ok(())
}
