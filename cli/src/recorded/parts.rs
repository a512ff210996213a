//! Which parts of a session are looked at by themselves: what was observed after one second is no session yet, and has to be
//! scored as what it is.

use std::ops::Range;

use outwork_engine::facts::Session as Token;
use outwork_engine::signals::{Sample, Scene};

use super::input::InputKind;
use super::observe;
use super::session::{Seen, Session, What};
use crate::failure::Failure;
use crate::rows::Span;

/// The lengths of windows in milliseconds, each with that of the next shorter one.
const LENGTHS: [(Span, f64, f64); 3] =
    [(Span::OneSecond, 1_000.0, 0.0), (Span::ThreeSeconds, 3_000.0, 1_000.0), (Span::TenSeconds, 10_000.0, 3_000.0)];

/// The parts of a session that have so many moves or more: of each length the first window, that in the middle of the others
/// and the last, and the whole session.
///
/// Windows of one length do not overlap. They begin with an event: the first with the session's first, the next with the
/// first after that, as long as a window that begins there has too few moves. A window in which nothing happens after the
/// time of the next shorter length is left out: it would be the same observation under another name.
fn parts(session: &Session, least: usize) -> Vec<(Span, Range<usize>)> {
    let course = Course::of(&session.events);
    let mut parts = Vec::new();
    for (span, length, shorter) in LENGTHS {
        let windows = course.windows(length, shorter, least);
        let places = [0, windows.len() / 2, windows.len().saturating_sub(1)];
        for (at, place) in places.into_iter().enumerate() {
            if !places.iter().take(at).any(|before| *before == place) {
                parts.extend(windows.get(place).map(|window| (span, window.clone())));
            }
        }
    }
    let whole = 0..session.events.len();
    parts.extend((course.moves(&whole) >= least).then_some((Span::Whole, whole)));
    parts
}

/// What the edge knows of each part of a session, once it is observed: a page view in that moment.
pub(crate) fn each_part(
    session: &Session,
    kind: InputKind,
    least: usize,
    mut each: impl FnMut(Span, &Scene<'_>),
) -> Result<(), Failure> {
    for (span, events) in parts(session, least) {
        let mut last = None;
        observe(&session.part(events), kind, |observed| {
            last = Some(observed.window.clone());
            Ok(())
        })?;
        if let Some(window) = last {
            let mut facts = Sample::GET.facts(&[]);
            facts.now = window.observed.unwrap_or_default();
            facts.session = Token::Window(&window, None);
            each(span, &Scene::new(&facts));
        }
    }
    Ok(())
}

impl Session {
    /// The session as if only these events had been observed.
    pub(super) fn part(&self, events: Range<usize>) -> Self {
        let before = self.events.get(..events.start).unwrap_or_default();
        let presses = before.iter().filter(|event| event.kind == What::Down).count();
        let mut meta = self.meta.clone();
        if let Some(meta) = &mut meta {
            meta.pres = meta.pres.split_off(presses.min(meta.pres.len()));
        }
        let events = self.events.get(events).unwrap_or_default().to_vec();
        let [source, session_id, user, label, pointer_type, env] =
            [&self.source, &self.session_id, &self.user, &self.label, &self.pointer_type, &self.env].map(String::clone);
        Self { source, session_id, user, label, pointer_type, env, meta, events }
    }
}

/// When events happened, and how many moves there were before each.
struct Course {
    // INVARIANT: ascending; some recordings go back in time, and the script does not.
    times: Vec<f64>,
    // INVARIANT: one longer than `times`.
    moves: Vec<usize>,
}

impl Course {
    fn of(events: &[Seen]) -> Self {
        let (mut times, mut moves) = (Vec::with_capacity(events.len()), vec![0]);
        let (mut now, mut count) = (f64::NEG_INFINITY, 0);
        for event in events {
            now = event.at.max(now);
            count += usize::from(matches!(event.kind, What::Move | What::TouchMove));
            times.push(now);
            moves.push(count);
        }
        Self { times, moves }
    }

    fn moves(&self, events: &Range<usize>) -> usize {
        let before = |place: usize| self.moves.get(place).copied().unwrap_or(0);
        before(events.end).saturating_sub(before(events.start))
    }

    fn windows(&self, length: f64, shorter: f64, least: usize) -> Vec<Range<usize>> {
        let (mut windows, mut start) = (Vec::new(), 0);
        while let Some(begins) = self.times.get(start) {
            let window = start..self.times.partition_point(|time| *time < begins + length);
            let last = self.times.get(window.end.saturating_sub(1)).unwrap_or(begins);
            if self.moves(&window) >= least && last - begins >= shorter {
                start = window.end;
                windows.push(window);
            } else {
                start += 1;
            }
        }
        windows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Moves at these times.
    fn session(times: impl IntoIterator<Item = f64>) -> Session {
        let text = r#"{"source":"s","session_id":"1","user":"u","label":"human","events":[]}"#;
        let mut session: Session = serde_json::from_str(text).unwrap();
        session.events = times.into_iter().map(|at| Seen { at, x: at, y: 0.0, kind: What::Move }).collect();
        session
    }

    fn parts_of(session: &Session) -> Vec<(&'static str, f64, f64)> {
        let at = |place: usize| session.events[place].at;
        parts(session, 8).into_iter().map(|(span, part)| (span.name(), at(part.start), at(part.end - 1))).collect()
    }

    #[test]
    fn of_each_length_there_are_the_first_the_middle_and_the_last() {
        let session = session((0..700).map(|n| f64::from(n) * 100.0));
        assert_eq!(
            parts_of(&session),
            [
                ("1s", 0.0, 900.0),
                ("1s", 35_000.0, 35_900.0),
                ("1s", 69_000.0, 69_900.0),
                ("3s", 0.0, 2_900.0),
                ("3s", 33_000.0, 35_900.0),
                ("3s", 66_000.0, 68_900.0),
                ("10s", 0.0, 9_900.0),
                ("10s", 30_000.0, 39_900.0),
                ("10s", 60_000.0, 69_900.0),
                ("whole", 0.0, 69_900.0),
            ]
        );
    }

    #[test]
    fn a_window_begins_where_enough_moves_do() {
        let rest = (0..10).map(|n| 60_000.0 + f64::from(n) * 50.0);
        let session = session([0.0, 5_000.0, 59_900.0].into_iter().chain(rest));
        assert_eq!(parts_of(&session), [("1s", 59_900.0, 60_450.0), ("whole", 0.0, 60_450.0)]);
    }

    #[test]
    fn a_short_session_has_no_long_windows() {
        assert_eq!(parts_of(&session((0..8).map(f64::from))), [("1s", 0.0, 7.0), ("whole", 0.0, 7.0)]);
        assert_eq!(parts_of(&session((0..7).map(f64::from))), []);
        let two = session((0..20).map(|n| f64::from(n) * 100.0));
        assert_eq!(parts_of(&two).iter().map(|part| part.0).collect::<Vec<_>>(), ["1s", "1s", "3s", "whole"]);
    }

    #[test]
    fn time_does_not_go_back_and_presses_keep_their_pressure() {
        let mut session = session([0.0, 10.0, 5.0, 20.0, 2_000.0]);
        for place in [1, 3] {
            session.events[place].kind = What::Down;
        }
        let course = Course::of(&session.events);
        assert_eq!(course.times, [0.0, 10.0, 10.0, 20.0, 2_000.0]);
        session.meta = serde_json::from_str(r#"{"coal": 4, "pres": [0.25, 0.5]}"#).unwrap();
        let part = session.part(2..4);
        assert_eq!((part.events.len(), part.meta.unwrap().pres), (2, vec![0.5]));
    }
}
