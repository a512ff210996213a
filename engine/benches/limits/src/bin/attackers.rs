//! Attackers with many addresses against a bounded store: `./scripts/bench limits-attackers`.
//!
//! Takes for each line `PAGES RATE ADDRESSES EACH`: how many pages the store has, how many requests a second the attackers
//! send, from how many addresses, and how often each asks in a row. Beside them are clients that always ask too much, and
//! honest ones. Prints what the store refused them and what buckets without bounds would have.

use outwork_bench_limits::{Pages, key};
use outwork_engine::{
    limits::{Charge, Charged, Limit, Mercy, Word},
    risk::Band,
    time::Time,
};
use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
    io,
};

/// The shipped limit for signing in: 20 at once, and 10 a minute. Words of slow limits are kept for long, which is harder on
/// a store than fast ones.
const BURST: u32 = 20;
const INTERVAL: u64 = 6_000_000;
/// Clients that ask at ten times the limit, and honest ones that ask at half of it.
const HEAVY: u64 = 100;
const HONEST: u64 = 1_000;
const NOW: u64 = 1_795_305_600_000_000;
/// Clients of the attackers come after all others.
const FIRST: u64 = 1 << 32;

fn main() {
    let mut line = String::new();
    while io::stdin().read_line(&mut line).is_ok_and(|bytes| bytes > 0) {
        let numbers: Vec<u64> = line.split_whitespace().map(|number| number.parse().expect("a number")).collect();
        let [pages, rate, addresses, each] = numbers[..] else { panic!("four numbers") };
        println!("{}", play(u32::try_from(pages).expect("a number of pages"), rate, addresses, each));
        line.clear();
    }
}

/// One group of clients, before both stores.
#[derive(Default)]
struct Group {
    asked: u64,
    /// Refused without bounds.
    excess: u64,
    refused: u64,
    /// Refused by the store alone.
    wrongly: u64,
}

fn play(pages: u32, rate: u64, addresses: u64, each: u64) -> String {
    let mut world = World { pages: Pages::new(pages), exact: HashMap::new() };
    let mut waiting = BinaryHeap::new();
    for client in 0..HEAVY + HONEST {
        let phase = (key(client) as u64) % period(client);
        waiting.push(Reverse((NOW + phase, client)));
    }
    let (mut heavy, mut honest) = (Group::default(), Group::default());
    for at in 0..addresses * each {
        let now = NOW + at * 1_000_000 / rate;
        while let Some(&Reverse((due, client))) = waiting.peek().filter(|next| next.0.0 <= now) {
            waiting.pop();
            waiting.push(Reverse((due + period(client), client)));
            let group = if client < HEAVY { &mut heavy } else { &mut honest };
            world.ask(group, client, Time(due));
        }
        world.pages.charge(&charge(FIRST + at / each), Time(now));
    }
    let seconds = addresses * each / rate;
    format!(
        "{seconds} {} {} {} {} {} {} {} {} {}",
        world.pages.taken(),
        world.pages.evicted,
        heavy.asked,
        heavy.excess,
        heavy.refused,
        heavy.wrongly,
        honest.asked,
        honest.refused,
        honest.wrongly
    )
}

struct World {
    pages: Pages,
    exact: HashMap<u64, Word>,
}

impl World {
    fn ask(&mut self, group: &mut Group, client: u64, now: Time) {
        let charge = charge(client);
        let word = self.exact.entry(client).or_default();
        let (exactly, next) = charge.step(*word, now);
        *word = next;
        let (exact, bounded) = (refused(exactly), refused(self.pages.charge(&charge, now)));
        group.asked += 1;
        group.excess += u64::from(exact);
        group.refused += u64::from(bounded);
        group.wrongly += u64::from(bounded && !exact);
    }
}

/// Microseconds between two requests of a client.
fn period(client: u64) -> u64 {
    if client < HEAVY { INTERVAL / 10 } else { INTERVAL * 2 }
}

fn charge(client: u64) -> Charge {
    Limit { burst: BURST, interval: [INTERVAL; 3], ..Limit::default() }.charge(0, key(client), Band::Low, Mercy::None)
}

fn refused(charged: Charged) -> bool {
    matches!(charged, Charged::Known(outcome) if !outcome.admitted())
}
