//! The names of agents in a user agent: all of them in one pass.

use super::Agent;
use alloc::vec::Vec;

/// How many agents one user agent is heard to name: of more, those with the longest names.
pub const MOST_CLAIMS: usize = 16;

/// Bytes that are looked at: real user agents have fewer than 500.
const MOST_BYTES: usize = 1_024;

/// The fewest bytes of a name.
const FEWEST: usize = 2;

/// The agents that a user agent names, the one with the longest name first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    // INVARIANT: the first `count` are places in the policy, none twice, in descending order of `lengths`.
    agents: [u16; MOST_CLAIMS],
    lengths: [u16; MOST_CLAIMS],
    count: u8,
}

impl Claims {
    /// The agents, by their places in the policy.
    pub fn agents(&self) -> impl Iterator<Item = u16> + '_ {
        self.agents.iter().take(self.count.into()).copied()
    }

    /// Takes a name in, of which it counts how long it is: who says `googlebot-image` says `googlebot` as well.
    fn add(&mut self, agent: u16, length: u16) {
        let mut all: Vec<(u16, u16)> = self.agents().zip(self.lengths).collect();
        match all.iter_mut().find(|(known, _)| *known == agent) {
            Some((_, longest)) => *longest = length.max(*longest),
            None => all.push((agent, length)),
        }
        // Of two names alike in length the agent that stands first in the policy comes first.
        all.sort_by_key(|&(agent, length)| (core::cmp::Reverse(length), agent));
        *self = Self::default();
        for ((agent, length), (agents, lengths)) in all.iter().zip(self.agents.iter_mut().zip(&mut self.lengths)) {
            (*agents, *lengths) = (*agent, *length);
            self.count += 1;
        }
    }
}

/// The names of all agents.
#[derive(Debug, Default)]
pub(super) struct Names {
    // INVARIANT: sorted; each name has FEWEST bytes or more, with its agent.
    all: Vec<(Vec<u8>, u16)>,
    // INVARIANT: the bit of the first two bytes of each name.
    beginnings: [u64; 16],
}

impl Names {
    pub(super) fn of(agents: &[Agent]) -> Self {
        let mut names = Self::default();
        for (at, agent) in (0_u16..).zip(agents) {
            let long = agent.names.iter().filter(|name| name.len() >= FEWEST);
            names.all.extend(long.map(|name| (name.to_ascii_lowercase().into_bytes(), at)));
        }
        names.all.sort_unstable();
        for (name, _) in &names.all {
            if let [first, second, ..] = name.as_slice() {
                let (word, bit) = place(*first, *second);
                names.beginnings.iter_mut().skip(word).take(1).for_each(|beginning| *beginning |= bit);
            }
        }
        names
    }

    /// The agents that a text names, in capitals or not.
    pub(super) fn claims(&self, text: &[u8]) -> Claims {
        let text = text.get(..MOST_BYTES).unwrap_or(text);
        let mut claims = Claims::default();
        for (at, pair) in text.windows(2).enumerate() {
            let &[first, second] = pair else { continue };
            let (word, bit) = place(first, second);
            if self.beginnings.get(word).is_some_and(|beginning| beginning & bit != 0) {
                self.add_at(text.get(at..).unwrap_or_default(), &mut claims);
            }
        }
        claims
    }

    /// Takes in the names that a text begins with.
    #[inline(never)]
    fn add_at(&self, text: &[u8], claims: &mut Claims) {
        let Some(beginning) = text.first_chunk::<FEWEST>().map(|pair| pair.map(|byte| byte.to_ascii_lowercase()))
        else {
            return;
        };
        let first = self.all.partition_point(|(name, _)| name.as_slice() < beginning.as_slice());
        let alike = self.all.iter().skip(first).take_while(|(name, _)| name.starts_with(&beginning));
        for (name, agent) in alike {
            if text.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)) {
                claims.add(*agent, u16::try_from(name.len()).unwrap_or(u16::MAX));
            }
        }
    }
}

/// The bit of two bytes among 1,024: letters have one of their own, whatever their case.
const fn place(first: u8, second: u8) -> (usize, u64) {
    ((first & 0x1f) as usize >> 1, 1 << ((first & 1) << 5 | second & 0x1f))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::Purpose;
    use alloc::{format, string::String, vec};
    use proptest::prelude::*;

    fn agents(names: &[&[&str]]) -> Vec<Agent> {
        let agent = |(at, names): (usize, &&[&str])| Agent {
            id: format!("agent.{at}"),
            name: String::new(),
            purpose: Purpose::Other,
            names: names.iter().map(|&name| name.into()).collect(),
            networks: crate::ranges::Ranges::default(),
            directory: None,
            keys: Vec::new(),
            test_keys: false,
        };
        names.iter().enumerate().map(agent).collect()
    }

    fn claimed(names: &[&[&str]], text: &str) -> Vec<u16> {
        Names::of(&agents(names)).claims(text.as_bytes()).agents().collect()
    }

    #[test]
    fn the_longest_name_comes_first_and_no_agent_twice() {
        let names: &[&[&str]] = &[&["googlebot"], &["googlebot-image", "image"], &["bing"], &["x"]];
        assert_eq!(claimed(names, "Mozilla/5.0 (compatible; Googlebot-Image/1.0)"), [1, 0]);
        assert_eq!(claimed(names, "GOOGLEBOT googlebot bInG x"), [0, 2]);
        assert_eq!(claimed(names, "Mozilla/5.0 (X11; Linux x86_64)"), [] as [u16; 0]);
        assert_eq!(claimed(names, "googlebo"), [] as [u16; 0]);
    }

    #[test]
    fn of_many_the_longest_are_heard() {
        let names: Vec<String> = (2..20).map(|length| "x".repeat(length) + "y").collect();
        let each: Vec<[&str; 1]> = names.iter().map(|name| [name.as_str()]).collect();
        let each: Vec<&[&str]> = each.iter().map(<[&str; 1]>::as_slice).collect();
        let expected: Vec<u16> = (2..18).rev().collect();
        assert_eq!(claimed(&each, &names.concat()), expected);
        assert_eq!(claimed(&each, &names.iter().rev().cloned().collect::<String>()), expected);
    }

    #[test]
    fn what_is_far_behind_is_not_heard() {
        let padded = |length: usize| format!("{}bbb", "-".repeat(length));
        assert_eq!((claimed(&[&["bbb"]], &padded(1_021)), claimed(&[&["bbb"]], &padded(1_022))), (vec![0], vec![]));
    }

    proptest! {
        #[test]
        fn finds_what_looking_for_each_finds(
            names in prop::collection::vec("[a-c@`]{2,4}", 0..4), text in "[a-cA-C@`{]{0,40}",
        ) {
            let each: Vec<Vec<&str>> = names.iter().map(|name| vec![name.as_str()]).collect();
            let each: Vec<&[&str]> = each.iter().map(Vec::as_slice).collect();
            let mut found = claimed(&each, &text);
            found.sort_unstable();
            let lowered = text.to_ascii_lowercase();
            let expected: Vec<u16> =
                (0_u16..).zip(&names).filter(|(_, name)| lowered.contains(name.as_str())).map(|(at, _)| at).collect();
            prop_assert_eq!(found, expected);
        }
    }
}
