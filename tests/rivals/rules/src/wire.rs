//! Crate `wirefilter-engine`: one filter a rule, all of them executed.
//!
//! Its version on the registry knows neither prefixes nor suffixes, which become regular expressions, nor values that
//! are missing: a header that was not sent is empty, and a field beside it says whether it was sent.

use crate::question::{Engine, Question};
use mix::{Ask, Field, HEADERS, Rule, Test};
use std::{
    error::Error,
    time::{Duration, Instant},
};
use wirefilter::{ExecutionContext, Filter, Scheme, Type};

pub(crate) struct Wire {
    scheme: &'static Scheme,
    filters: Vec<Filter<'static>>,
    fields: Vec<(&'static str, String, String)>,
}

impl Wire {
    pub(crate) fn new(rules: &[Rule]) -> Result<Self, Box<dyn Error>> {
        let names = HEADERS.iter().copied().chain(["user-agent"]);
        let fields: Vec<_> = names.map(|name| (name, field(name), format!("sent.{}", plain(name)))).collect();
        let mut scheme = Scheme::new();
        let mut add = |name: &str, kind| scheme.add_field(name.into(), kind).map_err(|error| error.to_string());
        add("path", Type::Bytes)?;
        add("address", Type::Ip)?;
        for (_, value, sent) in &fields {
            add(value, Type::Bytes)?;
            add(sent, Type::Bool)?;
        }
        // Filters borrow their scheme; both live as long as the bench.
        let scheme: &'static Scheme = Box::leak(Box::new(scheme));
        let filters = rules.iter().map(|rule| {
            let source = source(rule);
            let parsed = scheme.parse(&source).map_err(|error| format!("{source}: {error}"));
            parsed.map(|ast| ast.compile())
        });
        Ok(Self { scheme, filters: filters.collect::<Result<_, _>>()?, fields })
    }
}

fn plain(name: &str) -> String {
    name.replace('-', "_")
}

fn field(name: &str) -> String {
    format!("header.{}", plain(name))
}

fn source(rule: &Rule) -> String {
    rule.tests.iter().map(one).collect::<Vec<_>>().join(" && ")
}

fn one(test: &Test) -> String {
    let field = match test.field {
        Field::Path => "path".into(),
        Field::Address => "address".into(),
        Field::Header(name) => field(name),
    };
    match &test.ask {
        Ask::Contains(text) => format!("{field} contains \"{text}\""),
        Ask::Equals(text) => format!("{field} == \"{text}\""),
        Ask::Prefix(text) => format!("{field} matches \"^{}\"", regex::escape(text)),
        Ask::Suffix(text) => format!("{field} matches \"{}$\"", regex::escape(text)),
        Ask::Matches(pattern, _) => format!("{field} matches \"{pattern}\""),
        Ask::Present => field.replace("header.", "sent."),
        Ask::Within(networks) => {
            let all: Vec<String> = networks.iter().map(ToString::to_string).collect();
            format!("{field} in {{{}}}", all.join(" "))
        }
    }
}

impl Engine for Wire {
    fn name(&self) -> &'static str {
        "crate `wirefilter-engine`"
    }

    fn fired(&mut self, question: &'static Question, fired: &mut Vec<usize>) -> Duration {
        let begun = Instant::now();
        let mut context = ExecutionContext::new(self.scheme);
        // Fields that are not of the scheme's type would be a mistake of this file; the comparison would find it.
        let _ = context.set_field_value("path", question.path.as_bytes());
        let _ = context.set_field_value("address", question.address);
        for (name, value, sent) in &self.fields {
            let header = question.header(name);
            let _ = context.set_field_value(value, header.unwrap_or_default().as_bytes());
            let _ = context.set_field_value(sent, header.is_some());
        }
        let holds = |filter: &Filter<'static>| filter.execute(&context) == Ok(true);
        fired.extend(self.filters.iter().enumerate().filter(|(_, filter)| holds(filter)).map(|(at, _)| at));
        begun.elapsed()
    }
}
