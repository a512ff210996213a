//! Playing itself: workers that break off, and budgets over nothing.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

use outwork_engine::{policy::Policy, time::Time};
use outwork_replay::{
    Budget, Budgets, Diff, DiffSummary, Format, Input, Line, Options, Outcome, PlayError, Progress, Reject, Sink,
    Window, play,
};
use std::{io::Cursor, path::Path};

fn policy() -> Policy {
    let pack = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/logs/old.toml");
    Policy::load(&outwork_compiler::compile(&pack).unwrap_or_else(|report| panic!("{}", report.render(false))).bundle)
        .unwrap()
}

fn options(jobs: usize) -> Options {
    let (format, now) = (Some(Format::Combined), Time::from_seconds(1_795_305_600));
    Options { format, map: None, limits: true, window: Window::default(), jobs, now, progress: Progress::default() }
}

fn input(lines: usize) -> Vec<Input> {
    let line = "203.0.113.7 - - [21/Nov/2026:10:00:00 +0000] \"GET /a HTTP/1.1\" 200 5 \"-\" \"curl/8\"\n";
    vec![Input::of("log".into(), Cursor::new(line.repeat(lines)), None, &Progress::default()).unwrap()]
}

struct Breaks;

impl Sink for Breaks {
    fn line(&mut self, line: Line<'_>, _: &[Outcome<'_>]) {
        assert!(line.number < 20_000, "as the test wants it");
    }
    fn reject(&mut self, _: usize, _: u64, _: Reject) {}
    fn merge(&mut self, _: Self) {}
}

#[test]
fn a_worker_that_panics_ends_the_replay_and_is_told() {
    let policy = policy();
    for jobs in [2, 3, usize::MAX] {
        let played = play(input(100_000), &[&policy], &options(jobs), || Breaks, None);
        assert!(matches!(played, Err(PlayError::Panic)));
    }
}

#[test]
fn budgets_over_nothing_are_void_and_unread_lines_are_bounded() {
    let policy = policy();
    let diff = |lines, budgets| {
        let played = play(input(lines), &[&policy, &policy], &options(1), || Diff::new(&policy, &policy, 0), None);
        DiffSummary::of(played.unwrap(), &["log".into()], true, 5, budgets)
    };
    let changed = Budgets { changed: Some(Budget::Requests(0)), ..Budgets::default() };
    assert!(diff(0, changed).is_void() && !diff(0, Budgets::default()).is_void());
    let some = diff(3, changed);
    assert!(!some.is_void() && !some.is_exceeded());
    let unread = some.budgets.iter().find(|within| within.name == "unread").unwrap();
    assert_eq!((unread.requests, unread.of, unread.budget), (0, 3, Budget::Share(10_000)));
}
