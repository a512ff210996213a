//! Writes what explanations say of a policy.

use crate::{
    cel::{Named, Shape, Tree},
    lower::Atoms,
    notes::{AgentNote, MacroNote, Notes, PartNote, PartShape, RuleNote},
    pack::{AgentSource, PolicySource, RuleSource, TransactionSource},
    read::Text,
    source::{FileId, Sources},
};
use outwork_engine::rules::wire::Source;
use std::{collections::BTreeMap, ops::Range, sync::Arc};

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
    let mut parts = Parts::new(atoms);
    Notes {
        rules: policy.rules.iter().map(|rule| of_rule(rule, &mut parts, sources)).collect(),
        transactions: policy.transactions.iter().map(|one| of_transaction(one, &mut parts, sources)).collect(),
        agents: policy.agents.iter().map(|agent| of_agent(agent, sources)).collect(),
        macros: parts.macros(),
        atoms: atoms.in_words(),
        reads,
        fields: ordered.into_iter().map(|(_, name, source)| (name, source)).collect(),
    }
}

fn of_agent(agent: &AgentSource, sources: &Sources) -> AgentNote {
    let (why, references) = (agent.why.clone(), agent.references.clone());
    AgentNote { why, references, place: place(&agent.id, sources) }
}

fn of_rule(rule: &RuleSource, parts: &mut Parts<'_>, sources: &Sources) -> RuleNote {
    RuleNote {
        when: rule.when.value.clone(),
        why: rule.why.clone(),
        tags: rule.tags.clone(),
        references: rule.references.clone(),
        place: place(&rule.id, sources),
        parts: rule.tree.as_ref().map(|tree| parts.of(tree, &rule.when.value)).unwrap_or_default(),
    }
}

fn of_transaction(one: &TransactionSource, parts: &mut Parts<'_>, sources: &Sources) -> RuleNote {
    RuleNote {
        when: one.when.value.clone(),
        why: one.why.clone(),
        place: place(&one.id, sources),
        parts: one.tree.as_ref().map(|tree| parts.of(tree, &one.when.value)).unwrap_or_default(),
        ..RuleNote::default()
    }
}

fn place(id: &Text, sources: &Sources) -> String {
    let path = sources.file(id.span.file).map_or("", |file| &file.path);
    format!("{path}:{}", sources.line_and_column(&id.span).0)
}

/// Writes parts down, and which macros they name.
struct Parts<'a> {
    atoms: &'a Atoms,
    /// The place of each macro, by where it stands.
    places: BTreeMap<(FileId, usize), u32>,
    // INVARIANT: the macros of `places` in the order of their numbers.
    named: Vec<Arc<Named>>,
}

impl<'a> Parts<'a> {
    fn new(atoms: &'a Atoms) -> Self {
        Self { atoms, places: BTreeMap::new(), named: Vec::new() }
    }

    fn of(&mut self, tree: &Tree, text: &str) -> Vec<PartNote> {
        let mut parts = Vec::new();
        self.flatten(tree, 0, text, &mut parts);
        parts
    }

    /// The macros that were named so far, and those that they name.
    fn macros(&mut self) -> Vec<MacroNote> {
        let mut notes = Vec::new();
        while let Some(named) = self.named.get(notes.len()).cloned() {
            notes.push(MacroNote { text: named.text.clone(), parts: self.of(&named.tree, &named.text) });
        }
        notes
    }

    fn flatten(&mut self, tree: &Tree, depth: u16, text: &str, parts: &mut Vec<PartNote>) {
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let shape = match &tree.shape {
            Shape::All(_) => PartShape::All,
            Shape::Any(_) => PartShape::Any,
            Shape::Not(_) => PartShape::Not,
            Shape::Choose(_) => PartShape::Choose,
            Shape::Leaf(condition) => PartShape::Leaf(self.atoms.program(condition).unwrap_or_default()),
        };
        let range = balanced(text, tree.range.clone());
        let named = tree.named.as_ref().map(|named| self.place(named));
        parts.push(PartNote { depth, start: offset(range.start), end: offset(range.end), shape, named });
        tree.parts().iter().for_each(|part| self.flatten(part, depth.saturating_add(1), text, parts));
    }

    fn place(&mut self, named: &Arc<Named>) -> u32 {
        let next = u32::try_from(self.named.len()).unwrap_or(u32::MAX);
        let place = *self.places.entry((named.span.file, named.span.range.start)).or_insert(next);
        if place == next {
            self.named.push(named.clone());
        }
        place
    }
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
