//! Runs the tests that rules carry, in the engine that hosts run.

use crate::{
    diagnostic::{Code, Diagnostic},
    notes::Notes,
    pack::{PolicySource, RuleSource, TestSource},
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
    /// The rule.
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
    for (place, rule) in policy.rules.iter().enumerate() {
        for (number, test) in (1..).zip(&rule.tests) {
            let trace = evaluate(&loaded, &notes, place, test, &mut scratch);
            let passed = scratch.holds(place) == test.fires;
            outcomes.push(TestOutcome { rule: rule.id.value.clone(), number, passed });
            if !passed {
                failures.push(failure(rule, test, trace));
            }
        }
    }
    (outcomes, failures)
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
fn evaluate(policy: &Policy, notes: &Notes, place: usize, test: &TestSource, scratch: &mut Scratch) -> Option<Trace> {
    // Any random bytes will do: no condition reads them.
    test.request.with_facts(NOW, [0; 16], |facts| {
        let scene = Scene::new(facts);
        policy.conditions().evaluate(&scene, scratch);
        let failed = scratch.holds(place) != test.fires;
        failed.then(|| Trace::of(notes, place, scratch, &scene)).flatten()
    })
}

fn failure(rule: &RuleSource, test: &TestSource, trace: Option<Trace>) -> Diagnostic {
    let did = if test.fires { "does not fire" } else { "fires" };
    let message = format!("rule `{}` {did} on this request", rule.id.value);
    let label = format!("expected `fires = {}`", test.fires);
    Diagnostic::new(Code::TestFailed, test.span.clone(), message)
        .label(label)
        .related(rule.id.span.clone(), "the rule")
        .note(trace.map(|trace| trace.lines("")).unwrap_or_default().trim_end())
        .help("correct the condition or the test")
}
