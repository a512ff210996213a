//! A whole policy: its settings, its packs in order, its overrides.

use super::{
    AgentSource, LimitSource, ModelSource, RuleSource, TransactionSource, accept, account, agent, behaviour, challenge,
    effect, head, limit, model, retired, rule, transaction,
};
use crate::{
    cel::Macros,
    context::Context,
    diagnostic::{Code, Diagnostic, did_you_mean},
    files::relative_to,
    hosts::Host,
    lists::{Contents, Lists, Named},
    read::{self, Keys, Text},
    source::{FileId, Span},
};
use outwork_engine::{
    agents::{MAX_AGENTS, MAX_NAMES},
    decision::Verdict,
    policy::{Carrying, Recording, Settings, is_contact},
    record::{Addresses, Format, Records},
    risk::{Bands, Weights},
    rules::{Action, Mode},
    scoring::MAX_MODELS,
};
use std::collections::BTreeMap;
use toml::de::DeTable;

/// A policy, read and checked.
pub(crate) struct PolicySource {
    pub(crate) version: String,
    pub(crate) settings: Settings,
    pub(crate) rules: Vec<RuleSource>,
    pub(crate) limits: Vec<LimitSource>,
    pub(crate) models: Vec<ModelSource>,
    pub(crate) agents: Vec<AgentSource>,
    pub(crate) transactions: Vec<TransactionSource>,
    /// The lists of all packs, by their place.
    pub(crate) lists: Vec<Contents>,
    /// The hosts that it is for; empty when it does not say.
    pub(crate) hosts: Vec<Host>,
    /// What each list is called.
    pub(crate) list_names: Vec<Named>,
    /// The ids that packs have given up.
    pub(super) retired: Vec<Text>,
    /// Whether some pack could not be read: what it would have added is not missed in the others.
    is_partial: bool,
    /// Whether it is one pack, of which the policy around it is not known.
    pub(crate) is_pack: bool,
    /// Whether it says where requests name an account, rightly or not.
    names_account: bool,
}

const MAX_PACKS: usize = 256;
const MAX_RULES: usize = 10_000;
const MAX_LIMITS: usize = 1_000;
const MAX_TRANSACTIONS: usize = 100;

/// A day: after it every directory is asked again.
const MOST_REFRESH: u32 = 86_400;

pub(crate) const POLICY: &[&str] = &[
    "policy",
    "weights",
    "bands",
    "verdicts",
    "account",
    "model",
    "agent",
    "override",
    "limit",
    "transaction",
    "lists",
    "macros",
];
pub(super) const OVERRIDE: &[&str] = &["rule", "mode", "score", "action", "limit", "until", "why", "accept"];
pub(crate) const PACK: &[&str] = &["pack", "macros", "lists", "agent", "rule", "limit", "transaction"];
pub(super) const SETTINGS: &[&str] = &[
    "version",
    "mode",
    "record",
    "evidence",
    "record_format",
    "addresses",
    "sample_allowed",
    "audit",
    "features",
    "contact",
    "hosts",
    "packs",
    "lab",
    "directory_refresh",
    "behaviour",
    "challenge",
];
pub(super) const WEIGHTS: &[&str] = &["device", "behaviour", "context"];
pub(super) const BANDS: &[&str] = &["medium", "high", "hysteresis", "hold"];
pub(super) const BY_BAND: &[&str] = &["low", "medium", "high"];

pub(crate) const RECORDS: &[(&str, Recording)] =
    &[("all", Recording::All), ("acted", Recording::Acted), ("none", Recording::None)];

pub(crate) const EVIDENCE: &[(&str, Carrying)] = &[("enforced", Carrying::Enforced), ("always", Carrying::Always)];

pub(crate) const FORMATS: &[(&str, Format)] = &[("ocsf", Format::Ocsf), ("ecs", Format::Ecs)];

pub(crate) const ADDRESSES: &[(&str, Addresses)] =
    &[("pseudonym", Addresses::Pseudonym), ("truncated", Addresses::Truncated), ("plain", Addresses::Plain)];

pub(crate) const VERDICTS: &[(&str, Verdict)] =
    &[("allow", Verdict::Allow), ("tag", Verdict::Tag), ("challenge", Verdict::Challenge), ("block", Verdict::Block)];

/// How records are kept.
fn records(cx: &mut Context<'_>, keys: &Keys<'_, '_>) -> Records {
    let default = Records::default();
    Records {
        format: keys.word(cx, "record_format", FORMATS).unwrap_or(default.format),
        addresses: keys.word(cx, "addresses", ADDRESSES).unwrap_or(default.addresses),
        sample_allowed: keys.thousandths(cx, "sample_allowed").unwrap_or(default.sample_allowed),
        audit: keys.boolean(cx, "audit").unwrap_or(default.audit),
    }
}

/// Reads the policy of an `outwork.toml`, or of a pack alone.
pub(crate) fn read(cx: &mut Context<'_>, entry: &str) -> PolicySource {
    let mut policy = PolicySource {
        version: "check".into(),
        settings: Settings { mode: Mode::Enforce, ..Settings::default() },
        rules: Vec::new(),
        limits: Vec::new(),
        models: Vec::new(),
        agents: Vec::new(),
        transactions: Vec::new(),
        lists: Vec::new(),
        list_names: Vec::new(),
        hosts: Vec::new(),
        retired: Vec::new(),
        is_partial: false,
        is_pack: false,
        names_account: false,
    };
    let Some((file, text)) = cx.open(entry, None) else { return policy };
    let Some(table) = read::parse(cx, file, &text) else { return policy };
    if table.get_ref().contains_key("pack") && !table.get_ref().contains_key("policy") {
        let mut ids = BTreeMap::new();
        policy.is_pack = true;
        policy.add_pack(cx, file, &text, table.get_ref(), &mut ids);
    } else {
        policy.read_root(cx, file, &text, table.get_ref(), entry);
    }
    policy.check(cx);
    policy
}

impl PolicySource {
    fn read_root(&mut self, cx: &mut Context<'_>, file: FileId, text: &str, table: &DeTable<'_>, entry: &str) {
        let root = Keys::open(cx, file, (table, 0..0), "a policy", POLICY);
        let packs = self.read_settings(cx, &root);
        let mut lists = Lists::read(cx, &root, self.lists.len());
        let macros = Macros::read(cx, &root, text, &lists);
        self.add_tables(cx, file, text, &root, (&lists, &macros));
        self.add_agents(cx, (file, entry), &root, &lists);
        macros.report_unused(cx);
        self.list_names.extend(lists.take_names());
        self.lists.extend(lists.into_contents());
        if packs.len() > MAX_PACKS {
            let message = format!("{} packs, and {MAX_PACKS} is the most", packs.len());
            cx.report(Diagnostic::new(Code::TooMany, root.span(), message));
            return;
        }
        let mut ids = BTreeMap::new();
        for named in packs {
            let opened = cx.open(&relative_to(entry, &named.value), Some(&named.span));
            let parsed = opened.as_ref().and_then(|(file, text)| read::parse(cx, *file, text));
            match (&opened, parsed) {
                (Some((file, text)), Some(table)) => self.add_pack(cx, *file, text, table.get_ref(), &mut ids),
                _ => self.is_partial = true,
            }
        }
        for table in root.tables(cx, "model") {
            self.models.extend(model::read(cx, (file, entry), table));
        }
        for table in root.tables(cx, "override") {
            let keys = Keys::open(cx, file, table, "an override", OVERRIDE);
            self.override_rule(cx, &keys);
        }
    }

    fn read_settings(&mut self, cx: &mut Context<'_>, root: &Keys<'_, '_>) -> Vec<Text> {
        let mut packs = Vec::new();
        if !root.has("policy") {
            let help = "add `[policy]` with a `version` and `packs`; a pack has `[pack]`";
            cx.report(Diagnostic::new(Code::MissingKey, root.span(), "the policy has no `[policy]`").help(help));
        }
        if let Some(table) = root.table(cx, "policy") {
            let keys = Keys::open(cx, root.file(), table, "[policy]", SETTINGS);
            if let Some(version) = keys.required_text(cx, "version") {
                check_version(cx, &version);
                self.version = version.value;
            }
            self.settings.mode = effect::mode(cx, &keys).unwrap_or(Mode::Shadow);
            packs = keys.texts(cx, "packs").unwrap_or_default();
            let hosts = Host::ALL.map(|host| (host.name(), host));
            let named = keys.texts(cx, "hosts").unwrap_or_default();
            self.hosts = named.iter().filter_map(|text| read::choose(cx, text, "host", &hosts)).collect();
            self.settings.record = keys.word(cx, "record", RECORDS).unwrap_or(Recording::All);
            self.settings.evidence = keys.word(cx, "evidence", EVIDENCE).unwrap_or(Carrying::Enforced);
            self.settings.records = records(cx, &keys);
            self.settings.features = keys.boolean(cx, "features").unwrap_or(false);
            if self.settings.features && !root.has("model") {
                let message = "there is no model whose features could be recorded";
                let help =
                    "add a `[[model]]`, with `mode = \"off\"` if it shall not score: features are what models look at";
                cx.report(Diagnostic::new(Code::NoFeatures, keys.key_span("features"), message).help(help));
            }
            if let Some(contact) = keys.text(cx, "contact") {
                check_contact(cx, &contact);
                self.settings.contact = Some(contact.value);
            }
            self.settings.lab = keys.boolean(cx, "lab").unwrap_or(false);
            if let Some(seconds) = keys.duration(cx, "directory_refresh", 1..=MOST_REFRESH) {
                self.settings.directory_refresh = seconds;
            }
            self.settings.behaviour = behaviour::read(cx, &keys);
            self.settings.challenge = challenge::read(cx, &keys);
        }
        self.read_risk(cx, root);
        self.settings.account = account::read(cx, root);
        self.names_account = root.has("account");
        packs
    }

    fn read_risk(&mut self, cx: &mut Context<'_>, root: &Keys<'_, '_>) {
        if let Some(table) = root.table(cx, "weights") {
            let keys = Keys::open(cx, root.file(), table, "[weights]", WEIGHTS);
            let default = Weights::default();
            let mut of = |layer, default| keys.thousandths(cx, layer).unwrap_or(default);
            self.settings.weights = Weights {
                device: of("device", default.device),
                behaviour: of("behaviour", default.behaviour),
                context: of("context", default.context),
            };
        }
        if let Some(table) = root.table(cx, "bands") {
            let keys = Keys::open(cx, root.file(), table, "[bands]", BANDS);
            let default = Bands::default();
            let mut of = |band, default| {
                keys.integer(cx, band, 1..=100).and_then(|risk| u8::try_from(risk).ok()).unwrap_or(default)
            };
            let bands = Bands { medium: of("medium", default.medium), high: of("high", default.high), ..default };
            if bands.medium > bands.high {
                let message =
                    format!("the medium band begins at {}, after the high one at {}", bands.medium, bands.high);
                cx.report(Diagnostic::new(Code::OutOfRange, keys.key_span("medium"), message));
            }
            self.settings.bands = behaviour::leaving(cx, &keys, bands);
        }
        if let Some(table) = root.table(cx, "verdicts") {
            let keys = Keys::open(cx, root.file(), table, "[verdicts]", BY_BAND);
            let [low, medium, high] = self.settings.verdicts;
            let mut of = |band, default| keys.word(cx, band, VERDICTS).unwrap_or(default);
            self.settings.verdicts = [of("low", low), of("medium", medium), of("high", high)];
        }
    }

    fn add_pack(
        &mut self,
        cx: &mut Context<'_>,
        file: FileId,
        text: &str,
        table: &DeTable<'_>,
        ids: &mut BTreeMap<String, Text>,
    ) {
        let keys = Keys::open(cx, file, (table, 0..0), "a pack", PACK);
        let head = head::read(cx, &keys);
        if let Some(id) = head.id {
            if let Some(first) = ids.get(&id.value) {
                report_duplicate(cx, Code::DuplicatePack, "pack", &id, first);
            }
            ids.entry(id.value.clone()).or_insert(id);
        }
        self.retired.extend(head.retired);
        let mut lists = Lists::read(cx, &keys, self.lists.len());
        let macros = Macros::read(cx, &keys, text, &lists);
        self.add_tables(cx, file, text, &keys, (&lists, &macros));
        let path = cx.sources.file(file).map(|source| source.path.clone()).unwrap_or_default();
        self.add_agents(cx, (file, &path), &keys, &lists);
        let group = (head.matching == head::Match::First).then(|| self.next_group());
        for table in keys.tables(cx, "rule") {
            self.rules
                .extend(rule::read(cx, file, text, (&lists, &macros), table).map(|rule| RuleSource { group, ..rule }));
        }
        macros.report_unused(cx);
        self.list_names.extend(lists.take_names());
        self.lists.extend(lists.into_contents());
    }

    /// A group above all others.
    fn next_group(&self) -> u16 {
        self.rules.iter().filter_map(|rule| rule.group).max().map_or(0, |last| last.saturating_add(1))
    }

    fn add_tables(
        &mut self,
        cx: &mut Context<'_>,
        file: FileId,
        text: &str,
        keys: &Keys<'_, '_>,
        names: (&Lists, &Macros),
    ) {
        for table in keys.tables(cx, "limit") {
            self.limits.extend(limit::read(cx, file, text, names, table));
        }
        for table in keys.tables(cx, "transaction") {
            self.transactions.extend(transaction::read(cx, file, text, names, table));
        }
    }

    fn add_agents(&mut self, cx: &mut Context<'_>, file: (FileId, &str), keys: &Keys<'_, '_>, lists: &Lists) {
        for table in keys.tables(cx, "agent") {
            self.agents.extend(agent::read(cx, file, lists, table));
        }
    }

    fn override_rule(&mut self, cx: &mut Context<'_>, keys: &Keys<'_, '_>) {
        keys.text(cx, "why");
        let (mode, score) = (effect::mode(cx, keys), effect::score(cx, keys));
        let (action, limit) = (effect::action(cx, keys), keys.text(cx, "limit"));
        let until = keys.end_of_day(cx, "until");
        let accepted = accept::read(cx, keys);
        let Some(id) = keys.required_text(cx, "rule") else { return };
        let Some(rule) = self.rules.iter_mut().find(|rule| rule.id.value == id.value) else {
            let message = format!("there is no rule `{}`", id.value);
            if self.is_partial {
                return;
            }
            let near = did_you_mean(&id.value, self.rules.iter().map(|rule| rule.id.value.as_str()));
            let help =
                near.map_or_else(|| "no pack of this policy has it".into(), |near| format!("did you mean `{near}`?"));
            let mut diagnostic = Diagnostic::new(Code::UnknownRule, id.span, message).help(help);
            if let Some(retired) = self.retired.iter().find(|retired| retired.value == id.value) {
                diagnostic = diagnostic.related(retired.span.clone(), "retired here").help("leave the override out");
            }
            cx.report(diagnostic);
            return;
        };
        if let Some(first) = rule.overridden.replace(id.span.clone()) {
            let message = format!("rule `{}` is overridden twice", id.value);
            cx.report(
                Diagnostic::new(Code::DuplicateOverride, id.span, message)
                    .related(first, "first here")
                    .help("keep one of them"),
            );
            return;
        }
        let before =
            (rule.mode, rule.score, rule.until, rule.action, rule.limit.as_ref().map(|limit| limit.value.clone()));
        rule.mode = mode.unwrap_or(rule.mode);
        rule.score = score.unwrap_or(rule.score);
        rule.until = until.or(rule.until);
        rule.action = action.unwrap_or(rule.action);
        match (rule.action, limit) {
            (Action::Throttle, Some(limit)) => rule.limit = Some(limit),
            (Action::Throttle, None) if rule.limit.is_none() => {
                let help = "add `limit = \"…\"` with the id of a `[[limit]]`";
                let message = "an override throttles without naming a limit";
                cx.report(Diagnostic::new(Code::LimitMismatch, id.span.clone(), message).help(help));
            }
            (Action::Throttle, None) => {}
            (_, limit) => {
                if let Some(limit) = limit {
                    let message = "an override names a limit without throttling";
                    cx.report(Diagnostic::new(Code::LimitMismatch, limit.span, message));
                }
                rule.limit = None;
            }
        }
        let after =
            (rule.mode, rule.score, rule.until, rule.action, rule.limit.as_ref().map(|limit| limit.value.clone()));
        if before == after {
            let message = format!("this override leaves rule `{}` as it is", id.value);
            let diagnostic = Diagnostic::new(Code::IdleOverride, id.span, message)
                .related(rule.id.span.clone(), "the rule")
                .help("leave the override out, or say what it shall change");
            cx.warn(&accepted, diagnostic);
        }
    }

    /// What only shows when all packs are read.
    fn check(&self, cx: &mut Context<'_>) {
        duplicates(cx, Code::DuplicateRule, "rule", self.rules.iter().map(|rule| &rule.id));
        duplicates(cx, Code::DuplicateLimit, "limit", self.limits.iter().map(|limit| &limit.id));
        duplicates(cx, Code::DuplicateTransaction, "transaction", self.transactions.iter().map(|one| &one.id));
        duplicates(cx, Code::DuplicateModel, "model", self.models.iter().map(|model| &model.id));
        duplicates(cx, Code::DuplicateAgent, "agent", self.agents.iter().map(|agent| &agent.id));
        agent::check(cx, &self.agents, self.settings.lab);
        model::check(cx, &self.models);
        retired::check(cx, &self.retired, self.rules.iter().map(|rule| &rule.id), "rule");
        retired::check(cx, &self.retired, self.limits.iter().map(|limit| &limit.id), "limit");
        retired::check(cx, &self.retired, self.transactions.iter().map(|one| &one.id), "transaction");
        retired::check(cx, &self.retired, self.agents.iter().map(|agent| &agent.id), "agent");
        for limit in self.rules.iter().filter(|_| !self.is_partial).filter_map(|rule| rule.limit.as_ref()) {
            if self.limits.iter().any(|known| known.id.value == limit.value) {
                continue;
            }
            let message = format!("there is no limit `{}`", limit.value);
            let near = did_you_mean(&limit.value, self.limits.iter().map(|limit| limit.id.value.as_str()));
            let help =
                near.map_or_else(|| "add a `[[limit]]` with this id".into(), |near| format!("did you mean `{near}`?"));
            cx.report(Diagnostic::new(Code::UnknownLimit, limit.span.clone(), message).help(help));
        }
        if !self.is_pack && !self.names_account {
            self.limits.iter().filter_map(|limit| limit.account.as_ref()).for_each(|place| report_account(cx, place));
        }
        for (count, most, what) in [
            (self.rules.len(), MAX_RULES, "rules"),
            (self.limits.len(), MAX_LIMITS, "limits"),
            (self.transactions.len(), MAX_TRANSACTIONS, "transactions"),
            (self.models.len(), MAX_MODELS, "models"),
            (self.agents.len(), MAX_AGENTS, "agents"),
            (self.agents.iter().map(|agent| agent.agent.names.len()).sum(), MAX_NAMES, "names of agents"),
        ] {
            if count > most {
                cx.report(Diagnostic::nowhere(Code::TooMany, format!("{count} {what}, and {most} is the most")));
            }
        }
    }
}

fn duplicates<'a>(cx: &mut Context<'_>, code: Code, what: &str, ids: impl Iterator<Item = &'a Text>) {
    let mut first: BTreeMap<&str, &Text> = BTreeMap::new();
    for id in ids {
        match first.get(id.value.as_str()) {
            Some(first) => report_duplicate(cx, code, what, id, first),
            None => {
                first.insert(&id.value, id);
            }
        }
    }
}

fn report_duplicate(cx: &mut Context<'_>, code: Code, what: &str, id: &Text, first: &Text) {
    let message = format!("two {what}s have the id `{}`", id.value);
    cx.report(
        Diagnostic::new(code, id.span.clone(), message)
            .label("again here")
            .related(first.span.clone(), "first here")
            .help("give one of them another id; an id that was ever published is not used again"),
    );
}

fn report_account(cx: &mut Context<'_>, place: &Span) {
    let message = "a limit counts by account, and the policy does not say what that is";
    let help = "add `[account]` to `outwork.toml`, such as `header = \"x-user\"`";
    cx.report(Diagnostic::new(Code::NoAccount, place.clone(), message).help(help));
}

fn check_version(cx: &mut Context<'_>, version: &Text) {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_+".contains(&byte);
    if (1..=64).contains(&version.value.len()) && version.value.bytes().all(plain) {
        return;
    }
    let message = format!("`{}` cannot be a version", version.value);
    let help = "it begins the bundle's name: 1 to 64 letters, digits, `.`, `-`, `_` and `+`, as in `2026.11.21`";
    cx.report(Diagnostic::new(Code::BadVersion, version.span.clone(), message).help(help));
}

fn check_contact(cx: &mut Context<'_>, contact: &Text) {
    if !is_contact(&contact.value) {
        let message = format!("`{}` is no contact", contact.value);
        let help = "write `mailto:help@shop.example` or `https://shop.example/help`, without quotes and angle brackets";
        cx.report(Diagnostic::new(Code::BadContact, contact.span.clone(), message).help(help));
    }
}
