//! What each feature is, of paths whose numbers can be worked out by hand.

use super::*;
use crate::{beacon::Environment, fact::Fact};
use alloc::vec::Vec;

const PLAIN: Event = Event { after: 0, kind: Kind::Focus, untrusted: false, fractional: false, disagrees: false };

fn to(after: u32, dx: i32, dy: i32) -> Event {
    Event { after, kind: Kind::Move { dx, dy, coalesced: 1 }, ..PLAIN }
}

fn down(after: u32, dx: i32) -> Event {
    Event { after, kind: Kind::Down { dx, dy: 0, pressure: 128, offset: Some((1, -64)) }, ..PLAIN }
}

fn up(after: u32) -> Event {
    Event { after, kind: Kind::Up { dx: 0, dy: 0 }, ..PLAIN }
}

fn of(events: &[Event]) -> impl Fn(Feature) -> Option<u16> + use<> {
    let batch = Batch { events: events.to_vec(), environment: Environment::HOVER, ..Batch::default() };
    let features = batch.features();
    move |feature| features.get(feature).known()
}

#[test]
fn a_line_of_even_steps_is_one() {
    // 50 steps of 12 px every 20 ms: 600 px/s, however it is sampled.
    let line: Vec<Event> = core::iter::once(to(0, 0, 0)).chain((0..50).map(|_| to(20, 12, 0))).collect();
    let is = of(&line);
    assert_eq!(
        (is(Feature::PointerEvents), is(Feature::PointerTime), is(Feature::PointerPath)),
        (Some(51), Some(100), Some(60))
    );
    assert_eq!(
        (is(Feature::PointerSpeed), is(Feature::PointerSpeedMax), is(Feature::PointerSpeedSpread)),
        (Some(600), Some(600), Some(0))
    );
    assert_eq!(
        (is(Feature::PointerStrokes), is(Feature::PointerStraight), is(Feature::PointerStraightness)),
        (Some(1), Some(1_000), Some(1_000))
    );
    assert_eq!(
        (is(Feature::PointerRepeats), is(Feature::PointerDirections), is(Feature::PointerCurvature)),
        (Some(1_000), Some(0), Some(0))
    );
    assert_eq!((is(Feature::PointerInterval), is(Feature::PointerIntervalSpread)), (Some(2_000), Some(0)));
    assert_eq!(
        (is(Feature::PointerCoalesced), is(Feature::PointerAgreement), is(Feature::PointerFractional)),
        (Some(100), Some(1_000), Some(0))
    );
    assert_eq!((is(Feature::PointerOvershoot), is(Feature::PointerSubmovements)), (Some(0), Some(100)));
}

#[test]
fn the_rate_of_a_mouse_does_not_change_its_speed() {
    // One second of a sine's half wave at 250, 125 and 62.5 Hz: the path is 400 px long in each.
    let wave = |period: u32| {
        let place = |time: u32| 200.0 * (1.0 - libm::cos(core::f64::consts::PI * f64::from(time) / 1_000.0));
        let mut last = 0;
        let steps = (0..=1_000 / period).map(|step| {
            let x = libm::round(place(step * period)) as i32;
            to(if step == 0 { 0 } else { period }, x - core::mem::replace(&mut last, x), 0)
        });
        of(&steps.collect::<Vec<_>>())
    };
    for feature in [Feature::PointerSpeed, Feature::PointerSpeedSpread, Feature::PointerPeak, Feature::PointerSpeedMax]
    {
        let values = [4, 8, 16].map(|period| f64::from(wave(period)(feature).unwrap()));
        let [least, most] =
            [values.iter().copied().fold(f64::MAX, f64::min), values.iter().copied().fold(0.0, f64::max)];
        assert!(most - least <= 0.12 * most, "{}: {values:?}", feature.name());
    }
}

/// A stroke of 600 ms along a line, fastest in its middle as minimum jerk is, in steps of 10 ms.
fn reach(length: f64, first: u32) -> Vec<Event> {
    let place = |time: f64| length * time.powi(3) * (10.0 - 15.0 * time + 6.0 * time * time);
    let at = |step: u32| libm::round(place(f64::from(step) / 60.0)) as i32;
    let steps = (1..=60).map(|step| to(10, at(step) - at(step - 1), 0));
    core::iter::once(to(first, 0, 0)).chain(steps).collect()
}

#[test]
fn a_reach_begins_and_ends_slowly_and_is_like_a_bell() {
    let is = of(&reach(500.0, 0));
    assert!(is(Feature::PointerBell) >= Some(990), "{:?}", is(Feature::PointerBell));
    assert!(is(Feature::PointerStart) <= Some(60) && is(Feature::PointerEnd) <= Some(60));
    assert_eq!((is(Feature::PointerBow), is(Feature::PointerTurnMedian)), (Some(0), Some(0)));
    assert!(is(Feature::PointerChangeMemory) > Some(900) && is(Feature::PointerChangeRuns) > Some(850));
    assert_eq!(is(Feature::PointerBellSpread), None, "one stroke has no spread");
}

#[test]
fn three_strokes_have_a_spread_and_it_is_that_of_their_batches_together() {
    let strokes = [reach(500.0, 300), reach(300.0, 300), reach(-400.0, 300)];
    let together = of(&strokes.concat());
    assert!(together(Feature::PointerBellSpread) < Some(10));
    let mut window = Features::default();
    for stroke in strokes {
        window.merge(&Batch { events: stroke, ..Batch::default() }.features(), 1_000);
    }
    for feature in [Feature::PointerBellSpread, Feature::PointerStartSpread, Feature::PointerSpeed, Feature::PointerEnd]
    {
        let (apart, at_once) = (window.get(feature).known().unwrap(), together(feature).unwrap());
        assert!(apart.abs_diff(at_once) <= 20, "{}: {apart} {at_once}", feature.name());
    }
}

#[test]
fn a_stroke_that_another_batch_began_has_no_start() {
    let (whole, cut) = (of(&reach(500.0, 0)), of(&reach(500.0, 12)));
    assert!(whole(Feature::PointerStart).is_some() && cut(Feature::PointerStart).is_none());
    assert_eq!(whole(Feature::PointerSpeed), cut(Feature::PointerSpeed));
}

#[test]
fn a_zigzag_turns_against_itself() {
    let zigzag: Vec<Event> = (0..60).map(|step| to(if step == 0 { 0 } else { 17 }, 10, [6, -6][step % 2])).collect();
    let is = of(&zigzag);
    assert!(is(Feature::PointerTurnMemory) < Some(300) && is(Feature::PointerTurnSharp) > Some(500));
    assert!(is(Feature::PointerTurnMedian) > Some(500));
}

#[test]
fn a_teleport_is_a_jump_and_an_unled_click() {
    let is =
        of(&[to(0, 0, 0), down(50, 0), up(80), to(500, 300, 0), down(30, 0), up(90), to(500, 0, 10), to(16, 0, 20)]);
    assert_eq!((is(Feature::PointerJumps), is(Feature::ClickUnled)), (Some(909), Some(1_000)));
    assert_eq!(
        (is(Feature::ClickCount), is(Feature::ClickHold), is(Feature::ClickHover)),
        (Some(2), Some(85), Some(40))
    );
    assert_eq!((is(Feature::ClickMoves), is(Feature::ClickPressure)), (Some(1), Some(502)));
    assert_eq!((is(Feature::ClickOffset), is(Feature::ClickCentred)), (Some(504), Some(0)));
}

#[test]
fn a_click_after_a_path_is_led() {
    let mut events: Vec<Event> = (0..10).map(|_| to(16, 10, 1)).collect();
    events.extend([down(40, 0), up(80)]);
    let is = of(&events);
    assert_eq!(
        (is(Feature::ClickUnled), is(Feature::ClickMoves), is(Feature::PointerJumps)),
        (Some(0), Some(10), Some(0))
    );
}

#[test]
fn rests_part_strokes_and_count_as_pauses() {
    let stroke = || (0..6).map(|_| to(10, 20, 0));
    let mut events: Vec<Event> = stroke().collect();
    events.push(to(400, 0, 0));
    events.extend(stroke());
    let is = of(&events);
    assert_eq!(
        (is(Feature::PointerStrokes), is(Feature::PointerPauses), is(Feature::PointerPause)),
        (Some(2), Some(1), Some(400))
    );
}

#[test]
fn a_stroke_that_goes_too_far_overshoots() {
    let mut events: Vec<Event> = (0..10).map(|_| to(16, 12, 0)).collect();
    events.extend((0..3).map(|_| to(16, -4, 0)));
    assert_eq!(of(&events)(Feature::PointerOvershoot), Some(1_000));
}

#[test]
fn keys_wheel_and_touch_are_told_apart() {
    let key = |after, dwell| Event { after, kind: Kind::Key { dwell }, ..PLAIN };
    let wheel = |delta| Event { after: 16, kind: Kind::Wheel { delta, mode: 0 }, ..PLAIN };
    let finger = |dx, dy, radius| crate::beacon::Touch { dx, dy, radius, pressure: 51 };
    let is = of(&[
        key(0, 80),
        key(150, 120),
        key(5_000, 100),
        wheel(100),
        wheel(-100),
        wheel(-100),
        Event { after: 9, kind: Kind::TouchStart(finger(0, 0, 40)), ..PLAIN },
        Event { after: 9, kind: Kind::TouchMove(finger(50, 10, 48)), ..PLAIN },
        Event { after: 9, kind: Kind::TouchMove(finger(50, -10, 44)), ..PLAIN },
        Event { after: 9, kind: Kind::TouchEnd(finger(0, 0, 0)), ..PLAIN },
    ]);
    assert_eq!(
        (is(Feature::KeyEvents), is(Feature::KeyDwell), is(Feature::KeyFlight)),
        (Some(3), Some(100), Some(150))
    );
    assert_eq!((is(Feature::KeyDwellSpread), is(Feature::KeyFlightSpread)), (Some(163), None));
    assert_eq!(
        (is(Feature::WheelEvents), is(Feature::WheelDelta), is(Feature::WheelReversals)),
        (Some(3), Some(100), Some(500))
    );
    assert_eq!((is(Feature::TouchEvents), is(Feature::TouchArc)), (Some(4), Some(100)));
    // Radii of 10, 12 and 11 px spread by √(2/3) px.
    assert_eq!((is(Feature::TouchRadiusSpread), is(Feature::TouchPressureSpread)), (Some(82), Some(0)));
    assert_eq!((is(Feature::PointerEvents), is(Feature::PointerSpeed), is(Feature::ClickHold)), (Some(0), None, None));
}

#[test]
fn what_no_user_made_and_what_came_while_hidden_is_counted() {
    let made_up = Event { untrusted: true, ..to(5, 1, 1) };
    let hidden = Event { kind: Kind::Hidden, ..PLAIN };
    let press = Event { kind: Kind::Press, ..PLAIN };
    let shown = Event { kind: Kind::Shown, ..PLAIN };
    let is = of(&[to(0, 0, 0), to(5, 2, 2), to(5, 2, 2), hidden, to(5, 2, 2), made_up, shown, press]);
    assert_eq!((is(Feature::BeaconUntrusted), is(Feature::BeaconHiddenInput)), (Some(200), Some(1)));
    assert_eq!((is(Feature::BeaconPresses), is(Feature::BeaconEvents)), (Some(1), Some(8)));
    assert_eq!(is(Feature::BeaconEnvironment), Some(Environment::HOVER.0));
}

#[test]
fn a_batch_that_begins_hidden_says_so_when_the_page_is_shown() {
    let shown = Event { kind: Kind::Shown, ..PLAIN };
    assert_eq!(of(&[to(0, 0, 0), to(9, 1, 1), shown, to(9, 1, 1)])(Feature::BeaconHiddenInput), Some(2));
    assert_eq!(of(&[to(0, 0, 0), to(9, 1, 1)])(Feature::BeaconHiddenInput), Some(0));
}

#[test]
fn what_the_page_made_up_is_no_deed_of_a_user() {
    let press = Event { after: 3_000, kind: Kind::Press, untrusted: true, ..PLAIN };
    let carousel = of(&[press; 20]);
    assert_eq!((carousel(Feature::BeaconPresses), carousel(Feature::BeaconUntrusted)), (Some(0), None));
    let made_up = |event: Event| Event { untrusted: true, ..event };
    let is = of(&[to(0, 0, 0), made_up(to(300, 400, 0)), made_up(down(9, 0)), made_up(up(9)), to(300, -390, 0)]);
    assert_eq!((is(Feature::PointerEvents), is(Feature::PointerPath)), (Some(2), Some(1)));
    assert_eq!((is(Feature::ClickCount), is(Feature::BeaconUntrusted)), (Some(0), Some(600)));
}

#[test]
fn an_empty_flush_says_nothing() {
    let features = Batch::default().features();
    let known = crate::beacon::FEATURES.iter().filter(|feature| matches!(features.get(**feature), Fact::Known(1..)));
    assert_eq!(known.count(), 0);
}

/// 512 events, each the longest apart that still make one stroke, cost no more samples than 12 each.
#[test]
fn the_slowest_batch_is_bounded() {
    let far: Vec<Event> = (0..512).map(|step| to(199, 32_767 * (1 - 2 * (step % 2)), 32_767)).collect();
    let is = of(&far);
    assert_eq!(is(Feature::PointerEvents), Some(512));
    let apart: Vec<Event> = (0..512).map(|_| to(3_600_000, 1, 1)).collect();
    assert_eq!(of(&apart)(Feature::PointerPauses), Some(511));
}
