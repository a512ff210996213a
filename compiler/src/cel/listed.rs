//! Lists of strings as what a text is searched for: made once, however many conditions name the list.

use super::{expr::Literal, shared::Shared};
use std::collections::{BTreeMap, BTreeSet};

/// What was made of lists so far, by the list's place and where the literals must stand.
#[derive(Default)]
pub(crate) struct Listed {
    made: BTreeMap<(usize, bool, bool), Searched>,
}

/// One list.
#[derive(Clone)]
pub(super) struct Searched {
    pub(super) literals: Shared<BTreeSet<Literal>>,
    /// The first entry with a capital letter.
    pub(super) capital: Option<String>,
}

impl Listed {
    /// The list at a place as literals that stand at the text's start or not, at its end or not.
    pub(super) fn find(
        &mut self,
        list: usize,
        (from_start, to_end): (bool, bool),
        strings: &BTreeSet<String>,
    ) -> Searched {
        let made = self.made.entry((list, from_start, to_end)).or_insert_with(|| {
            let literal = |text: &String| Literal { from_start, to_end, text: text.clone() };
            let is_capital = |text: &&String| text.bytes().any(|byte| byte.is_ascii_uppercase());
            let literals: BTreeSet<_> = strings.iter().map(literal).collect();
            Searched { literals: literals.into(), capital: strings.iter().find(is_capital).cloned() }
        });
        made.clone()
    }
}
