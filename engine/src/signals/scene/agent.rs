//! The user agent, read in one pass: products outside parentheses, comments inside.
//!
//! `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36` has the
//! products Mozilla, AppleWebKit, Chrome and Safari, each with a version, and comments between them.

mod crawler;
mod names;
mod words;

pub(crate) use names::{Engine, Family, Platform};

use words::Word;

/// Bytes that are looked at: real user agents have fewer than 500.
const MOST_BYTES: usize = 2_048;

/// What a user agent says of its client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Agent {
    /// The browser.
    pub(crate) family: Option<Family>,
    /// The engine of the browser.
    pub(crate) engine: Option<Engine>,
    /// The browser's major version.
    pub(crate) major: Option<u32>,
    /// The major version of the engine's own product: Chrome's in Edge and Opera, `rv:` in Firefox.
    pub(crate) engine_major: Option<u32>,
    /// The operating system.
    pub(crate) platform: Option<Platform>,
    /// Whether it says `Mobile`.
    pub(crate) mobile: bool,
    /// Whether it is a view inside an Android app.
    pub(crate) webview: bool,
    /// Whether Chrome's version is reduced to its major number.
    pub(crate) reduced: bool,
    /// A library or tool that names itself.
    pub(crate) tool: Option<&'static str>,
    /// Browser automation that names itself.
    pub(crate) automation: Option<&'static str>,
    /// Whether it says that it is a crawler.
    pub(crate) crawler: bool,
    /// Whether it has the form of the browser that it names.
    pub(crate) well_formed: bool,
}

impl Agent {
    /// Reads a User-Agent header. Every text has a reading.
    pub(crate) fn parse(text: &[u8]) -> Self {
        let text = text.get(..MOST_BYTES).unwrap_or(text);
        let mut draft = Draft::default();
        words::each(text, |word| draft.note(word));
        let mut agent = draft.finish(text);
        agent.crawler |= crawler::is_named_in(text);
        agent
    }

    /// The engine whose behaviour may be held against this client: that of a browser that does not also say that it is
    /// something else.
    pub(crate) fn claimed_engine(&self) -> Option<Engine> {
        if self.crawler || self.tool.is_some() { None } else { self.engine }
    }
}

/// The digits at the start, as a number.
pub(crate) fn number(text: &[u8]) -> Option<u32> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit());
    text.first().filter(|byte| byte.is_ascii_digit())?;
    Some(digits.fold(0, |number: u32, byte| number.saturating_mul(10).saturating_add(u32::from(byte - b'0'))))
}

/// What has been seen so far of a user agent.
#[derive(Default)]
struct Draft {
    agent: Agent,
    /// How much the family found so far says: Chrome's token stands in every browser built on it.
    rank: u8,
    mozilla: bool,
    apple_web_kit: Option<u32>,
    gecko: bool,
    edge_html: bool,
    safari: bool,
    /// `Version/`, which Safari and Android's old browser use for their own.
    version: Option<u32>,
    rv: Option<u32>,
    chrome: Option<u32>,
    parentheses: i32,
    compatible: bool,
    position: u8,
}

impl Draft {
    fn note(&mut self, word: Word<'_>) {
        match word {
            Word::Product { name, version } => {
                self.product(name, version);
                self.position = self.position.saturating_add(1);
            }
            Word::Comment(text) => self.comment(text),
            Word::Open => self.parentheses += 1,
            Word::Close => self.parentheses -= 1,
        }
    }

    fn product(&mut self, name: &[u8], version: &[u8]) {
        match name {
            b"Mozilla" => self.mozilla |= self.position == 0 && version == b"5.0",
            b"AppleWebKit" => self.apple_web_kit = number(version),
            b"Gecko" => self.gecko = true,
            b"Safari" => {
                self.safari = true;
                // Safari fetches icons as "Safari/… CFNetwork/…".
                if self.position == 0 {
                    self.family(Family::Safari, b"", 1);
                }
            }
            b"Mobile" => self.agent.mobile = true,
            b"Version" => self.version = number(version),
            b"Chrome" | b"Chromium" => self.chrome(version),
            b"HeadlessChrome" => {
                self.chrome(version);
                self.agent.automation = Some("headless-chrome");
            }
            b"Edge" => {
                self.edge_html = true;
                self.family(Family::Edge, version, 3);
            }
            _ => self.other_product(name, version),
        }
    }

    fn other_product(&mut self, name: &[u8], version: &[u8]) {
        if let Some((family, rank)) = words::browser(name) {
            self.family(family, version, rank);
        } else if let Some(automation) = words::automation(name) {
            self.agent.automation = Some(automation);
        } else if self.agent.tool.is_none() {
            self.agent.tool = words::tool(name, self.position == 0);
        }
    }

    fn chrome(&mut self, version: &[u8]) {
        self.chrome = number(version);
        self.agent.reduced = version.ends_with(b".0.0.0");
        self.family(Family::Chrome, version, 1);
    }

    fn family(&mut self, family: Family, version: &[u8], rank: u8) {
        if rank > self.rank {
            self.rank = rank;
            self.agent.family = Some(family);
            self.agent.major = number(version);
        }
    }

    fn comment(&mut self, text: &[u8]) {
        if let Some(platform) = words::platform(text) {
            // "Linux; Android 10" and "X11; CrOS": the later word is the narrower one.
            self.agent.platform = Some(platform);
            self.agent.mobile |= text.starts_with(b"iPhone") || text.starts_with(b"iPod");
        } else if let Some(version) = text.strip_prefix(b"rv:") {
            self.rv = number(version);
        } else if let Some(version) = text.strip_prefix(b"MSIE ") {
            self.family(Family::InternetExplorer, version, 2);
        } else if text.starts_with(b"Trident/") {
            self.family(Family::InternetExplorer, b"", 1);
        } else if let Some(version) = text.strip_prefix(b"Opera Mini/") {
            self.family(Family::OperaMini, version, 4);
        } else {
            self.rare_comment(text);
        }
    }

    fn rare_comment(&mut self, text: &[u8]) {
        match text {
            b"Mobile" => self.agent.mobile = true,
            b"wv" => self.agent.webview = true,
            b"compatible" => self.compatible = true,
            _ => {
                // "(compatible; Googlebot/2.1; +http…)": what is compatible and no browser is a crawler.
                self.agent.crawler |= core::mem::take(&mut self.compatible) && !words::is_old_browser(text);
                let name = text.split(|byte| matches!(byte, b'/' | b' ')).next().unwrap_or_default();
                self.agent.tool = self.agent.tool.or_else(|| words::scanner(name));
                self.agent.automation = self.agent.automation.or_else(|| words::automation(name));
            }
        }
    }

    fn finish(mut self, text: &[u8]) -> Agent {
        self.decide_family();
        self.agent.engine = self.engine();
        self.agent.engine_major = match self.agent.engine {
            Some(Engine::Chromium) => self.chrome,
            Some(Engine::Gecko) => self.agent.major,
            Some(Engine::WebKit) => self.version,
            None => None,
        };
        self.agent.reduced &= self.chrome.is_some();
        self.agent.well_formed = self.is_well_formed(text);
        self.agent
    }

    fn decide_family(&mut self) {
        let android = self.agent.platform == Some(Platform::Android);
        let mac = self.agent.platform == Some(Platform::MacOs);
        match self.agent.family {
            None if self.safari && android => self.family(Family::Android, b"", 1),
            // Safari had no `Version/` before its third.
            None if self.safari && (self.version.is_some() || mac) => self.family(Family::Safari, b"", 1),
            Some(Family::Chrome) if self.agent.webview || (android && self.version.is_some()) => {
                self.agent.webview = true;
                self.agent.family = Some(Family::WebView);
            }
            Some(Family::InternetExplorer) if self.agent.major.is_none() => self.agent.major = self.rv,
            _ => {}
        }
        let presto = self.agent.family == Some(Family::Opera) && self.chrome.is_none() && self.version.is_some();
        if presto || matches!(self.agent.family, Some(Family::Safari | Family::Android)) {
            self.agent.major = self.version;
        }
    }

    fn engine(&self) -> Option<Engine> {
        let family = self.agent.family?;
        if self.edge_html || matches!(family, Family::InternetExplorer | Family::OperaMini | Family::Android) {
            None
        } else if self.chrome.is_some() {
            Some(Engine::Chromium)
        } else if self.apple_web_kit.is_some() {
            Some(Engine::WebKit)
        } else {
            (self.gecko && family == Family::Firefox).then_some(Engine::Gecko)
        }
    }

    /// The parts that a browser's own template has, and that agree with one another.
    fn is_well_formed(&self, text: &[u8]) -> bool {
        let plain = self.parentheses == 0 && !text.iter().any(|byte| !(b' '..=b'~').contains(byte));
        let own = match self.agent.engine {
            Some(Engine::Chromium) => self.apple_web_kit == Some(537) && self.safari,
            // Firefox 110 to 119 said rv:109.0, so that servers would not take rv:11 for Internet Explorer's.
            Some(Engine::Gecko) => self.rv == self.agent.major || self.rv == Some(109),
            Some(Engine::WebKit) => self.apple_web_kit.is_some(),
            None => true,
        };
        plain && own && (self.mozilla || self.agent.engine.is_none())
    }
}

#[cfg(test)]
mod tests;
