//! Bot policies of [Anubis](https://anubis.techaro.lol): rules in order, of which the first that allows, denies or
//! challenges decides, and weights that are added up until then.

mod bot;
mod expression;
mod fields;
mod source;
mod thresholds;

use crate::{
    Imported, Loss,
    condition::Condition,
    error::ImportError,
    pack::{MAX_CONDITION, Pack, Rule},
};
use outwork_compiler::Files;
use source::{Placed, PolicyFile, Sources};
use thresholds::{Bands, Outcome};

/// Settings that say how Anubis runs, not whom it lets through.
const OF_ANUBIS: &[&str] =
    &["store", "openGraph", "impressum", "metrics", "logging", "dns_ttl", "status_codes", "geoip"];

/// Imports policy files, one after the other, as one pack. `data` is the folder that `(data)` stands for; without it,
/// the nearest folder above the importing file that has the imported one.
///
/// # Errors
/// When a file cannot be read or parsed, or imports itself.
pub fn import(files: &dyn Files, entries: &[String], data: Option<&str>) -> Result<Imported, ImportError> {
    let mut sources = Sources::default();
    for entry in entries {
        sources.read(files, entry, data)?;
    }
    if sources.bots.is_empty() {
        return Err(ImportError::new("there is no rule in it: an Anubis policy has `bots`, or is a list of rules"));
    }
    let mut losses = Vec::new();
    let bands = sources.policy.as_ref().map_or_else(thresholds::default, |policy| settings(policy, &mut losses));
    let head = head(entries);
    let mut pack = Pack::begin("anubis", "rules of an Anubis bot policy, in its order", true, &head);
    for placed in &sources.bots {
        add(placed, &bands, &mut pack, &mut losses);
    }
    let rules = pack.rules();
    let pack = crate::formatted(pack.finish())?;
    Ok(Imported { pack, policy: Some(policy(&bands)), rules, losses })
}

fn head(entries: &[String]) -> Vec<String> {
    vec![
        format!("Made by `outwork import anubis` of {}.", entries.join(", ")),
        "The rules stand in Anubis's order. The first that allows, denies or challenges decides; weights are points."
            .into(),
        "Anubis's own policies: TecharoHQ/anubis, MIT licence, Copyright (c) 2025 Xe Iaso.".into(),
    ]
}

/// The bands of a policy; what else it sets is told.
fn settings((file, policy): &(String, PolicyFile), losses: &mut Vec<Loss>) -> Bands {
    let mut lose = |name: &str, line: Option<u64>, why: String| {
        losses.push(Loss { file: file.clone(), line, name: name.to_owned(), why });
    };
    for (key, value) in &policy.other {
        match key.as_str() {
            "dnsbl" if value == false => {}
            "dnsbl" => lose(key, None, "no list in the DNS is asked while a request waits".into()),
            "honeypot" if value.get("enabled") == Some(&false.into()) => {}
            "honeypot" => {
                lose(key, None, "pages that trap crawlers are made by Anubis; `decoy` rules answer for paths".into())
            }
            key if OF_ANUBIS.contains(&key) => {}
            _ => lose(key, None, "the setting is not known".into()),
        }
    }
    let Some(thresholds) = &policy.thresholds else { return thresholds::default() };
    let mut wrong = Vec::new();
    let bands = thresholds::bands(&thresholds.iter().map(|spanned| &spanned.value).collect::<Vec<_>>(), &mut wrong);
    let line = thresholds.first().map(|first| first.referenced.line());
    for why in wrong {
        lose("thresholds", line, why);
    }
    if bands.iter().any(|(_, outcome)| *outcome == Outcome::Challenge) {
        let why = "how hard the challenges are is not carried over: `[policy.challenge]` says it by band";
        lose("thresholds", line, why.into());
    }
    bands
}

/// Adds a rule to the pack, with what it lost as comments.
fn add(placed: &Placed, bands: &Bands, pack: &mut Pack, losses: &mut Vec<Loss>) {
    let Placed { file, line, bot } = placed;
    let mut wrong = Vec::new();
    let condition = bot::condition(bot, pack, &mut wrong);
    for key in bot.other.keys() {
        wrong.push(format!("`{key}` is not known, and is left out"));
    }
    if bot.challenge.is_some() && bot.action != "CHALLENGE" {
        wrong.push("`challenge` says nothing without the action CHALLENGE".into());
    }
    let effect = effect(placed, bands, &mut wrong);
    let when = condition.text();
    if condition == Condition::Constant(false) {
        wrong.push("nothing is left of the rule that could match, and it is left out".into());
    } else if when.len() > MAX_CONDITION {
        wrong.push(format!("the condition has {} bytes, more than fit, and the rule is left out", when.len()));
    } else if let Some(effect) = effect {
        let mut comments = vec![format!("{file}:{line}: {}", bot.name)];
        comments.extend(wrong.iter().map(|why| format!("Lost: {why}.")));
        let why = format!("`{}` of the Anubis policy: {}", bot.name, said(&bot.action));
        pack.rule("anubis", &Rule { name: &bot.name, comments, when, effect, why, ..Rule::default() });
    }
    losses.extend(wrong.into_iter().map(|why| Loss {
        file: file.clone(),
        line: Some(*line),
        name: bot.name.clone(),
        why,
    }));
}

/// The lines of a rule that say what it does; none when Anubis knows no such action.
fn effect(placed: &Placed, bands: &Bands, wrong: &mut Vec<String>) -> Option<Vec<String>> {
    let bot = &placed.bot;
    match bot.action.as_str() {
        "ALLOW" => Some(vec!["action = \"allow\"".into()]),
        "DENY" => Some(vec!["action = \"block\"".into()]),
        "CHALLENGE" => {
            if bot.challenge.is_some() {
                wrong.push("how hard its challenge is has no place here: `[policy.challenge]` says it by band".into());
            }
            if bands.iter().any(|(_, outcome)| *outcome == Outcome::Deny) {
                wrong.push("a threshold denies by weight, which outweighs a challenge here".into());
            }
            Some(vec!["action = \"challenge\"".into()])
        }
        "WEIGH" => {
            let adjust = bot.weight.as_ref().map_or(5, |weight| weight.adjust);
            let score = adjust.clamp(-100, 100);
            if score != adjust {
                wrong.push(format!("a weight of {adjust} is more than a rule's points can be, and became {score}"));
            }
            Some(vec![format!("score = {score}")])
        }
        "DEBUG_BENCHMARK" => {
            wrong
                .push("the action DEBUG_BENCHMARK is a page of Anubis for developers, and the rule is left out".into());
            None
        }
        other => {
            wrong.push(format!("`{other}` is no action, and the rule is left out"));
            None
        }
    }
}

fn said(action: &str) -> &'static str {
    match action {
        "ALLOW" => "let through",
        "DENY" => "refused",
        "CHALLENGE" => "challenged there",
        _ => "counted",
    }
}

/// A policy whose bands do what the thresholds did.
fn policy(bands: &Bands) -> String {
    let first = bands.first().map_or(Outcome::Allow, |(_, outcome)| *outcome);
    let (medium, second) = bands.get(1).copied().unwrap_or((100, first));
    let (high, third) = bands.get(2).copied().unwrap_or((medium.max(70), second));
    format!(
        "# Made by `outwork import anubis`: the bands do what the thresholds did. Watch it in shadow
# first; `mode = \"enforce\"` puts it in force.

[policy]
version = \"1\"
mode = \"shadow\"
packs = [\"PACK\"]

[bands]
medium = {medium}
high = {high}

[verdicts]
low = \"{}\"
medium = \"{}\"
high = \"{}\"
",
        first.verdict(),
        second.verdict(),
        third.verdict()
    )
}
