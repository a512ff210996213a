//! In the manner of the `governor` crate's tests: exhaust a bucket, be refused at every fraction of the promised wait, be
//! admitted exactly at its end; and what a clock that jumps may do.

use super::*;

/// The last instant that is tried, in the year 6536: 48 bits hold the milliseconds of a term until 10889.
const LAST: u64 = 1 << 57;

/// A limit with its own rate in each band, and a request of one band at a price.
#[derive(Clone, Debug)]
struct Case {
    limit: Limit,
    band: Band,
    start: u64,
}

fn bands() -> impl Strategy<Value = Band> {
    prop_oneof![Just(Band::Low), Just(Band::Medium), Just(Band::High)]
}

fn ladders() -> impl Strategy<Value = Ladder> {
    (0..16_u8).prop_map(|set| {
        let rungs = Rung::ALL.into_iter().filter(|rung| set & (1 << *rung as u8) != 0);
        rungs.fold(Ladder::NONE, Ladder::with)
    })
}

fn penalties() -> impl Strategy<Value = Penalty> {
    (1_u64..40_000_000, 1_u8..5, 1_u64..100_000_000, 1_u64..100_000_000)
        .prop_map(|(base, factor, max, forgive)| Penalty { base, factor, max: max.max(base), forgive })
}

prop_compose! {
    fn cases()(
        burst in 1_u32..60,
        part in 0_u32..60,
        interval in [1_u64..5_000_000, 1_u64..5_000_000, 1_u64..5_000_000],
        ladder in ladders(),
        penalty in penalties(),
        band in bands(),
        start in 1..LAST,
    ) -> Case {
        let limit = Limit { cost: [1 + part % burst; 3], ladder, penalty, burst, interval, ..Limit::default() };
        Case { limit, band, start }
    }
}

impl Case {
    fn charge(&self) -> Charge {
        self.limit.charge(0, 0, self.band, Mercy::None)
    }

    /// The word after every request that the bucket has tokens for, which must be as many as tokens are whole prices.
    fn exhausted(&self) -> Result<Word, TestCaseError> {
        let charge = self.charge();
        let mut word = Word::default();
        for left in (0..charge.quota()).rev() {
            let (outcome, next) = known(charge.step(word, Time(self.start)));
            prop_assert_eq!((outcome.asks, charge.requests(outcome.remaining)), (None, left));
            word = next;
        }
        Ok(word)
    }
}

proptest! {
    #[test]
    fn whoever_is_refused_is_admitted_after_the_promised_wait_and_not_before(case in cases(), parts: [u16; 4]) {
        let charge = case.charge();
        let (refused, word) = known(charge.step(case.exhausted()?, Time(case.start)));
        prop_assert!(refused.asks.is_some(), "the bucket is empty");
        if refused.asks == Some(Rung::Tag) {
            return Ok(());
        }
        prop_assert!(refused.wait > 0);
        for part in parts {
            let early = case.start + u64::try_from(u128::from(refused.wait) * u128::from(part) / 65_536).unwrap();
            let (outcome, same) = known(charge.step(word, Time(early)));
            prop_assert!(!outcome.admitted());
            // Who asks again after the term, without having waited for tokens, climbs.
            if case.limit.ladder.is_empty() || early < word.term() {
                prop_assert_eq!(early + outcome.wait, case.start + refused.wait, "what was promised stays");
                prop_assert_eq!((same.level(), same.term()), (word.level(), word.term()));
            }
        }
        let tokens_are_back = word.arrival() <= case.start + refused.wait
            || word.arrival() - case.start - refused.wait + price(&charge) <= charge.window();
        let (outcome, _) = known(charge.step(word, Time(case.start + refused.wait)));
        prop_assert!(outcome.admitted() || !tokens_are_back, "a term may be shorter than tokens take");
    }

    #[test]
    fn a_later_clock_never_admits_less(case in cases(), word: [u8; 16], now in 0..LAST, later in 0..LAST) {
        // What is tagged passes while the term lasts, and climbs after it: that is what the rung is for.
        let rungs = case.limit.ladder.rungs().filter(|rung| *rung != Rung::Tag);
        let limit = Limit { ladder: rungs.fold(Ladder::NONE, Ladder::with), ..case.limit };
        let charge = limit.charge(0, 0, case.band, Mercy::None);
        let [now, later] = [now.min(later), now.max(later)].map(|time| known(charge.step(Word(word), Time(time))).0);
        prop_assert!(later.admitted() || !now.admitted());
    }

    #[test]
    fn a_clock_set_back_locks_nobody_out_for_longer_than_a_window_or_a_term(case in cases(), word: [u8; 16], now in 0..LAST) {
        let (outcome, _) = known(case.charge().step(Word(word), Time(now)));
        let window = case.limit.interval.iter().max().unwrap() * u64::from(case.limit.burst);
        // A term is kept in whole milliseconds, rounded up; a wait at another rate by one microsecond.
        let longest = (window + 1).max(case.limit.penalty.max + 1_000);
        prop_assert!(outcome.wait <= longest, "{} > {longest}", outcome.wait);
    }
}

fn price(charge: &Charge) -> u64 {
    charge.window() / u64::from(charge.burst) * u64::from(charge.cost)
}
