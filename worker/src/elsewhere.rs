//! Limits of scope `global`: where each bucket stands, whom the shell has to ask, and what becomes of the answers.
//!
//! The core waits for nobody. Where somebody has to be asked it hands the shell a [`Question`], and is called again with the
//! [`Answers`]: the same request, the same instant, the same random bytes. What it charged itself comes back with them, so
//! that nothing is charged twice.

use std::collections::BTreeSet;

use data_encoding::HEXLOWER;
use outwork_engine::{
    limits::{Breaker, Charge, Charged, Limit, Said, Scope, Unreachable},
    time::Time,
};

use crate::store::Store;

/// How the name of a Rate Limiting binding begins; the limit's id follows.
const PREFIX: &str = "OUTWORK_LIMIT_";

/// What stands for a charge that somebody has to be asked about.
const ASK: &str = "?";

/// Where the buckets of a policy's global limits stand.
pub(crate) struct Elsewhere {
    // INVARIANT: one a limit of the policy, in its order.
    places: Vec<Place>,
    // INVARIANT: one a shard. A shard that is overloaded shuts out no other.
    breakers: Vec<Breaker>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    /// With this isolate.
    Here,
    /// In the Durable Object of the key's shard.
    Object,
    /// At the Rate Limiting binding of this name.
    Counter(String),
    /// Nowhere: no binding holds it.
    Nowhere,
}

/// What the shell is to ask before the request can be decided.
#[derive(Debug, Default)]
pub(crate) struct Question {
    /// What is known already, for the shell to bring back: a word a charge, `?` where it is to ask.
    pub(crate) known: String,
    /// A line for each charge that somebody has to be asked about.
    pub(crate) due: Vec<String>,
}

/// What the shell brings back.
pub(crate) struct Answers<'a> {
    /// When the last of them came.
    now: Time,
    known: std::str::Split<'a, char>,
    due: std::str::Lines<'a>,
}

impl<'a> Answers<'a> {
    /// Reads milliseconds since the Unix epoch, then the question's own words, then an answer a line.
    pub(crate) fn read(text: &'a [u8]) -> Self {
        let mut lines = str::from_utf8(text).unwrap_or_default().lines();
        let millis: u64 = lines.next().and_then(|now| now.parse().ok()).unwrap_or(0);
        let known = lines.next().unwrap_or_default().split(' ');
        Self { now: Time(millis.saturating_mul(1_000)), known, due: lines }
    }
}

impl Elsewhere {
    /// Works out where each limit stands. The first line of `bindings` says over how many Durable Objects keys are spread, 0
    /// where there are none; each further one names a Rate Limiting binding.
    pub(crate) fn new(limits: &[Limit], bindings: &str) -> Self {
        let mut lines = bindings.lines();
        let shards: usize = lines.next().and_then(|shards| shards.parse().ok()).unwrap_or(0);
        let counters: BTreeSet<&str> = lines.collect();
        let place = |limit: &Limit| match (limit.scope, binding_of(&limit.id)) {
            (Scope::Local, _) => Place::Here,
            (Scope::Global, name) if counters.contains(name.as_str()) => Place::Counter(name),
            (Scope::Global, _) if shards > 0 => Place::Object,
            (Scope::Global, _) => Place::Nowhere,
        };
        Self { places: limits.iter().map(place).collect(), breakers: vec![Breaker::default(); shards] }
    }

    /// The limits that no binding holds, by their places in the policy.
    pub(crate) fn unplaced(&self) -> impl Iterator<Item = usize> {
        self.places.iter().enumerate().filter(|(_, place)| **place == Place::Nowhere).map(|(at, _)| at)
    }

    /// Makes the charges that can be made here, and says what is left to ask.
    pub(crate) fn charge(
        &mut self,
        store: &mut Store,
        charges: &[Charge],
        now: Time,
    ) -> Result<Vec<Charged>, Question> {
        let mut question = Question::default();
        let mut made = Vec::with_capacity(charges.len());
        for charge in charges {
            match self.begin(store, charge, &question, now) {
                Begun::Done(charged) => {
                    made.push(charged);
                    question.knows(&HEXLOWER.encode(&charged.to_bytes()));
                }
                Begun::Due(line) => {
                    question.knows(ASK);
                    question.due.push(line);
                }
            }
        }
        if question.due.is_empty() { Ok(made) } else { Err(question) }
    }

    /// What became of every charge, once the shell has asked.
    pub(crate) fn conclude(
        &mut self,
        store: &mut Store,
        charges: &[Charge],
        mut answers: Answers<'_>,
        now: Time,
    ) -> Vec<Charged> {
        let mut failed = BTreeSet::new();
        let mut made = Vec::with_capacity(charges.len());
        for charge in charges {
            made.push(match answers.known.next().filter(|word| *word != ASK) {
                Some(word) => charged_of(word).unwrap_or(Charged::Unknown),
                None => {
                    let answer = answers.due.next().unwrap_or_default();
                    self.end(store, charge, answer, now).unwrap_or_else(|| {
                        failed.extend(self.shard(charge));
                        fall_back(store, charge, now)
                    })
                }
            });
        }
        // What one request finds out is one failure, however many charges it had.
        for shard in failed {
            if let Some(breaker) = self.breakers.get_mut(shard) {
                breaker.late(answers.now);
            }
        }
        made
    }

    fn begin(&mut self, store: &mut Store, charge: &Charge, question: &Question, now: Time) -> Begun {
        match self.place(charge) {
            Place::Here => Begun::Done(store.charge(charge, now)),
            Place::Nowhere => Begun::Done(fall_back(store, charge, now)),
            Place::Counter(name) => {
                let line = format!("counter {name} {:032x} {}", charge.key, charge.cost);
                store.standing(charge, now).map_or(Begun::Due(line), Begun::Done)
            }
            Place::Object => {
                let shard = self.shard(charge).unwrap_or(0);
                let object = format!("object {shard} ");
                // An object that this request asks already is asked about all its charges by the same call.
                let asks = question.due.iter().any(|line| line.starts_with(&object))
                    || self.breakers.get_mut(shard).is_some_and(|breaker| breaker.allows(now));
                if !asks {
                    return Begun::Done(fall_back(store, charge, now));
                }
                Begun::Due(format!("{object}{:032x} {}", charge.key, HEXLOWER.encode(&charge.to_bytes())))
            }
        }
    }

    /// What an answer says of a charge; nothing where it is none.
    fn end(&mut self, store: &mut Store, charge: &Charge, answer: &str, now: Time) -> Option<Charged> {
        if matches!(self.place(charge), Place::Counter(_)) {
            let admitted = answer == "admitted";
            let said = Said { admitted, remaining: None, reset: None };
            return (admitted || answer == "refused").then(|| store.follow(charge, said, now));
        }
        let charged = charged_of(answer)?;
        if let Some(breaker) = self.shard(charge).and_then(|shard| self.breakers.get_mut(shard)) {
            breaker.succeeded();
        }
        Some(charged)
    }

    fn place(&self, charge: &Charge) -> &Place {
        self.places.get(usize::from(charge.limit)).unwrap_or(&Place::Here)
    }

    /// The shard of a charge's key, where it stands in a Durable Object.
    fn shard(&self, charge: &Charge) -> Option<usize> {
        let shards = u128::try_from(self.breakers.len()).ok().filter(|shards| *shards > 0)?;
        (*self.place(charge) == Place::Object).then(|| usize::try_from(charge.key % shards).unwrap_or(0))
    }
}

enum Begun {
    Done(Charged),
    Due(String),
}

impl Question {
    fn knows(&mut self, word: &str) {
        if !self.known.is_empty() {
            self.known.push(' ');
        }
        self.known.push_str(word);
    }
}

/// What the limit says of a bucket that cannot be reached.
fn fall_back(store: &mut Store, charge: &Charge, now: Time) -> Charged {
    match charge.unreachable {
        Unreachable::Local => store.charge(charge, now),
        Unreachable::Open | Unreachable::Closed => Charged::Unknown,
    }
}

fn charged_of(text: &str) -> Option<Charged> {
    Charged::from_bytes(&HEXLOWER.decode(text.as_bytes()).ok()?)
}

/// The name of the Rate Limiting binding that takes the place of the Durable Objects for a limit.
fn binding_of(id: &str) -> String {
    let name = id.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' });
    PREFIX.chars().chain(name).collect()
}

#[cfg(test)]
mod tests {
    use outwork_engine::{
        limits::{Ladder, Mercy, Penalty, Rung},
        risk::Band,
    };

    use super::*;
    use crate::step::step;

    const MILLIS: u64 = 1_795_305_600_000;
    const NOW: Time = Time(MILLIS * 1_000);

    fn limits(unreachable: Unreachable) -> [Limit; 2] {
        let global =
            Limit { id: "login.per-ip".into(), scope: Scope::Global, unreachable, burst: 2, ..Limit::default() };
        [Limit { id: "here".into(), burst: 3, ..Limit::default() }, global]
    }

    fn charges(limits: &[Limit; 2]) -> Vec<Charge> {
        let keys = [0x5_u128, 0x1f];
        let pairs = (0..).zip(limits).zip(keys);
        pairs.map(|((place, limit), key)| limit.charge(place, key, Band::Low, Mercy::None)).collect()
    }

    /// What is left of each bucket; nothing where it is not known.
    fn left(charged: &[Charged]) -> Vec<Option<u32>> {
        let left = charged.iter().map(|charged| match charged {
            Charged::Known(outcome) => Some(outcome.remaining),
            Charged::Unknown => None,
        });
        left.collect()
    }

    fn answers(question: &Question, later: u64, answers: &[&str]) -> String {
        format!("{}\n{}\n{}", MILLIS + later, question.known, answers.join("\n"))
    }

    struct Isolate {
        elsewhere: Elsewhere,
        store: Store,
        charges: Vec<Charge>,
    }

    impl Isolate {
        fn new(unreachable: Unreachable, bindings: &str) -> Self {
            let limits = limits(unreachable);
            let charges = charges(&limits);
            Self { elsewhere: Elsewhere::new(&limits, bindings), store: Store::new(), charges }
        }

        fn begin(&mut self, later: u64) -> Result<Vec<Option<u32>>, Question> {
            let now = Time(NOW.0 + later * 1_000);
            self.elsewhere.charge(&mut self.store, &self.charges, now).map(|charged| left(&charged))
        }

        fn end(&mut self, text: &str) -> Vec<Option<u32>> {
            let read = Answers::read(text.as_bytes());
            left(&self.elsewhere.conclude(&mut self.store, &self.charges, read, NOW))
        }
    }

    #[test]
    fn an_object_is_asked_and_nothing_is_charged_twice() {
        let mut isolate = Isolate::new(Unreachable::Closed, "8");
        let question = isolate.begin(0).unwrap_err();
        let (_, bytes) = question.due[0].rsplit_once(' ').unwrap();
        assert_eq!(question.due, [format!("object 7 {:032x} {bytes}", 0x1f)]);
        let mut stepped = Vec::new();
        step(format!("{MILLIS}\n{bytes}\n").as_bytes(), &mut stepped);
        let stepped = String::from_utf8(stepped).unwrap();
        let told: Vec<_> = stepped.lines().collect();
        assert_eq!(told[1], (MILLIS + 1_000).to_string(), "full again after a second");
        assert_eq!(isolate.end(&answers(&question, 3, &told[2..])), [Some(2), Some(1)]);
        let question = isolate.begin(0).unwrap_err();
        let mut again = Vec::new();
        step(format!("{MILLIS}\n{bytes}\n{}", told[0]).as_bytes(), &mut again);
        let again = String::from_utf8(again).unwrap();
        assert_eq!(isolate.end(&answers(&question, 3, &[again.lines().last().unwrap()])), [Some(1), Some(0)]);
    }

    #[test]
    fn a_limit_decides_what_a_silent_object_means() {
        let of = |unreachable| {
            let mut isolate = Isolate::new(unreachable, "8");
            let question = isolate.begin(0).unwrap_err();
            isolate.end(&answers(&question, 100, &["!"]))
        };
        assert_eq!([of(Unreachable::Closed), of(Unreachable::Local)], [[Some(2), None], [Some(2), Some(1)]]);
    }

    #[test]
    fn who_finds_out_that_an_object_is_gone_does_so_for_a_while_and_for_its_shard() {
        let mut isolate = Isolate::new(Unreachable::Open, "8");
        for _ in 0..3 {
            let question = isolate.begin(0).unwrap_err();
            isolate.end(&answers(&question, 100, &["!"]));
        }
        assert_eq!(isolate.begin(349).unwrap(), [Some(0), None], "250 ms after the third answer did not come");
        isolate.charges[1].key = 0x1e;
        assert!(isolate.begin(349).is_err(), "another shard");
        isolate.charges[1].key = 0x1f;
        assert!(isolate.begin(350).is_err());
        assert!(isolate.begin(350).is_ok(), "one finds out for all");
    }

    #[test]
    fn who_asks_whether_an_object_is_back_asks_about_all_its_charges() {
        let mut isolate = Isolate::new(Unreachable::Open, "8");
        for _ in 0..3 {
            let question = isolate.begin(0).unwrap_err();
            isolate.end(&answers(&question, 0, &["!"]));
        }
        isolate.charges.push(isolate.charges[1]);
        assert!(isolate.begin(249).is_ok());
        let question = isolate.begin(250).unwrap_err();
        assert_eq!(question.due.len(), 2);
    }

    #[test]
    fn what_has_no_binding_is_named_and_never_asked() {
        let mut isolate = Isolate::new(Unreachable::Local, "0\nOUTWORK_LIMIT_OTHER");
        assert_eq!(isolate.elsewhere.unplaced().collect::<Vec<_>>(), [1]);
        assert_eq!(isolate.begin(0).unwrap(), [Some(2), Some(1)]);
    }

    #[test]
    fn a_counter_says_whether_and_the_isolate_keeps_the_ladder() {
        let mut isolate = Isolate::new(Unreachable::Closed, "8\nOUTWORK_LIMIT_LOGIN_PER_IP");
        let penalty = Penalty { base: 1_000_000, ..Penalty::default() };
        let ladder = Ladder::NONE.with(Rung::Block);
        let limit = Limit { ladder, penalty, ..limits(Unreachable::Closed)[1].clone() };
        isolate.charges = vec![limit.charge(1, 0x1f, Band::Low, Mercy::None)];
        for (answer, remaining) in [("admitted", Some(0)), ("!", None), ("refused", Some(0))] {
            let question = isolate.begin(0).unwrap_err();
            assert_eq!(question.due, [format!("counter OUTWORK_LIMIT_LOGIN_PER_IP {:032x} 1", 0x1f)]);
            assert_eq!(isolate.end(&answers(&question, 0, &[answer])), [remaining], "{answer}");
        }
        assert_eq!(isolate.begin(999).unwrap(), [Some(1)], "the rung refuses, and nobody is asked");
        assert!(isolate.begin(1_001).is_err());
    }

    #[test]
    fn answers_of_any_kind_are_read() {
        for text in ["", "x", "1\n", "1\n? ? ? ?\n\n\n", "\n0 zz 1", "99999999999999999999\n?\nff"] {
            let mut isolate = Isolate::new(Unreachable::Closed, "8");
            assert_eq!(isolate.end(text).len(), 2, "{text}");
        }
        let mut out = Vec::new();
        for text in ["", "1", "1\n\n", "x\n00\n", "1\nzz\nzz"] {
            step(text.as_bytes(), &mut out);
        }
        assert!(out.is_empty());
    }
}
