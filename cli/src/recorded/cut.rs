//! When the script sends: docs/beacon.md has the same numbers, and beacon/src/beacon.ts the code.

use outwork_engine::beacon::{Batch, Environment, Event, Kind, MAX_AFTER, MAX_STEP};

use super::input::{InputKind, Sayer};
use super::session::{Seen, Session};

const FULL: usize = 256;
const WORTH: usize = 24;
const TICK: f64 = 1_000.0;
const WORTH_AFTER: f64 = 5_000.0;
const ANY_AFTER: f64 = 15_000.0;
const PAUSE: f64 = 1_000.0;
const APART: f64 = 3_000.0;

/// Midnight of 2026-11-22: recordings have no clock.
const CLOCK: u64 = 1_795_305_600_000;

/// The batches that the script would have sent of a session, each with the milliseconds after which it is sent.
pub(crate) fn cut(session: &Session, kind: InputKind) -> Vec<(f64, Batch)> {
    let mut script = Script::new(session);
    let mut sayer = Sayer::new(kind, session);
    for seen in &session.events {
        script.tick_until(seen.at);
        script.hear(seen, &mut sayer);
    }
    script.leave();
    script.sent
}

struct Script {
    environment: Environment,
    sent: Vec<(f64, Batch)>,
    events: Vec<Event>,
    // The time and the place of the last event, of whichever batch.
    time: f64,
    place: Option<(f64, f64)>,
    first: f64,
    paused: Option<f64>,
    sent_at: f64,
    tick: Option<f64>,
}

impl Script {
    fn new(session: &Session) -> Self {
        let pointer =
            if session.is_touch() { Environment::TOUCH } else { Environment::FINE_POINTER.with(Environment::HOVER) };
        Self {
            environment: Environment::COALESCES.with(pointer),
            sent: Vec::new(),
            events: Vec::new(),
            time: session.events.first().map_or(0.0, |event| event.at.round()),
            place: None,
            first: 0.0,
            paused: None,
            sent_at: 0.0,
            tick: None,
        }
    }

    fn tick_until(&mut self, now: f64) {
        while let Some(at) = self.tick.filter(|at| *at <= now) {
            let paused = self.paused.is_some_and(|paused| at - paused >= PAUSE) && at - self.sent_at >= APART;
            let age = at - self.first;
            if paused || age >= ANY_AFTER || age >= WORTH_AFTER && self.events.len() >= WORTH {
                self.flush(at);
            }
            self.tick = (!self.events.is_empty()).then_some(at + TICK);
        }
    }

    fn hear(&mut self, seen: &Seen, sayer: &mut Sayer<'_>) {
        let at = seen.at.round().max(self.time);
        let (x, y) = (seen.x.round(), seen.y.round());
        let (from_x, from_y) = self.place.unwrap_or((x, y));
        let after = (at - self.time).min(f64::from(MAX_AFTER)) as u32;
        let Some(event) = sayer.say(seen, after, (step(x - from_x), step(y - from_y))) else { return };
        if event.kind.step().is_some() {
            self.place = Some((x, y));
        }
        self.time = at;
        if self.events.is_empty() {
            self.first = at;
        }
        if matches!(event.kind, Kind::Up { .. } | Kind::TouchEnd(_)) {
            self.paused = Some(at);
        }
        self.events.push(event);
        self.tick.get_or_insert(at + TICK);
        if self.events.len() == FULL {
            self.flush(at);
            self.tick = None;
        }
    }

    /// A page that is left sends what it has, if that is more than one event.
    fn leave(&mut self) {
        if self.events.len() > 1 {
            self.flush(self.time);
        }
    }

    fn flush(&mut self, at: f64) {
        let after = self.sent.last().map_or(0, |(_, batch)| batch.sequence);
        let millis = at.max(0.0) as u32;
        let batch = Batch {
            sequence: millis.max(after + 1),
            clock: CLOCK + u64::from(millis),
            environment: self.environment,
            events: std::mem::take(&mut self.events),
        };
        self.sent.push((at, batch));
        (self.sent_at, self.paused) = (at, None);
    }
}

fn step(way: f64) -> i32 {
    let most = f64::from(MAX_STEP);
    way.clamp(-most, most) as i32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorded::session::What;

    fn session(events: impl IntoIterator<Item = (f64, f64, What)>) -> Session {
        let text = r#"{"source":"s","session_id":"1","user":"u","label":"human","events":[]}"#;
        let mut session: Session = serde_json::from_str(text).unwrap();
        session.events = events.into_iter().map(|(at, x, kind)| Seen { at, x, y: 0.0, kind }).collect();
        session
    }

    fn sent(session: &Session) -> Vec<(u32, usize)> {
        let cut = cut(session, InputKind::Os);
        cut.iter().map(|(at, batch)| (*at as u32, batch.events.len())).collect()
    }

    #[test]
    fn a_batch_is_full_at_256_events() {
        let moves = (0..600).map(|n| (f64::from(n) * 5.0, f64::from(n), What::Move));
        assert_eq!(sent(&session(moves)), [(1_275, 256), (2_555, 256), (2_995, 88)]);
    }

    #[test]
    fn what_is_worth_it_goes_after_five_seconds_and_anything_after_fifteen() {
        let many = (0..100).map(|n| (f64::from(n) * 100.0, 0.0, What::Move));
        assert_eq!(sent(&session(many)), [(5_000, 50), (9_900, 50)]);
        let few = (0..10).map(|n| (f64::from(n) * 2_000.0, 0.0, What::Move));
        assert_eq!(sent(&session(few)), [(15_000, 8), (18_000, 2)]);
    }

    #[test]
    fn a_click_goes_a_second_later_and_the_next_batch_goes_on_from_there() {
        let clicked = [(0.0, 10.0, What::Move), (3_100.0, 30.0, What::Down), (3_200.0, 30.0, What::Up)];
        let later = [(9_000.0, 500.0, What::Move), (9_010.0, 520.4, What::Move)];
        let cut = cut(&session(clicked.into_iter().chain(later)), InputKind::CdpPuppeteer);
        let steps: Vec<Vec<Option<(i32, i32)>>> =
            cut.iter().map(|(_, batch)| batch.events.iter().map(|event| event.kind.step()).collect()).collect();
        assert_eq!(steps, [vec![Some((0, 0)), Some((20, 0)), Some((0, 0))], vec![Some((470, 0)), Some((20, 0))]]);
        assert!(cut[1].1.events[1].fractional && !cut[1].1.events[0].fractional);
        assert!(cut[0].1.sequence < cut[1].1.sequence);
    }
}
