//! Conditions that ask for what no agent is.

use crate::{
    cel::{Condition, Literal, Test},
    context::Context,
    diagnostic::{Code, Diagnostic, did_you_mean},
    pack::{Accepted, PolicySource},
    read::listed,
    source::Span,
};
use outwork_engine::{
    agents::{Outcome, Purpose},
    rules::wire::Source,
};

/// What agents can be, by signal.
struct Words<'p> {
    ids: Vec<&'p str>,
    /// Whether these are the ids of all agents that there are.
    all: bool,
}

/// Reports them. A pack alone cannot know which agents stand beside it.
pub(super) fn check(cx: &mut Context<'_>, policy: &PolicySource) {
    let ids = policy.agents.iter().map(|agent| agent.id.value.as_str()).collect();
    let words = Words { ids, all: !policy.is_pack };
    for rule in &policy.rules {
        if let Some(condition) = &rule.condition {
            words.check(cx, condition, &rule.when.span, &rule.accepted);
        }
    }
    for limit in &policy.limits {
        if let Some(condition) = &limit.condition {
            words.check(cx, condition, &limit.id.span, &limit.accepted);
        }
    }
}

impl Words<'_> {
    fn check(&self, cx: &mut Context<'_>, condition: &Condition, place: &Span, accepted: &[Accepted]) {
        let mut wrong = Vec::new();
        condition.questions(&mut |question| {
            if let (Source::Signal(signal), Test::Literals(literals)) = (&question.field.source, &question.test)
                && let Some(known) = self.of(signal)
            {
                let never = literals.iter().filter(|literal| !known.iter().any(|word| may_be(literal, word)));
                wrong.extend(never.map(|literal| (signal.clone(), literal.text.clone(), known.clone())));
            }
        });
        for (signal, text, known) in wrong {
            let message = format!("`{signal}` is never `{text}`");
            let help = match did_you_mean(&text, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None if known.len() < 10 && !known.is_empty() => format!("it is one of {}", listed(&known)),
                None => "add an `[[agent]]` of this id; `outwork agents` lists those that there are".into(),
            };
            cx.warn(accepted, Diagnostic::new(Code::UnknownAgent, place.clone(), message).help(help));
        }
    }

    /// What a signal can be; none where it can be anything.
    fn of(&self, signal: &str) -> Option<Vec<&str>> {
        match signal {
            "agent.id" | "agent.claimed" => self.all.then(|| self.ids.clone()),
            "agent.purpose" => Some(Purpose::ALL.map(Purpose::name).into()),
            "agent.network" => Some([Outcome::Verified, Outcome::Invalid].map(Outcome::name).into()),
            "agent.signature" => {
                Some([Outcome::Verified, Outcome::Invalid, Outcome::Unverifiable].map(Outcome::name).into())
            }
            _ => None,
        }
    }
}

/// Whether a text that a literal asks for may be this word.
pub(super) fn may_be(literal: &Literal, word: &str) -> bool {
    let text = literal.text.as_str();
    match (literal.from_start, literal.to_end) {
        (true, true) => word == text,
        (true, false) => word.starts_with(text),
        (false, true) => word.ends_with(text),
        (false, false) => word.contains(text),
    }
}
