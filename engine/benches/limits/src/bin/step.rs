//! What it takes to charge a bucket: `./scripts/bench limits-step`. For each line with a name it prints nanoseconds a charge.

use outwork_bench_limits::{Pages, key};
use outwork_engine::{
    limits::{Charge, Ladder, Limit, Mercy, Page, Rung, Table, Word},
    risk::Band,
    time::Time,
};
use std::{hint::black_box, io, time::Instant};

/// Charges of a slice, some hundredths of a millisecond: a slice that the system interrupts is one of many.
const SLICE: u64 = 1_024;
const SLICES: usize = 512;
/// How many clients there are where each has a bucket.
const CLIENTS: u64 = 10_000;
const NOW: u64 = 1_795_305_600_000_000;

fn main() {
    let mut line = String::new();
    while io::stdin().read_line(&mut line).is_ok_and(|bytes| bytes > 0) {
        println!("{:.2}", nanoseconds(line.trim()));
        line.clear();
    }
}

fn nanoseconds(what: &str) -> f64 {
    match what {
        "step, admitted" => step(&charge(1_000_000, 1)),
        "step, refused" => step(&charge(1, 3_600_000_000)),
        "step, shut out" => step(&shut()),
        "pages" => pages(),
        "pages in bytes" => pages_in_bytes(),
        other => rivals::nanoseconds(other),
    }
}

fn charge(burst: u32, interval: u64) -> Charge {
    Limit { burst, interval: [interval; 3], ..Limit::default() }.charge(0, 1, Band::Low, Mercy::None)
}

/// A limit whose first overflow shuts its client out.
fn shut() -> Charge {
    let limit = Limit { ladder: Ladder::NONE.with(Rung::Block), interval: [3_600_000_000; 3], ..Limit::default() };
    limit.charge(0, 1, Band::Low, Mercy::None)
}

/// One bucket, charged every microsecond.
fn step(charge: &Charge) -> f64 {
    let mut word = Word::default();
    time(|at| {
        let (charged, next) = black_box(charge).step(black_box(word), Time(NOW + at));
        black_box(charged);
        word = next;
    })
}

/// Thousands of buckets in pages, each found by its key.
fn pages() -> f64 {
    let mut pages = Pages::new(Table::Buckets.pages());
    let charges = charges();
    time(|at| _ = black_box(pages.charge(&charges[(at % CLIENTS) as usize], Time(NOW + at))))
}

fn pages_in_bytes() -> f64 {
    let mut stored = vec![Page::default().to_bytes(); Table::Buckets.pages() as usize];
    let charges = charges();
    time(|at| _ = black_box(Pages::charge_in_bytes(&mut stored, &charges[(at % CLIENTS) as usize], Time(NOW + at))))
}

fn charges() -> Vec<Charge> {
    let of = |client| {
        let mut charge = charge(1_000_000, 1);
        charge.key = key(client);
        charge
    };
    (0..CLIENTS).map(of).collect()
}

/// The median of the slices, in nanoseconds a call.
fn time(mut work: impl FnMut(u64)) -> f64 {
    (0..SLICE * 16).for_each(&mut work);
    let mut slices: Vec<f64> = (0..SLICES as u64)
        .map(|slice| {
            let first = (slice + 16) * SLICE;
            let start = Instant::now();
            (first..first + SLICE).for_each(&mut work);
            start.elapsed().as_secs_f64() * 1e9 / SLICE as f64
        })
        .collect();
    slices.sort_by(f64::total_cmp);
    slices[SLICES / 2]
}

#[cfg(target_arch = "wasm32")]
mod rivals {
    pub(super) fn nanoseconds(_: &str) -> f64 {
        f64::NAN
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod rivals {
    use super::{CLIENTS, black_box, time};
    use governor::{Quota, RateLimiter, clock::FakeRelativeClock};
    use std::num::NonZeroU32;

    /// With its own clock, as it is mostly used, and with one that costs nothing, which is what our step is given.
    pub(super) fn nanoseconds(what: &str) -> f64 {
        let wide = Quota::per_second(NonZeroU32::new(1_000_000_000).expect("not 0"));
        let narrow = Quota::per_hour(NonZeroU32::MIN);
        let still = FakeRelativeClock::default();
        match what {
            "governor, admitted" => {
                let limiter = RateLimiter::direct(wide);
                time(|_| _ = black_box(limiter.check()))
            }
            "governor, refused" => {
                let limiter = RateLimiter::direct(narrow);
                time(|_| _ = black_box(limiter.check().is_ok()))
            }
            "governor, admitted, no clock" => {
                let limiter = RateLimiter::direct_with_clock(wide, still.clone());
                time(|_| _ = black_box(limiter.check()))
            }
            "governor, refused, no clock" => {
                let limiter = RateLimiter::direct_with_clock(narrow, still.clone());
                time(|_| _ = black_box(limiter.check().is_ok()))
            }
            "governor, keyed" => {
                let (limiter, keys) = (RateLimiter::dashmap(wide), keys());
                time(|at| _ = black_box(limiter.check_key(&keys[(at % CLIENTS) as usize])))
            }
            "governor, keyed, no clock" => {
                let (limiter, keys) = (RateLimiter::dashmap_with_clock(wide, still.clone()), keys());
                time(|at| _ = black_box(limiter.check_key(&keys[(at % CLIENTS) as usize])))
            }
            _ => f64::NAN,
        }
    }

    fn keys() -> Vec<u128> {
        (0..CLIENTS).map(super::key).collect()
    }
}
