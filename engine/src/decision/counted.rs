//! What a refused client is told of the limits that it was charged to.
//!
//! `RateLimit-Policy` and `RateLimit` as in draft-ietf-httpapi-ratelimit-headers-10, counted in requests like the one that
//! was refused: a limit whose tokens this client pays by the five has a fifth of them for it. The partition key `pk` is left
//! out: it would tell an attacker which of its disguises count as one client.

use super::push_number;
use crate::limits::{Charge, Limit, Outcome, Rung};
use alloc::{string::String, vec::Vec};

/// One limit, with what was charged to it and what came of that.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counted<'a> {
    pub(crate) limit: &'a Limit,
    pub(crate) charge: Charge,
    pub(crate) outcome: Outcome,
}

impl Counted<'_> {
    fn refuses(&self) -> bool {
        !self.outcome.admitted()
    }

    /// Requests that may still come at once. Who is shut out has none, whatever the bucket holds.
    fn remaining(&self) -> u32 {
        match self.outcome.asks {
            Some(Rung::Challenge | Rung::Block) => 0,
            Some(Rung::Tag | Rung::Throttle) | None => self.charge.requests(self.outcome.remaining),
        }
    }

    /// Whether anything is known of it. A bucket that stands elsewhere may admit without a word about what is left.
    fn is_told(&self) -> bool {
        self.refuses() || self.outcome.remaining > 0 || self.outcome.reset > 0
    }

    /// Seconds until such a request is admitted again, or, where it was, until all of the quota is there.
    fn until(&self) -> u64 {
        if self.refuses() { seconds_up(self.outcome.wait).max(1) } else { seconds_up(self.outcome.reset) }
    }

    fn policy(&self, text: &mut String) {
        item(
            text,
            &self.limit.id,
            &[(";q=", self.charge.quota().into()), (";w=", seconds_up(self.charge.window()).max(1))],
        );
    }

    fn state(&self, text: &mut String) {
        item(text, &self.limit.id, &[(";r=", self.remaining().into()), (";t=", self.until())]);
    }
}

/// `RateLimit-Policy` and `RateLimit`: every limit that was charged, those that refuse first.
pub(crate) fn headers(counted: &[Counted<'_>]) -> [(&'static str, String); 2] {
    [
        ("ratelimit-policy", list(counted.iter(), |one, text| one.policy(text))),
        ("ratelimit", list(counted.iter().filter(|one| one.is_told()), |one, text| one.state(text))),
    ]
}

fn list<'a>(
    counted: impl Iterator<Item = &'a Counted<'a>> + Clone,
    write: impl Fn(&Counted<'_>, &mut String),
) -> String {
    let mut text = String::new();
    let refusing = counted.clone().filter(|one| one.refuses());
    refusing.chain(counted.filter(|one| !one.refuses())).for_each(|one| write(one, &mut text));
    text
}

/// `Retry-After`: not earlier than any of them admits the request.
pub(super) fn retry_after(counted: &[Counted<'_>]) -> String {
    let longest = counted.iter().filter(|one| one.refuses()).map(Counted::until).max();
    let mut text = String::new();
    push_number(&mut text, longest.unwrap_or(1));
    text
}

/// `,"violated-policies":["…"]` of a problem: those that refuse; nothing where none does.
pub(crate) fn violated(counted: &[Counted<'_>]) -> String {
    let ids: Vec<&str> = counted.iter().filter(|one| one.refuses()).map(|one| one.limit.id.as_str()).collect();
    if ids.is_empty() { String::new() } else { [",\"violated-policies\":[\"", &ids.join("\",\""), "\"]"].concat() }
}

/// One more item of a list (RFC 9651): a string with parameters that are whole numbers. Ids need no escapes.
fn item(text: &mut String, id: &str, parameters: &[(&str, u64)]) {
    text.push_str(if text.is_empty() { "\"" } else { ", \"" });
    text.push_str(id);
    text.push('"');
    for (name, value) in parameters {
        text.push_str(name);
        push_number(text, *value);
    }
}

fn seconds_up(micros: u64) -> u64 {
    micros.div_ceil(1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        limits::{Charged, Ladder, Mercy, Word},
        risk::Band,
        time::Time,
    };
    use sfv::{BareItem, List, ListEntry, Parser};

    const SECOND: u64 = 1_000_000;

    fn limit(id: &str, burst: u32, interval: u64, cost: [u32; 3]) -> Limit {
        Limit { id: id.into(), burst, interval: [interval, interval, 4 * interval], cost, ..Limit::default() }
    }

    /// The limit after so many requests in one instant.
    fn after(limit: &Limit, band: Band, requests: usize) -> Counted<'_> {
        let charge = limit.charge(0, 0, band, Mercy::None);
        let mut word = Word::default();
        let mut last = None;
        for _ in 0..requests {
            let (charged, next) = charge.step(word, Time(SECOND));
            (last, word) = (Some(charged), next);
        }
        let Some(Charged::Known(outcome)) = last else { unreachable!("a step always knows") };
        Counted { limit, charge, outcome }
    }

    /// A name and its parameters.
    type Item = (String, Vec<(String, i64)>);

    /// What stands in a header, as another reader has it.
    fn read(text: &str) -> Vec<Item> {
        let list: List = Parser::new(text).parse().unwrap();
        let item = |entry: &ListEntry| {
            let ListEntry::Item(item) = entry else { unreachable!("a list of items") };
            let BareItem::String(id) = &item.bare_item else { unreachable!("a string") };
            let whole = |value: &BareItem| value.as_integer().map(i64::from).unwrap();
            let parameters = item.params.iter().map(|(name, value)| (name.as_str().into(), whole(value)));
            (id.as_str().into(), parameters.collect())
        };
        list.iter().map(item).collect()
    }

    fn told(counted: &[Counted<'_>]) -> [Vec<Item>; 2] {
        headers(counted).map(|(_, text)| read(&text))
    }

    fn item(id: &str, parameters: [(&str, i64); 2]) -> Item {
        (id.into(), parameters.map(|(name, value)| (name.into(), value)).into())
    }

    #[test]
    fn every_limit_is_told_and_those_that_refuse_first() {
        let (wide, narrow) = (limit("wide", 100, SECOND / 2, [1; 3]), limit("a.narrow-1", 2, 30 * SECOND, [1; 3]));
        let counted = [after(&wide, Band::Low, 3), after(&narrow, Band::Low, 3)];
        let [policy, state] = told(&counted);
        assert_eq!(policy, [item("a.narrow-1", [("q", 2), ("w", 60)]), item("wide", [("q", 100), ("w", 50)])]);
        assert_eq!(state, [item("a.narrow-1", [("r", 0), ("t", 30)]), item("wide", [("r", 97), ("t", 2)])]);
        assert_eq!(retry_after(&counted), "30");
        assert_eq!(violated(&counted), ",\"violated-policies\":[\"a.narrow-1\"]");
    }

    #[test]
    fn a_dear_request_has_the_quota_of_dear_requests_and_their_time() {
        let limit = limit("l", 10, SECOND, [1, 2, 4]);
        let counted = [after(&limit, Band::High, 3)];
        let [policy, state] = told(&counted);
        assert_eq!(policy, [item("l", [("q", 2), ("w", 40)])], "four tokens each, at a quarter of the rate");
        assert_eq!(state, [item("l", [("r", 0), ("t", 8)])], "two of four tokens are there, and one takes 4 s");
    }

    #[test]
    fn who_is_shut_out_has_nothing_left_until_the_term_is_over() {
        let ladder = Ladder::NONE.with(Rung::Block);
        let limit = Limit { ladder, ..limit("l", 1, SECOND, [1; 3]) };
        let counted = [after(&limit, Band::Low, 2)];
        assert_eq!(told(&counted)[1], [item("l", [("r", 0), ("t", 30)])]);
        assert_eq!(retry_after(&counted), "30");
    }

    #[test]
    fn what_a_bucket_elsewhere_does_not_tell_is_not_told() {
        let (silent, narrow) = (limit("silent", 10, SECOND, [1; 3]), limit("narrow", 1, SECOND, [1; 3]));
        let mut silent = after(&silent, Band::Low, 1);
        (silent.outcome.remaining, silent.outcome.reset) = (0, 0);
        let [policy, state] = told(&[silent, after(&narrow, Band::Low, 2)]);
        assert_eq!((policy.len(), state), (2, Vec::from([item("narrow", [("r", 0), ("t", 1)])])));
    }

    #[test]
    fn the_wait_is_the_longest_of_those_that_refuse() {
        let (short, long) = (limit("short", 1, SECOND, [1; 3]), limit("long", 1, 90 * SECOND, [1; 3]));
        assert_eq!(retry_after(&[after(&short, Band::Low, 2), after(&long, Band::Low, 2)]), "90");
        assert_eq!(retry_after(&[after(&short, Band::Low, 2), after(&long, Band::Low, 1)]), "1");
    }
}
