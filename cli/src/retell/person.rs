use outwork_engine::policy::Policy;
use outwork_engine::transaction::Demand;

use super::reasons::Told;
use super::recorded::{Recorded, Transaction};

/// What the person saw, in plain words.
pub(super) fn saw(recorded: &Recorded, policy: Option<&Policy>) -> Vec<String> {
    let mut saw = Vec::new();
    if let Some(undecided) = &recorded.undecided {
        saw.push(match undecided.status {
            Some(status) => format!("A message of status {status}, unless the connection was gone by then."),
            None => "No answer: the connection or the request was given up before.".into(),
        });
        return saw;
    }
    if !recorded.enforced && recorded.verdict != "allow" {
        saw.push(
            "Nothing of it: the policy was in shadow for this client, and the request went on to the site.".into(),
        );
        return saw;
    }
    let status = recorded.effects.status;
    saw.push(match (recorded.verdict.as_str(), status) {
        ("allow" | "tag", None) => {
            "What the site answered, which is not in the record: the request was passed on.".to_owned()
        }
        ("throttle", Some(status)) => {
            format!("A page or message that says that there were too many requests (status {status}).")
        }
        ("challenge", Some(status)) => {
            format!("A page that asks the browser to do some work, or to wait, before it goes on (status {status}).")
        }
        ("block", Some(404)) => "That there is nothing at this address (status 404).".to_owned(),
        ("block", Some(status)) => {
            format!("A page or message that says that the request was refused (status {status}), with its reference.")
        }
        (verdict, _) => format!("What the verdict `{verdict}` shows."),
    });
    if recorded.verdict == "tag" {
        saw.push("The site was told of the doubt. What it made of that is not in the record.".into());
    }
    if let Some(delay) = recorded.effects.delay_ms {
        saw.push(format!("The answer may have been held back for up to {delay} ms."));
    }
    if let Some(contact) = policy.and_then(|policy| policy.settings().contact.as_deref()).filter(|_| status.is_some()) {
        saw.push(format!("Whom to ask: {contact}"));
    }
    saw
}

/// What the person can be told. What rules look for in particular is for the site to decide.
pub(super) fn can_be_told(recorded: &Recorded, reasons: &[Told], policy: Option<&Policy>) -> Vec<String> {
    let mut told = Vec::new();
    if let Some(undecided) = &recorded.undecided {
        told.push(format!("Nothing was decided about it: it ended {}.", undecided.waited()));
        told.push("It did not reach the site: nothing was done there.".into());
        return told;
    }
    // The record says which one asked; of a limit, and of a transaction, the reason itself does.
    let decides = |reason: &&Told| {
        reason.rung.is_some()
            || reason.kind == "transaction"
            || recorded.decided_by.as_ref() == Some(&reason.id)
            || reason.action.is_some_and(|action| action == recorded.verdict)
    };
    for reason in reasons.iter().filter(decides) {
        told.push(decided_by(reason));
    }
    let is_doubt = matches!(recorded.verdict.as_str(), "block" | "challenge" | "tag");
    if let Some(id) = recorded.decided_by.as_ref().filter(|_| told.is_empty()) {
        told.push(format!("The rule `{id}` decided."));
    } else if told.is_empty() && is_doubt && policy.is_none() {
        told.push(format!(
            "The risk was {} of 100, which is {}. Whether a single rule decided cannot be told without the bundle.",
            recorded.risk, recorded.band
        ));
    } else if told.is_empty() && is_doubt {
        let most = reasons.iter().filter(|reason| reason.points.is_some_and(|points| points > 0));
        let because: Vec<String> = most.take(3).map(|reason| sentence(&reason.why, &reason.id)).collect();
        told.push(format!(
            "No single rule decided, but the risk: {} of 100, which is {}. What counted most: {}",
            recorded.risk,
            recorded.band,
            if because.is_empty() { "nothing that the record has.".into() } else { because.join(" ") }
        ));
    }
    told.extend(recorded.transaction.as_ref().and_then(|transaction| demanded(transaction, recorded, policy)));
    if let Some(wait) = reasons.iter().filter_map(|reason| reason.wait).max().filter(|wait| *wait > 0) {
        told.push(format!("From then on it was {wait} seconds until such a request was admitted again."));
    }
    if recorded.verdict == "challenge" {
        told.push(
            "It was a challenge, not a refusal. Whether it was passed stands in the records of later requests.".into(),
        );
    }
    if recorded.verdict != "allow" && recorded.agent.is_none() {
        told.push("The decision was made by a program, by the policy that is named here.".into());
    }
    if policy.is_none() {
        told.push("Why a rule is there stands in its bundle, which was not given.".into());
    }
    told
}

/// What became of what a transaction demands, as its record says.
fn demanded(
    Transaction { id, demand, .. }: &Transaction,
    recorded: &Recorded,
    policy: Option<&Policy>,
) -> Option<String> {
    let one = policy.and_then(|policy| policy.transactions().iter().find(|one| one.id == *id));
    let wants = one.map_or_else(
        || "that its client was observed before".to_owned(),
        |one| format!("a window that is {}, and open for {} s", one.window.name(), one.observed / 1_000_000),
    );
    let takes_edge = one.is_some_and(|one| one.window == Demand::Expiring);
    let lacks = match recorded.window.as_str() {
        "inside" => "it was too young".to_owned(),
        "expiring" if takes_edge => "it was too young".to_owned(),
        window => format!("the window was `{window}`"),
    };
    let became = match demand.as_deref()? {
        "met" => return Some(format!("The transaction `{id}` demands {wants}, and that was so.")),
        "cleared" => "A challenge that was passed stood in for it.",
        "exempt" => "A rule that allows lifted the demand.",
        "unmet" if recorded.effects.status.is_some() => "Nothing stood in for it.",
        "unmet" => "It went on all the same, and the site was told where the policy tells it.",
        _ => return None,
    };
    Some(format!("The transaction `{id}` demands {wants}: {lacks}. {became}"))
}

fn decided_by(reason: &Told) -> String {
    match (&reason.rung, reason.level) {
        (Some(rung), Some(level)) if level > 0 => format!(
            "The limit `{}` was used up again and again: level {level} of its ladder, which is `{rung}`.",
            reason.id
        ),
        (Some(rung), _) => format!("The limit `{}` was used up: `{rung}`.", reason.id),
        (None, _) => sentence(&reason.why, &reason.id),
    }
}

/// Why a rule is there, as a sentence.
fn sentence(why: &str, id: &str) -> String {
    let mut letters = why.trim().trim_end_matches('.').chars();
    match letters.next() {
        Some(first) => format!("{}{} ({id}).", first.to_uppercase(), letters.as_str()),
        None => format!("The rule `{id}` fired."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(rule: serde_json::Value) -> String {
        let own = serde_json::json!({
            "verdict": "block", "enforced": true, "band": "medium", "reasons": [{"id": "shop.tool", "score": 60}],
        });
        let record = serde_json::json!({
            "time": 1, "risk_score": 48, "policy": {"version": "b"}, "firewall_rule": rule, "unmapped": {"outwork": own},
        });
        let recorded = Recorded::of(&record).unwrap();
        let reasons: Vec<Told> =
            recorded.reasons.iter().map(|reason| Told::of(&reason.id, None, None).with(reason)).collect();
        can_be_told(&recorded, &reasons, None).join("\n")
    }

    #[test]
    fn without_a_bundle_nothing_is_said_that_only_it_knows() {
        let named = told(serde_json::json!({"uid": "shop.tool"}));
        assert!(named.contains("The rule `shop.tool` fired.") && !named.contains("No single rule"), "{named}");
        // One that had no room among the reasons.
        assert!(told(serde_json::json!({"uid": "shop.other"})).contains("The rule `shop.other` decided."));
        let unnamed = told(serde_json::Value::Null);
        assert!(
            unnamed.contains("cannot be told without the bundle") && !unnamed.contains("No single rule"),
            "{unnamed}"
        );
    }
}
