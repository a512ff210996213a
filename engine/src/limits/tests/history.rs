//! The ladder against one that keeps all that ever happened, and works the level out anew each time.

use super::*;

struct History {
    rungs: Vec<Rung>,
    penalty: Penalty,
    /// How long a bucket of one token takes to be full again.
    interval: u64,
    admitted: Option<u64>,
    /// Overflows that climbed.
    overflows: Vec<u64>,
}

impl History {
    fn term(&self, level: usize) -> u64 {
        let grown = (1..level).fold(self.penalty.base, |term, _| term.saturating_mul(self.penalty.factor.into()));
        grown.min(self.penalty.max)
    }

    /// The level at an instant, and the end of its term, or since when it is as low.
    fn level(&self, now: u64) -> (usize, u64) {
        let (level, term) = self.overflows.iter().fold((0, 0), |before, &at| {
            let (level, _) = self.forgiven(before, at);
            let stays = level >= self.rungs.len() && self.term(level + 1) == self.term(level);
            let level = if stays { level } else { level + 1 };
            (level, (at + self.term(level)).next_multiple_of(1_000))
        });
        self.forgiven((level, term), now)
    }

    fn forgiven(&self, (mut level, mut since): (usize, u64), now: u64) -> (usize, u64) {
        while level > 0 && now >= since + self.penalty.forgive {
            level -= 1;
            since += self.penalty.forgive;
        }
        (level, since)
    }

    fn rung(&self, now: u64) -> Option<Rung> {
        let (level, until) = self.level(now);
        (level > 0 && now < until).then(|| self.rungs[level.min(self.rungs.len()) - 1])
    }

    fn ask(&mut self, now: u64) -> Option<Rung> {
        let rung = self.rung(now);
        if matches!(rung, Some(Rung::Challenge | Rung::Block)) {
            return rung;
        }
        if self.admitted.is_none_or(|last| now >= last + self.interval) {
            self.admitted = Some(now);
            return rung.filter(|rung| *rung == Rung::Tag);
        }
        if rung.is_none() {
            self.overflows.push(now);
        }
        self.rung(now)
    }
}

proptest! {
    #[test]
    fn the_ladder_is_the_one_that_remembers_everything(
        set in 1..16_u8,
        (base, factor, most) in (1_000_u64..20_000_000, 1_u8..4, 1_u64..8),
        forgive in 1_000_u64..30_000_000,
        interval in 1_000_u64..3_000_000,
        pauses in proptest::collection::vec(prop_oneof![0_u64..2_000_000, 0_u64..60_000_000], 1..150),
    ) {
        let rungs: Vec<Rung> = Rung::ALL.into_iter().filter(|rung| set & (1 << *rung as u8) != 0).collect();
        let penalty = Penalty { base, factor, max: base * most, forgive };
        let ladder = rungs.iter().copied().fold(Ladder::NONE, Ladder::with);
        let charge = Limit { ladder, penalty, ..limit(1, interval) }.charge(0, 0, Band::Low, Mercy::None);
        let mut history = History { rungs, penalty, interval, admitted: None, overflows: Vec::new() };
        let (mut word, mut now) = (Word::default(), 1_000 * SECOND);
        for pause in pauses {
            now += pause;
            let (outcome, next) = known(charge.step(word, Time(now)));
            prop_assert_eq!(outcome.asks, history.ask(now), "at {}", now);
            word = next;
        }
        prop_assert_eq!(usize::from(word.level()).min(250), history.overflows.last().map_or(0, |_| history.level(now).0).min(250));
    }
}
