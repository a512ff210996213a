//! The words of user agents, and what they stand for.

use super::{Family, Platform};

/// A part of a user agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word<'a> {
    /// `name/version` outside parentheses; the version is empty without a `/`.
    Product { name: &'a [u8], version: &'a [u8] },
    /// What stands between `(`, `;` and `)`, without spaces around it.
    Comment(&'a [u8]),
    /// `(`
    Open,
    /// `)`
    Close,
}

/// Calls `f` with each part of a user agent, in order.
pub(super) fn each<'a>(text: &'a [u8], mut f: impl FnMut(Word<'a>)) {
    let (mut start, mut depth) = (0, 0_u32);
    for (at, &byte) in text.iter().enumerate() {
        let ends = match byte {
            b'(' | b')' => true,
            b';' | b',' => depth > 0,
            b' ' | b'\t' => depth == 0,
            _ => false,
        };
        if !ends {
            continue;
        }
        emit(text.get(start..at).unwrap_or_default(), depth, &mut f);
        start = at + 1;
        if byte == b'(' {
            depth += 1;
            f(Word::Open);
        } else if byte == b')' {
            depth = depth.saturating_sub(1);
            f(Word::Close);
        }
    }
    emit(text.get(start..).unwrap_or_default(), depth, &mut f);
}

fn emit<'a>(part: &'a [u8], depth: u32, f: &mut impl FnMut(Word<'a>)) {
    let part = part.trim_ascii();
    if part.is_empty() {
        return;
    }
    f(if depth > 0 {
        Word::Comment(part)
    } else {
        let slash = part.iter().position(|&byte| byte == b'/');
        let (name, version) = slash.and_then(|at| part.split_at_checked(at)).unwrap_or((part, b""));
        Word::Product { name, version: version.strip_prefix(b"/").unwrap_or(version) }
    });
}

/// A browser by its product, and how much that says against other products beside it.
pub(super) fn browser(name: &[u8]) -> Option<(Family, u8)> {
    Some(match name {
        b"Firefox" | b"Iceweasel" => (Family::Firefox, 1),
        b"CriOS" => (Family::Chrome, 2),
        b"FxiOS" | b"Focus" | b"Klar" => (Family::Firefox, 2),
        b"Edg" | b"EdgA" | b"EdgiOS" => (Family::Edge, 3),
        b"OPR" | b"OPT" | b"OPX" | b"Opera" => (Family::Opera, 3),
        b"OPiOS" => (Family::OperaMini, 3),
        b"SamsungBrowser" => (Family::Samsung, 3),
        b"YaBrowser" | b"YaSearchBrowser" => (Family::Yandex, 3),
        b"UCBrowser" | b"UBrowser" | b"UCMobile" | b"UCWEB" => (Family::Uc, 4),
        b"QQBrowser" | b"MQQBrowser" => (Family::Qq, 3),
        b"Vivaldi" => (Family::Vivaldi, 3),
        b"Whale" => (Family::Whale, 3),
        b"Silk" => (Family::Silk, 3),
        b"Brave" | b"brave" => (Family::Brave, 3),
        b"Ddg" | b"DuckDuckGo" => (Family::DuckDuckGo, 3),
        b"HuaweiBrowser" => (Family::Huawei, 3),
        b"MiuiBrowser" => (Family::Miui, 3),
        _ => return None,
    })
}

/// The operating system that a comment names.
pub(super) fn platform(text: &[u8]) -> Option<Platform> {
    let starts = |prefix: &[u8]| text.starts_with(prefix);
    match text.first()? {
        b'W' => (starts(b"Windows NT") || starts(b"Windows 9") || text == b"Windows").then_some(Platform::Windows),
        b'M' => starts(b"Macintosh").then_some(Platform::MacOs),
        b'i' => (starts(b"iPhone") || starts(b"iPad") || starts(b"iPod")).then_some(Platform::Ios),
        b'A' => starts(b"Android").then_some(Platform::Android),
        b'C' => starts(b"CrOS").then_some(Platform::ChromeOs),
        b'X' => (text == b"X11").then_some(Platform::Linux),
        b'L' => starts(b"Linux").then_some(Platform::Linux),
        _ => None,
    }
}

/// Browsers of old that called themselves compatible.
pub(super) fn is_old_browser(text: &[u8]) -> bool {
    [b"MSIE".as_slice(), b"Konqueror", b"Windows", b"iCab", b"OmniWeb"].iter().any(|name| text.starts_with(name))
}

/// Browser automation by its product.
pub(super) fn automation(name: &[u8]) -> Option<&'static str> {
    lower(name, |name| {
        Some(match name {
            b"phantomjs" => "phantomjs",
            b"slimerjs" => "slimerjs",
            b"casperjs" => "casperjs",
            b"puppeteer" => "puppeteer",
            b"playwright" => "playwright",
            b"selenium" => "selenium",
            b"webdriver" => "webdriver",
            b"cypress" => "cypress",
            b"nightmare" => "nightmare",
            b"htmlunit" => "htmlunit",
            b"jsdom" => "jsdom",
            b"happydom" => "happydom",
            b"zombie" => "zombie",
            b"splash" => "splash",
            b"ptst" => "webpagetest",
            b"prerender" => "prerender",
            b"wkhtmltopdf" | b"wkhtmltoimage" => "wkhtmltopdf",
            b"chrome-lighthouse" => "lighthouse",
            b"headlessedg" | b"headlessfirefox" => "headless",
            _ => return None,
        })
    })
}

/// A library or tool by its product. Short common words count only as the first product.
pub(super) fn tool(name: &[u8], first: bool) -> Option<&'static str> {
    lower(name, |name| if first { first_tool(name) } else { None }.or_else(|| any_tool(name)).or_else(|| scanner(name)))
}

fn first_tool(name: &[u8]) -> Option<&'static str> {
    Some(match name {
        b"java" => "java",
        b"node" => "node",
        b"got" => "got",
        b"php" => "php",
        b"ruby" => "ruby",
        b"perl" => "perl",
        b"python" => "python",
        b"dart" => "dart",
        b"deno" => "deno",
        b"bun" => "bun",
        b"hey" => "hey",
        b"k6" => "k6",
        b"colly" => "colly",
        b"hyper" => "hyper",
        b"fuzz" => "ffuf", // "Fuzz Faster U Fool"
        b"rest-client" => "rest-client",
        b"typhoeus" => "typhoeus",
        b"faraday" => "faraday",
        b"insomnia" => "insomnia",
        b"mechanize" => "mechanize",
        _ => return None,
    })
}

fn any_tool(name: &[u8]) -> Option<&'static str> {
    Some(match name {
        b"curl" => "curl",
        b"libcurl" | b"pycurl" => "libcurl",
        b"wget" | b"wget2" => "wget",
        b"python-requests" => "python-requests",
        b"python-urllib" | b"python-urllib2" | b"python-urllib3" | b"urllib3" => "python-urllib",
        b"python-httpx" => "python-httpx",
        b"aiohttp" => "aiohttp",
        b"niquests" => "niquests",
        b"httplib2" | b"python-httplib2" => "httplib2",
        b"scrapy" => "scrapy",
        b"go-http-client" => "go-http-client",
        b"go-resty" => "go-resty",
        b"fasthttp" => "fasthttp",
        b"okhttp" => "okhttp",
        b"java-http-client" => "java-http-client",
        b"apache-httpclient" | b"apache-httpasyncclient" => "apache-httpclient",
        b"jakarta" | b"commons-httpclient" => "commons-httpclient",
        b"reactornetty" => "reactor-netty",
        b"ahc" => "async-http-client",
        b"node-fetch" => "node-fetch",
        b"undici" => "undici",
        b"axios" => "axios",
        b"superagent" | b"node-superagent" => "superagent",
        b"libwww-perl" | b"lwp-trivial" | b"lwp" | b"www-mechanize" => "libwww-perl",
        b"postmanruntime" => "postman",
        b"httpie" => "httpie",
        b"restsharp" => "restsharp",
        b"guzzlehttp" => "guzzle",
        b"symfony" => "symfony-http-client",
        b"reqwest" => "reqwest",
        b"ureq" => "ureq",
        b"windowspowershell" | b"powershell" => "powershell",
        b"aria2" => "aria2",
        b"axel" => "axel",
        b"lua-resty-http" => "lua-resty-http",
        _ => return None,
    })
}

/// Load generators and vulnerability scanners, which also name themselves inside comments.
pub(super) fn scanner(name: &[u8]) -> Option<&'static str> {
    lower(name, |name| {
        Some(match name {
            b"apachebench" => "apachebench",
            b"wrk" => "wrk",
            b"vegeta" => "vegeta",
            b"locust" => "locust",
            b"jmeter" => "jmeter",
            b"nmap" => "nmap",
            b"nikto" => "nikto",
            b"sqlmap" => "sqlmap",
            b"zgrab" => "zgrab",
            b"masscan" => "masscan",
            b"nuclei" => "nuclei",
            b"gobuster" => "gobuster",
            b"dirbuster" => "dirbuster",
            b"feroxbuster" => "feroxbuster",
            b"wpscan" => "wpscan",
            b"whatweb" => "whatweb",
            b"wfuzz" => "wfuzz",
            b"ffuf" => "ffuf",
            b"httrack" => "httrack",
            b"httpx" => "httpx",
            _ => return None,
        })
    })
}

/// Calls `f` with the name in lower case. No name that is looked for is longer than the buffer.
fn lower<T>(name: &[u8], f: impl FnOnce(&[u8]) -> Option<T>) -> Option<T> {
    let mut buffer = [0; 24];
    let lower = buffer.get_mut(..name.len())?;
    lower.copy_from_slice(name);
    lower.make_ascii_lowercase();
    f(lower)
}
