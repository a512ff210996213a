//! Runs the tests that rules carry, in the engine that hosts run.

use crate::{
    diagnostic::{Code, Diagnostic},
    notes::Notes,
    pack::{PolicySource, RuleSource, TestSource},
};
use outwork_engine::{
    policy::Policy,
    rules::{Answer, Scratch},
    signals::Scene,
    time::Time,
};

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
        Err(error) => {
            let message = format!("the engine refuses the bundle: {error}");
            return (
                Vec::new(),
                vec![
                    Diagnostic::nowhere(Code::TestFailed, message)
                        .help("this is a mistake of Outwork: please report it"),
                ],
            );
        }
    };
    let notes = Notes::read(bundle).unwrap_or_default();
    let (mut outcomes, mut failures) = (Vec::new(), Vec::new());
    let mut scratch = Scratch::default();
    for (place, rule) in policy.rules.iter().enumerate() {
        for (number, test) in (1..).zip(&rule.tests) {
            evaluate(&loaded, test, &mut scratch);
            let passed = scratch.holds(place) == test.fires;
            outcomes.push(TestOutcome { rule: rule.id.value.clone(), number, passed });
            if !passed {
                let trace = loaded.conditions().trace(place, &scratch);
                let answers = trace.map(|(atom, answer)| (notes.atoms.get(atom).map_or("?", String::as_str), answer));
                failures.push(failure(rule, test, answers));
            }
        }
    }
    (outcomes, failures)
}

fn evaluate(policy: &Policy, test: &TestSource, scratch: &mut Scratch) {
    // Any instant and any random bytes will do: no condition reads them.
    test.request
        .with_facts(Time::default(), [0; 16], |facts| policy.conditions().evaluate(&Scene::new(facts), scratch));
}

fn failure<'a>(rule: &RuleSource, test: &TestSource, answers: impl Iterator<Item = (&'a str, Answer)>) -> Diagnostic {
    let did = if test.fires { "does not fire" } else { "fires" };
    let message = format!("rule `{}` {did} on this request", rule.id.value);
    let lines: Vec<String> = answers.map(|(atom, answer)| format!("{atom} is {}", in_words(answer))).collect();
    let label = format!("expected `fires = {}`", test.fires);
    Diagnostic::new(Code::TestFailed, test.span.clone(), message)
        .label(label)
        .related(rule.id.span.clone(), "the rule")
        .note(lines.join("\n"))
        .help("correct the condition or the test")
}

/// How a sentence names an answer.
pub(crate) fn in_words(answer: Answer) -> &'static str {
    match answer {
        Answer::False => "false",
        Answer::True => "true",
        Answer::Unknown => "unknown",
    }
}
