//! How often a path is known again, and how often one is taken for another's: of the people in the recordings, when those
//! are there.

use super::cut::cut;
use super::input::InputKind;
use super::read::read;
use super::session::Session;
use outwork_replay::{Input, Progress};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// The sessions of these files.
fn sessions(files: &[PathBuf]) -> Vec<Session> {
    let (mut all, progress) = (Vec::new(), Progress::default());
    for file in files {
        let input = Input::open(file, &progress).unwrap();
        let mut keep = |session| {
            all.push(session);
            Ok(())
        };
        read(&input.name, input.reader, &progress, &mut keep).unwrap();
    }
    all
}

/// The keys of the batches that the script would send.
fn sketches(session: &Session) -> Vec<outwork_engine::beacon::Sketch> {
    cut(session, InputKind::Os).iter().map(|(_, batch)| batch.sketch()).collect()
}

/// Numbers that look random, the same in each run.
struct Noise(u64);

impl Noise {
    fn between(&mut self, least: f64, most: f64) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        least + (most - least) * (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// The same path with every pause changed by up to 5 % and every place by up to 2 px on each axis.
fn blurred(session: &Session, noise: &mut Noise) -> Session {
    let (mut copy, mut last, mut now) = (session.clone(), None, 0.0);
    for event in &mut copy.events {
        let pause = event.at - last.replace(event.at).unwrap_or(event.at);
        now += pause * noise.between(0.95, 1.05);
        event.at = now;
        event.x += noise.between(-2.0, 2.0);
        event.y += noise.between(-2.0, 2.0);
    }
    copy
}

/// What the store of an edge knows: who had a key first.
#[derive(Default)]
struct Store(HashMap<u64, u64>);

impl Store {
    /// Whether a batch of this session is known under another; its keys are noted.
    fn is_replay(&mut self, session: &Session, mark: u64) -> bool {
        let mut known = false;
        for sketch in sketches(session) {
            let owners: Vec<u64> = sketch.keys().iter().map(|key| *self.0.entry(*key).or_insert(mark)).collect();
            known |= sketch.is_known(owners.into_iter().filter(|owner| *owner != mark));
        }
        known
    }
}

struct Measured {
    sessions: usize,
    sketched: usize,
    found: usize,
    false_flags: usize,
}

/// Every session once, then every one that has a sketch once more, blurred, under another mark.
fn measure(people: &[Session]) -> Measured {
    let (mut store, mut noise) = (Store::default(), Noise(7));
    let false_flags = people.iter().zip(0..).filter(|(session, mark)| store.is_replay(session, *mark)).count();
    let has_sketch =
        |session: &&Session| sketches(session).iter().any(|sketch| sketch.keys().len() == outwork_engine::beacon::KEYS);
    let sketched: Vec<&Session> = people.iter().filter(has_sketch).collect();
    let again = sketched.iter().zip(1 << 32..);
    let found = again.filter(|(session, mark)| store.is_replay(&blurred(session, &mut noise), *mark)).count();
    Measured { sessions: people.len(), sketched: sketched.len(), found, false_flags }
}

fn data() -> Option<PathBuf> {
    let given = std::env::var_os("OUTWORK_DATA").map(PathBuf::from);
    let data = given.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"));
    data.join("pointer/dev").is_dir().then_some(data)
}

#[test]
fn people_are_known_again_and_not_taken_for_each_other() {
    let Some(data) = data() else {
        println!("DID NOT RUN: no recordings; set OUTWORK_DATA");
        return;
    };
    let (mut all, mut sum) = (Vec::new(), Measured { sessions: 0, sketched: 0, found: 0, false_flags: 0 });
    for name in
        ["sapimouse", "balabit", "delbot", "delbot_touch", "dsjtzs", "cursory_rec", "jrcalgo", "howweswipe_touch"]
    {
        let people = sessions(&[data.join(format!("pointer/dev/human_{name}.jsonl.gz"))]);
        let Measured { sessions, sketched, found, false_flags } = measure(&people);
        println!(
            "{name:18} {sessions:5} sessions, {sketched:5} sketched, {found:5} found again, {false_flags} false flags"
        );
        (sum.sketched, sum.found) = (sum.sketched + sketched, sum.found + found);
        all.extend(people);
    }
    let mut store = Store::default();
    sum.false_flags = all.iter().zip(0..).filter(|(session, mark)| store.is_replay(session, *mark)).count();
    println!("all: {} of {} found again, {} false flags of {}", sum.found, sum.sketched, sum.false_flags, all.len());
    assert!(sum.found * 100 >= sum.sketched * 99);
    assert!(sum.false_flags * 1_000 <= all.len());
    let replayed = sessions(&[data.join("pointer/replay/bot_rec_replay_human_dev.jsonl.gz")]);
    let found = replayed.iter().zip(1 << 32..).filter(|(session, mark)| store.is_replay(session, *mark)).count();
    println!("replayed through a browser: {found} of {} found", replayed.len());
}
