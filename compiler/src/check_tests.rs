//! Runs the tests that rules and transactions carry, in the engine that hosts run.

use crate::{
    diagnostic::{Code, Diagnostic},
    notes::{Notes, RuleNote},
    pack::{PolicySource, TestSource},
    read::Text,
    trace::Trace,
};
use outwork_engine::{
    policy::{LoadError, Policy},
    rules::{ConditionsError, Scratch},
    signals::Scene,
    time::Time,
};

/// When requests of tests arrive. Sessions were opened before.
const NOW: Time = Time::from_seconds(1_760_000_000);

/// How one test of a rule went.
#[derive(Clone, Debug)]
pub struct TestOutcome {
    /// The rule, or `transaction.` and the transaction.
    pub rule: String,
    /// Which of its tests it is, from 1.
    pub number: usize,
    /// Whether the rule fired when it should, or did not when it should not.
    pub passed: bool,
}

/// Runs every test of a policy; what failed is also a diagnostic.
pub(crate) fn run(policy: &PolicySource, bundle: &[u8]) -> (Vec<TestOutcome>, Vec<Diagnostic>) {
    let loaded = match Policy::load(bundle) {
        Ok(loaded) => loaded,
        Err(error) => return (Vec::new(), vec![refusal(&error)]),
    };
    let notes = Notes::read(bundle).unwrap_or_default();
    let (mut outcomes, mut failures) = (Vec::new(), Vec::new());
    let mut scratch = Scratch::default();
    for subject in subjects(policy) {
        let Subject { id, name, place, .. } = &subject;
        for (number, test) in (1..).zip(subject.tests) {
            let trace = evaluate(&loaded, (&notes, subject.note(&notes)), *place, test, &mut scratch);
            let passed = scratch.holds(*place) == test.fires;
            outcomes.push(TestOutcome { rule: name.clone(), number, passed });
            if !passed {
                failures.push(failure(id, subject.what, test, trace));
            }
        }
    }
    (outcomes, failures)
}

/// What carries tests: a rule, or a transaction.
struct Subject<'a> {
    what: &'static str,
    id: &'a Text,
    /// What outcomes are told of.
    name: String,
    /// The place of its condition.
    place: usize,
    /// Its place among its like.
    number: usize,
    tests: &'a [TestSource],
}

impl Subject<'_> {
    fn note<'n>(&self, notes: &'n Notes) -> Option<&'n RuleNote> {
        let notes = if self.what == "rule" { &notes.rules } else { &notes.transactions };
        notes.get(self.number)
    }
}

fn subjects(policy: &PolicySource) -> impl Iterator<Item = Subject<'_>> {
    let rules = policy.rules.iter().enumerate().map(|(place, rule)| Subject {
        what: "rule",
        id: &rule.id,
        name: rule.id.value.clone(),
        place,
        number: place,
        tests: &rule.tests,
    });
    let first = policy.rules.len() + policy.limits.len();
    let transactions = policy.transactions.iter().enumerate().map(move |(number, one)| Subject {
        what: "transaction",
        id: &one.id,
        name: one.transaction.reason().to_owned(),
        place: first + number,
        number,
        tests: &one.tests,
    });
    rules.chain(transactions)
}

/// What is wrong with a bundle that the engine does not load.
fn refusal(error: &LoadError) -> Diagnostic {
    if matches!(error, LoadError::Conditions(ConditionsError::Overlaps)) {
        return Diagnostic::nowhere(Code::TooMany, error.to_string())
            .help("put networks that are used together into one list, and drop lists that say the same");
    }
    Diagnostic::nowhere(Code::TestFailed, format!("the engine refuses the bundle: {error}"))
        .help("this is a mistake of Outwork: please report it")
}

/// Evaluates a test's request; tells how the rule was worked out when it did not do as it should.
fn evaluate(
    policy: &Policy,
    (notes, note): (&Notes, Option<&RuleNote>),
    place: usize,
    test: &TestSource,
    scratch: &mut Scratch,
) -> Option<Trace> {
    // Any random bytes will do: no condition reads them.
    test.request.with_facts(NOW, [0; 16], |facts| {
        let scene = Scene::new(facts).knowing(policy.registry());
        policy.conditions().evaluate(&scene, scratch);
        let failed = scratch.holds(place) != test.fires;
        note.filter(|_| failed).and_then(|note| Trace::of(notes, note, scratch, &scene))
    })
}

fn failure(id: &Text, what: &str, test: &TestSource, trace: Option<Trace>) -> Diagnostic {
    let did = if test.fires { "does not fire" } else { "fires" };
    let message = format!("{what} `{}` {did} on this request", id.value);
    let label = format!("expected `fires = {}`", test.fires);
    Diagnostic::new(Code::TestFailed, test.span.clone(), message)
        .label(label)
        .related(id.span.clone(), format!("the {what}"))
        .note(trace.map(|trace| trace.lines("")).unwrap_or_default().trim_end())
        .help("correct the condition or the test")
}
