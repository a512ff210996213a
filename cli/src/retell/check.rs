use outwork_engine::decision::Verdict;
use outwork_engine::policy::Policy;
use outwork_engine::risk::Band;
use outwork_engine::transaction::Otherwise;

use super::models::Rescored;
use super::recorded::Recorded;
use super::sums::Sums;

/// Works the decision out again, and says what came out otherwise than recorded, and what that means.
pub(super) fn differences(policy: &Policy, recorded: &Recorded, sums: &Sums, models: &[Rescored]) -> Vec<String> {
    let mut found = Vec::new();
    for layer in sums.layers.iter().filter(|_| sums.whole) {
        if let Some(score) = layer.recorded.filter(|score| i64::from(*score) != layer.sum) {
            found.push(format!("the {} layer sums to {}, and {score} is recorded", layer.layer, layer.sum));
        }
    }
    if let Some(total) = sums.total.filter(|total| sums.whole && *total != i64::from(recorded.risk)) {
        found.push(format!("the risk works out to {total}, and {} is recorded", recorded.risk));
    }
    if !sums.whole {
        found.push(format!(
            "{} more reasons are not in the record: its sums cannot be checked to the end",
            recorded.dropped_reasons
        ));
    }
    let band = policy.settings().bands.of(recorded.risk);
    if band.name() != recorded.band {
        found.push(format!(
            "a risk of {} is {}, and the band was {}: the session was held in it, since bands are left late",
            recorded.risk,
            band.name(),
            recorded.band
        ));
    }
    for model in models {
        if let Some(again) = model.again.filter(|again| (again - model.recorded).abs() > 0.000_05) {
            found.push(format!(
                "model `{}` says {again:.4} of the features, and {:.4} is recorded",
                model.slot, model.recorded
            ));
        }
    }
    let expected = verdict(policy, recorded);
    if expected.is_some_and(|expected| expected.name() != recorded.verdict) {
        found.push(format!(
            "reasons and band make it {}, and {} is recorded{}",
            expected.map_or("", Verdict::name),
            recorded.verdict,
            if recorded.reasons.iter().any(|reason| reason.id.starts_with("challenge.")) {
                ": the client was spared a challenge, as the reasons say"
            } else {
                ""
            }
        ));
    }
    found
}

/// The verdict that reasons and band ask for; none where a reason says something that is not in the bundle.
fn verdict(policy: &Policy, recorded: &Recorded) -> Option<Verdict> {
    use outwork_engine::rules::Action;
    let band = [Band::Low, Band::Medium, Band::High].into_iter().find(|band| band.name() == recorded.band)?;
    let mut asked = policy.settings().verdict(band);
    let mut limits = Verdict::Allow;
    for reason in &recorded.reasons {
        if let Some(rung) = &reason.rung {
            let rung = Verdict::ALL.into_iter().find(|verdict| verdict.name() == rung)?;
            limits = limits.max(rung);
            continue;
        }
        let Some(rule) = policy.rules().iter().find(|rule| rule.id == reason.id) else {
            if reason.id.starts_with("transaction") {
                asked = asked.max(of_transaction(policy, recorded, &reason.id)?);
            }
            continue;
        };
        asked = asked.max(match rule.action {
            Action::Tag => Verdict::Tag,
            Action::Challenge => Verdict::Challenge,
            Action::Block | Action::Decoy => Verdict::Block,
            // Whatever else was asked for.
            Action::Allow => return Some(if limits == Verdict::Tag { Verdict::Allow } else { limits }),
            _ => Verdict::Allow,
        });
    }
    Some(asked.max(limits))
}

/// What a transaction asks for whose demand is not met; none where the record does not say what became of it.
fn of_transaction(policy: &Policy, recorded: &Recorded, reason: &str) -> Option<Verdict> {
    let one = policy.transactions().iter().find(|one| one.reason() == reason)?;
    Some(match (recorded.transaction.as_ref()?.demand.as_deref()?, one.otherwise) {
        // A rule that allows says the rest.
        ("exempt", _) => Verdict::Allow,
        (_, Otherwise::Block) => Verdict::Block,
        ("unmet", Otherwise::Challenge) => Verdict::Challenge,
        (_, Otherwise::Challenge | Otherwise::Tag) => Verdict::Tag,
    })
}
