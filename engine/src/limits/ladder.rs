//! The ladder: what becomes of those who overflow a bucket again and again.
//!
//! An overflow outside a term climbs one level, and the level holds for a term that grows with it. After the term, every
//! stretch of time without an overflow takes one level back. So a single burst costs little, and what does not stop is
//! shut out for longer each time.

use serde::{Deserialize, Serialize};

/// What a level of the ladder asks for. The later outweighs the earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Rung {
    /// Let it through, and make sure that the origin notices.
    Tag,
    /// Refuse what overflows.
    Throttle,
    /// Refuse all until a challenge is passed.
    Challenge,
    /// Refuse all.
    Block,
}

impl Rung {
    /// Every rung, in order.
    pub const ALL: [Self; 4] = [Self::Tag, Self::Throttle, Self::Challenge, Self::Block];

    /// The name in packs, records and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tag => "tag",
            Self::Throttle => "throttle",
            Self::Challenge => "challenge",
            Self::Block => "block",
        }
    }

    /// Whether a request is refused by it.
    pub const fn refuses(self) -> bool {
        !matches!(self, Self::Tag)
    }
}

/// The rungs of a limit, each at most once, in their order: a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ladder(u8);

impl Ladder {
    /// No rungs: an overflow is throttled, and nothing is remembered of it.
    pub const NONE: Self = Self(0);

    /// The ladder with one more rung.
    pub const fn with(self, rung: Rung) -> Self {
        Self(self.0 | 1 << rung as u8)
    }

    /// Its rungs, in order.
    pub fn rungs(self) -> impl Iterator<Item = Rung> {
        Rung::ALL.into_iter().filter(move |rung| self.0 & (1 << *rung as u8) != 0)
    }

    /// What a level asks for: the first rung at level 1, the last one from its level on; nothing at level 0.
    pub fn at(self, level: u8) -> Option<Rung> {
        self.rungs().take(usize::from(level)).last()
    }

    /// The level of a rung; 0 where it is not on the ladder.
    pub fn level_of(self, rung: Rung) -> u8 {
        self.rungs().zip(1..).find(|(known, _)| *known == rung).map_or(0, |(_, level)| level)
    }

    /// How many rungs there are.
    pub fn len(self) -> u8 {
        u8::try_from(self.rungs().count()).unwrap_or(0)
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
}

/// For how long a level holds, and how it is lost again. Microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Penalty {
    /// The term of the first level.
    pub base: u64,
    /// By how much a term is longer than that of the level below.
    pub factor: u8,
    /// The longest term.
    pub max: u64,
    /// How long nothing may overflow for a level to be taken back.
    pub forgive: u64,
}

impl Default for Penalty {
    fn default() -> Self {
        Self { base: 30_000_000, factor: 2, max: 3_600_000_000, forgive: 600_000_000 }
    }
}

impl Penalty {
    /// The term of a level: `base · factor^(level − 1)`, at most `max`.
    pub fn term(&self, level: u8) -> u64 {
        let growth = u64::from(self.factor.max(1)).saturating_pow(u32::from(level.saturating_sub(1)));
        self.base.saturating_mul(growth).min(self.max)
    }

    /// The level after an overflow at `level`. Once terms get no longer and no rung is left, it stays: what has gone on for a day
    /// is forgiven as soon as what has gone on for an hour.
    pub(super) fn climb(&self, level: u8, rungs: u8) -> u8 {
        let next = level.saturating_add(1);
        if level >= rungs && self.term(next) == self.term(level) { level } else { next }
    }

    /// The level that is left at `now` of one whose term ended at `term`, and since when that is so.
    pub(super) fn forgiven(&self, level: u8, term: u64, now: u64) -> (u8, u64) {
        let Some(good) = now.checked_sub(term) else { return (level, term) };
        let forgive = self.forgive.max(1);
        match u8::try_from(good / forgive) {
            Ok(steps) if steps < level => {
                (level - steps, term.saturating_add(forgive.saturating_mul(u64::from(steps))))
            }
            _ => (0, 0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PENALTY: Penalty = Penalty { base: 30, factor: 2, max: 100, forgive: 10 };

    #[test]
    fn a_ladder_has_its_rungs_in_order_and_its_last_for_ever() {
        let ladder = Ladder::NONE.with(Rung::Block).with(Rung::Throttle);
        let at: [_; 4] = [0, 1, 2, 200].map(|level| ladder.at(level));
        assert_eq!(at, [None, Some(Rung::Throttle), Some(Rung::Block), Some(Rung::Block)]);
        assert_eq!([Rung::Throttle, Rung::Block, Rung::Tag].map(|rung| ladder.level_of(rung)), [1, 2, 0]);
        assert_eq!((ladder.len(), Ladder::NONE.is_empty()), (2, true));
    }

    #[test]
    fn terms_double_up_to_the_longest() {
        assert_eq!([1, 2, 3, 255].map(|level| PENALTY.term(level)), [30, 60, 100, 100]);
    }

    #[test]
    fn a_level_stops_where_nothing_gets_worse() {
        assert_eq!([0, 1, 2, 3, 4].map(|level| PENALTY.climb(level, 2)), [1, 2, 3, 3, 4]);
        assert_eq!(PENALTY.climb(3, 4), 4, "a rung is left");
        let steady = Penalty { factor: 1, ..PENALTY };
        assert_eq!([0, 1, 2, 3].map(|level| steady.climb(level, 2)), [1, 2, 2, 3], "terms do not grow");
    }

    #[test]
    fn good_time_takes_levels_back_one_by_one() {
        let left = [999, 1_000, 1_009, 1_010, 1_019, 1_020, 9_999].map(|now| PENALTY.forgiven(2, 1_000, now));
        assert_eq!(left, [(2, 1_000), (2, 1_000), (2, 1_000), (1, 1_010), (1, 1_010), (0, 0), (0, 0)]);
    }
}
