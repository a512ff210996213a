//! `regex::RegexSet`: one set a field, with every question about text as a pattern.
//!
//! What it cannot do is done by hand as one would: networks are gone through one by one with crate `ipnet`, headers that
//! need only be there are looked for, and a rule fires when as many of its tests held as it has.

use crate::question::{Engine, Question};
use ipnet::IpNet;
use mix::{Ask, Field, Rule, Test};
use regex::bytes::{RegexSet, RegexSetBuilder};
use std::{
    error::Error,
    time::{Duration, Instant},
};

/// Room enough for the largest set to keep all that it works out.
const ROOM: usize = 64 << 20;

#[derive(Default)]
pub(crate) struct Sets {
    texts: Vec<Text>,
    networks: Vec<(usize, Vec<IpNet>)>,
    sent: Vec<(usize, &'static str)>,
    wanted: Vec<u8>,
    held: Vec<u8>,
}

struct Text {
    field: Field,
    set: RegexSet,
    /// The rule of each pattern.
    rules: Vec<usize>,
}

impl Sets {
    pub(crate) fn new(rules: &[Rule]) -> Result<Self, Box<dyn Error>> {
        let mut sets = Self::default();
        let mut patterns: Vec<(Field, Vec<String>, Vec<usize>)> = Vec::new();
        for (number, rule) in rules.iter().enumerate() {
            sets.wanted.push(u8::try_from(rule.tests.len())?);
            for test in &rule.tests {
                sets.add(number, test, &mut patterns)?;
            }
        }
        for (field, patterns, rules) in patterns {
            let mut builder = RegexSetBuilder::new(patterns);
            let set = builder.unicode(false).size_limit(1 << 30).dfa_size_limit(ROOM).build()?;
            sets.texts.push(Text { field, set, rules });
        }
        Ok(sets)
    }

    fn add(
        &mut self,
        rule: usize,
        test: &Test,
        patterns: &mut Vec<(Field, Vec<String>, Vec<usize>)>,
    ) -> Result<(), Box<dyn Error>> {
        let pattern = match (&test.ask, test.field) {
            (Ask::Contains(text), _) => regex::escape(text),
            (Ask::Equals(text), _) => format!("^{}$", regex::escape(text)),
            (Ask::Prefix(text), _) => format!("^{}", regex::escape(text)),
            (Ask::Suffix(text), _) => format!("{}$", regex::escape(text)),
            (Ask::Matches(pattern, _), _) => pattern.clone(),
            (Ask::Present, Field::Header(name)) => {
                self.sent.push((rule, name));
                return Ok(());
            }
            (Ask::Present, _) => String::new(),
            (Ask::Within(networks), _) => {
                let all = networks.iter().map(|network| IpNet::new(network.address, network.prefix));
                self.networks.push((rule, all.collect::<Result<_, _>>()?));
                return Ok(());
            }
        };
        let place = patterns.iter().position(|(field, ..)| *field == test.field).unwrap_or_else(|| {
            patterns.push((test.field, Vec::new(), Vec::new()));
            patterns.len() - 1
        });
        if let Some((_, all, rules)) = patterns.get_mut(place) {
            all.push(pattern);
            rules.push(rule);
        }
        Ok(())
    }

    fn hold(&mut self, question: &Question) {
        let Self { texts, networks, sent, held, .. } = self;
        let mut hold = |rule: usize| held.get_mut(rule).into_iter().for_each(|count| *count += 1);
        for Text { field, set, rules } in texts {
            let text = match field {
                Field::Path => Some(question.path.as_str()),
                Field::Header(name) => question.header(name),
                Field::Address => None,
            };
            let matched = text.map(|text| set.matches(text.as_bytes()));
            matched.iter().flatten().filter_map(|at| rules.get(at)).for_each(|&rule| hold(rule));
        }
        let within = |nets: &[IpNet]| nets.iter().any(|net| net.contains(&question.address));
        networks.iter().filter(|(_, nets)| within(nets)).for_each(|(rule, _)| hold(*rule));
        sent.iter().filter(|(_, name)| question.header(name).is_some()).for_each(|(rule, _)| hold(*rule));
    }
}

impl Engine for Sets {
    fn name(&self) -> &'static str {
        "`regex::RegexSet`"
    }

    fn fired(&mut self, question: &'static Question, fired: &mut Vec<usize>) -> Duration {
        let begun = Instant::now();
        self.held.clear();
        self.held.resize(self.wanted.len(), 0);
        self.hold(question);
        fired.extend(
            (0..).zip(&self.held).zip(&self.wanted).filter(|((_, held), all)| held == all).map(|((at, _), _)| at),
        );
        begun.elapsed()
    }
}
