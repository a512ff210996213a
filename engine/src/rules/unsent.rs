//! Headers that were not sent, most of those that conditions ask about, and what no page has reported.
//!
//! What is said of them is the same in every request, so that it is worked out when conditions are loaded. A request is
//! answered from there, and only headers that it may have are read, and what pages report where there is a window.

use super::{
    bits::Bits,
    conditions::{Field, state},
    scratch::Scratch,
    source::Place,
    wire::Atom,
};
use crate::{
    fact::Fact,
    signals::{Marks, SIGNALS, Scene, Signal},
};
use alloc::vec::Vec;

/// The answers where no header was sent, and the fields by how they are read.
#[derive(Debug, Default)]
pub(super) struct Unsent {
    truth: Bits,
    known: Bits,
    /// The fields that are headers.
    headers: Vec<(Marks, usize)>,
    /// Those that pages report.
    reported: Vec<usize>,
    /// All others.
    rest: Vec<usize>,
}

impl Unsent {
    pub(super) fn new(fields: &[Field], atoms: &[Atom]) -> Self {
        let mut answers = Scratch::default();
        answers.reset(atoms.len(), 0);
        let mut unsent = Self::default();
        for (at, field) in fields.iter().enumerate() {
            match &field.place {
                Place::Header(name) => unsent.headers.push((name.marks(), at)),
                Place::Signal(signal) if SIGNALS.get(*signal).is_some_and(Signal::is_reported) => {
                    unsent.reported.push(at)
                }
                _ => {
                    unsent.rest.push(at);
                    continue;
                }
            }
            for (place, atom) in
                (field.start..field.values).zip(atoms.get(field.start..field.values).unwrap_or_default())
            {
                answers.tell(place, state::<()>(&atom.test, &Fact::Absent));
            }
        }
        Self { truth: answers.truth, known: answers.known, ..unsent }
    }

    /// Answers as if no header had been sent and no page had reported anything.
    pub(super) fn tell(&self, scratch: &mut Scratch) {
        scratch.truth.copy(&self.truth);
        scratch.known.copy(&self.known);
    }

    /// The fields that pages report, where there is a window of which they may be known.
    pub(super) fn reported(&self, scene: &Scene<'_>) -> &[usize] {
        if scene.window() == Fact::Absent { &[] } else { &self.reported }
    }

    /// The fields of others that are not answered by that, of which some are headers that were not sent either.
    pub(super) fn left(&self, scene: &Scene<'_>) -> impl Iterator<Item = usize> + '_ {
        let sent = scene.marks();
        let headers = self.headers.iter().filter(move |(marks, _)| marks.meet(sent));
        self.rest.iter().copied().chain(headers.map(|&(_, field)| field))
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        beacon::Feature,
        fact::Fact,
        facts::{Facts, Session},
        rules::{
            Answer, Conditions, Scratch,
            conditions::state,
            wire::{Atom, Field, Source, Table, Test},
        },
        signals::{SIGNALS, Sample, Scene, Signal, Visit},
    };
    use alloc::{string::ToString, vec, vec::Vec};
    use proptest::prelude::*;

    const NAMES: [&str; 8] = ["te", "via", "user-agent", "x-a", "x-b", "x-ab", "x-ba", "y"];
    const STATES: [Test; 4] = [Test::Known, Test::Absent, Test::Unavailable, Test::Present];

    /// Asks every header for its state and its size, and reads the method between them.
    fn conditions() -> Conditions {
        let header = |name: &str| Field {
            source: Source::Header(name.to_string()),
            lower: false,
            literals: None,
            automata: vec![],
        };
        let mut fields: Vec<Field> = NAMES.iter().map(|name| header(name)).collect();
        fields.insert(4, Field { source: Source::Signal("request.method".into()), ..header("") });
        let tests = || STATES.into_iter().chain([Test::SizeLess(2)]);
        let atoms = (0..9).flat_map(|field| tests().map(move |test| Atom { field, test })).collect();
        let table = Table { fields, atoms, ..Table::default() };
        Conditions::load(&postcard::to_allocvec(&table).unwrap(), &[], &[]).unwrap()
    }

    proptest! {
        #[test]
        fn headers_that_were_not_sent_are_answered_as_if_they_were_looked_for(
            requests in prop::collection::vec(
                prop::collection::vec((prop::sample::select(&NAMES[..]), "[a-c]{0,3}"), 0..40), 1..4,
            ),
        ) {
            let (conditions, mut scratch) = (conditions(), Scratch::default());
            for request in requests {
                let headers: Vec<(&[u8], &[u8])> =
                    request.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect();
                conditions.evaluate(&Scene::new(&Sample::GET.facts(&headers)), &mut scratch);
                for (at, name) in (0..9).filter(|&at| at != 4).zip(NAMES) {
                    let first = request.iter().find(|(known, _)| *known == name).map(|(_, value)| value.len());
                    for (test, atom) in STATES.iter().zip(5 * at..) {
                        prop_assert_eq!(scratch.answer(atom), state(test, &Fact::from_option(first)), "{} {:?}", name, test);
                    }
                    let size = first.map_or(Answer::Unknown, |size| Answer::from(size < 2));
                    prop_assert_eq!(scratch.answer(5 * at + 4), size, "{}", name);
                }
                prop_assert_eq!(scratch.answer(20), Answer::True);
            }
        }
    }

    /// Asks every signal for its state.
    fn states() -> Conditions {
        let signal = |signal: &Signal| Field {
            source: Source::Signal(signal.name.to_string()),
            lower: false,
            literals: None,
            automata: vec![],
        };
        let atoms = (0..).take(SIGNALS.len()).flat_map(|field| STATES.map(|test| Atom { field, test })).collect();
        let table = Table { fields: SIGNALS.iter().map(signal).collect(), atoms, ..Table::default() };
        Conditions::load(&postcard::to_allocvec(&table).unwrap(), &[], &[]).unwrap()
    }

    #[test]
    fn what_pages_report_is_answered_as_it_is_read_with_a_window_and_without() {
        let features = &[(Feature::PointerEvents, 412), (Feature::ClickCount, 3), (Feature::BeaconEnvironment, 1)];
        let (conditions, mut scratch) = (states(), Scratch::default());
        let window = Visit { features, ..Visit::INSIDE }.window(Sample::NOW);
        let none = Session::Cookie;
        let order = [none, Session::Window(&window, None), none, Session::Unavailable, Session::Window(&window, None)];
        for session in order {
            let facts = Facts { session, ..Sample::GET.facts(&[]) };
            let scene = Scene::new(&facts);
            conditions.evaluate(&scene, &mut scratch);
            for (at, signal) in SIGNALS.iter().enumerate() {
                let reading = (signal.read)(&scene);
                for (test, atom) in STATES.iter().zip(STATES.len() * at..) {
                    assert_eq!(scratch.answer(atom), state(test, &reading), "{} {test:?} {session:?}", signal.name);
                }
            }
        }
    }
}
