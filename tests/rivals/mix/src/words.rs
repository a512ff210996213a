//! What names are made of.

use crate::Random;

/// Headers other than the user agent that rules ask about.
pub const HEADERS: &[&str] = &[
    "accept",
    "accept-language",
    "accept-encoding",
    "referer",
    "x-requested-with",
    "via",
    "from",
    "origin",
    "content-type",
    "authorization",
    "x-forwarded-host",
    "x-api-key",
    "sec-fetch-site",
    "priority",
    "te",
    "pragma",
    "x-real-ip",
    "cf-worker",
    "x-original-url",
    "x-middleware-subrequest",
    "proxy-connection",
    "x-wap-profile",
    "x-scanner",
    "x-operamini-phone",
];

/// Tools and crawlers that name themselves so: their own documentation does.
pub(crate) const KNOWN: &[&str] = &[
    "curl/",
    "python-requests/",
    "Go-http-client/",
    "Googlebot",
    "HeadlessChrome",
    "Scrapy/",
    "bingbot",
    "GPTBot",
    "okhttp/",
    "Java/",
    "Wget/",
    "ClaudeBot",
    "AhrefsBot",
    "SemrushBot",
    "Bytespider",
    "CCBot",
    "PerplexityBot",
    "YandexBot",
    "Applebot",
    "DuckDuckBot",
    "facebookexternalhit",
    "Twitterbot",
    "python-httpx/",
    "aiohttp/",
    "axios/",
    "node-fetch/",
    "libwww-perl/",
    "Nuclei",
    "sqlmap/",
    "masscan/",
    "zgrab/",
    "Nikto",
    "Playwright",
    "Puppeteer",
    "PhantomJS",
    "undici",
    "Apache-HttpClient/",
    "MJ12bot",
    "DotBot",
    "PetalBot",
];

pub(crate) const KINDS: &[&str] = &["Bot", "bot", "Crawler", "Spider", "Fetcher", "-client", "Scraper", "Monitor"];

const BEGIN: &[&str] = &["b", "d", "f", "gr", "k", "l", "m", "n", "p", "qu", "r", "s", "st", "t", "tr", "v", "w", "z"];
const MIDDLE: &[&str] = &["a", "e", "i", "o", "u", "ea", "io", "or", "en", "an"];

/// A name that nobody has: of 180 syllables, three or four.
pub(crate) fn name(random: &mut Random) -> String {
    let syllables = 3 + random.below(2);
    (0..syllables).map(|_| format!("{}{}", random.one(BEGIN), random.one(MIDDLE))).collect()
}

/// The name as companies write it.
pub(crate) fn capital(name: &str) -> String {
    let (first, rest) = name.split_at(1);
    first.to_uppercase() + rest
}
