//! Limits of scope `global`: whom the shell has to ask, and what becomes of the answers.
//!
//! The core waits for nobody. Where somebody has to be asked it hands the shell a [`Question`], and is called again with the
//! [`Answers`]: the same request, the same instant, the same random bytes. What it charged itself comes back with them, so
//! that nothing is charged twice.

use std::{collections::BTreeSet, iter};

use base64ct::{Base64Unpadded, Encoding};
use outwork_engine::{
    limits::{Charge, Charged, Said, Unreachable},
    time::Time,
};

use crate::{
    places::{Place, Places},
    store::{Keys, Store},
};

/// What stands for a charge that somebody has to be asked about.
const ASK: &str = "?";

/// What the shell is to ask before the request can be decided.
#[derive(Debug)]
pub(crate) struct Question {
    /// What is known already, for the shell to bring back: which keys may be stored, then a word a charge, `?` where it is to ask.
    pub(crate) known: String,
    /// A line for each charge that somebody has to be asked about.
    pub(crate) due: Vec<String>,
}

impl Question {
    fn new(made: &[Option<Charged>], keys: Keys, due: Vec<String>) -> Self {
        let word = |charged: &Option<Charged>| {
            charged.map_or_else(|| ASK.to_owned(), |charged| Base64Unpadded::encode_string(&charged.to_bytes()))
        };
        let words = made.iter().map(word);
        Self { known: iter::once(keys.name().to_owned()).chain(words).collect::<Vec<_>>().join(" "), due }
    }
}

/// What the shell brings back.
pub(crate) struct Answers<'a> {
    /// When the last of them came.
    now: Time,
    keys: Keys,
    known: Vec<&'a str>,
    due: std::str::Lines<'a>,
}

impl<'a> Answers<'a> {
    /// Reads milliseconds since the Unix epoch, then the question's own words, then an answer a line.
    pub(crate) fn read(text: &'a [u8]) -> Self {
        let mut lines = str::from_utf8(text).unwrap_or_default().lines();
        let millis: u64 = lines.next().and_then(|now| now.parse().ok()).unwrap_or(0);
        let mut known = lines.next().unwrap_or_default().split(' ');
        let keys = if known.next() == Some(Keys::Known.name()) { Keys::Known } else { Keys::All };
        Self { now: Time(millis.saturating_mul(1_000)), keys, known: known.collect(), due: lines }
    }
}

/// What came of charges, for the shell to bring back with the request's body: a word each, by the keys of their buckets.
pub(crate) fn remember(charges: &[Charge], charged: &[Charged]) -> String {
    let words = charges
        .iter()
        .zip(charged)
        .map(|(charge, charged)| format!("{:032x}:{}", charge.key, Base64Unpadded::encode_string(&charged.to_bytes())));
    words.collect::<Vec<_>>().join(" ")
}

/// One request's charges, where they stand, and what remembers those that stand here.
pub(crate) struct Charging<'a> {
    pub(crate) places: &'a mut Places,
    pub(crate) store: &'a mut Store,
    pub(crate) charges: &'a [Charge],
    pub(crate) now: Time,
}

impl Charging<'_> {
    /// Makes the charges that can be made here, and says what is left to ask.
    pub(crate) fn begin(mut self) -> Result<Vec<Charged>, Question> {
        let mut made = vec![Some(Charged::Unknown); self.charges.len()];
        let (mut due, mut keys) = (Vec::new(), Keys::All);
        for at in self.places.order(self.charges) {
            let (Some(charge), Some(slot)) = (self.charges.get(at), made.get_mut(at)) else { continue };
            match self.first(charge, &due, &mut keys) {
                Begun::Done(charged) => *slot = Some(charged),
                Begun::Due(line) => {
                    due.push(line);
                    *slot = None;
                }
            }
        }
        made.iter().copied().collect::<Option<_>>().ok_or_else(|| Question::new(&made, keys, due))
    }

    /// What became of every charge, once the shell has asked.
    pub(crate) fn conclude(mut self, mut answers: Answers<'_>) -> Vec<Charged> {
        let mut made = vec![Charged::Unknown; self.charges.len()];
        let (mut keys, mut failed) = (answers.keys, BTreeSet::new());
        for at in self.places.order(self.charges) {
            let (Some(charge), Some(slot)) = (self.charges.get(at), made.get_mut(at)) else { continue };
            *slot = match answers.known.get(at).filter(|word| **word != ASK) {
                Some(word) => charged_of(word).unwrap_or(Charged::Unknown),
                None => {
                    let answer = answers.due.next().unwrap_or_default();
                    self.answered(charge, answer, &mut keys).unwrap_or_else(|| {
                        failed.extend(self.places.desk(charge));
                        self.fall_back(charge, &mut keys)
                    })
                }
            };
        }
        // What one request finds out is one failure, however many charges it had.
        for desk in failed {
            self.places.failed(desk, answers.now);
        }
        made
    }

    /// What came of the charges before, as [`remember`] wrote it. A request that is looked at again later may be charged to a
    /// limit more: that one is charged here.
    pub(crate) fn recall(mut self, known: &[u8]) -> Vec<Charged> {
        let words = str::from_utf8(known).unwrap_or_default().split(' ').filter_map(|word| word.split_once(':'));
        let known: Vec<(u128, &str)> =
            words.filter_map(|(key, word)| Some((u128::from_str_radix(key, 16).ok()?, word))).collect();
        let mut keys = Keys::All;
        let charges = self.charges;
        let recall = |charge: &Charge| {
            let word = known.iter().find(|(key, _)| *key == charge.key).map(|(_, word)| *word);
            word.and_then(charged_of).unwrap_or_else(|| self.fall_back(charge, &mut keys))
        };
        charges.iter().map(recall).collect()
    }

    fn first(&mut self, charge: &Charge, due: &[String], keys: &mut Keys) -> Begun {
        let (place, bytes) = match self.places.of(charge) {
            Place::Here => return Begun::Done(self.store.charge(charge, keys, self.now)),
            Place::Nowhere => return Begun::Done(self.fall_back(charge, keys)),
            Place::Counter(counter) => {
                if let Some(charged) = self.store.standing(charge, keys, self.now) {
                    return Begun::Done(charged);
                }
                (format!("counter {}", self.places.name(counter)), charge.cost.to_string())
            }
            Place::Object(shard) => (format!("object {shard}"), Base64Unpadded::encode_string(&charge.to_bytes())),
        };
        let line = format!("{place} {:032x} {bytes} {}", charge.key, keys.name());
        // Whom this request asks already is asked about all its charges.
        let asked = due.iter().any(|line| line.strip_prefix(&place).is_some_and(|rest| rest.starts_with(' ')));
        if asked || self.places.allows(charge, self.now) {
            Begun::Due(line)
        } else {
            Begun::Done(self.fall_back(charge, keys))
        }
    }

    /// What an answer says of a charge; nothing where it is none.
    fn answered(&mut self, charge: &Charge, answer: &str, keys: &mut Keys) -> Option<Charged> {
        let charged = match (self.places.of(charge), answer) {
            (Place::Counter(_), "admitted" | "refused") => {
                let said = Said { admitted: answer == "admitted", remaining: None, reset: None };
                self.store.follow(charge, said, keys, self.now)
            }
            (Place::Counter(_), _) => return None,
            (Place::Object(_) | Place::Here | Place::Nowhere, answer) => charged_of(answer)?,
        };
        self.places.answered(charge);
        Some(charged)
    }

    /// What the limit says of a bucket that cannot be reached.
    fn fall_back(&mut self, charge: &Charge, keys: &mut Keys) -> Charged {
        match charge.unreachable {
            Unreachable::Local => self.store.charge(charge, keys, self.now),
            Unreachable::Open | Unreachable::Closed => Charged::Unknown,
        }
    }
}

enum Begun {
    Done(Charged),
    Due(String),
}

fn charged_of(text: &str) -> Option<Charged> {
    Charged::from_bytes(&Base64Unpadded::decode_vec(text).ok()?)
}

#[cfg(test)]
mod tests {
    use outwork_engine::{
        limits::{Ladder, Limit, Mercy, Penalty, Rung, Scope},
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

    #[test]
    fn what_came_of_charges_is_brought_back_and_charged_no_second_time() {
        let limits = limits(Unreachable::Local);
        let charges = charges(&limits);
        let (mut store, mut places) = (Store::new(), Places::new(&limits, ""));
        let charging = Charging { places: &mut places, store: &mut store, charges: &charges, now: NOW };
        let charged = charging.begin().unwrap();
        let known = remember(&charges, &charged);
        for _ in 0..3 {
            let charging = Charging { places: &mut places, store: &mut store, charges: &charges, now: NOW };
            assert_eq!(left(&charging.recall(known.as_bytes())), left(&charged));
        }
        for junk in [&b""[..], b"nonsense", b"5:!!", "ß:ß".as_bytes(), &[255, 58]] {
            let charging = Charging { places: &mut places, store: &mut store, charges: &charges, now: NOW };
            assert_eq!(charging.recall(junk).len(), charges.len());
        }
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
        places: Places,
        store: Store,
        charges: Vec<Charge>,
    }

    impl Isolate {
        fn new(unreachable: Unreachable, bindings: &str) -> Self {
            let limits = limits(unreachable);
            let charges = charges(&limits);
            Self { places: Places::new(&limits, bindings), store: Store::new(), charges }
        }

        fn begin(&mut self, later: u64) -> Result<Vec<Option<u32>>, Question> {
            self.charging(later).begin().map(|charged| left(&charged))
        }

        fn end(&mut self, text: &str) -> Vec<Option<u32>> {
            left(&self.charging(0).conclude(Answers::read(text.as_bytes())))
        }

        fn charging(&mut self, later: u64) -> Charging<'_> {
            let Self { places, store, charges } = self;
            Charging { places, store, charges, now: Time(NOW.0 + later * 1_000) }
        }
    }

    #[test]
    fn an_object_is_asked_and_nothing_is_charged_twice() {
        let mut isolate = Isolate::new(Unreachable::Closed, "8");
        let question = isolate.begin(0).unwrap_err();
        let bytes = question.due[0].split(' ').nth(3).unwrap();
        assert_eq!(question.due, [format!("object 7 {:032x} {bytes} all", 0x1f)]);
        let mut stepped = Vec::new();
        step(format!("{MILLIS}\n{bytes}\n").as_bytes(), &mut stepped);
        let stepped = String::from_utf8(stepped).unwrap();
        let told: Vec<_> = stepped.lines().collect();
        assert_eq!(told[1], (MILLIS + 1_000).to_string(), "full again after a second");
        assert_eq!(isolate.end(&answers(&question, 3, &told[2..3])), [Some(2), Some(1)]);
        assert_eq!(told[3], "admitted");
        let question = isolate.begin(0).unwrap_err();
        let mut again = Vec::new();
        step(format!("{MILLIS}\n{bytes}\n{}", told[0]).as_bytes(), &mut again);
        let again = String::from_utf8(again).unwrap();
        assert_eq!(isolate.end(&answers(&question, 3, &[again.lines().nth(2).unwrap()])), [Some(1), Some(0)]);
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
        assert_eq!(isolate.places.unplaced().collect::<Vec<_>>(), [1]);
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
            assert_eq!(question.due, [format!("counter OUTWORK_LIMIT_LOGIN_PER_IP {:032x} 1 all", 0x1f)]);
            assert_eq!(isolate.end(&answers(&question, 0, &[answer])), [remaining], "{answer}");
        }
        assert_eq!(isolate.begin(999).unwrap(), [Some(1)], "the rung refuses, and nobody is asked");
        assert!(isolate.begin(1_001).is_err());
    }

    #[test]
    fn a_counter_that_hangs_is_left_alone_as_an_object_is() {
        let mut isolate = Isolate::new(Unreachable::Open, "8\nOUTWORK_LIMIT_LOGIN_PER_IP");
        for _ in 0..3 {
            let question = isolate.begin(0).unwrap_err();
            assert!(question.due[0].starts_with("counter"));
            isolate.end(&answers(&question, 0, &["!"]));
        }
        assert!(isolate.begin(249).is_ok());
        assert!(isolate.begin(250).is_err());
    }

    #[test]
    fn who_is_refused_fills_no_store_with_keys_that_it_makes_up() {
        let mut isolate = Isolate::new(Unreachable::Closed, "8");
        for _ in 0..3 {
            assert!(isolate.begin(0).unwrap_err().due[0].ends_with(" all"));
        }
        assert!(isolate.begin(0).unwrap_err().due[0].ends_with(" known"), "the local one refuses");
        let mut isolate = Isolate::new(Unreachable::Local, "0");
        isolate.charges[0].cost = 4;
        let left = [(); 3].map(|()| isolate.begin(0).unwrap()[1]);
        assert_eq!(left, [Some(1); 3], "charged to a bucket that is not kept");
    }

    #[test]
    fn a_decoy_sets_the_rungs_of_every_key_and_then_of_no_more() {
        let ladder = Ladder::NONE.with(Rung::Block);
        let limits = limits(Unreachable::Local).map(|limit| Limit { ladder, decoy: 1, ..limit });
        let mut isolate = Isolate::new(Unreachable::Local, "0");
        isolate.charges = charges(&limits);
        let hit = |isolate: &mut Isolate, key| {
            isolate.charges = charges(&limits);
            isolate.charges[1].key = key;
            isolate.charges =
                isolate.charges.iter().zip(&limits).map(|(charge, limit)| limit.strike(*charge)).collect();
            isolate.begin(0).unwrap();
            isolate.charges = vec![limits[1].charge(1, key, Band::Low, Mercy::None)];
            let charged = isolate.charging(1).begin().unwrap();
            matches!(charged[..], [Charged::Known(outcome)] if outcome.asks == Some(Rung::Block))
        };
        assert_eq!([1, 2].map(|key| hit(&mut isolate, key)), [true, false], "the address was shut out already");
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
