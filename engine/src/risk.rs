//! Risk: points by layer, weighted by how much each layer could see.
//!
//! `risk = Σ wᵢ·cᵢ·rᵢ / Σ wᵢ·cᵢ + adjustments`, clamped to 0–100, where `rᵢ` is a layer's points (0–100), `wᵢ` its
//! weight and `cᵢ` the confidence of what was observed, 0 where nothing was. All in thousandths and whole numbers,
//! rounded half up, so that every host computes the same.
//!
//! The points of a layer are what a model says of it or what rules raise, whichever is more, less what rules lower: both
//! estimate one thing, and no model takes back what a rule says.
//!
//! The mean is taken with behaviour and without it, and the larger one counts: what a page reports can be made up, so it
//! may speak against a client, and never for one.

use crate::{fact::Fact, facts::Facts, rules::Layer, time::Time, window::Held};
use serde::{Deserialize, Serialize};

/// One whole in the fixed-point numbers of this module.
pub const ONE: u32 = 1_000;

/// How much each layer counts, in thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weights {
    /// TLS and headers.
    pub device: u16,
    /// The beacon.
    pub behaviour: u16,
    /// Network, rate, path and history.
    pub context: u16,
}

impl Default for Weights {
    fn default() -> Self {
        Self { device: 400, behaviour: 400, context: 200 }
    }
}

/// Where the bands begin, on the risk scale, and how a session leaves one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bands {
    /// The lowest risk that is medium.
    pub medium: u8,
    /// The lowest risk that is high.
    pub high: u8,
    /// How far below its beginning the risk of a session has to fall before a band is left.
    pub hysteresis: u8,
    /// How long it has to stay there, in microseconds.
    pub hold: u64,
}

impl Default for Bands {
    fn default() -> Self {
        Self { medium: 30, high: 70, hysteresis: 5, hold: 300_000_000 }
    }
}

impl Bands {
    /// The band of a risk.
    pub const fn of(self, risk: u8) -> Band {
        if risk >= self.high {
            Band::High
        } else if risk >= self.medium {
            Band::Medium
        } else {
            Band::Low
        }
    }

    /// The band of a session whose risk is this now, and which was held in another: up at once; down by one for every
    /// `hold` in which the risk stayed `hysteresis` below the beginning of the band.
    pub fn hold(self, risk: u8, held: Held, now: Time) -> Held {
        let (reached, stays) = (self.of(risk), self.of(risk.saturating_add(self.hysteresis)));
        let Held { mut band, mut since } = held;
        while Band::of_level(band) > stays && now.0.saturating_sub(since.0) >= self.hold {
            since = Time(since.0.saturating_add(self.hold));
            band = Band::of_level(band).level().saturating_sub(1);
        }
        if Band::of_level(band) > stays {
            Held { band, since }
        } else {
            Held { band: band.max(reached.level()), since: now }
        }
    }
}

/// A band of risk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Band {
    /// Below [`Bands::medium`].
    Low,
    /// From [`Bands::medium`].
    Medium,
    /// From [`Bands::high`].
    High,
}

impl Band {
    /// The name that headers and records give.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// 0 low, 1 medium, 2 high: as windows hold it.
    pub const fn level(self) -> u8 {
        match self {
            Self::Low => 0,
            Self::Medium => 1,
            Self::High => 2,
        }
    }

    /// The band of a level; the highest for what is none.
    pub const fn of_level(level: u8) -> Self {
        match level {
            0 => Self::Low,
            1 => Self::Medium,
            _ => Self::High,
        }
    }
}

/// The points of a request while they are counted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    device: Sum,
    behaviour: Sum,
    context: Sum,
    adjustments: i32,
}

/// The points of a layer.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    raised: i32,
    lowered: i32,
    modelled: u8,
}

impl Sum {
    fn points(self) -> u8 {
        clamp(self.raised.max(i32::from(self.modelled)).saturating_sub(self.lowered))
    }
}

impl Tally {
    /// Counts points of a rule in a layer, or as an adjustment of the final risk.
    pub fn add(&mut self, layer: Option<Layer>, points: i16) {
        let points = i32::from(points);
        let Some(layer) = layer else {
            self.adjustments = self.adjustments.saturating_add(points);
            return;
        };
        let sum = self.layer(layer);
        if points < 0 {
            sum.lowered = sum.lowered.saturating_sub(points);
        } else {
            sum.raised = sum.raised.saturating_add(points);
        }
    }

    /// Counts what a model says of a layer, after all rules; says whether that is more than they do.
    pub fn model(&mut self, layer: Layer, points: u8) -> bool {
        let sum = self.layer(layer);
        sum.modelled = sum.modelled.max(points);
        i32::from(points) > sum.raised
    }

    fn layer(&mut self, layer: Layer) -> &mut Sum {
        match layer {
            Layer::Device => &mut self.device,
            Layer::Behaviour => &mut self.behaviour,
            Layer::Context => &mut self.context,
        }
    }

    /// The risk that these points mean, given what could be observed.
    pub fn risk(&self, weights: Weights, confidence: Confidence) -> Risk {
        let unobserved = Confidence { behaviour: 0, ..confidence };
        let base = self.mean(weights, confidence).max(self.mean(weights, unobserved));
        let adjusted = i32::try_from(base).unwrap_or(100).saturating_add(self.adjustments);
        let seen = |sum: Sum, confidence| (confidence > 0).then(|| sum.points());
        Risk {
            total: clamp(adjusted),
            device: seen(self.device, confidence.device),
            behaviour: seen(self.behaviour, confidence.behaviour),
            context: seen(self.context, confidence.context),
            confidence: confidence.overall(weights),
            seen: confidence,
        }
    }

    /// The mean of the layers' points, each by its weight times what was seen of it; 0 where nothing was.
    fn mean(&self, weights: Weights, confidence: Confidence) -> u64 {
        let layers = [
            (self.device, weights.device, confidence.device),
            (self.behaviour, weights.behaviour, confidence.behaviour),
            (self.context, weights.context, confidence.context),
        ];
        let (mut total, mut weight) = (0_u64, 0_u64);
        for (sum, layer_weight, layer_confidence) in layers {
            let share = u64::from(layer_weight) * u64::from(layer_confidence);
            total += share * u64::from(sum.points());
            weight += share;
        }
        (total + weight / 2).checked_div(weight).unwrap_or(0)
    }
}

fn clamp(points: i32) -> u8 {
    u8::try_from(points.clamp(0, 100)).unwrap_or(100)
}

/// How much of each layer could be observed, in thousandths; 0 where nothing was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Confidence {
    /// Headers are always seen, the TLS hello not on every host.
    pub device: u16,
    /// That of the window of observation: nothing is observed without a beacon.
    pub behaviour: u16,
    /// An address alone says little, its network more.
    pub context: u16,
}

impl Confidence {
    /// What a connection and its headers alone let one know: of the device, three fifths are in the headers and the
    /// rest in the TLS hello; of the context, half is in the address and the rest in its network.
    pub fn observed(facts: &Facts<'_>) -> Self {
        let connection = &facts.connection;
        let address = connection.address.is_known() || facts.seen.hidden_address;
        let network = connection.asn.is_known() || connection.country.is_known();
        Self {
            device: if matches!(connection.ja4, Fact::Unavailable) { 600 } else { 1_000 },
            behaviour: 0,
            context: if address { 500 } else { 0 } + if network { 500 } else { 0 },
        }
    }

    /// The same, with what a window of observation is still worth.
    pub fn with_behaviour(self, confidence: u16) -> Self {
        Self { behaviour: confidence.min(1_000), ..self }
    }

    fn overall(self, weights: Weights) -> u16 {
        let of = |weight: u16, confidence: u16| (u32::from(weight), u32::from(weight) * u32::from(confidence));
        let layers =
            [of(weights.device, self.device), of(weights.behaviour, self.behaviour), of(weights.context, self.context)];
        let weight: u32 = layers.iter().map(|(weight, _)| weight).sum();
        let seen: u32 = layers.iter().map(|(_, seen)| seen).sum();
        u16::try_from(seen.checked_div(weight).unwrap_or(0)).unwrap_or(u16::MAX)
    }
}

/// The risk of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Risk {
    /// 0 to 100.
    pub total: u8,
    /// The device layer, 0 to 100; none where nothing of it was observed.
    pub device: Option<u8>,
    /// The behaviour layer, 0 to 100; none where nothing of it was observed.
    pub behaviour: Option<u8>,
    /// The context layer, 0 to 100; none where nothing of it was observed.
    pub context: Option<u8>,
    /// How much could be observed altogether, in thousandths.
    pub confidence: u16,
    /// The same of each layer.
    pub seen: Confidence,
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Confidence = Confidence { device: 1_000, behaviour: 1_000, context: 1_000 };

    #[test]
    fn a_layer_that_saw_nothing_does_not_dilute_the_others() {
        let mut tally = Tally::default();
        tally.add(Some(Layer::Device), 60);
        let only_device = Confidence { device: 1_000, behaviour: 0, context: 0 };
        let with_context = Confidence { context: 1_000, ..only_device };
        assert_eq!(tally.risk(Weights::default(), only_device).total, 60);
        assert_eq!(tally.risk(Weights::default(), with_context).total, 40);
    }

    #[test]
    fn behaviour_speaks_against_a_client_and_never_for_one() {
        let mut tally = Tally::default();
        tally.add(Some(Layer::Device), 60);
        let unobserved = Confidence { behaviour: 0, ..ALL };
        assert_eq!(tally.risk(Weights::default(), unobserved).total, 40);
        assert_eq!(tally.risk(Weights::default(), ALL).total, 40);
        tally.add(Some(Layer::Behaviour), 100);
        assert_eq!(tally.risk(Weights::default(), ALL).total, 64);
    }

    #[test]
    fn a_model_and_the_rules_of_its_layer_say_one_thing_and_the_louder_counts() {
        let device = |raised, lowered, modelled| {
            let mut tally = Tally::default();
            tally.add(Some(Layer::Device), raised);
            tally.add(Some(Layer::Device), lowered);
            let louder = tally.model(Layer::Device, modelled);
            (tally.risk(Weights::default(), ALL).device, louder)
        };
        assert_eq!(device(30, 0, 80), (Some(80), true));
        assert_eq!(device(30, 0, 30), (Some(30), false));
        assert_eq!(device(30, 0, 0), (Some(30), false));
        assert_eq!(device(30, -20, 80), (Some(60), true));
        assert_eq!(device(80, -90, 100), (Some(10), true));
    }

    #[test]
    fn no_model_lowers_a_risk() {
        for (rules, layer) in [(0, Layer::Device), (50, Layer::Behaviour), (-40, Layer::Context), (100, Layer::Device)]
        {
            let mut tally = Tally::default();
            tally.add(Some(Layer::Context), 30);
            tally.add(Some(layer), rules);
            for confidence in
                [ALL, Confidence { behaviour: 0, ..ALL }, Confidence { behaviour: 125, device: 600, context: 0 }]
            {
                let before = tally.risk(Weights::default(), confidence).total;
                for points in [0, 1, 50, 100] {
                    let mut modelled = tally;
                    modelled.model(layer, points);
                    assert!(modelled.risk(Weights::default(), confidence).total >= before);
                }
            }
        }
    }

    #[test]
    fn a_model_of_behaviour_does_not_speak_for_a_client_either() {
        let mut tally = Tally::default();
        tally.add(Some(Layer::Device), 60);
        let unobserved = tally.risk(Weights::default(), Confidence { behaviour: 0, ..ALL }).total;
        for points in [0, 5, 39] {
            let mut modelled = tally;
            modelled.model(Layer::Behaviour, points);
            assert_eq!(modelled.risk(Weights::default(), ALL).total, unobserved, "{points}");
        }
    }

    #[test]
    fn missing_is_not_zero() {
        let risk = Tally::default().risk(Weights::default(), Confidence { behaviour: 0, ..ALL });
        assert_eq!((risk.device, risk.behaviour, risk.context), (Some(0), None, Some(0)));
    }

    #[test]
    fn points_and_risk_stay_on_the_scale() {
        let mut tally = Tally::default();
        for _ in 0..10 {
            tally.add(Some(Layer::Device), 100);
            tally.add(None, -30);
        }
        let risk = tally.risk(Weights::default(), ALL);
        assert_eq!((risk.device, risk.total), (Some(100), 0));
    }

    #[test]
    fn no_weight_and_no_confidence_is_no_risk() {
        let weights = Weights { device: 0, behaviour: 0, context: 0 };
        assert_eq!(Tally::default().risk(weights, ALL).total, 0);
    }

    #[test]
    fn bands_begin_at_their_thresholds() {
        let bands = Bands::default();
        assert_eq!([29, 30, 69, 70].map(|risk| bands.of(risk)), [Band::Low, Band::Medium, Band::Medium, Band::High]);
    }

    #[test]
    fn a_band_is_entered_at_once_and_left_below_a_lower_threshold_after_a_while() {
        let bands = Bands::default();
        let minutes = |n: u64| Time(n * 60_000_000);
        let mut held = Held::default();
        // Risk by the minute, and the band then.
        let course = [
            (0, 29, Band::Low),
            (1, 70, Band::High),
            // Not below 65: the time starts again.
            (3, 65, Band::High),
            (7, 64, Band::High),
            (8, 20, Band::Medium),
            // Five minutes below 25.
            (10, 24, Band::Medium),
            (13, 24, Band::Low),
            (14, 29, Band::Low),
        ];
        for (minute, risk, band) in course {
            held = bands.hold(risk, held, minutes(minute));
            assert_eq!(Band::of_level(held.band), band, "minute {minute}");
        }
    }
}
