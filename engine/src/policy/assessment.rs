//! From the facts of one request to the decision about it.

mod charging;
mod transacting;

use super::{Policy, Recording, challenged::Challenged};
use crate::{
    agents::{Introduced, Outcome, Verified},
    challenge,
    decision::{Decision, Id, Judgement, Reasons, Refusal, Reply, Subject, Verdict},
    evidence,
    fact::Fact,
    facts::Facts,
    identity,
    keys::Keyring,
    limits::{Charge, Charged},
    record,
    risk::{Band, Confidence, Risk, Tally},
    rules::{Action, Layer, Mode, Rule, Scratch, Standing, Standings},
    scoring::{Feature, Scored},
    session::{Presented, Shown},
    signals::Scene,
    transaction::Transaction,
    window::{Held, State},
};
use alloc::{borrow::Cow, vec::Vec};
use core::cell::OnceCell;
use transacting::{Bound, Unfit};

/// What the policy made of a request before its limits are known.
#[derive(Debug)]
pub struct Assessment<'a> {
    policy: &'a Policy,
    facts: &'a Facts<'a>,
    keys: &'a Keyring,
    device: u64,
    // Whether every part of the device identity was seen: it stands for many clients where it was not.
    device_seen: bool,
    agent: Option<Verified<'a>>,
    introduced: Option<Introduced>,
    shown: Shown,
    risk: Risk,
    band: Band,
    held: Held,
    reasons: Reasons<'a>,
    scored: Vec<Scored<'a>>,
    features: Vec<Feature>,
    asked: Asked,
    charges: Vec<Charge>,
    keyless: Vec<u16>,
    transaction: Option<&'a Transaction>,
    // What is sent where requests name an account.
    credential: Fact<&'a [u8]>,
    account: OnceCell<Option<Cow<'a, [u8]>>>,
}

impl<'a> Assessment<'a> {
    pub(super) fn new(policy: &'a Policy, facts: &'a Facts<'a>, keys: &'a Keyring, scratch: &mut Scratch) -> Self {
        let mut scene = Scene::recalling(facts, &scratch.agents, &policy.registry);
        let device = identity::device(&scene.device_parts(), keys);
        scene.open_session(keys, policy.settings.behaviour);
        let mut assessment = Self {
            policy,
            facts,
            keys,
            device,
            device_seen: scene.sees_device(),
            agent: None,
            introduced: None,
            shown: Shown { session: Presented::Unavailable, clearance: Fact::Unavailable },
            risk: Tally::default().risk(policy.settings.weights, Confidence::observed(facts)),
            band: Band::Low,
            held: Held::default(),
            reasons: Reasons::new(),
            scored: Vec::new(),
            features: Vec::new(),
            asked: Asked::default(),
            charges: Vec::new(),
            keyless: Vec::new(),
            transaction: None,
            credential: Fact::Unavailable,
            account: OnceCell::new(),
        };
        if policy.settings.mode != Mode::Off {
            policy.conditions.evaluate(&scene, scratch);
            assessment.agent = scene.verified().known();
            assessment.introduced = scene.introduced().known();
            assessment.credential =
                policy.settings.account.as_ref().map_or(Fact::Unavailable, |account| account.field(&scene));
            assessment.scored = policy.models.score(&scene, &mut scratch.opinions, || assessment.share());
            if policy.settings.features && policy.settings.record != Recording::None {
                assessment.features = policy.models.features(&scene);
            }
        }
        scene.keep(&mut scratch.agents);
        assessment.shown = scene.into_shown();
        if policy.settings.mode != Mode::Off {
            assessment.weigh(scratch);
            assessment.transact(scratch);
            assessment.charge(scratch);
        }
        assessment
    }

    /// The buckets to charge, in this order. The host steps one stored word for each, and hands the outcomes to
    /// [`Self::decide`].
    pub fn charges(&self) -> &[Charge] {
        &self.charges
    }

    /// The limits, by their places in the policy, that are due and not charged: a part of their key is not known. For
    /// whoever has to say what a limit could not do.
    pub fn keyless(&self) -> &[u16] {
        &self.keyless
    }

    /// Judges, once the charges are made: what [`Self::decide`] decides, for those who send nothing on, answer nobody and see
    /// no bodies.
    pub fn judge(self, charged: &[Charged]) -> Judgement<'a> {
        self.conclude(charged, None)
    }

    fn conclude(mut self, charged: &[Charged], unfit: Option<Unfit>) -> Judgement<'a> {
        let refused = self.refused(charged);
        let doubt = self.doubt();
        if let Some(reason) = doubt.reason() {
            self.reasons.pass(reason);
        }
        let refusal = match (self.refusal(refused, doubt), unfit) {
            (None, Some(unfit)) => {
                self.reasons.unfit(unfit.reason());
                Some(unfit.refusal())
            }
            (refusal, _) => refusal,
        };
        let verdict = self.verdict(refusal);
        let enforced = self.policy.settings.mode.is_in_force(|| self.share());
        let recorded = self.band != Band::Low || self.policy.records(verdict);
        let told = self.policy.settings.carries(enforced);
        self.explain(|scored| recorded || told && scored.counts);
        Judgement {
            verdict,
            enforced,
            risk: self.risk,
            band: self.band,
            reasons: self.reasons,
            scored: self.scored,
            refusal,
        }
    }

    /// Works out why models said what they did, and takes in the reasons of those that count. Points never go out without
    /// their reasons; for what only records hold, it is not worth the time where nothing is recorded.
    fn explain(&mut self, is_shown: impl Fn(&Scored<'a>) -> bool) {
        for scored in self.scored.iter_mut().filter(|scored| is_shown(scored)) {
            scored.explain();
            if scored.counts {
                self.reasons.model(scored);
            }
        }
    }

    /// Decides, once the charges are made.
    pub fn decide(mut self, charged: &[Charged]) -> Decision<'a> {
        let Self { policy, facts, keys, device, agent, introduced, .. } = self;
        let features = core::mem::take(&mut self.features);
        let session = if features.is_empty() { None } else { self.session_pseudonym() };
        let window = self.window_state();
        let counted = self.counted(charged);
        let Bound { transaction, digest, unfit } = self.bind();
        let judgement = self.conclude(charged, unfit);
        let tarpit = judgement.refusal.and_then(Refusal::tarpit).filter(|_| judgement.enforced);
        let id = Id::new(&facts.entropy);
        let mut decision = Decision {
            id,
            verdict: judgement.verdict,
            enforced: judgement.enforced,
            risk: judgement.risk,
            band: judgement.band,
            window,
            reasons: judgement.reasons,
            scored: judgement.scored,
            features,
            session,
            transaction,
            device,
            agent,
            bundle: &policy.name,
            edits: Vec::with_capacity(8),
            reply: None,
            delay: tarpit.unwrap_or(0),
        };
        if let Some(refusal) = judgement.refusal.filter(|_| decision.enforced) {
            let (settings, band) = (&policy.settings, decision.band);
            let reply = match refusal {
                Refusal::Challenge(subject) => {
                    Challenged { settings, facts, keys, band, subject, counted: &counted }.reply()
                }
                refusal => Reply::refuse(refusal, id, wants_html(facts), settings.contact.as_deref(), &counted),
            };
            // It may help who has shown no signature that holds, or one too often.
            let is_signed = introduced.is_some_and(|introduced| introduced.outcome == Outcome::Verified);
            let may_help = policy.registry.sign() && (!is_signed || matches!(refusal, Refusal::Limit(..)));
            decision.reply = Some(if may_help { reply.asking_to_sign() } else { reply });
            return decision;
        }
        if policy.settings.carries(decision.enforced) {
            evidence::add(&mut decision, facts, keys, digest);
        } else {
            evidence::strip(facts.headers.list, &mut decision.edits);
        }
        decision
    }

    /// The answer to a request that its limits refuse, whatever else speaks for or against it.
    pub(crate) fn throttled(&mut self, charged: &[Charged]) -> Option<Reply> {
        let refusal = self.refused(charged)?;
        let counted = self.counted(charged);
        let settings = &self.policy.settings;
        let enforced = settings.mode.is_in_force(|| self.share());
        let id = Id::new(&self.facts.entropy);
        enforced.then(|| Reply::refuse(refusal, id, wants_html(self.facts), settings.contact.as_deref(), &counted))
    }

    /// The rules that hold, by their places in the policy, and what becomes of each; for whoever asks why.
    pub fn fired<'s>(&'s self, scratch: &'s Scratch) -> impl Iterator<Item = (usize, Standing)> + 's {
        let mut standings = Standings::new(self.facts.now, || self.share());
        let rules = &self.policy.rules;
        scratch.holding(rules.len()).filter_map(move |place| Some((place, standings.next(rules.get(place)?))))
    }

    /// Counts the points of every rule that fired and of the models in force, and what rules ask for.
    fn weigh(&mut self, scratch: &Scratch) {
        let policy = self.policy;
        let mut tally = Tally::default();
        let mut standings = Standings::new(self.facts.now, || self.share());
        let (mut asked, mut reasons) = (Asked::default(), Reasons::new());
        for rule in scratch.holding(policy.rules.len()).filter_map(|index| policy.rules.get(index)) {
            match standings.next(rule) {
                Standing::Counts => {
                    tally.add(rule.layer, rule.score);
                    asked.add(rule);
                    reasons.count(rule);
                }
                Standing::Shadowed => reasons.shadow(rule),
                Standing::Late | Standing::Expired | Standing::Off => {}
            }
        }
        for scored in self.scored.iter_mut().filter(|scored| scored.in_force) {
            scored.counts = tally.model(scored.slot.model().layer(), scored.points());
        }
        (self.asked, self.reasons) = (asked, reasons);
        self.risk = tally.risk(policy.settings.weights, self.confidence());
        let held = self.shown.session.window().known().map(|window| window.held).unwrap_or_default();
        self.held = policy.settings.bands.hold(self.risk.total, held, self.facts.now);
        self.band = Band::of_level(self.held.band);
    }

    /// How much of each layer was observed: what a window is still worth counts, and no window is no observation.
    pub fn confidence(&self) -> Confidence {
        let (behaviour, now) = (self.policy.settings.behaviour, self.facts.now);
        let window = self.shown.session.window().known().map(|window| window.confidence(behaviour, now));
        Confidence::observed(self.facts).with_behaviour(window.unwrap_or(0))
    }

    /// What models said, in the order of the policy, before it is worked out why.
    pub fn scored(&self) -> &[Scored<'a>] {
        &self.scored
    }

    /// What a signature says of who sent the request.
    pub fn introduced(&self) -> Option<Introduced> {
        self.introduced
    }

    /// What the request tells of its session.
    pub fn session(&self) -> &Presented {
        &self.shown.session
    }

    /// What it shows, for those who go on without the assessment.
    pub(crate) fn into_shown(self) -> Shown {
        self.shown
    }

    /// The band of risk as the session's window shall hold it.
    pub fn held(&self) -> Held {
        self.held
    }

    /// The pseudonym of the session that was opened.
    fn session_pseudonym(&self) -> Option<u64> {
        self.shown.session.window().known().map(|window| identity::session(&window.id, self.keys))
    }

    /// Where in its window of observation the request falls.
    fn window_state(&self) -> State {
        let (behaviour, now) = (self.policy.settings.behaviour, self.facts.now);
        self.shown.session.window().known().map_or(State::None, |window| window.state(behaviour, now))
    }

    /// For how many microseconds its window has been open; 0 without one.
    pub fn window_open(&self) -> u64 {
        self.shown.session.window().known().map_or(0, |window| self.facts.now.0.saturating_sub(window.opened.0))
    }

    fn refusal(&self, refused: Option<Refusal<'a>>, doubt: Doubt) -> Option<Refusal<'a>> {
        if !self.asked.allow {
            if self.asked.decoy {
                return Some(Refusal::Decoy);
            }
            if let Some(subject) = self.asked.block {
                return Some(Refusal::Block(subject));
            }
            if self.policy.settings.verdict(self.band) == Verdict::Block {
                return Some(Refusal::Block(self.weightiest_layer()));
            }
            if let Doubt::Due(subject) = doubt
                && refused.is_none_or(|refusal| refusal.verdict() != Verdict::Block)
            {
                return Some(Refusal::Challenge(subject));
            }
        }
        refused
    }

    fn verdict(&self, refusal: Option<Refusal<'_>>) -> Verdict {
        match refusal {
            Some(refusal) => refusal.verdict(),
            None if self.asked.allow => Verdict::Allow,
            None if self.asked.tag || self.asked.challenge.is_some() => Verdict::Tag,
            // Whoever need not be challenged, or was, is told to the origin.
            None => match self.policy.settings.verdict(self.band) {
                Verdict::Challenge => Verdict::Tag,
                verdict => verdict,
            },
        }
    }

    /// What a challenge would be about, and whether it is due: a rule asks for it, or the band of risk does and the request
    /// can bear it.
    fn doubt(&self) -> Doubt {
        let by_band = self.policy.settings.verdict(self.band) == Verdict::Challenge;
        if self.asked.allow || !(by_band || self.asked.challenge.is_some()) {
            return Doubt::None;
        }
        if self.asked.excused {
            return Doubt::Excused;
        }
        if self.is_cleared() {
            return Doubt::Cleared;
        }
        match self.asked.challenge {
            Some(subject) => Doubt::Due(subject),
            None if challenge::is_exempt(self.facts) => Doubt::Exempt,
            None => Doubt::Due(self.weightiest_layer()),
        }
    }

    /// Whether this client has passed a challenge of this band or a higher one, for as long as that holds.
    fn is_cleared(&self) -> bool {
        self.shown.clearance.known().is_some_and(|clearance| clearance.level >= self.band.level())
    }

    /// The layer with the most points; the policy itself where no layer has any.
    fn weightiest_layer(&self) -> Subject {
        let layers = [
            (self.risk.device, Subject::Device),
            (self.risk.behaviour, Subject::Behaviour),
            (self.risk.context, Subject::Context),
        ];
        let scored = layers.into_iter().filter(|(score, _)| score.is_some_and(|score| score > 0));
        scored.max_by_key(|(score, _)| *score).map_or(Subject::Policy, |(_, subject)| subject)
    }

    /// Where this client stands among canaries: the same for all its requests. By its address, which it cannot choose as
    /// it can what the device identity is made of; by its name where its source hides the address, and by the device only where there is neither.
    fn share(&self) -> u16 {
        match (self.facts.connection.address.map(identity::client_prefix), self.facts.seen.client) {
            (Fact::Known(prefix), _) => self.keys.canary(&[prefix.as_bytes()]),
            (_, Some(client)) => self.keys.canary(&[client]),
            (_, None) => self.keys.canary(&[&self.device.to_le_bytes()]),
        }
    }
}

impl Policy {
    /// Whether this decision leaves a record, and then at which rate decisions like it do, in thousandths; none where each does.
    /// Only what passes without a doubt is left out, by a hash of its reference that nobody outside can work out: no transaction, no
    /// agent that was verified, and nothing at which a rule in shadow fired.
    pub fn keeps(&self, decision: &Decision<'_>, keys: &Keyring) -> Option<Option<u16>> {
        if !self.records(decision.verdict) {
            return None;
        }
        let rate = self.settings.records.sample_allowed;
        let is_plain = decision.verdict == Verdict::Allow && decision.band == Band::Low;
        let tells =
            decision.transaction.is_some() || decision.agent.is_some() || !decision.reasons.shadowed().is_empty();
        if rate >= record::ALL || !is_plain || tells {
            return Some(None);
        }
        keys.samples(decision.id.as_str().as_bytes(), rate).then_some(Some(rate))
    }

    /// Whether requests that end before a decision leave a record: all of them, for there is no sample of what is missed.
    pub fn keeps_undecided(&self) -> bool {
        self.settings.record != Recording::None
    }

    /// Whether decisions with this verdict leave a record, or some of them do.
    pub fn records(&self, verdict: Verdict) -> bool {
        match self.settings.record {
            Recording::All => true,
            Recording::Acted => verdict != Verdict::Allow,
            Recording::None => false,
        }
    }
}

/// Whether a challenge is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doubt {
    /// Nothing asks for one.
    None,
    /// It is, about this.
    Due(Subject),
    /// A rule lets it go without.
    Excused,
    /// It was passed.
    Cleared,
    /// Nobody is there to answer.
    Exempt,
}

impl Doubt {
    /// The reason that is given where a challenge was due and is not asked for.
    const fn reason(self) -> Option<&'static str> {
        match self {
            Self::None | Self::Due(_) => None,
            Self::Excused => Some("challenge.excused"),
            Self::Cleared => Some("challenge.cleared"),
            Self::Exempt => Some("challenge.exempt"),
        }
    }
}

/// What the rules that fired ask for, taken together.
#[derive(Debug, Default)]
struct Asked {
    allow: bool,
    /// No challenge is asked for, but by a transaction.
    excused: bool,
    tag: bool,
    /// The limits that throttling rules name.
    throttles: Vec<u16>,
    block: Option<Subject>,
    decoy: bool,
    challenge: Option<Subject>,
}

impl Asked {
    fn add(&mut self, rule: &Rule) {
        match rule.action {
            Action::Score => {}
            Action::Allow => self.allow = true,
            Action::Excuse => self.excused = true,
            Action::Tag => self.tag = true,
            Action::Throttle => self.throttles.extend(rule.limit),
            Action::Challenge => self.challenge = self.challenge.or(Some(subject(rule.layer))),
            Action::Block => self.block = self.block.or(Some(subject(rule.layer))),
            Action::Decoy => self.decoy = true,
        }
    }
}

fn subject(layer: Option<Layer>) -> Subject {
    match layer {
        Some(Layer::Device) => Subject::Device,
        Some(Layer::Behaviour) => Subject::Behaviour,
        Some(Layer::Context) => Subject::Context,
        None => Subject::Policy,
    }
}

/// Whether the client asked for HTML before anything else would do.
pub(super) fn wants_html(facts: &Facts<'_>) -> bool {
    let accept = facts.headers.list.iter().find(|(name, _)| *name == b"accept").map(|&(_, value)| value);
    accept.is_some_and(|accept| accept.windows(9).any(|part| part == b"text/html"))
}
