//! What all regular expressions of a policy may take together.

use super::{Plan, Wrong, shown};
use crate::{
    diagnostic::{Code, Diagnostic},
    source::Span,
};
use std::{collections::BTreeMap, sync::Arc};

/// The most bytes that the tables of a policy have: half of what a policy of a thousand rules may have in a host.
pub(super) const MAX_HELD: usize = 4 << 20;

/// The most steps that building them takes: some seconds.
const MAX_STEPS: u64 = 3_000_000_000;

/// How many of the largest expressions a diagnostic names.
const SHOWN: usize = 3;

/// The expressions of a policy, each looked at once.
#[derive(Debug, Default)]
pub(crate) struct Patterns {
    known: BTreeMap<(String, bool), Result<Arc<Plan>, Wrong>>,
    held: usize,
    steps: u64,
    /// Whether there are too many, which is said once.
    full: bool,
}

impl Patterns {
    /// How text, in lower case or not, is searched for an expression at this place of a source. What is wrong with it;
    /// nothing when all that is wrong was said before.
    pub(crate) fn plan(&mut self, text: &str, lower: bool, place: Span) -> Result<Arc<Plan>, Option<Box<Diagnostic>>> {
        let key = (text.to_owned(), lower);
        if let Some(known) = self.known.get(&key) {
            return known.clone().map_err(|wrong| Some(wrong.at(place, text).into()));
        }
        if let Some(full) = self.overflow(text, &place) {
            let first = !std::mem::replace(&mut self.full, true);
            return Err(first.then(|| full.into()));
        }
        let planned = self.build(text, lower);
        self.known.insert(key, planned.clone());
        planned.map_err(|wrong| Some(wrong.at(place, text).into()))
    }

    fn build(&mut self, text: &str, lower: bool) -> Result<Arc<Plan>, Wrong> {
        let plan = Plan::new(text, lower, &mut self.steps)?;
        self.held += plan.bytes();
        Ok(Arc::new(plan))
    }

    /// What is wrong with one more expression, when there are enough.
    fn overflow(&self, text: &str, place: &Span) -> Option<Diagnostic> {
        let (code, message, help) = if self.held > MAX_HELD {
            let message = format!(
                "before `{}`, the policy's regular expressions need more than {} KiB",
                shown(text),
                MAX_HELD >> 10
            );
            (
                Code::PatternsTooLarge,
                message,
                "make repetitions such as `{1,100}` shorter, or test for literals with `contains` where they do",
            )
        } else if self.steps > MAX_STEPS {
            let message = format!("before `{}`, the policy's regular expressions take too long to build", shown(text));
            (Code::PatternsTooSlow, message, "mend the others first: this one and those after it were not looked at")
        } else {
            return None;
        };
        let diagnostic = Diagnostic::new(code, place.clone(), message).help(help);
        Some(if self.held > 0 { diagnostic.note(self.largest()) } else { diagnostic })
    }

    fn largest(&self) -> String {
        let sizes = self.known.iter().filter_map(|((text, _), plan)| Some((plan.as_ref().ok()?.bytes(), text)));
        let mut sizes: Vec<(usize, &String)> = sizes.collect();
        sizes.sort_unstable_by(|one, other| other.cmp(one));
        let shown =
            sizes.iter().take(SHOWN).map(|(bytes, text)| format!("`{}`, {} KiB", shown(text), bytes.div_ceil(1 << 10)));
        format!("the largest are {}", shown.collect::<Vec<_>>().join("; "))
    }
}
