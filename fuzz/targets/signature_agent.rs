//! Bytes as the fields of a signature, and as a query: nobody is verified by them, and nothing they name is looked for.
#![no_main]

use libfuzzer_sys::fuzz_target;
use outwork_engine::{
    agents::{Agent, Outcome, Purpose, signature::introduced},
    directories::Directories,
    httpsig,
    ranges::Ranges,
    signals::Sample,
    structured::{Dictionary, Value},
    time::Time,
};
use std::sync::LazyLock;

const DIRECTORY: &str = "https://agent.example/.well-known/http-message-signatures-directory";
const NOW: Time = Time::from_seconds(1_795_305_600);

static AGENTS: LazyLock<Vec<Agent>> = LazyLock::new(|| {
    let agent = |directory: Option<&str>, keys| Agent {
        id: "example.agent".into(),
        name: "Agent".into(),
        purpose: Purpose::Other,
        names: Vec::new(),
        networks: Ranges::default(),
        directory: directory.map(Into::into),
        keys,
        test_keys: true,
    };
    vec![agent(Some(DIRECTORY), Vec::new()), agent(None, vec![[9; 32]])]
});

fuzz_target!(|data: &[u8]| {
    let mut parts = data.splitn(4, |&byte| byte == b'\n');
    let mut next = || parts.next().unwrap_or_default();
    let (input, signature, agent, query) = (next(), next(), next(), next());
    let headers: [(&[u8], &[u8]); 4] =
        [(b"signature-input", input), (b"signature", signature), (b"signature-agent", agent), (b"a", query)];
    let mut facts = Sample::GET.facts(&headers);
    facts.request.target = query;
    let directories = Directories::of([DIRECTORY]);
    facts.directories = Some(&directories);
    let introduced = introduced(&facts, &AGENTS, NOW);
    assert!(introduced.is_none_or(|introduced| introduced.outcome != Outcome::Verified));
    let read = Dictionary::read(input);
    for member in read.iter().flat_map(|read| &read.sent) {
        if let Value::Inner(list) = member.value
            && let Ok(base) = httpsig::base(list, &facts)
        {
            assert!(base.len() <= httpsig::LONGEST + (1 << 20));
        }
    }
});
