//! Writes what explanations say of a policy.

use crate::{
    cel::{Shape, Tree},
    lower::Atoms,
    notes::{Notes, PartNote, PartShape, RuleNote},
    pack::{PolicySource, RuleSource},
    source::Sources,
};
use outwork_engine::rules::wire::Source;
use std::{collections::BTreeMap, ops::Range};

/// The notes of a policy.
pub(crate) fn notes(policy: &PolicySource, atoms: &Atoms, sources: &Sources) -> Notes {
    let mut fields: BTreeMap<Source, (u32, String)> = BTreeMap::new();
    let mut reads = Vec::new();
    for question in atoms.questions() {
        let keys = std::iter::once(&question.field).chain(question.test.other());
        let mut places = Vec::new();
        for key in keys {
            let next = u32::try_from(fields.len()).unwrap_or(u32::MAX);
            let plain = crate::cel::FieldKey::plain(key.source.clone());
            places.push(fields.entry(key.source.clone()).or_insert_with(|| (next, plain.to_string())).0);
        }
        reads.push(places);
    }
    let mut ordered: Vec<(u32, String, Source)> =
        fields.into_iter().map(|(source, (place, name))| (place, name, source)).collect();
    ordered.sort_unstable_by_key(|(place, ..)| *place);
    Notes {
        rules: policy.rules.iter().map(|rule| note(rule, atoms, sources)).collect(),
        atoms: atoms.in_words(),
        reads,
        fields: ordered.into_iter().map(|(_, name, source)| (name, source)).collect(),
    }
}

fn note(rule: &RuleSource, atoms: &Atoms, sources: &Sources) -> RuleNote {
    let path = sources.file(rule.id.span.file).map_or("", |file| &file.path);
    let mut parts = Vec::new();
    if let Some(tree) = &rule.tree {
        flatten(tree, 0, atoms, &rule.when.value, &mut parts);
    }
    RuleNote {
        when: rule.when.value.clone(),
        why: rule.why.clone(),
        tags: rule.tags.clone(),
        references: rule.references.clone(),
        place: format!("{path}:{}", sources.line_and_column(&rule.id.span).0),
        parts,
    }
}

fn flatten(tree: &Tree, depth: u16, atoms: &Atoms, when: &str, parts: &mut Vec<PartNote>) {
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let shape = match &tree.shape {
        Shape::All(_) => PartShape::All,
        Shape::Any(_) => PartShape::Any,
        Shape::Not(_) => PartShape::Not,
        Shape::Choose(_) => PartShape::Choose,
        Shape::Leaf(condition) => PartShape::Leaf(atoms.program(condition).unwrap_or_default()),
    };
    let range = balanced(when, tree.range.clone());
    parts.push(PartNote { depth, start: offset(range.start), end: offset(range.end), shape });
    tree.parts().iter().for_each(|part| flatten(part, depth.saturating_add(1), atoms, when, parts));
}

/// The range with the parentheses that its own ones belong to: the parser does not say where a pair ends.
fn balanced(when: &str, range: Range<usize>) -> Range<usize> {
    let (mut open, mut quote) = (0_usize, None);
    for letter in when.get(range.clone()).unwrap_or_default().chars() {
        match (letter, quote) {
            ('"' | '\'', None) => quote = Some(letter),
            (letter, Some(quoted)) if letter == quoted => quote = None,
            ('(', None) => open += 1,
            (')', None) => open = open.saturating_sub(1),
            _ => {}
        }
    }
    let rest = when.get(range.end..).unwrap_or_default();
    let closing = rest.char_indices().take_while(|(_, letter)| letter.is_whitespace() || *letter == ')');
    let closed = closing.filter(|(_, letter)| *letter == ')').take(open).last().map_or(0, |(at, _)| at + 1);
    range.start..range.end + closed
}
