use super::*;
use crate::fact::Fact;
use alloc::vec;
use proptest::prelude::*;

const KEY: [u8; 16] = *b"0123456789abcdef";

fn steps() -> impl Strategy<Value = (i32, i32)> {
    prop_oneof![(-9..9, -9..9), (-32_767..=32_767, -32_767..=32_767)]
}

fn touch() -> impl Strategy<Value = Touch> {
    (steps(), any::<u32>(), any::<u8>()).prop_map(|((dx, dy), radius, pressure)| Touch { dx, dy, radius, pressure })
}

fn offset() -> impl Strategy<Value = Option<(i8, i8)>> {
    prop::option::of((-127..=127_i8, -127..=127_i8))
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        (steps(), any::<u32>()).prop_map(|((dx, dy), coalesced)| Kind::Move { dx, dy, coalesced }),
        (steps(), any::<u8>(), offset()).prop_map(|((dx, dy), pressure, offset)| Kind::Down {
            dx,
            dy,
            pressure,
            offset
        }),
        steps().prop_map(|(dx, dy)| Kind::Up { dx, dy }),
        (-32_767..=32_767, 0..3_u8).prop_map(|(delta, mode)| Kind::Wheel { delta, mode }),
        touch().prop_map(Kind::TouchStart),
        touch().prop_map(Kind::TouchMove),
        touch().prop_map(Kind::TouchEnd),
        any::<u32>().prop_map(|dwell| Kind::Key { dwell }),
        prop::sample::select(vec![Kind::Focus, Kind::Blur, Kind::Shown, Kind::Hidden, Kind::Navigated, Kind::Press]),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    let after = prop_oneof![3 => 0..300_u32, 1 => 0..=MAX_AFTER];
    (after, kind(), any::<[bool; 3]>()).prop_map(|(after, kind, [untrusted, fractional, disagrees])| {
        let placed = kind.step().is_some();
        Event { after, kind, untrusted, fractional: fractional && placed, disagrees: disagrees && placed }
    })
}

prop_compose! {
    fn batch()(
        sequence in any::<u32>(), clock in 0..1_u64 << 48, environment in 0..=Environment::ALL.0,
        events in prop::collection::vec(event(), 0..300),
    ) -> Batch {
        Batch { sequence, clock, environment: Environment(environment), events }
    }
}

/// Bytes with a MAC that is right.
fn signed(mut bytes: Vec<u8>) -> Vec<u8> {
    let mac = layout::mac(&KEY, &bytes);
    bytes.extend_from_slice(&mac);
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn what_is_written_is_read(batch in batch()) {
        let blob = batch.write(&KEY);
        prop_assert!(blob.len() <= MAX_BYTES);
        let read = open(&blob, &KEY).unwrap();
        let kept = read.events.len();
        prop_assert_eq!(&read.events[..], &batch.events[..kept]);
        prop_assert!(kept == batch.events.len() || blob.len() + 40 > MAX_BYTES);
        prop_assert_eq!(read, Batch { events: batch.events[..kept].to_vec(), ..batch });
    }

    #[test]
    fn any_bytes_are_a_batch_or_an_error(head in any::<[u8; 12]>(), rest in any::<Vec<u8>>(), sign in any::<bool>()) {
        let mut bytes = vec![VERSION];
        bytes.extend_from_slice(&head);
        bytes.extend_from_slice(&rest);
        if let Ok(batch) = open(&if sign { signed(bytes) } else { bytes }, &KEY) {
            let _ = (batch.features(), batch.sketch());
        }
    }

    #[test]
    fn one_changed_bit_is_another_blob(batch in batch(), place in any::<prop::sample::Index>(), bit in 0..8_u32) {
        let mut blob = batch.write(&KEY);
        let place = place.index(blob.len());
        blob[place] ^= 1_u8 << bit;
        let expected = if place == 0 { BeaconError::UnknownVersion(blob[0]) } else { BeaconError::WrongMac };
        prop_assert_eq!(open(&blob, &KEY), Err(expected));
    }

    #[test]
    fn features_are_made_of_any_events(batch in batch(), other in batch(), kept in 0..=1_200_u16) {
        prop_assert!(batch.sketch().keys().count() <= KEYS);
        let (mut merged, newer) = (batch.features(), other.features());
        merged.merge(&newer, kept);
        prop_assert_eq!(Features::from_bytes(&merged.to_bytes()), merged);
        for &feature in FEATURES {
            let known = [batch.features(), newer].iter().any(|features| features.get(feature).is_known());
            prop_assert_eq!(merged.get(feature).is_known(), known, "{}", feature.name());
        }
    }
}

#[test]
fn each_mistake_has_its_name() {
    let blob = |count: u8, events: &[u8]| {
        let mut bytes = vec![VERSION, 0, 0, 1, 0, 0, 0, 9, 0, 0, 0, 0, 0, count];
        bytes.extend_from_slice(events);
        signed(bytes)
    };
    let cases: [(Vec<u8>, Malformed); 13] = [
        (signed(vec![VERSION]), Malformed::Truncated),
        (blob(1, &[0]), Malformed::Truncated),
        (blob(1, &[0, 5, 2]), Malformed::Truncated),
        (blob(1, &[0, 5, 2, 2, 7]), Malformed::Trailing),
        (blob(0, &[0]), Malformed::Trailing),
        (blob(0x81, &[0x10]), Malformed::TooManyEvents),
        (signed(vec![VERSION, 0, 8, 1, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0]), Malformed::Environment),
        (blob(1, &[14, 0]), Malformed::Kind),
        (blob(1, &[0x27, 0, 0]), Malformed::Flag),
        (blob(1, &[0x81, 1, 0, 0, 0, 0, 0, 0]), Malformed::Flag),
        (blob(1, &[0, 0x80, 0x80, 0x80, 0x80, 0x10]), Malformed::Number),
        (blob(1, &[0, 5, 0x80, 0x80, 0x04, 0]), Malformed::Step),
        (blob(1, &[3, 5, 2, 3]), Malformed::WheelMode),
    ];
    for (bytes, what) in cases {
        assert_eq!(open(&bytes, &KEY), Err(BeaconError::Malformed(what)), "{bytes:?}");
    }
    assert_eq!(open(&blob(1, &[8, 0x81, 0xDD, 0xDB, 0x01]), &KEY), Err(BeaconError::Malformed(Malformed::After)));
    assert_eq!(open(&vec![VERSION; MAX_BYTES + 1], &KEY), Err(BeaconError::TooLong));
    assert_eq!(open(&[], &KEY), Err(BeaconError::Malformed(Malformed::Truncated)));
    assert_eq!(open(&[2], &KEY), Err(BeaconError::UnknownVersion(2)));
}

#[test]
fn a_mean_follows_what_is_newer_and_a_sum_fades() {
    let of = |time: u16, speed: u16| {
        let mut features = Features::default();
        features.set(Feature::PointerTime, time);
        features.set(Feature::PointerSpeed, speed);
        features
    };
    let mut window = of(300, 100);
    window.merge(&of(100, 500), 1_000);
    assert_eq!(window, of(400, 200));
    window.merge(&of(100, 500), 500);
    assert_eq!(window, of(300, 300));
    window.merge(&of(10, 900), 0);
    assert_eq!(window, of(10, 900));
    window.merge(&Features::default(), 1_000);
    assert_eq!(window, of(10, 900));
    assert_eq!(window.get(Feature::KeyDwell), Fact::Absent);
}

#[test]
fn a_spread_is_pooled_and_a_ratio_weighs_by_what_it_is_to() {
    use Feature::{PointerAcceleration, PointerJerk, PointerPeak, PointerPeakSpread, PointerSpeed, PointerSpeedSpread};
    let of = |pairs: &[(Feature, u16)]| {
        let mut features = Features::default();
        features.set(Feature::PointerTime, 100);
        features.set(Feature::PointerStrokes, 2);
        pairs.iter().for_each(|&(feature, value)| features.set(feature, value));
        features
    };
    let first = [(PointerPeak, 300), (PointerPeakSpread, 30), (PointerAcceleration, 100), (PointerJerk, 900)];
    let mut window = of(&[&first[..], &[(PointerSpeed, 100), (PointerSpeedSpread, 500)]].concat());
    assert_eq!(window.get(PointerPeakSpread), Fact::Absent, "of two strokes");
    let later = [(PointerPeak, 380), (PointerPeakSpread, 30), (PointerAcceleration, 300), (PointerJerk, 1_300)];
    window.merge(&of(&[&later[..], &[(PointerSpeed, 300), (PointerSpeedSpread, 500)]].concat()), 1_000);
    // √(30² + 40²); (900 · 100 + 1,300 · 300) / 400; of deviations 50 and 150 about 100 and 300, √(12,500 + 10,000) over 200.
    assert_eq!(window.get(PointerPeakSpread), Fact::Known(50));
    assert_eq!(window.get(PointerJerk), Fact::Known(1_200));
    assert_eq!(window.get(PointerSpeedSpread), Fact::Known(750));
}

#[test]
fn a_token_has_room_for_all_features() {
    assert!(FEATURES.len() <= 96, "{} features", FEATURES.len());
    assert!(FEATURES.is_sorted_by(|one, two| one.name() < two.name()));
}
