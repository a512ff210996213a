//! Who made recordings that nobody tells apart by people.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::Session;
use super::session::What;

/// How many steps with their times have to be the same. Of cursory's movements and SapiMouse's sessions, 8 to 16 find the
/// same 632 movements and no second person for any of them.
const STEPS: usize = 12;

/// Two people made these steps.
const SEVERAL: u32 = u32::MAX;

/// Who made which steps, and the sessions that are looked for among them.
///
/// A recording that is cut out of another's session has its steps: those of an unknown person are given to the one who made
/// them, and all others of a source to one person, so that no split can part what may be one person's.
#[derive(Default)]
pub(crate) struct People {
    unknown: Vec<String>,
    names: Vec<String>,
    numbers: HashMap<String, u32>,
    makers: HashMap<u64, u32>,
    sought: Vec<Vec<u64>>,
}

/// Whose rows they are, as far as is known while sessions are read.
pub(crate) enum Maker {
    Known(String),
    /// One that is looked for once all are read: the place among those.
    Sought(usize),
}

impl People {
    /// `unknown` are the sources whose users are no people.
    pub(crate) fn new(unknown: &[String]) -> Self {
        Self { unknown: unknown.to_vec(), ..Self::default() }
    }

    /// Notes a session, and says who made it.
    pub(crate) fn note(&mut self, session: &Session) -> Maker {
        let person = format!("{}/{}", session.source, session.user);
        if session.label != "human" || self.unknown.is_empty() {
            return Maker::Known(person);
        }
        if self.unknown.contains(&session.source) {
            self.sought.push(runs(session).collect());
            return Maker::Sought(self.sought.len() - 1);
        }
        let number = self.number(&person);
        for run in runs(session) {
            let maker = self.makers.entry(run).or_insert(number);
            if *maker != number {
                *maker = SEVERAL;
            }
        }
        Maker::Known(person)
    }

    /// Who made a session that was looked for, now that all are read: the person most of whose steps it has, if there is one.
    pub(crate) fn find(&self, sought: usize) -> Option<&str> {
        let mut counts: HashMap<u32, usize> = HashMap::new();
        for run in self.sought.get(sought).into_iter().flatten() {
            if let Some(maker) = self.makers.get(run).filter(|maker| **maker != SEVERAL) {
                *counts.entry(*maker).or_default() += 1;
            }
        }
        // Of two with as many the one that was read first: the order of a map is not the same in each run.
        let most = counts.into_iter().max_by_key(|(maker, count)| (*count, u32::MAX - maker))?;
        self.names.get(usize::try_from(most.0).ok()?).map(String::as_str)
    }

    fn number(&mut self, person: &str) -> u32 {
        if let Some(number) = self.numbers.get(person) {
            return *number;
        }
        let number = u32::try_from(self.names.len()).unwrap_or(SEVERAL);
        self.names.push(person.to_owned());
        self.numbers.insert(person.to_owned(), number);
        number
    }
}

/// A hash of every run of steps, each in whole pixels and milliseconds.
fn runs(session: &Session) -> impl Iterator<Item = u64> {
    let moves = session.events.iter().filter(|event| matches!(event.kind, What::Move | What::TouchMove));
    let places: Vec<(i64, i64, i64)> =
        moves.map(|event| (event.at.round() as i64, event.x.round() as i64, event.y.round() as i64)).collect();
    let step = |pair: &[(i64, i64, i64)]| match pair {
        [from, to] => (to.0 - from.0, to.1 - from.1, to.2 - from.2),
        _ => (0, 0, 0),
    };
    let steps: Vec<_> = places.windows(2).map(step).collect();
    let hashes: Vec<u64> = steps.windows(STEPS).map(hash).collect();
    hashes.into_iter()
}

fn hash(run: &[(i64, i64, i64)]) -> u64 {
    let mut hasher = DefaultHasher::new();
    run.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorded::session::Seen;

    /// So many moves of somebody, from a place of their path on.
    fn session(source: &str, user: &str, seed: u32, from: u32, moves: u32) -> Session {
        let text = format!(r#"{{"source":"{source}","session_id":"1","user":"{user}","label":"human","events":[]}}"#);
        let mut session: Session = serde_json::from_str(&text).unwrap();
        let event = |n: u32| {
            let (x, y) = (f64::from(n * n * seed % 97), f64::from(n * seed % 89));
            Seen { at: f64::from(n * 16 + n % seed), x, y, kind: What::Move }
        };
        session.events = (from..from + moves).map(event).collect();
        session
    }

    fn found(people: &mut People, session: &Session) -> Option<usize> {
        match people.note(session) {
            Maker::Sought(place) => Some(place),
            Maker::Known(_) => None,
        }
    }

    #[test]
    fn a_movement_belongs_to_whom_it_was_cut_from() {
        let mut people = People::new(&["cut".to_owned()]);
        let cut = found(&mut people, &session("cut", "c1", 7, 40, 20)).unwrap();
        for (user, seed) in [("ann", 3), ("bob", 7), ("eve", 11)] {
            let known = people.note(&session("whole", user, seed, 0, 300));
            assert!(matches!(known, Maker::Known(name) if name == format!("whole/{user}")));
        }
        let other = found(&mut people, &session("cut", "c2", 13, 40, 20)).unwrap();
        let short = found(&mut people, &session("cut", "c3", 7, 40, STEPS as u32)).unwrap();
        assert_eq!([cut, other, short].map(|place| people.find(place)), [Some("whole/bob"), None, None]);
    }

    #[test]
    fn steps_of_two_people_say_nothing() {
        let mut people = People::new(&["cut".to_owned()]);
        for user in ["ann", "bob"] {
            people.note(&session("whole", user, 7, 0, 300));
        }
        let cut = found(&mut people, &session("cut", "c1", 7, 40, 20)).unwrap();
        assert_eq!(people.find(cut), None);
    }

    #[test]
    fn programs_and_sources_whose_users_are_people_are_not_looked_for() {
        let mut people = People::new(&["cut".to_owned()]);
        let mut program = session("cut", "p", 7, 0, 30);
        program.label = "bot:replay".to_owned();
        assert!(matches!(people.note(&program), Maker::Known(name) if name == "cut/p"));
        assert!(found(&mut People::new(&[]), &session("cut", "c1", 7, 0, 30)).is_none());
    }
}
