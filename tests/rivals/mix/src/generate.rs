//! The generator.

use crate::{
    Ask, Field, HEADERS, Network, Random, Rule, Test,
    words::{KINDS, KNOWN, capital, name},
};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The largest policy that is measured.
pub const MOST_RULES: usize = 5_000;

const AGENT: Field = Field::Header("user-agent");

/// So many rules.
pub fn rules(count: usize) -> Vec<Rule> {
    let mut random = Random::new(0x6f75_7477_6f72_6b21);
    (0..count).map(|number| rule(&mut random, number)).collect()
}

fn rule(random: &mut Random, number: usize) -> Rule {
    let (kind, tests) = match number % 10 {
        0 | 2 | 4 | 7 => ("agent", vec![agent(random, number)]),
        1 | 6 => ("path", vec![path(random)]),
        5 => ("header", vec![header(random, number)]),
        9 => ("network", vec![networks(random)]),
        _ => ("several", several(random, number)),
    };
    Rule { id: format!("{kind}.r{number}"), tests }
}

/// Of a hundred: 70 contained, 5 equal, 5 at the beginning, 20 regular expressions.
fn agent(random: &mut Random, number: usize) -> Test {
    let known = number.is_multiple_of(10).then(|| KNOWN.get(number / 10)).flatten();
    let name = capital(&name(random));
    let kind = random.one(KINDS);
    let ask = match (known, random.below(20)) {
        (Some(known), _) => Ask::Contains((*known).into()),
        (None, 0..9) => Ask::Contains(format!("{name}{kind}")),
        (None, 9..14) => Ask::Contains(format!("{name}{kind}/")),
        (None, 14) => Ask::Equals(format!("{name}{kind}/1.{}", random.below(10))),
        (None, 15) => Ask::Prefix(format!("{name}/")),
        (None, _) => agent_pattern(random, &name),
    };
    Test { field: AGENT, ask }
}

/// As crawler-user-agents (MIT) and the policies of Anubis (MIT) write them.
fn agent_pattern(random: &mut Random, name: &str) -> Ask {
    let (first, rest) = name.split_at(1);
    let small = first.to_lowercase();
    let (pattern, example) = match random.below(10) {
        0 => (format!("{name}[bB]ot"), format!("{name}bot")),
        1 => (format!("[{small}{first}]{rest}"), format!("{small}{rest}")),
        2 => (format!("^{name}"), format!("{name}/2.0")),
        3 => (format!("{name}(Bot|SiteAudit|-Image)"), format!("{name}-Image")),
        4 => (format!("(^| ){name}/"), format!("Mozilla/5.0 {name}/3")),
        5 => (format!("{name}/[0-9]+[.][0-9]+"), format!("{name}/10.2")),
        6 => (format!("(?i:{name}(bot|crawler|spider))"), format!("{name}BOT")),
        7 => (format!("{name}([^-]|$)"), format!("x {name}")),
        8 => (
            format!("{name}/.+; [+]https://{small}{rest}[.]com/bot"),
            format!("{name}/1.0 (a; +https://{small}{rest}.com/bot"),
        ),
        _ => (format!("{name}-(News|Video|Ads)[^a-z]"), format!("{name}-News/1")),
    };
    Ask::Matches(pattern, example)
}

/// Of a hundred: 25 equal, 40 at the beginning, 15 at the end, 20 regular expressions.
fn path(random: &mut Random) -> Test {
    let (one, two) = (name(random), name(random));
    let ask = match random.below(20) {
        0..5 => Ask::Equals(format!("/{one}/{two}")),
        5..13 => Ask::Prefix(format!("/{one}/{two}/")),
        13..16 => Ask::Suffix(format!("/{one}.{}", random.one(&["php", "asp", "env", "bak", "sql", "zip"]))),
        _ => path_pattern(random, &one, &two),
    };
    Test { field: Field::Path, ask }
}

fn path_pattern(random: &mut Random, one: &str, two: &str) -> Ask {
    let (pattern, example) = match random.below(5) {
        0 => (format!("^/{one}/[0-9]+/{two}$"), format!("/{one}/17/{two}")),
        1 => (format!("/{one}[.](php|asp|jsp)[0-9]?$"), format!("/a/{one}.php5")),
        2 => (format!("^/[a-z]{{2}}/{one}"), format!("/de/{one}")),
        3 => (format!("(?i)/{one}-{two}"), format!("/{one}-{}", two.to_uppercase())),
        _ => (format!("^/(api|v[0-9])/{one}/{two}"), format!("/v2/{one}/{two}/x")),
    };
    Ask::Matches(pattern, example)
}

/// One in ten asks whether a header was sent, the others what it says.
fn header(random: &mut Random, number: usize) -> Test {
    let field = Field::Header(HEADERS[number / 10 % HEADERS.len()]);
    let word = name(random);
    let ask = match random.below(10) {
        0 => Ask::Present,
        1..4 => Ask::Equals(format!("{word}/{}", random.below(100))),
        4..8 => Ask::Contains(format!("{word}.example")),
        8 => Ask::Prefix(format!("{word};")),
        _ => Ask::Matches(format!("{word}[-_][0-9]+"), format!("{word}-12")),
    };
    Test { field, ask }
}

/// From 4 to 40 networks; every fifth is of IPv6.
fn networks(random: &mut Random) -> Test {
    let count = 4 + random.below(37);
    let mut all: Vec<Network> = (0..count).map(|_| network(random)).collect();
    all.sort_unstable();
    all.dedup();
    Test { field: Field::Address, ask: Ask::Within(all) }
}

fn network(random: &mut Random) -> Network {
    if random.below(5) == 0 {
        let prefix = 32 + 8 * random.below(3) as u8;
        let bits = (0x2000_u128 << 112 | u128::from(random.number()) << 48) & (u128::MAX << (128 - prefix));
        return Network { address: IpAddr::V6(Ipv6Addr::from_bits(bits)), prefix };
    }
    let prefix = *random.one(&[16, 20, 22, 24, 24, 24, 24, 24, 26, 28]);
    let bits = (0x0100_0000 + random.below(0xdf00_0000 - 0x0100_0000) as u32) & (u32::MAX << (32 - prefix));
    Network { address: IpAddr::V4(Ipv4Addr::from_bits(bits)), prefix }
}

/// Two or three questions about different fields.
fn several(random: &mut Random, number: usize) -> Vec<Test> {
    match random.below(5) {
        0 => vec![agent(random, number * 2 + 1), path(random)],
        1 => vec![path(random), sent(random)],
        2 => vec![agent(random, number * 2 + 1), sent(random)],
        3 => vec![agent(random, number * 2 + 1), path(random), header(random, number)],
        _ => vec![path(random), networks(random)],
    }
}

fn sent(random: &mut Random) -> Test {
    Test { field: Field::Header(HEADERS[random.below(HEADERS.len())]), ask: Ask::Present }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_smaller_policy_is_the_beginning_of_a_larger_one() {
        let (small, large) = (rules(10), rules(1_000));
        assert!(small.iter().zip(&large).all(|(one, other)| one.id == other.id && one.tests == other.tests));
    }

    #[test]
    fn has_the_mix_that_is_asked_for() {
        let rules = rules(1_000);
        let count = |kind: &str| rules.iter().filter(|rule| rule.id.starts_with(kind)).count();
        let counts = ["agent.", "path.", "header.", "network.", "several."].map(count);
        assert_eq!(counts, [400, 200, 100, 100, 200]);
        assert!(rules.iter().all(|rule| (rule.tests.len() > 1) == rule.id.starts_with("several.")));
    }
}
