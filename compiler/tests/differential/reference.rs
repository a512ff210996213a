//! The interpreter of crate `cel`, and a request as it sees one. Nothing here knows how Outwork reads requests.

use crate::{NUMBERS, STRINGS};
use cel::{Context, Env, ExecutionError, Program, Value, extensions};
use outwork_compiler::Request;
use outwork_engine::fact::Fact;
use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, LazyLock},
};

static ENV: LazyLock<Arc<Env>> = LazyLock::new(|| {
    let mut env = Env::stdlib();
    env.add_extension(extensions::strings).unwrap();
    Arc::new(env)
});

/// A condition, parsed.
pub(crate) struct Reference {
    text: String,
    program: Program,
}

impl Reference {
    pub(crate) fn of(text: &str) -> Self {
        let program = ENV.compile(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        Self { text: text.to_owned(), program }
    }

    /// True, false, or unknown, which is that a key is missing. Anything else is a mistake of this test.
    pub(crate) fn answer(&self, context: &Context<'_, '_>) -> Option<bool> {
        match self.program.execute(context) {
            Ok(Value::Bool(answer)) => Some(answer),
            Err(ExecutionError::NoSuchKey(_)) => None,
            other => panic!("{}: {other:?}", self.text),
        }
    }
}

type Map = HashMap<String, Value>;

/// The request as CEL's maps and lists.
pub(crate) fn context(request: &Request) -> Context<'static, 'static> {
    let mut states = States::default();
    let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    let headers = first_of(lines(request));
    let cookies = first_of(cookies(request));
    let params = first_of(params(query));
    states.note("request.path", &Fact::Known(()));
    for (field, map, name) in [
        ("request.headers[\"x-a\"]", &headers, "x-a"),
        ("request.headers.accept", &headers, "accept"),
        ("request.cookies[\"c\"]", &cookies, "c"),
        ("request.params['p']", &params, "p"),
        ("request.header_values[\"x-l\"]", &headers, "x-l"),
    ] {
        states.note(field, &Fact::from_option(map.get(name)));
    }
    let depth = i64::try_from(path.split('/').filter(|part| !part.is_empty()).count()).unwrap();
    let request_map: Map = [
        ("path", path.to_owned().into()),
        ("path_depth", depth.into()),
        ("header_names", names(&headers)),
        ("cookie_names", names(&cookies)),
        ("param_names", names(&params)),
        ("header_values", Value::from(header_values(request))),
        ("headers", Value::from(headers)),
        ("cookies", Value::from(cookies)),
        ("params", Value::from(params)),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    let (mut tls, mut network) = (Map::new(), Map::new());
    states.put(&mut tls, "tls.ja4", &request.ja4);
    states.put(&mut tls, "tls.sni", &request.sni);
    states.put(&mut network, "network.country", &request.country);
    states.put(&mut network, "network.asn", &request.asn.map(i64::from));
    let agent = request.headers.iter().any(|(name, _)| name == "user-agent");
    let lists: Map = [
        ("strings".to_owned(), Value::from(STRINGS.map(Value::from).to_vec())),
        ("numbers".to_owned(), Value::from(NUMBERS.map(Value::from).to_vec())),
    ]
    .into();
    let mut context = Context::with_env(Arc::clone(&ENV));
    for (name, map) in [
        ("request", request_map),
        ("tls", tls),
        ("network", network),
        ("ua", [("present".to_owned(), Value::from(agent))].into()),
        ("lists", lists),
        ("known", states.known),
        ("absent", states.absent),
        ("unavailable", states.unavailable),
    ] {
        context.add_variable_from_value(name, Value::from(map));
    }
    context
}

/// What is known of each field, by its text in conditions.
#[derive(Default)]
struct States {
    known: Map,
    absent: Map,
    unavailable: Map,
}

impl States {
    fn note<T>(&mut self, field: &str, fact: &Fact<T>) {
        let unavailable = matches!(fact, Fact::Unavailable);
        self.known.insert(field.to_owned(), fact.is_known().into());
        self.unavailable.insert(field.to_owned(), unavailable.into());
        if !unavailable {
            self.absent.insert(field.to_owned(), matches!(fact, Fact::Absent).into());
        }
    }

    /// Puts a signal where it is found by the last part of its name; what is not known is not there.
    fn put<T: Clone + Into<Value>>(&mut self, map: &mut Map, name: &str, fact: &Fact<T>) {
        self.note(name, fact);
        if let Fact::Known(value) = fact {
            map.insert(name.rsplit('.').next().unwrap().to_owned(), value.clone().into());
        }
    }
}

fn lines(request: &Request) -> Vec<(String, String)> {
    let text = |value: &[u8]| String::from_utf8(value.to_vec()).unwrap();
    request.headers.iter().map(|(name, value)| (name.clone(), text(value))).collect()
}

fn cookies(request: &Request) -> Vec<(String, String)> {
    let headers = lines(request).into_iter().filter(|(name, _)| name == "cookie").map(|(_, value)| value);
    let pair = |pair: &str| pair.trim().split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
    headers.flat_map(|value| value.split(';').filter_map(pair).collect::<Vec<_>>()).collect()
}

fn params(query: &str) -> Vec<(String, String)> {
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (name.to_owned(), value.to_owned())
    };
    query.split('&').map(pair).filter(|(name, _)| !name.is_empty()).collect()
}

/// The first value of each name.
fn first_of(pairs: Vec<(String, String)>) -> Map {
    let mut map = Map::new();
    for (name, value) in pairs {
        map.entry(name).or_insert_with(|| value.into());
    }
    map
}

fn names(map: &Map) -> Value {
    map.keys().cloned().collect::<BTreeSet<_>>().into_iter().map(Value::from).collect::<Vec<_>>().into()
}

/// The elements of each header, character by character as RFC 9110, sections 5.6.1 and 5.6.4, says.
fn header_values(request: &Request) -> Map {
    let mut joined: HashMap<String, String> = HashMap::new();
    for (name, value) in lines(request) {
        joined.entry(name).and_modify(|known| *known += &format!(", {value}")).or_insert(value);
    }
    let elements = |text: String| {
        let (mut elements, mut current, mut quoted) = (Vec::new(), String::new(), false);
        for c in text.chars().chain([',']) {
            quoted ^= c == '"';
            if c == ',' && !quoted {
                elements.push(std::mem::take(&mut current));
            } else {
                current.push(c);
            }
        }
        // A quoted string that has no end takes the rest, without the comma that ends the loop.
        elements.extend(current.strip_suffix(',').map(String::from));
        let trimmed = elements.iter().map(|element| element.trim_matches([' ', '\t'])).filter(|one| !one.is_empty());
        Value::from(trimmed.map(Value::from).collect::<Vec<_>>())
    };
    joined.into_iter().map(|(name, text)| (name, elements(text))).collect()
}
