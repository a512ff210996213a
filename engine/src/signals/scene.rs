//! The facts of one request with what several signals need of them, worked out once.

mod agent;
mod headers;
mod hints;
mod introduction;
mod ja4;
mod session;
mod shape;

pub(super) use agent::{Agent, Engine, Family, Platform};
pub(super) use headers::Known;
pub(crate) use headers::Marks;
pub(super) use hints::Hints;
pub(super) use ja4::{Family as TlsFamily, Ja4};

use crate::{
    agents::{Claims, Introduced, Outcome, Registry},
    fact::Fact,
    facts::{Facts, Unlisted},
    keys::Keyring,
    recall::Recall,
    session::Shown,
    window::Decay,
};
use alloc::{boxed::Box, string::String};
use core::cell::OnceCell;
use headers::Index;

/// A request under examination.
///
/// Headers that signals ask for by name are found in one pass over the list; what several signals share (the parsed
/// user agent, the header shape) is worked out when first asked for.
pub struct Scene<'a> {
    facts: &'a Facts<'a>,
    index: Index,
    agent: OnceCell<Fact<Agent>>,
    // None where the policy names no agent.
    registry: Option<&'a Registry>,
    claims: OnceCell<Fact<Claims>>,
    claimed: OnceCell<Fact<String>>,
    network: OnceCell<Fact<(u16, Outcome)>>,
    introduced: OnceCell<Fact<Introduced>>,
    hints: OnceCell<Fact<Hints>>,
    shape: OnceCell<[u8; 16]>,
    habits: OnceCell<[u8; 8]>,
    // None until somebody asks, or opens the tokens.
    shown: OnceCell<Shown>,
    decay: Decay,
}

/// User agents that were read before.
#[derive(Debug, Default)]
pub struct Agents(Recall<Remembered>);

/// What was read of a user agent.
#[derive(Clone, Copy, Debug, Default)]
struct Remembered {
    agent: Agent,
    /// The agents of the policy that it names, where that was asked.
    claims: Option<Claims>,
}

/// The name of a header in lower case, looked up among the well-known ones once.
#[derive(Debug)]
pub(crate) struct HeaderName {
    known: Option<Known>,
    text: Box<[u8]>,
}

impl HeaderName {
    pub(crate) fn new(text: Box<[u8]>) -> Self {
        Self { known: Known::find(&text), text }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.text
    }

    /// The marks that a request with this header has.
    pub(crate) fn marks(&self) -> Marks {
        self.known.map_or_else(|| Marks::of_other(&self.text), Marks::of)
    }
}

impl<'a> Scene<'a> {
    /// The scene of these facts.
    pub fn new(facts: &'a Facts<'a>) -> Self {
        Self {
            facts,
            index: Index::of(facts.headers.list, facts.seen.headers),
            agent: OnceCell::new(),
            registry: None,
            claims: OnceCell::new(),
            claimed: OnceCell::new(),
            network: OnceCell::new(),
            introduced: OnceCell::new(),
            hints: OnceCell::new(),
            shape: OnceCell::new(),
            habits: OnceCell::new(),
            shown: OnceCell::new(),
            decay: Decay::default(),
        }
    }

    /// The scene of these facts with the session token opened, as an assessment has it.
    pub fn opened(facts: &'a Facts<'a>, keys: &Keyring, decay: Decay) -> Self {
        let mut scene = Self::new(facts);
        scene.open_session(keys, decay);
        scene
    }

    /// The scene of these facts, with the user agent read as it was before.
    pub(crate) fn recalling(facts: &'a Facts<'a>, agents: &Agents, registry: &'a Registry) -> Self {
        let scene = Self::new(facts).knowing(registry);
        let known = scene.known(Known::UserAgent).known().and_then(|text| agents.0.find(registry.mark(), text));
        let Some(known) = known else { return scene };
        let claims = known.claims.map_or_else(OnceCell::new, |claims| OnceCell::from(Fact::Known(claims)));
        Self { agent: OnceCell::from(Fact::Known(known.agent)), claims, ..scene }
    }

    /// Keeps what was read of the user agent.
    pub(crate) fn keep(&self, agents: &mut Agents) {
        let mark = self.registry.map_or(0, Registry::mark);
        if let (Fact::Known(text), Some(Fact::Known(agent))) = (self.known(Known::UserAgent), self.agent.get())
            && agents.0.find(mark, text).is_none()
            && let Some(kept) = agents.0.note(mark, text)
        {
            let claims = self.claims.get().and_then(|claims| claims.known());
            *kept = Remembered { agent: *agent, claims };
        }
    }

    /// The facts themselves.
    pub fn facts(&self) -> &'a Facts<'a> {
        self.facts
    }

    /// The first value of a header, by its name in lower case.
    pub fn header(&self, name: &[u8]) -> Fact<&'a [u8]> {
        Known::find(name).map_or_else(|| self.other(name), |header| self.known(header))
    }

    /// As [`Self::header`], of a name that was looked up before.
    pub(crate) fn named(&self, name: &HeaderName) -> Fact<&'a [u8]> {
        name.known.map_or_else(|| self.other(&name.text), |header| self.known(header))
    }

    /// Which headers were sent, and perhaps some more.
    pub(crate) fn marks(&self) -> Marks {
        let list = self.facts.headers.list;
        let others = self.index.others(list.len()).filter_map(|at| list.get(at));
        others.fold(self.index.marks(), |marks, (name, _)| marks.with(Marks::of_other(name)))
    }

    /// The first value of a header that is not well known: only among its like is it looked for.
    fn other(&self, name: &[u8]) -> Fact<&'a [u8]> {
        let list = self.facts.headers.list;
        let mut others = self.index.others(list.len()).filter_map(|at| list.get(at));
        match others.find(|(known, _)| *known == name) {
            Some((_, value)) => Fact::Known(*value),
            None => self.unlisted(name),
        }
    }

    /// What is known of a header that is not in the list.
    fn unlisted(&self, name: &[u8]) -> Fact<&'a [u8]> {
        match self.facts.seen.headers {
            Unlisted::Absent => Fact::Absent,
            Unlisted::Unavailable { except } if except.contains(&name) => Fact::Absent,
            Unlisted::Unavailable { .. } => Fact::Unavailable,
        }
    }

    /// The first value of a cookie, as it was sent, quotes and all. Names are case-sensitive (RFC 6265).
    pub fn cookie(&self, name: &[u8]) -> Fact<&'a [u8]> {
        self.known(Known::Cookie)
            .and_then(|_| Fact::from_option(self.cookies().find(|(known, _)| *known == name).map(|(_, value)| value)))
    }

    /// The first value of a query parameter, as it was sent: neither names nor values are percent-decoded, and `+` stays
    /// `+`. A parameter without `=` has an empty value.
    pub fn param(&self, name: &[u8]) -> Fact<&'a [u8]> {
        if !self.facts.seen.query {
            return Fact::Unavailable;
        }
        Fact::from_option(self.params().find(|(known, _)| *known == name).map(|(_, value)| value))
    }

    /// Names and values of all query parameters that have a name, in order.
    pub(crate) fn params(&self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> + use<'a> {
        let query = self.facts.request.query().unwrap_or_default();
        let pairs = query.split(|&byte| byte == b'&').map(|pair| split_once(pair, b'=').unwrap_or((pair, b"")));
        pairs.filter(|(name, _)| !name.is_empty())
    }

    /// The bytes that stay the same from request to request of one browser: version and ciphers of its TLS hello (the
    /// rest of JA4 changes with resumption), family, platform and platform hint, languages, and the headers that it sends
    /// with everything. Its version is left out, so that an update does not make it another device.
    pub fn device_parts(&self) -> [&[u8]; 7] {
        let ja4 = self.ja4().known();
        let agent = self.agent().known();
        let name = |name: Option<&'static str>| name.unwrap_or_default().as_bytes();
        [
            ja4.map(|ja4| ja4.version).unwrap_or_default(),
            ja4.map(|ja4| ja4.cipher_hash).unwrap_or_default(),
            name(agent.and_then(|agent| agent.family.map(Family::name).or(agent.tool))),
            name(agent.and_then(|agent| agent.platform).map(Platform::name)),
            self.known(Known::SecChUaPlatform).known().unwrap_or_default(),
            self.known(Known::AcceptLanguage).known().unwrap_or_default(),
            self.habits.get_or_init(|| self.habits()),
        ]
    }

    /// Which of the headers that do not depend on the kind of request are there.
    fn habits(&self) -> [u8; 8] {
        HABITS.map(|header| self.index.has(header).into())
    }

    /// Whether every header that [`Self::device_parts`] is made of can be seen. Where some cannot, many clients have the
    /// same parts.
    pub fn sees_device(&self) -> bool {
        self.facts.seen.all_headers()
            || (HABITS.iter().all(|&header| self.has(header).is_known()) && self.has(Known::SecChUaPlatform).is_known())
    }

    /// The first value of a well-known header.
    pub(super) fn known(&self, header: Known) -> Fact<&'a [u8]> {
        match self.index.place(header).and_then(|at| self.facts.headers.list.get(at)) {
            Some((_, value)) => Fact::Known(*value),
            None if self.index.sent(header).is_known() => Fact::Absent,
            None => Fact::Unavailable,
        }
    }

    /// Whether a well-known header was sent: known or unavailable.
    pub(super) fn has(&self, header: Known) -> Fact<bool> {
        self.index.sent(header)
    }

    /// Something about the whole header list: unavailable where only a part of it is seen.
    pub(super) fn of_all_headers<T>(&self, read: impl FnOnce() -> T) -> Fact<T> {
        if self.facts.seen.all_headers() { Fact::Known(read()) } else { Fact::Unavailable }
    }

    /// Whether something is true of any header: seen, where it is true of one that is seen.
    pub(super) fn of_any_header(&self, found: bool) -> Fact<bool> {
        if found || self.facts.seen.all_headers() { Fact::Known(found) } else { Fact::Unavailable }
    }

    /// The path as sent.
    pub(super) fn path(&self) -> Fact<&'a [u8]> {
        if self.facts.seen.path { Fact::Known(self.facts.request.path()) } else { Fact::Unavailable }
    }

    /// Host or `:authority` as sent.
    pub(super) fn authority(&self) -> Fact<&'a [u8]> {
        if self.facts.seen.authority { Fact::Known(self.facts.request.authority) } else { Fact::Unavailable }
    }

    /// How many well-known headers stand in the list more than once.
    pub(super) fn repeated_headers(&self) -> u32 {
        self.index.repeated()
    }

    /// Names that are none of the well-known ones.
    pub(super) fn other_names(&self) -> impl Iterator<Item = &'a [u8]> + '_ {
        let list = self.facts.headers.list.iter().enumerate();
        list.filter(|(at, (name, _))| self.index.kind(*at, name).is_none()).map(|(_, (name, _))| *name)
    }

    /// Whether the present ones among these headers stand in this order.
    pub(super) fn in_order(&self, template: &[Known]) -> bool {
        let mut places = template.iter().filter_map(|&header| self.index.place(header));
        let Some(mut last) = places.next() else { return true };
        places.all(|place| core::mem::replace(&mut last, place) < place)
    }

    /// Names and values of all cookies, in order.
    pub(crate) fn cookies(&self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> + use<'a> {
        let list = self.index.place(Known::Cookie).and_then(|at| self.facts.headers.list.get(at..));
        let headers = list.unwrap_or_default().iter().filter(|(name, _)| *name == b"cookie");
        headers.flat_map(|(_, value)| value.split(|&byte| byte == b';')).filter_map(|pair| {
            let (name, value) = split_once(pair, b'=')?;
            Some((name.trim_ascii(), value.trim_ascii()))
        })
    }

    /// The user agent.
    pub(super) fn agent(&self) -> Fact<&Agent> {
        self.agent.get_or_init(|| self.known(Known::UserAgent).map(Agent::parse)).as_ref()
    }

    /// The browser that this request claims to come from, when it claims nothing else beside it.
    pub(super) fn claim(&self) -> Fact<(Engine, &Agent)> {
        self.agent().and_then(|agent| Fact::from_option(agent.claimed_engine()).map(|engine| (engine, agent)))
    }

    /// The same for browsers whose headers were compared: small ones and views inside apps change theirs.
    pub(super) fn mainstream(&self) -> Fact<(Engine, &Agent)> {
        use Family::{Brave, Chrome, Edge, Firefox, Opera, Safari, Vivaldi};
        let compared = [Brave, Chrome, Edge, Firefox, Opera, Safari, Vivaldi];
        let is_compared = |family: Option<Family>| family.is_some_and(|family| compared.contains(&family));
        self.claim().and_then(|claim| if is_compared(claim.1.family) { Fact::Known(claim) } else { Fact::Absent })
    }

    /// The claim to be a browser of Chromium's.
    pub(super) fn chromium(&self) -> Fact<&Agent> {
        self.claim().and_then(|(engine, agent)| match engine {
            Engine::Chromium => Fact::Known(agent),
            Engine::Gecko | Engine::WebKit => Fact::Absent,
        })
    }

    /// The client hints about brands.
    pub(super) fn hints(&self) -> Fact<&Hints> {
        self.hints.get_or_init(|| self.known(Known::SecChUa).map(Hints::parse)).as_ref()
    }

    /// The header shape, 16 hex digits.
    pub(super) fn shape(&self) -> &[u8] {
        self.shape.get_or_init(|| shape::of(self))
    }

    /// JA4 taken apart: unavailable also where the host gives something that is no JA4.
    pub(super) fn ja4(&self) -> Fact<Ja4<'a>> {
        self.facts.connection.ja4.and_then(|text| Ja4::parse(text).map_or(Fact::Unavailable, Fact::Known))
    }

    /// Whether the page is served over TLS: browsers keep most `sec-` headers from others.
    pub(super) fn is_secure(&self) -> Fact<bool> {
        if self.facts.seen.scheme { Fact::Known(self.facts.request.scheme == b"https") } else { Fact::Unavailable }
    }

    /// Whether this asks for a page to show, as far as the request says.
    pub(super) fn is_navigation(&self) -> Fact<bool> {
        match self.known(Known::SecFetchMode) {
            Fact::Known(mode) => Fact::Known(mode == b"navigate"),
            Fact::Absent if !matches!(self.facts.request.method, b"GET" | b"HEAD") => Fact::Known(false),
            Fact::Absent => {
                let accept = self.known(Known::Accept).optional();
                accept.map(|accept| accept.is_some_and(|accept| accept.starts_with(b"text/html")))
            }
            Fact::Unavailable => Fact::Unavailable,
        }
    }

    /// Whether this opens a WebSocket or asks for leave to send another request: browsers send fewer headers then.
    pub(super) fn is_special(&self) -> Fact<bool> {
        if self.facts.request.method != b"OPTIONS" {
            return self.is_upgrade();
        }
        match self.has(Known::AccessControlRequestMethod) {
            Fact::Known(false) => self.is_upgrade(),
            preflight => preflight,
        }
    }

    /// Whether this opens a WebSocket. A proxy lets no `Upgrade` pass that it does not carry out, so saying so costs a
    /// client its answer.
    fn is_upgrade(&self) -> Fact<bool> {
        let version = self.has(Known::SecWebsocketVersion);
        if version == Fact::Known(false) {
            return version;
        }
        let names_it = |to: Option<&[u8]>| to.is_some_and(|to| to.eq_ignore_ascii_case(b"websocket"));
        match self.header(b"upgrade").optional().map(names_it) {
            Fact::Known(true) => version,
            other => other,
        }
    }
}

/// The headers that a browser sends with every kind of request, or with none.
const HABITS: [Known; 8] = [
    Known::AcceptEncoding,
    Known::AcceptLanguage,
    Known::Dnt,
    Known::SecChUa,
    Known::SecFetchMode,
    Known::SecGpc,
    Known::Te,
    Known::UserAgent,
];

/// The two sides of the first such byte.
pub(super) fn split_once(text: &[u8], at: u8) -> Option<(&[u8], &[u8])> {
    let (before, rest) = text.split_at_checked(text.iter().position(|&byte| byte == at)?)?;
    Some((before, rest.get(1..)?))
}

#[cfg(test)]
mod tests;
