//! Small policies: each rule and limit holds for requests with a header of its own name.

use base64ct::{Base64, Encoding};
use outwork_engine::{
    agents::{Agent, Purpose},
    bundle::{self, Section},
    directories::check_url,
    limits::{KeyPart, Limit},
    policy::{Recording, Settings},
    ranges::Ranges,
    rules::{
        Action, Layer, Mode, Rule,
        wire::{Atom, Field, Op, Source, Table, Test},
    },
    scoring::Entry,
    transaction::Transaction,
};

/// A policy in the making.
pub(crate) struct Small {
    pub(crate) version: &'static str,
    pub(crate) settings: Settings,
    pub(crate) rules: Vec<Rule>,
    pub(crate) limits: Vec<Limit>,
    pub(crate) agents: Vec<Agent>,
    pub(crate) models: Vec<(&'static str, Mode, Vec<u8>)>,
    pub(crate) transactions: Vec<Transaction>,
}

/// A small model of the device layer.
pub(crate) fn device_model() -> Vec<u8> {
    std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/catboost/device.model")).unwrap()
}

impl Default for Small {
    fn default() -> Self {
        let settings = Settings { mode: Mode::Enforce, ..Settings::default() };
        Self {
            version: "1",
            settings,
            rules: Vec::new(),
            limits: Vec::new(),
            agents: Vec::new(),
            models: Vec::new(),
            transactions: Vec::new(),
        }
    }
}

impl Small {
    pub(crate) fn rule(mut self, id: &str, score: i16, action: Action) -> Self {
        let layer = Some(Layer::Device);
        let id = id.into();
        self.rules.push(Rule { id, layer, score, action, mode: Mode::Enforce, limit: None, until: None, group: None });
        self
    }

    pub(crate) fn limit(mut self, id: &str, burst: u32) -> Self {
        let key = vec![KeyPart::Ip];
        self.limits.push(Limit { id: id.into(), key, burst, interval: [6_000_000; 3], ..Limit::default() });
        self
    }

    /// An agent with a directory at this origin.
    pub(crate) fn agent(mut self, origin: &str) -> Self {
        self.agents.push(Agent {
            id: "example.agent".into(),
            name: "Agent".into(),
            purpose: Purpose::Other,
            names: Vec::new(),
            networks: Ranges::default(),
            directory: Some(check_url(origin).unwrap().url().into()),
            keys: Vec::new(),
            test_keys: false,
        });
        self
    }

    pub(crate) fn model(mut self, id: &'static str, mode: Mode, file: Vec<u8>) -> Self {
        self.models.push((id, mode, file));
        self
    }

    pub(crate) fn transaction(mut self, one: Transaction) -> Self {
        self.transactions.push(one);
        self
    }

    pub(crate) fn record(mut self, record: Recording) -> Self {
        self.settings.record = record;
        self
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let models = self.models.iter().map(|(id, mode, file)| Entry { id, mode: *mode, points: 100, file });
        let models: Vec<Entry<'_>> = models.collect();
        let sections = [
            (Section::Settings, postcard::to_allocvec(&self.settings).unwrap()),
            (Section::Rules, postcard::to_allocvec(&self.rules).unwrap()),
            (Section::Limits, postcard::to_allocvec(&self.limits).unwrap()),
            (Section::Conditions, postcard::to_allocvec(&self.table()).unwrap()),
            (Section::Models, postcard::to_allocvec(&models).unwrap()),
            (Section::Agents, postcard::to_allocvec(&self.agents).unwrap()),
            (Section::Transactions, postcard::to_allocvec(&self.transactions).unwrap()),
        ];
        let sections: Vec<_> = sections.iter().map(|(section, bytes)| (*section, bytes.as_slice())).collect();
        bundle::write(self.version, &sections).unwrap()
    }

    pub(crate) fn configuration(&self) -> String {
        format!(r#"{{"bundle": "{}"}}"#, Base64::encode_string(&self.bytes()))
    }

    fn table(&self) -> Table {
        let rules = self.rules.iter().map(|rule| rule.id.clone());
        let limits = self.limits.iter().map(|limit| limit.id.clone());
        let transactions = self.transactions.iter().map(|one| one.id.clone());
        let mut table = Table::default();
        for (at, header) in (0..).zip(rules.chain(limits).chain(transactions)) {
            let source = Source::Header(header);
            table.fields.push(Field { source, lower: false, literals: None, automata: Vec::new() });
            table.atoms.push(Atom { field: at, test: Test::Known });
            table.code.push(Op::Atom(at).encode().unwrap());
            table.ends.push(at + 1);
            table.triggers.push((at, at));
        }
        table
    }
}
