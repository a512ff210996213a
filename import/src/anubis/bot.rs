//! One rule of an Anubis policy: all that it names has to match.

use super::{
    expression,
    fields::{Field, Missing},
    source::{Bot, Expression},
};
use crate::{
    condition::{Condition, listed},
    pack::Pack,
    pattern::Pattern,
};
use std::net::IpAddr;

/// More addresses than this become a list.
const FEW: usize = 3;

/// The condition of a rule; its addresses go into a list of the pack. What is lost is told in `losses`.
pub(super) fn condition(bot: &Bot, pack: &mut Pack, losses: &mut Vec<String>) -> Condition {
    let mut parts = Vec::new();
    if let Some(addresses) = bot.remote_addresses.as_ref().filter(|addresses| !addresses.is_empty()) {
        parts.push(from(addresses, &bot.name, pack, losses));
    }
    if let Some(pattern) = &bot.user_agent_regex {
        parts.push(matches(&Field::user_agent(), pattern, losses));
    }
    if let Some(pattern) = &bot.path_regex {
        parts.push(matches(&Field::always("request.path"), pattern, losses));
    }
    for (name, pattern) in bot.headers_regex.iter().flatten() {
        let field = Field::header(name.trim(), Missing::Empty);
        parts.push(if pattern == ".*" {
            Condition::ask(format!("{} != \"\"", field.here))
        } else {
            matches(&field, pattern, losses)
        });
    }
    if let Some(expression) = &bot.expression {
        parts.push(expressed(expression, losses));
    }
    if let Some(asns) = &bot.asns {
        let numbers: Vec<String> = asns.numbers.iter().map(u32::to_string).collect();
        parts.push(Condition::ask(format!("network.asn in [{}]", numbers.join(", "))));
    }
    if let Some(geoip) = &bot.geoip {
        let countries: Vec<String> = geoip.countries.iter().map(|country| country.to_ascii_uppercase()).collect();
        parts.push(Condition::ask(format!("network.country in {}", listed(countries.iter().map(String::as_str)))));
    }
    if parts.is_empty() {
        losses.push("the rule asks nothing, which Anubis refuses".into());
        return Condition::Constant(false);
    }
    Condition::all(parts)
}

/// The parts of a list one by one, so that what one of them loses leaves the others whole.
fn expressed(expression: &Expression, losses: &mut Vec<String>) -> Condition {
    match expression {
        Expression::One(text) => expression::translate(text, losses),
        Expression::Many { all, any } if any.is_empty() => {
            Condition::all(all.iter().map(|part| expression::translate(part, losses)).collect::<Vec<_>>())
        }
        Expression::Many { any, .. } => {
            Condition::any(any.iter().map(|part| expression::translate(part, losses)).collect::<Vec<_>>())
        }
    }
}

fn matches(field: &Field, pattern: &str, losses: &mut Vec<String>) -> Condition {
    match Pattern::read(pattern.trim()) {
        Ok(pattern) => field.holds(pattern.ask(&field.here), pattern.matches_empty, true),
        Err(why) => {
            losses.push(format!("`{}`: {why}", pattern.trim()));
            Condition::Constant(false)
        }
    }
}

fn from(addresses: &[String], name: &str, pack: &mut Pack, losses: &mut Vec<String>) -> Condition {
    let mut networks = Vec::with_capacity(addresses.len());
    for address in addresses {
        match network(address) {
            Some(network) => networks.push(network),
            None => losses.push(format!("`{address}` is no network")),
        }
    }
    match networks.len() {
        0 => Condition::Constant(false),
        1..=FEW => Condition::ask(format!("client.address in {}", listed(networks.iter().map(String::as_str)))),
        _ => Condition::ask(format!("client.address in lists.{}", pack.list(name, "cidr", &networks))),
    }
}

/// A network with the bits below its prefix cleared, as Go reads it.
fn network(text: &str) -> Option<String> {
    let (address, prefix) = text.trim().split_once('/')?;
    let length: u32 = prefix.parse().ok()?;
    let first: IpAddr = match address.parse().ok()? {
        IpAddr::V4(v4) if length <= 32 => {
            IpAddr::V4((v4.to_bits() & u32::MAX.checked_shl(32 - length).unwrap_or(0)).into())
        }
        IpAddr::V6(v6) if length <= 128 => {
            IpAddr::V6((v6.to_bits() & u128::MAX.checked_shl(128 - length).unwrap_or(0)).into())
        }
        _ => return None,
    };
    Some(format!("{first}/{length}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_lose_the_bits_below_their_prefix() {
        assert_eq!(network("2600:C02:1020:4202::7/64").as_deref(), Some("2600:c02:1020:4202::/64"));
        assert_eq!(network("10.1.2.3/8").as_deref(), Some("10.0.0.0/8"));
        assert_eq!(network("1.2.3.4/0").as_deref(), Some("0.0.0.0/0"));
        for bad in ["1.2.3.4", "1.2.3.4/33", "https://example.org/list", "a/8", "::/129"] {
            assert_eq!(network(bad), None, "{bad}");
        }
    }
}
