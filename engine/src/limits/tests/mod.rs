//! What steps promise, whatever the word and the clock.

mod bucket;
mod exact;
mod history;

use super::*;
use crate::time::Time;
use alloc::vec::Vec;
use proptest::prelude::*;

const LADDER: Ladder = Ladder::NONE.with(Rung::Throttle).with(Rung::Challenge).with(Rung::Block);
const SECOND: u64 = 1_000_000;

fn limit(burst: u32, interval: u64) -> Limit {
    Limit { burst, interval: [interval; 3], ..Limit::default() }
}

fn charge(burst: u32, interval: u64, cost: u32) -> Charge {
    Limit { cost: [cost; 3], ..limit(burst, interval) }.charge(0, 0, Band::Low, Mercy::None)
}

fn known((charged, word): (Charged, Word)) -> (Outcome, Word) {
    match charged {
        Charged::Known(outcome) => (outcome, word),
        Charged::Unknown => unreachable!("a step always knows"),
    }
}

/// What a client that asks at these instants is told.
fn asked(charge: &Charge, word: &mut Word, times: &[u64]) -> Vec<Option<Rung>> {
    let step = |time: &u64| {
        let (outcome, next) = known(charge.step(*word, Time(*time)));
        *word = next;
        outcome.asks
    };
    times.iter().map(step).collect()
}

proptest! {
    #[test]
    fn a_bucket_admits_its_burst_and_then_exactly_after_the_promised_wait(
        burst in 1_u32..200, interval in 1_u64..10_000_000, start in 1_u64..u64::MAX / 4, part in 0_u64..1_000,
    ) {
        let charge = charge(burst, interval, 1);
        let mut word = Word::default();
        for left in (0..burst).rev() {
            let (outcome, next) = known(charge.step(word, Time(start)));
            prop_assert!(outcome.admitted());
            prop_assert_eq!(outcome.remaining, left);
            word = next;
        }
        let (refused, word) = known(charge.step(word, Time(start)));
        prop_assert!(!refused.admitted());
        prop_assert_eq!(refused.wait, interval);
        let early = start + refused.wait * part / 1_000;
        prop_assert!(!known(charge.step(word, Time(early))).0.admitted());
        prop_assert!(known(charge.step(word, Time(start + refused.wait))).0.admitted());
    }

    #[test]
    fn any_word_at_any_time_is_read(word: [u8; 16], now: u64, burst: u32, interval: [u64; 3], cost: u32, place in 0..3) {
        let band = [Band::Low, Band::Medium, Band::High][usize::try_from(place).unwrap()];
        let limit = Limit { burst, interval, cost: [cost; 3], ladder: LADDER, ..Limit::default() };
        let charge = limit.charge(0, 0, band, Mercy::None);
        let (outcome, next) = known(charge.step(Word(word), Time(now)));
        prop_assert!(outcome.remaining <= burst.max(1));
        prop_assert!(next.arrival() == 0 || next.arrival() >= now);
        if let Some((Charged::Known(standing), _)) = charge.standing(Word(word), Time(now)) {
            prop_assert!(!standing.admitted());
            prop_assert_eq!(standing, outcome, "a rung that stands says what a step says");
        }
        for admitted in [true, false] {
            let said = Said { admitted, remaining: Some(cost), reset: Some(now) };
            let (followed, _) = known(charge.follow(Word(word), said, Time(now)));
            prop_assert!(followed.remaining <= burst.max(1) && (admitted || followed.asks.is_some()));
        }
    }

    #[test]
    fn a_clock_set_back_never_locks_anybody_out_for_longer_than_one_window(
        burst in 1_u32..100, interval in 1_u64..1_000_000, back in 0_u64..1_000_000_000_000,
    ) {
        let charge = charge(burst, interval, 1);
        let now = 2_000_000_000_000_u64;
        let mut word = Word::default();
        for _ in 0..burst {
            word = known(charge.step(word, Time(now))).1;
        }
        let (outcome, _) = known(charge.step(word, Time(now - back)));
        prop_assert!(outcome.wait <= interval * u64::from(burst));
    }
}

#[test]
fn a_request_dearer_than_the_bucket_is_refused_and_costs_nothing() {
    let (outcome, word) = known(charge(2, 10, 3).step(Word::default(), Time(1_000)));
    assert!(!outcome.admitted());
    assert_eq!((outcome.remaining, word), (2, Word::default()));
}

#[test]
fn those_who_go_on_climb_and_those_who_stop_are_forgiven() {
    let penalty = Penalty { base: 10 * SECOND, factor: 2, max: 60 * SECOND, forgive: 30 * SECOND };
    let charge = Limit { ladder: LADDER, penalty, ..limit(1, 2 * SECOND) }.charge(0, 0, Band::Low, Mercy::None);
    let mut word = Word::default();
    let at = |seconds: &[u64]| seconds.iter().map(|second| second * SECOND).collect::<Vec<_>>();
    let throttled = asked(&charge, &mut word, &at(&[100, 101, 101, 102, 103]));
    let [throttle, challenge, block] = [Rung::Throttle, Rung::Challenge, Rung::Block].map(Some);
    assert_eq!(throttled, [None, throttle, throttle, None, throttle], "a term of ten seconds in which tokens count");
    assert_eq!(asked(&charge, &mut word, &at(&[111, 111, 112, 130])), [None, challenge, challenge, challenge]);
    assert_eq!(asked(&charge, &mut word, &at(&[131, 131, 170])), [None, block, block], "forty seconds from 131");
    assert_eq!((word.level(), word.term()), (3, 171 * SECOND));
    assert_eq!(
        asked(&charge, &mut word, &at(&[232, 232, 233])),
        [None, challenge, challenge],
        "two levels were forgiven, one climbed"
    );
    assert_eq!(asked(&charge, &mut word, &at(&[600, 600])), [None, throttle], "all of them were");
}

#[test]
fn a_rung_that_tags_lets_the_overflow_pass() {
    let ladder = Ladder::NONE.with(Rung::Tag).with(Rung::Block);
    let charge = Limit { ladder, ..limit(1, SECOND) }.charge(0, 0, Band::Low, Mercy::None);
    let mut word = Word::default();
    let asked = asked(&charge, &mut word, &[SECOND, SECOND, SECOND, 40 * SECOND, 40 * SECOND]);
    assert_eq!(asked, [None, Some(Rung::Tag), Some(Rung::Tag), None, Some(Rung::Block)]);
}

#[test]
fn mercy_leaves_a_client_nothing_worse_than_to_wait() {
    let limit = Limit { ladder: Ladder::NONE.with(Rung::Challenge).with(Rung::Block), ..limit(1, SECOND) };
    let word = Word::new(0, 1, 0, 100 * SECOND);
    let asks = |mercy, word| {
        let charge = limit.charge(0, 0, Band::Low, mercy);
        known(charge.step(word, Time(50 * SECOND))).0.asks
    };
    assert_eq!(asks(Mercy::None, word), Some(Rung::Challenge));
    assert_eq!(asks(Mercy::Challenge, word), None, "there are tokens");
    let blocked = Word::new(0, 2, 0, 100 * SECOND);
    assert_eq!([Mercy::Challenge, Mercy::All].map(|mercy| asks(mercy, blocked)), [Some(Rung::Block), None]);
}

#[test]
fn a_decoy_sets_the_level_at_once() {
    let limit = Limit { ladder: LADDER, decoy: LADDER.level_of(Rung::Block), ..limit(10, SECOND) };
    let plain = limit.charge(0, 0, Band::Low, Mercy::None);
    let (outcome, word) = known(limit.strike(plain).step(Word::default(), Time(SECOND)));
    assert_eq!((outcome.asks, word.level()), (Some(Rung::Block), 3));
    assert_eq!(known(plain.step(word, Time(2 * SECOND))).0.asks, Some(Rung::Block));
}

#[test]
fn a_band_changes_the_rate_and_not_how_full_the_bucket_is() {
    let limit = Limit { interval: [SECOND, SECOND, 4 * SECOND], ..limit(10, SECOND) };
    let [low, high] = [Band::Low, Band::High].map(|band| limit.charge(0, 0, band, Mercy::None));
    let mut word = Word::default();
    asked(&low, &mut word, &[0; 10]);
    let refused = Some(Rung::Throttle);
    let (outcome, same) = known(high.step(word, Time(0)));
    assert_eq!((outcome.asks, outcome.wait, same), (refused, SECOND + 1, word), "who is refused changes no rate");
    assert_eq!(asked(&high, &mut word, &[SECOND / 2, SECOND + 1]), [refused, None]);
    assert_eq!(asked(&high, &mut word, &[4 * SECOND, 5 * SECOND + 1]), [refused, None], "four seconds a token now");
    assert_eq!(asked(&low, &mut word, &[8 * SECOND, 9 * SECOND + 1]), [refused, None]);
}

#[test]
fn a_bucket_elsewhere_decides_and_the_ladder_stays_here() {
    let charge =
        Limit { ladder: LADDER, scope: Scope::Global, ..limit(5, SECOND) }.charge(0, 0, Band::Low, Mercy::None);
    let said = |admitted| Said { admitted, remaining: None, reset: None };
    let (outcome, word) = known(charge.follow(Word::default(), said(true), Time(SECOND)));
    assert_eq!((outcome.asks, word.arrival()), (None, 2 * SECOND), "what it gave is taken here, too");
    let (outcome, word) = known(charge.follow(word, said(false), Time(SECOND)));
    assert_eq!(
        (outcome.asks, outcome.wait, word.level()),
        (Some(Rung::Throttle), 5 * SECOND, 1),
        "its window, for want of better"
    );
    assert_eq!(charge.standing(word, Time(2 * SECOND)), None);
    let (outcome, word) = known(charge.follow(word, said(false), Time(40 * SECOND)));
    assert_eq!(outcome.asks, Some(Rung::Challenge));
    assert!(charge.standing(word, Time(41 * SECOND)).is_some());
}

#[test]
fn a_word_that_is_no_longer_kept_says_nothing() {
    let penalty = Penalty { base: 10 * SECOND, factor: 2, max: 60 * SECOND, forgive: 30 * SECOND };
    let charge = Limit { ladder: LADDER, penalty, ..limit(2, SECOND) }.charge(0, 0, Band::Low, Mercy::None);
    let mut word = Word::default();
    asked(&charge, &mut word, &[SECOND; 3]);
    let until = charge.kept_until(word);
    assert_eq!((word.level(), until), (1, Time(41 * SECOND)), "a term of ten seconds and thirty to be forgiven");
    assert_eq!(charge.step(word, until), charge.step(Word::default(), until));
    assert_ne!(
        charge.step(word, Time(until.0 - 31 * SECOND)),
        charge.step(Word::default(), Time(until.0 - 31 * SECOND))
    );
    let plain = limit(2, SECOND).charge(0, 0, Band::Low, Mercy::None);
    let (_, word) = plain.step(Word::default(), Time(SECOND));
    assert_eq!(plain.kept_until(word), Time(2 * SECOND));
}

#[test]
fn charges_and_outcomes_cross_wires() {
    let charge = limit(5, SECOND).charge(3, u128::MAX - 1, Band::High, Mercy::Challenge);
    assert_eq!(Charge::from_bytes(&charge.to_bytes()), Some(charge));
    let (charged, _) = charge.step(Word::default(), Time(SECOND));
    assert_eq!(Charged::from_bytes(&charged.to_bytes()), Some(charged));
    assert_eq!((Charge::from_bytes(b"x"), Charged::from_bytes(b"")), (None, None));
}
