//! What models said of bins that came before.
//!
//! A browser's requests fall into a few rows of bins, as those of all browsers of its version do on the same pages. What is
//! kept is what would be worked out again: no decision depends on what came before.

use super::{Binned, Model, Score, Top, reasons::Ranks};
use crate::recall::Recall;

/// What models said of bins that came before.
#[derive(Debug, Default)]
pub struct Opinions(Recall<Opinion>);

#[derive(Clone, Copy, Debug, Default)]
struct Opinion {
    score: Score,
    // Why is dear to work out, and not asked of most rows that come once: it is known from the second time on.
    why: Option<Ranks>,
}

impl Model {
    /// The score, as [`Model::score`] gives it, and the reasons, where they are known already.
    pub fn recall(&self, binned: &Binned, opinions: &mut Opinions) -> Option<(Score, Option<Top<'_>>)> {
        let known = opinions.0.find(self.mark, binned.bins()).copied().filter(|_| binned.is_enough());
        let opinion = match known {
            Some(Opinion { score, why: None }) => {
                Opinion { score, why: self.contributions(binned).map(|these| self.ranks(&these)) }
            }
            Some(known) => known,
            None => Opinion { score: self.score(binned)?, why: None },
        };
        if known.is_none_or(|known| known.why != opinion.why)
            && let Some(kept) = opinions.0.note(self.mark, binned.bins())
        {
            *kept = opinion;
        }
        Some((opinion.score, opinion.why.map(|ranks| self.named(ranks))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        Parts,
        sample::{Owned, any_model, any_row},
        write,
    };
    use alloc::vec::Vec;
    use proptest::prelude::*;

    type Row = Vec<Option<Owned>>;

    /// A model, and rows of which some come again.
    fn any_rows() -> impl Strategy<Value = (Parts, Vec<Row>, Vec<(bool, usize)>)> {
        any_model(1..12).prop_flat_map(|parts| {
            let rows = prop::collection::vec(any_row(&parts), 8);
            (Just(parts), rows, prop::collection::vec((any::<bool>(), 0..8_usize), 1..64))
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn what_came_before_changes_no_score_and_no_reason(drawn in any_rows()) {
            let (parts, rows, asked) = drawn;
            let other = Parts { bias: parts.bias ^ 1, contributions: None, ..parts.clone() };
            let models = [parts, other].map(|parts| Model::load(&write(&parts).unwrap()).unwrap());
            let mut opinions = Opinions::default();
            for (other, row) in asked {
                let model = &models[usize::from(other)];
                let readings = || rows[row].iter().map(|value| value.as_ref().map_or(crate::fact::Fact::Absent, Owned::reading));
                let mut values = readings();
                let binned = model.bin(|_| values.next().unwrap());
                let why = model.contributions(&binned).map(|these| model.reasons(&these));
                let first = model.recall(&binned, &mut opinions);
                prop_assert_eq!(first.map(|(score, _)| score), model.score(&binned));
                prop_assert!(first.is_none_or(|(_, known)| known.is_none() || known == why));
                let again = model.recall(&binned, &mut opinions);
                prop_assert_eq!(again, model.score(&binned).map(|score| (score, why)));
                let places: Vec<&str> = model.inputs().map(|(signal, _)| signal.name).collect();
                let all: Vec<_> = readings().collect();
                let has_enough =
                    model.has_enough(|signal| all[places.iter().position(|name| *name == signal.name).unwrap()]);
                prop_assert_eq!(has_enough, model.score(&binned).is_some());
            }
        }
    }
}
