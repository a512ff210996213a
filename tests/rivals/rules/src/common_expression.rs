//! Crate `cel`: one program a rule, all of them executed.
//!
//! CEL has no networks, so addresses are looked for by a function of ours, with crate `ipnet`. An error, as of a header
//! that was not sent, is no match.

use crate::question::{Engine, Question};
use cel::{Context, Program, Value};
use ipnet::IpNet;
use mix::{Ask, Field, Rule, Test};
use regex::Regex;
use std::{
    collections::HashMap,
    error::Error,
    net::IpAddr,
    sync::Arc,
    time::{Duration, Instant},
};

pub(crate) struct CommonExpression {
    name: &'static str,
    context: Context<'static, 'static>,
    programs: Vec<Program>,
}

/// What becomes of `matches`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Patterns {
    /// The crate's own function.
    AsTheyAre,
    /// A function of ours, whose patterns are compiled before.
    CompiledBefore,
}

impl CommonExpression {
    pub(crate) fn new(rules: &[Rule], patterns: Patterns) -> Result<Self, Box<dyn Error>> {
        let mut context = Context::default();
        add_networks(&mut context, rules)?;
        let mut compiled = Vec::new();
        let programs = rules.iter().map(|rule| {
            let source = mix::cel(rule, |place| format!("within(address, \"{}/{place}\")", rule.id));
            let source = match patterns {
                Patterns::AsTheyAre => source,
                Patterns::CompiledBefore => compile_before(source, rule, &mut compiled)?,
            };
            Program::compile(&source).map_err(|error| format!("{source}: {error}").into())
        });
        let programs = programs.collect::<Result<_, Box<dyn Error>>>()?;
        let found = move |text: Arc<String>, at: i64| {
            usize::try_from(at).ok().and_then(|at| compiled.get(at)).is_some_and(|regex| regex.is_match(&text))
        };
        context.add_function("found", found).map_err(|error| error.to_string())?;
        let name = match patterns {
            Patterns::AsTheyAre => "crate `cel`",
            Patterns::CompiledBefore => "crate `cel`, patterns compiled before",
        };
        Ok(Self { name, context, programs })
    }
}

/// `field.matches("pattern")` becomes `found(field, 7)`.
fn compile_before(mut source: String, rule: &Rule, compiled: &mut Vec<Regex>) -> Result<String, Box<dyn Error>> {
    for Test { field, ask } in &rule.tests {
        let Ask::Matches(pattern, _) = ask else { continue };
        let field = match field {
            Field::Header(name) => format!("request.headers[\"{name}\"]"),
            Field::Path | Field::Address => "request.path".into(),
        };
        let call = format!("found({field}, {})", compiled.len());
        source = source.replace(&format!("{field}.matches(\"{pattern}\")"), &call);
        compiled.push(Regex::new(pattern)?);
    }
    Ok(source)
}

fn add_networks(context: &mut Context<'static, 'static>, rules: &[Rule]) -> Result<(), Box<dyn Error>> {
    let mut lists = HashMap::<String, Vec<IpNet>>::new();
    for rule in rules {
        for (place, test) in rule.tests.iter().enumerate() {
            if let Ask::Within(networks) = &test.ask {
                let all = networks.iter().map(|network| IpNet::new(network.address, network.prefix));
                lists.insert(format!("{}/{place}", rule.id), all.collect::<Result<_, _>>()?);
            }
        }
    }
    let within = move |address: Arc<String>, list: Arc<String>| {
        let address = address.parse::<IpAddr>().ok();
        address.zip(lists.get(&*list)).is_some_and(|(address, list)| list.iter().any(|net| net.contains(&address)))
    };
    context.add_function("within", within).map_err(|error| error.to_string().into())
}

impl Engine for CommonExpression {
    fn name(&self) -> &'static str {
        self.name
    }

    fn fired(&mut self, question: &'static Question, fired: &mut Vec<usize>) -> Duration {
        let begun = Instant::now();
        let headers: HashMap<String, Value> =
            question.headers.iter().rev().map(|(name, value)| (name.clone(), value.clone().into())).collect();
        let request = HashMap::from([
            ("path".to_owned(), Value::from(question.path.clone())),
            ("headers".to_owned(), Value::from(headers)),
        ]);
        let mut context = self.context.new_inner_scope();
        context.add_variable_from_value("request", request);
        context.add_variable_from_value("address", question.address.to_string());
        let holds = |program: &Program| matches!(program.execute(&context), Ok(Value::Bool(true)));
        fired.extend(self.programs.iter().enumerate().filter(|(_, program)| holds(program)).map(|(at, _)| at));
        begun.elapsed()
    }
}
