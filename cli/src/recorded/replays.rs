//! How often a path is known again, and how often one is taken for another's: of the people in the recordings, when those
//! are there.

use super::cut::cut;
use super::input::InputKind;
use super::read::read;
use super::session::Session;
use outwork_engine::beacon::{Batch, Event, Sketch};
use outwork_replay::{Input, Progress};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// Too few events for keys of a blurred path.
const PIECE: usize = 60;

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
fn sketches(session: &Session) -> Vec<Sketch> {
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
        sketches(session).iter().fold(false, |known, sketch| self.knows(sketch, mark) | known)
    }

    fn knows(&mut self, sketch: &Sketch, mark: u64) -> bool {
        let mut owner = |key| Some(*self.0.entry(key).or_insert(mark)).filter(|owner| *owner != mark);
        let owners: Vec<Option<u64>> = sketch.keys().map(&mut owner).collect();
        sketch.is_known(owners.into_iter())
    }
}

#[derive(Default)]
struct Measured {
    sessions: usize,
    false_flags: usize,
    keyed: usize,
    same: usize,
    full: usize,
    blurred: usize,
    pieces: usize,
    pieces_found: usize,
}

impl Measured {
    fn add(&mut self, other: &Self) {
        self.sessions += other.sessions;
        self.false_flags += other.false_flags;
        self.keyed += other.keyed;
        self.same += other.same;
        self.full += other.full;
        self.blurred += other.blurred;
        self.pieces += other.pieces;
        self.pieces_found += other.pieces_found;
    }

    fn print(&self, name: &str) {
        println!(
            "| {name} | {} | {} | {} | {} | {} | {} of {} | {} |",
            self.sessions,
            self.keyed,
            self.same,
            self.full,
            self.blurred,
            self.pieces_found,
            self.pieces,
            self.false_flags
        );
    }
}

/// Every session once; then again under another mark: as it was, blurred, and in pieces that each have their own mark.
fn measure(people: &[Session]) -> Measured {
    let (mut store, mut noise) = (Store::default(), Noise(7));
    let false_flags = people.iter().zip(0..).filter(|(session, mark)| store.is_replay(session, *mark)).count();
    let mut sum = Measured { sessions: people.len(), false_flags, ..Measured::default() };
    for (session, mark) in people.iter().zip(1 << 32..) {
        let has = |test: fn(&Sketch) -> bool| sketches(session).iter().any(test);
        if has(|sketch| sketch.keys().next().is_some()) {
            sum.keyed += 1;
            sum.same += usize::from(store.is_replay(session, mark));
        }
        if has(Sketch::is_full) {
            sum.full += 1;
            sum.blurred += usize::from(store.is_replay(&blurred(session, &mut noise), mark));
        }
        for piece in pieces(session) {
            sum.pieces += 1;
            sum.pieces_found += usize::from(store.knows(&piece, u64::MAX - sum.pieces as u64));
        }
    }
    sum
}

/// The sketches of a recording that is cut into pieces of [`PIECE`] events, which are sent as they are.
fn pieces(session: &Session) -> Vec<Sketch> {
    let batches = cut(session, InputKind::Os);
    let events: Vec<Event> = batches.iter().flat_map(|(_, batch)| &batch.events).copied().collect();
    let piece = |events: &[Event]| Batch { events: events.to_vec(), ..Batch::default() }.sketch();
    events.get(7..).unwrap_or_default().chunks_exact(PIECE).map(piece).collect()
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
    let (mut all, mut sum) = (Vec::new(), Measured::default());
    println!(
        "| source | sessions | with any key | found as it was | with a full sketch | found blurred | pieces of {PIECE} events found | taken for another's |"
    );
    for name in
        ["sapimouse", "balabit", "delbot", "delbot_touch", "dsjtzs", "jrcalgo", "howweswipe_touch", "cursory_rec"]
    {
        let people = sessions(&[data.join(format!("pointer/dev/human_{name}.jsonl.gz"))]);
        let measured = measure(&people);
        measured.print(name);
        sum.add(&measured);
        all.push(people);
    }
    let (mut store, mut persons) = (Store::default(), Store::default());
    let mut flags = |people: &[Session], from: u64| {
        people.iter().zip(from << 32..).filter(|(session, mark)| store.is_replay(session, *mark)).count()
    };
    // How We Swipe has words of one person in two sessions, move for move: those are found, and are no mistakes.
    let mut strangers = |people: &[Session]| {
        let person = |session: &Session| {
            let mut hasher = DefaultHasher::new();
            (&session.source, &session.user).hash(&mut hasher);
            hasher.finish()
        };
        people.iter().filter(|session| persons.is_replay(session, person(session))).count()
    };
    let (cursory, others) = all.split_last().unwrap();
    sum.false_flags = others.iter().zip(0..).map(|(people, from)| flags(people, from)).sum();
    let distinct: usize = others.iter().map(Vec::len).sum();
    let mistaken: usize = others.iter().map(|people| strangers(people)).sum();
    sum.print("all");
    println!("without cursory: {distinct} sessions, {mistaken} taken for another person's");
    // Its movements were cut out of SapiMouse's sessions, so that those that are found are no mistakes.
    println!("cursory in the same store: {} of {} found", flags(cursory, 100), cursory.len());
    assert!(sum.blurred * 100 >= sum.full * 99);
    assert!(sum.same * 100 >= sum.keyed * 99);
    assert!(mistaken * 1_000 <= distinct);
    let replayed = sessions(&[data.join("pointer/replay/bot_rec_replay_human_dev.jsonl.gz")]);
    let found = flags(&replayed, 200);
    println!("replayed through a browser: {found} of {} found", replayed.len());
}
