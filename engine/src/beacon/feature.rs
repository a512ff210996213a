//! The list of features. A token carries them in this order, so it only grows at its end while tokens live: see
//! [`Features::SCHEMA`](super::Features::SCHEMA).

use Feature::{
    ClickCount, KeyEvents, PointerAcceleration, PointerBell, PointerEnd, PointerEvents, PointerPeak, PointerSpeed,
    PointerStart, PointerStraightness, PointerStrokes, PointerTime, TouchEvents, WheelEvents,
};

/// How a feature of two times of observation becomes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Merge {
    /// Added.
    Sum,
    /// The larger one.
    Max,
    /// Bits: what speaks against a person stays, the rest is the newer one's.
    Bits,
    /// The mean, each side weighing as much as it has of this other feature.
    Mean(Feature),
    /// The mean, each side weighing as much as it has of the first times its value of the second: what is a ratio to the second.
    Ratio(Feature, Feature),
    /// The standard deviation over that mean, pooled like the next one.
    Relative(Feature),
    /// The standard deviation about that mean, pooled: both sides' own, and how far their means lie apart.
    Spread(Feature),
}

macro_rules! features {
    ($($feature:ident $name:literal $unit:literal $merge:expr, $formula:literal;)*) => {
        /// One feature: a number from 0 to 65,534 in its unit, or missing where there was nothing to compute it of.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Feature {
            $(#[doc = $formula] $feature,)*
        }

        /// Every feature, in the order of [`Features`](super::Features).
        pub const FEATURES: &[Feature] = &[$(Feature::$feature),*];

        /// Their names, in the same order.
        pub const FEATURE_NAMES: &[&str] = &[$($name),*];

        impl Feature {
            /// Its name, and that of its signal: `pointer.speed`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$feature => $name,)* }
            }

            /// The unit of its number.
            pub const fn unit(self) -> &'static str {
                match self { $(Self::$feature => $unit,)* }
            }

            /// How it is computed.
            pub const fn formula(self) -> &'static str {
                match self { $(Self::$feature => $formula,)* }
            }

            /// How two become one.
            pub const fn merge(self) -> Merge {
                match self { $(Self::$feature => $merge,)* }
            }
        }
    };
}

features! {
    BeaconEnvironment "beacon.environment" "bits" Merge::Bits, "What the page says of its browser, a bit each.";
    BeaconEvents "beacon.events" "events" Merge::Sum, "Number of events of any kind.";
    BeaconHiddenInput "beacon.hidden_input" "events" Merge::Sum, "Number of pointer, wheel, touch and key events between a page's hiding and its showing; in a later batch than the hiding, only where that batch has the showing.";
    BeaconPresses "beacon.presses" "clicks" Merge::Sum, "Number of trusted clicks that no pointer made.";
    BeaconTime "beacon.time" "10 ms" Merge::Sum, "Time from the first event to the last.";
    BeaconUntrusted "beacon.untrusted" "thousandths" Merge::Mean(Feature::BeaconEvents), "Share of pointer, wheel, touch and key events whose isTrusted is false; of five or more.";
    ClickCentred "click.centred" "thousandths" Merge::Mean(ClickCount), "Share of clicks at most a 127th of half its width and half its height from the element's centre, of those whose offset is known.";
    ClickCount "click.count" "clicks" Merge::Sum, "Number of times that a button went down.";
    ClickHold "click.hold" "ms" Merge::Mean(ClickCount), "Mean time from a button's going down to its going up.";
    ClickHoldSpread "click.hold_spread" "thousandths" Merge::Mean(ClickCount), "Standard deviation of those times over their mean; of two or more.";
    ClickHover "click.hover" "ms" Merge::Mean(ClickCount), "Mean time from the last move to the button's going down.";
    ClickMoves "click.moves" "moves" Merge::Mean(ClickCount), "Mean number of moves since the click before, or since the flush before.";
    ClickOffset "click.offset" "thousandths" Merge::Mean(ClickCount), "Mean distance from the element's centre, the larger of both axes, over half its width or height.";
    ClickPressure "click.pressure" "thousandths" Merge::Mean(ClickCount), "Mean pressure when a button went down.";
    ClickUnled "click.unled" "thousandths" Merge::Mean(ClickCount), "Share of clicks with fewer than 4 moves on the way to them, of those 50 px or more from the click before.";
    KeyDwell "key.dwell" "ms" Merge::Mean(KeyEvents), "Mean time that a key is down.";
    KeyDwellSpread "key.dwell_spread" "thousandths" Merge::Mean(KeyEvents), "Standard deviation of those times over their mean; of two or more.";
    KeyEvents "key.events" "keys" Merge::Sum, "Number of keys that went up.";
    KeyFlight "key.flight" "ms" Merge::Mean(KeyEvents), "Mean time between one key's going up and the next one's, where it is shorter than a second.";
    KeyFlightSpread "key.flight_spread" "thousandths" Merge::Mean(KeyEvents), "Standard deviation of those times over their mean; of two or more.";
    PointerAcceleration "pointer.acceleration" "10 px/s²" Merge::Mean(PointerTime), "Mean of |Δv|·60 Hz, v the speed between canonical samples.";
    PointerAgreement "pointer.agreement" "thousandths" Merge::Mean(PointerEvents), "Share of moves whose movementX and movementY equal the difference of screen places.";
    PointerBell "pointer.bell" "thousandths" Merge::Mean(PointerStrokes), "Mean likeness of the speeds of long strokes to those of minimum jerk, t²(1 − t)²: (1 + r)/2, r Pearson's correlation over 5 canonical steps or more.";
    PointerBellSpread "pointer.bell_spread" "thousandths" Merge::Spread(PointerBell), "Standard deviation of that likeness; of three or more.";
    PointerBow "pointer.bow" "thousandths" Merge::Mean(PointerStrokes), "Mean of the largest distance from the chord over the chord, of long strokes.";
    PointerChangeMedian "pointer.change_median" "thousandths" Merge::Mean(PointerTime), "Median of |Δv| over its mean; of 24 or more.";
    PointerChangeMemory "pointer.change_memory" "thousandths" Merge::Ratio(PointerTime, PointerAcceleration), "(1 + r)/2, r the correlation about zero of Δv with the Δv before it; of 24 or more.";
    PointerChangeRelative "pointer.change_relative" "thousandths" Merge::Mean(PointerTime), "Median of |Δv| over the mean of the speeds before and after; of 24 or more.";
    PointerChangeRuns "pointer.change_runs" "thousandths" Merge::Mean(PointerTime), "Share of Δv whose sign is that of the Δv before; of 24 or more.";
    PointerChangeShape "pointer.change_shape" "thousandths" Merge::Ratio(PointerTime, PointerAcceleration), "Mean of |Δv| over the root of the mean of Δv²; of 24 or more.";
    PointerCoalesced "pointer.coalesced" "hundredths" Merge::Mean(PointerEvents), "Mean number of events that the browser joined into a move.";
    PointerCurvature "pointer.curvature" "mrad" Merge::Mean(PointerTime), "Mean of |θ|, the turn between two canonical steps of 1 px or more.";
    PointerCurvatureSpread "pointer.curvature_spread" "mrad" Merge::Mean(PointerTime), "Standard deviation of θ.";
    PointerDirections "pointer.directions" "thousandths" Merge::Mean(PointerTime), "Shannon entropy of the directions of canonical steps of 1 px or more in 16 sectors, over the 4 bits that it can reach.";
    PointerEnd "pointer.end" "thousandths" Merge::Mean(PointerStrokes), "Mean speed of the last two canonical steps of long strokes, over their highest.";
    PointerEndSpread "pointer.end_spread" "thousandths" Merge::Spread(PointerEnd), "Standard deviation of that; of three strokes or more.";
    PointerEvents "pointer.events" "moves" Merge::Sum, "Number of moves.";
    PointerFractional "pointer.fractional" "thousandths" Merge::Mean(PointerEvents), "Share of moves, presses and releases whose place has fractions of a pixel.";
    PointerInterval "pointer.interval" "10 µs" Merge::Mean(PointerEvents), "Mean time between moves of one stroke, as they came.";
    PointerIntervalSpread "pointer.interval_spread" "thousandths" Merge::Mean(PointerEvents), "Standard deviation of those times over their mean.";
    PointerJerk "pointer.jerk" "thousandths" Merge::Ratio(PointerTime, PointerAcceleration), "Mean |Δa| over mean |a|, a the change of speed between canonical steps.";
    PointerJumps "pointer.jumps" "thousandths" Merge::Mean(PointerEvents), "Share of the path in jumps: single moves of 50 px or more with no other move 100 ms before or after.";
    PointerMicroPauses "pointer.micro_pauses" "thousandths" Merge::Mean(PointerEvents), "Share of the times between moves of one stroke that are 50 ms or longer.";
    PointerOvershoot "pointer.overshoot" "thousandths" Merge::Mean(PointerStrokes), "Share of long strokes that go 3 px or more beyond their end, along their chord.";
    PointerPath "pointer.path" "10 px" Merge::Sum, "Sum of the lengths of all moves.";
    PointerPause "pointer.pause" "ms" Merge::Mean(PointerEvents), "Mean time between moves, where it is 200 ms or longer; a minute at most counts.";
    PointerPauses "pointer.pauses" "pauses" Merge::Sum, "Number of times without a move of 200 ms or longer, between moves.";
    PointerPeak "pointer.peak" "thousandths" Merge::Mean(PointerStrokes), "Mean place of the highest speed in long strokes, in time: 0 their beginning, 1000 their end.";
    PointerPeakSpread "pointer.peak_spread" "thousandths" Merge::Spread(PointerPeak), "Standard deviation of the place of the highest speed; of three long strokes or more.";
    PointerRepeats "pointer.repeats" "thousandths" Merge::Mean(PointerEvents), "Share of steps that repeat the step before within 1 px on both axes, of pairs of steps of 8 px or more as they came; of ten pairs or more.";
    PointerReversals "pointer.reversals" "thousandths" Merge::Mean(PointerTime), "Share of turns of 10 mrad or more to the other side than the turn before.";
    PointerSettling "pointer.settling" "thousandths" Merge::Mean(PointerStrokes), "Mean share of a long stroke's canonical steps from the fastest on that are slower than a fifth of it.";
    PointerSlow "pointer.slow" "thousandths" Merge::Mean(PointerTime), "Share of canonical steps slower than 60 px/s.";
    PointerSmooth "pointer.smooth" "thousandths" Merge::Mean(PointerTime), "Share of |Δv| below a tenth of the mean of the speeds before and after; of 24 or more.";
    PointerSpeed "pointer.speed" "px/s" Merge::Mean(PointerTime), "Mean of v.";
    PointerSpeedHigh "pointer.speed_high" "thousandths" Merge::Mean(PointerTime), "90th percentile of v over its median, of v of 60 px/s or more; of 24 or more.";
    PointerSpeedLow "pointer.speed_low" "thousandths" Merge::Mean(PointerTime), "10th percentile of v over its median, of v of 60 px/s or more; of 24 or more.";
    PointerSpeedMax "pointer.speed_max" "px/s" Merge::Max, "Largest v.";
    PointerSpeedSpread "pointer.speed_spread" "thousandths" Merge::Relative(PointerSpeed), "Standard deviation of v over its mean.";
    PointerStart "pointer.start" "thousandths" Merge::Mean(PointerStrokes), "Mean speed of the first two canonical steps of long strokes, over their highest.";
    PointerStartSpread "pointer.start_spread" "thousandths" Merge::Spread(PointerStart), "Standard deviation of that; of three strokes or more.";
    PointerStraight "pointer.straight" "thousandths" Merge::Mean(PointerStrokes), "Share of long strokes of which no move is more than 1 px from their chord.";
    PointerStraightness "pointer.straightness" "thousandths" Merge::Mean(PointerStrokes), "Mean of chord over path of long strokes.";
    PointerStraightnessSpread "pointer.straightness_spread" "thousandths" Merge::Spread(PointerStraightness), "Standard deviation of chord over path; of three long strokes or more.";
    PointerStrokes "pointer.strokes" "strokes" Merge::Sum, "Number of long strokes: 4 moves or more without a click or 200 ms between them, ending 50 px or more from where they began.";
    PointerSubmovements "pointer.submovements" "hundredths" Merge::Mean(PointerStrokes), "Mean number of peaks of speed in a long stroke, each a fifth of the highest speed above the valley before it.";
    PointerTime "pointer.time" "10 ms" Merge::Sum, "Sum of the times between moves of one stroke.";
    PointerTurnFast "pointer.turn_fast" "mrad" Merge::Mean(PointerTime), "Mean of |θ| of the faster half of turns: those whose slower step is above its median; of 16 or more.";
    PointerTurnMedian "pointer.turn_median" "mrad" Merge::Mean(PointerTime), "Median of |θ|; of 16 or more.";
    PointerTurnMemory "pointer.turn_memory" "thousandths" Merge::Mean(PointerTime), "(1 + r)/2, r the correlation about zero of θ with the θ before it, both cut at 1 rad; of 16 or more.";
    PointerTurnSharp "pointer.turn_sharp" "thousandths" Merge::Mean(PointerTime), "Share of |θ| above 0.5 rad; of 16 or more.";
    PointerTurnSlow "pointer.turn_slow" "mrad" Merge::Mean(PointerTime), "Mean of |θ| of the slower half of turns; of 16 or more.";
    PointerTurnSlowing "pointer.turn_slowing" "thousandths" Merge::Mean(PointerTime), "(1 + r)/2, r Pearson's correlation of log v with log(|θ| + 0.02), v the slower of the two steps of a turn; of 16 or more.";
    TouchArc "touch.arc" "thousandths" Merge::Mean(TouchEvents), "Mean of the largest distance from the chord over the chord, of swipes of 30 px or more.";
    TouchEvents "touch.events" "events" Merge::Sum, "Number of touch events.";
    TouchPressureSpread "touch.pressure_spread" "thousandths" Merge::Mean(TouchEvents), "Standard deviation of the pressure of touch starts and moves.";
    TouchRadiusSpread "touch.radius_spread" "hundredths of a px" Merge::Mean(TouchEvents), "Standard deviation of the radius of touch starts and moves.";
    WheelDelta "wheel.delta" "px, lines or pages" Merge::Mean(WheelEvents), "Mean of |deltaY|.";
    WheelDeltaSpread "wheel.delta_spread" "thousandths" Merge::Mean(WheelEvents), "Standard deviation of |deltaY| over its mean; of two or more.";
    WheelEvents "wheel.events" "events" Merge::Sum, "Number of wheel events.";
    WheelReversals "wheel.reversals" "thousandths" Merge::Mean(WheelEvents), "Share of wheel events in the other direction than the one before.";
}
