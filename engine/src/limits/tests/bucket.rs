//! The bucket against a slow one: tokens in floating point, filled at each request for the time since the one before.

use super::*;

const BANDS: [Band; 3] = [Band::Low, Band::Medium, Band::High];

struct Slow {
    burst: f64,
    /// Tokens in a microsecond, by band.
    rate: [f64; 3],
    tokens: f64,
    /// The band of the last request that took tokens.
    band: usize,
    at: u64,
}

impl Slow {
    fn fill(&mut self, now: u64) {
        #[expect(clippy::cast_precision_loss, reason = "less than 2^53 microseconds")]
        let time = (now - self.at) as f64;
        self.tokens = (self.tokens + time * self.rate[self.band]).min(self.burst);
        self.at = now;
    }

    fn take(&mut self, band: usize, cost: u32) {
        self.tokens = (self.tokens - f64::from(cost)).max(0.0);
        self.band = band;
    }
}

proptest! {
    /// Times are whole microseconds: each request may round by one of them, which is 1 / `interval` tokens. So after n requests
    /// both may differ by n / (the shortest interval); closer calls than that are the bucket's own.
    #[test]
    fn it_admits_what_a_slow_bucket_admits(
        burst in 1_u32..40,
        interval in [1_000_u64..2_000_000, 1_000_u64..2_000_000, 1_000_u64..2_000_000],
        cost in [0_u32..5, 0_u32..5, 0_u32..5],
        requests in proptest::collection::vec((0_u64..3_000_000, 0_usize..3), 1..200),
    ) {
        let limit = Limit { burst, interval, cost, ..Limit::default() };
        #[expect(clippy::cast_precision_loss, reason = "less than 2^53 microseconds")]
        let rate = interval.map(|interval| 1.0 / interval as f64);
        let mut slow = Slow { burst: burst.into(), rate, tokens: burst.into(), band: 0, at: SECOND };
        let fastest = rate.into_iter().fold(0.0, f64::max);
        let (mut word, mut now, mut tolerance) = (Word::default(), SECOND, 1e-6);
        for (pause, band) in requests {
            now += pause;
            tolerance += fastest;
            slow.fill(now);
            let (outcome, next) = known(limit.charge(0, 0, BANDS[band], Mercy::None).step(word, Time(now)));
            let spare = slow.tokens - f64::from(cost[band]);
            if spare.abs() > tolerance {
                prop_assert_eq!(outcome.admitted(), spare > 0.0, "{} tokens for {} at {}", slow.tokens, cost[band], now);
            }
            if outcome.admitted() {
                slow.take(band, cost[band]);
            }
            prop_assert!((f64::from(outcome.remaining) - slow.tokens).abs() <= 1.0 + tolerance);
            word = next;
        }
    }
}
