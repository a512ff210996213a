use super::*;
use crate::{
    beacon::{FEATURES, Feature},
    fact::Fact,
};
use alloc::vec::Vec;
use proptest::prelude::*;

fn features() -> impl Strategy<Value = Features> {
    prop::collection::vec(prop::option::of(0_u16..65_535), FEATURES.len()).prop_map(|values| {
        let mut features = Features::default();
        for (&feature, value) in FEATURES.iter().zip(values) {
            if let Some(value) = value {
                features.set(feature, value);
            }
        }
        features
    })
}

/// Any window that an encoding can hold exactly.
pub(crate) fn windows() -> impl Strategy<Value = Window> {
    let times = (0_u64..1 << 48, prop::option::of(0_u64..1 << 48), 0_u64..1 << 40);
    let counts = (any::<u32>(), 0_u16..=1_000, any::<u16>(), any::<i32>(), any::<u8>());
    (any::<[u8; 16]>(), times, counts, features(), 0_u8..3).prop_map(
        |(id, (opened, observed, since), counts, features, band)| {
            let (sequence, sure, observations, skew, replays) = counts;
            Window {
                id,
                opened: Time(opened * 1_000),
                observed: observed.map(|millis| Time(millis * 1_000)),
                sequence,
                sure,
                observations,
                skew,
                replays,
                features,
                held: Held { band, since: Time::from_seconds(since) },
            }
        },
    )
}

/// Batches: how long after the one before, sequence, features.
fn batches() -> impl Strategy<Value = Vec<(u64, u32, Features)>> {
    prop::collection::vec((0_u64..7_200_000_000, 0_u32..5_000, features()), 0..20)
}

fn moves(count: u16) -> Features {
    let mut features = Features::default();
    features.set(Feature::PointerEvents, count);
    features
}

proptest! {
    #[test]
    fn a_window_survives_its_encoding(window in windows()) {
        let bytes = window.encode();
        prop_assert!(bytes.len() <= MAX_BYTES);
        prop_assert_eq!(Window::decode(&bytes), Some(window));
    }

    #[test]
    fn any_bytes_are_read_and_what_is_read_is_bounded(bytes in prop::collection::vec(any::<u8>(), 0..MAX_BYTES + 9)) {
        if let Some(window) = Window::decode(&bytes) {
            prop_assert!(window.sure <= 1_000 && window.held.band <= 2);
            prop_assert_eq!(window.encode().len(), bytes.len());
        }
    }

    #[test]
    fn almost_a_window_is_read_or_refused(window in windows(), at in 0..MAX_BYTES, byte: u8, cut in 0..MAX_BYTES) {
        let mut bytes = window.encode();
        if let Some(slot) = bytes.get_mut(at) {
            *slot = byte;
        }
        let _ = Window::decode(&bytes);
        prop_assert_eq!(Window::decode(&bytes[..cut.min(bytes.len() - 1)]), None);
    }

    #[test]
    fn confidence_never_rises_without_observation(window in windows(), half_life: u64, now: u64, later: u64) {
        let decay = Decay { half_life };
        let (first, second) = (now.min(later), now.max(later));
        let before = window.confidence(decay, Time(first));
        prop_assert!(window.confidence(decay, Time(second)) <= before);
        prop_assert!(before <= window.sure);
        let states = [first, second].map(|at| window.state(decay, Time(at)));
        prop_assert!(states[0] <= states[1]);
    }

    #[test]
    fn a_batch_never_lowers_what_is_left(window in windows(), now: u64, batch in features()) {
        let (decay, now) = (Decay::default(), Time(now));
        let mut after = window.clone();
        if after.observe(&batch, window.sequence.saturating_add(1), decay, now).is_ok() {
            prop_assert!(after.confidence(decay, now) >= window.confidence(decay, now));
        }
    }

    #[test]
    fn an_old_sequence_never_replaces_a_newer_one(window in windows(), batches in batches()) {
        let (mut window, mut now) = (window, 0);
        for (after, sequence, features) in batches {
            now += after;
            let before = window.clone();
            let outcome = window.observe(&features, sequence, Decay::default(), Time(now));
            if sequence <= before.sequence {
                prop_assert_eq!(outcome, Err(Stale));
                prop_assert_eq!(&window, &before);
            } else {
                prop_assert_eq!(outcome, Ok(()));
                prop_assert_eq!(window.sequence, sequence);
            }
            prop_assert!(window.sequence >= before.sequence);
            prop_assert!(window.sequence == u32::MAX || window.next_sequence(Time(now)) > window.sequence);
        }
    }
}

#[test]
fn a_window_fades_by_half_lives_and_comes_back() {
    let decay = Decay::default();
    let minutes = |n: u64| Time::from_seconds(1_795_305_600 + 60 * n);
    let mut window = Window::new([7; 16], minutes(0));
    assert_eq!((window.state(decay, minutes(0)), window.confidence(decay, minutes(0))), (State::None, 0));
    window.observe(&moves(72), 1, decay, minutes(1)).unwrap();
    let seen = |window: &Window, at| (window.state(decay, minutes(at)), window.confidence(decay, minutes(at)));
    assert_eq!(seen(&window, 1), (State::Inside, 875));
    assert_eq!(seen(&window, 11), (State::Expiring, 437));
    assert_eq!(seen(&window, 31), (State::Expired, 109));
    window.observe(&moves(24), 2, decay, minutes(31)).unwrap();
    assert_eq!(seen(&window, 31), (State::Inside, 555));
}

#[test]
fn a_page_that_is_only_shown_and_hidden_observes_nobody() {
    let now = Time::from_seconds(1_795_305_600);
    let mut window = Window::new([7; 16], now);
    let mut features = Features::default();
    features.set(Feature::BeaconEvents, 400);
    window.observe(&features, 1, Decay::default(), now).unwrap();
    assert_eq!((window.sure, window.observations), (0, 1));
}

#[test]
fn what_was_observed_before_counts_as_much_less_as_time_has_passed() {
    let now = Time::from_seconds(1_795_305_600);
    let later = Time(now.0 + Decay::default().half_life);
    let mut window = Window::new([7; 16], now);
    window.observe(&moves(100), 1, Decay::default(), now).unwrap();
    window.observe(&moves(10), 2, Decay::default(), later).unwrap();
    assert_eq!(window.features.get(Feature::PointerEvents), Fact::Known(60));
}

#[test]
fn what_is_rare_adds_up_while_batches_are_frequent_and_is_gone_after_idle_half_lives() {
    let (decay, mut now) = (Decay::default(), Time::from_seconds(1_795_305_600));
    let mut window = Window::new([7; 16], now);
    let mut click = Features::default();
    click.set(Feature::ClickCount, 1);
    for sequence in 1..=20 {
        now = Time(now.0 + 3_000_000);
        window.observe(&click, sequence, decay, now).unwrap();
    }
    assert_eq!(window.features.get(Feature::ClickCount), Fact::Known(20));
    let left = [1, 2, 5].map(|half_lives| {
        let mut window = window.clone();
        window.observe(&moves(1), 21, decay, Time(now.0 + half_lives * decay.half_life)).unwrap();
        window.features.get(Feature::ClickCount)
    });
    assert_eq!(left, [10, 5, 1].map(Fact::Known));
    for sequence in 21..27 {
        now = Time(now.0 + decay.half_life);
        window.observe(&moves(1), sequence, decay, now).unwrap();
    }
    assert_eq!(window.features.get(Feature::ClickCount), Fact::Known(0));
}

#[test]
fn a_replay_is_forgotten_as_what_was_observed_is() {
    let (decay, now) = (Decay::default(), Time::from_seconds(1_795_305_600));
    let mut window = Window::new([7; 16], now);
    window.observe(&moves(72), 1, decay, now).unwrap();
    window.replays = 1;
    assert!(window.replayed(decay, now) && window.replayed(decay, Time(now.0 + decay.half_life / 2)));
    let later = Time(now.0 + decay.half_life);
    assert!(!window.replayed(decay, later));
    window.observe(&moves(72), 2, decay, later).unwrap();
    assert!(!window.replayed(decay, later));
}

#[test]
fn sequences_count_the_age_of_the_session() {
    let opened = Time::from_seconds(1_795_305_600);
    let mut window = Window::new([7; 16], opened);
    let hour = Time(opened.0 + 3_600_000_000);
    assert_eq!(window.next_sequence(hour), 3_600_000);
    assert!([3_000_000, 3_600_000, 4_200_000].iter().all(|&sequence| window.is_timely(sequence, hour)));
    assert!(![0, 2_999_999, 4_200_001, u32::MAX].iter().any(|&sequence| window.is_timely(sequence, hour)));
    window.sequence = 3_700_000;
    assert_eq!(window.next_sequence(hour), 3_700_001);
}

#[test]
fn a_glance_is_no_window() {
    let now = Time::from_seconds(1_795_305_600);
    let mut window = Window::new([7; 16], now);
    window.observe(&moves(4), 1, Decay::default(), now).unwrap();
    assert_eq!((window.state(Decay::default(), now), window.sure), (State::None, 109));
}
