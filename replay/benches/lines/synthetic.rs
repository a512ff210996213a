//! Synthetic access logs: what real browsers and tools send, for paths and from addresses that are made up.

use flate2::read::GzDecoder;
use outwork_replay::Format;
use serde_json::{Map, Value, json};
use std::{fs::File, io::Read, path::Path};

/// Headers as they are sent, names in lower case.
type Headers = Vec<(String, String)>;

/// A log of so many lines, always the same. Of 100 requests 70 are browsers', by the header sets of 2,400 visitors, 20
/// are other browsers' by user agent alone, 10 are tools and crawlers; there are some 40,000 addresses, a few of which
/// ask for much, and some 5,000 paths with queries.
pub(crate) fn log(lines: u64, format: Format) -> Vec<u8> {
    let clients = Clients::load();
    let mut random = Random(0x5eed);
    let mut out = Vec::new();
    for number in 0..lines {
        let request = Request::new(&clients, &mut random, number);
        match format {
            Format::Combined => request.combined(&mut out),
            Format::Logpush => request.logpush(&mut out),
            Format::Envoy | Format::Records => request.envoy(&mut out),
        }
        out.push(b'\n');
    }
    out
}

struct Clients {
    browsers: Vec<Headers>,
    agents: Vec<String>,
}

const TOOLS: [&str; 8] = [
    "curl/8.5.0",
    "python-requests/2.32.3",
    "Go-http-client/2.0",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
    "okhttp/4.12.0",
    "Scrapy/2.11.2 (+https://scrapy.org)",
];

impl Clients {
    fn load() -> Self {
        let data = std::env::var("OUTWORK_DATA")
            .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data").into());
        let lists = Path::new(&data).join("lists");
        let (browsers, agents) = (
            lines_of(&lists.join("real_browser_headers_2400.jsonl.gz")),
            lines_of(&lists.join("user_agents_sample_5000.jsonl.gz")),
        );
        if browsers.is_empty() || agents.is_empty() {
            eprintln!("no data in {data}: the log is of few clients");
            let agent =
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36";
            let headers =
                [("user-agent", agent), ("accept", "text/html,application/xhtml+xml"), ("accept-language", "de")];
            let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
            return Self { browsers: vec![headers], agents: vec![agent.to_owned()] };
        }
        Self {
            browsers: browsers.iter().map(headers_of).collect(),
            agents: agents.iter().map(|line| line["ua"].as_str().unwrap().to_owned()).collect(),
        }
    }
}

fn lines_of(path: &Path) -> Vec<Value> {
    let Ok(file) = File::open(path) else { return Vec::new() };
    let mut text = String::new();
    GzDecoder::new(file).read_to_string(&mut text).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn headers_of(line: &Value) -> Headers {
    let pairs = line["headers"].as_array().unwrap();
    pairs
        .iter()
        .map(|pair| (pair[0].as_str().unwrap().to_ascii_lowercase(), pair[1].as_str().unwrap().to_owned()))
        .collect()
}

struct Request {
    millis: u64,
    address: String,
    method: &'static str,
    target: String,
    headers: Headers,
    status: u16,
}

impl Request {
    fn new(clients: &Clients, random: &mut Random, number: u64) -> Self {
        let kind = random.below(100);
        let headers = match kind {
            0..70 => clients.browsers[random.place(clients.browsers.len())].clone(),
            70..90 => agent(&clients.agents[random.place(clients.agents.len())]),
            _ => agent(TOOLS[random.place(TOOLS.len())]),
        };
        let client = if random.below(20) == 0 { random.below(20) } else { random.below(40_000) };
        let address = match client % 4 {
            0 => format!("2001:db8:{:x}:{:x}::{:x}", client >> 8, client & 255, random.below(4)),
            _ => format!("{}.{}.{}.{}", 5 + client % 190, client >> 8 & 255, client & 255, client % 251),
        };
        Self {
            millis: 1_795_305_600_000 + number * 3 + random.below(3),
            address,
            method: if random.below(12) == 0 { "POST" } else { "GET" },
            target: target(random),
            headers,
            status: [200, 200, 200, 200, 304, 404, 302, 429][random.place(8)],
        }
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// As envoy-config/edge writes it: the usual fields, and an object of headers.
    fn envoy(&self, out: &mut Vec<u8>) {
        const NAMED: [&str; 17] = [
            "accept",
            "accept-encoding",
            "accept-language",
            "user-agent",
            "referer",
            "sec-ch-ua",
            "sec-ch-ua-mobile",
            "sec-ch-ua-platform",
            "sec-fetch-dest",
            "sec-fetch-mode",
            "sec-fetch-site",
            "sec-fetch-user",
            "priority",
            "te",
            "dnt",
            "upgrade-insecure-requests",
            "via",
        ];
        let headers: Map<_, _> = NAMED.iter().map(|name| ((*name).to_owned(), json!(self.header(name)))).collect();
        let line = json!({
            "start_time": self.stamp(), "method": self.method, "path": self.target, "protocol": "HTTP/2",
            "scheme": "https", "authority": "shop.example", "response_code": self.status, "response_flags": "-",
            "bytes_received": 0, "bytes_sent": 5_120, "duration": 12, "downstream_remote_address": with_port(&self.address),
            "requested_server_name": "shop.example", "request_id": "5b0c6a2e-7d29-4f0e-9a53-9d2b1a7d3c11",
            "upstream_host": "10.0.0.7:8080", "upstream_cluster": "origin", "tls_version": "TLSv1.3",
            "ja4": "t13d1516h2_8daaf6152771_d8a2da3f94cd", "headers": headers,
        });
        out.extend(line.to_string().into_bytes());
    }

    fn logpush(&self, out: &mut Vec<u8>) {
        let line = json!({
            "ClientIP": self.address, "ClientRequestMethod": self.method, "ClientRequestURI": self.target,
            "ClientRequestHost": "shop.example", "ClientRequestScheme": "https", "ClientRequestProtocol": "HTTP/2",
            "ClientRequestUserAgent": self.header("user-agent").unwrap_or_default(),
            "ClientRequestReferer": self.header("referer").unwrap_or_default(), "ClientSSLProtocol": "TLSv1.3",
            "ClientASN": 64_500, "ClientCountry": "de", "EdgeStartTimestamp": self.stamp(),
            "EdgeResponseStatus": self.status, "EdgeResponseBytes": 5_120, "RayID": "8f3c1a2b3c4d5e6f",
        });
        out.extend(line.to_string().into_bytes());
    }

    fn combined(&self, out: &mut Vec<u8>) {
        let seconds = self.millis / 1_000 - 1_795_305_600;
        let time = format!("22/Nov/2026:{:02}:{:02}:{:02} +0000", seconds / 3_600, seconds / 60 % 60, seconds % 60);
        let plain = |text: Option<&str>| text.unwrap_or("-").replace('"', "\\x22");
        let (referer, user_agent) = (plain(self.header("referer")), plain(self.header("user-agent")));
        let Self { address, method, target, status, .. } = self;
        let line = format!(
            "{address} - - [{time}] \"{method} {target} HTTP/2.0\" {status} 5120 \"{referer}\" \"{user_agent}\""
        );
        out.extend(line.into_bytes());
    }

    fn stamp(&self) -> String {
        let (seconds, millis) = (self.millis / 1_000 - 1_795_305_600, self.millis % 1_000);
        format!("2026-11-22T{:02}:{:02}:{:02}.{millis:03}Z", seconds / 3_600, seconds / 60 % 60, seconds % 60)
    }
}

fn with_port(address: &str) -> String {
    if address.contains(':') { format!("[{address}]:50000") } else { format!("{address}:50000") }
}

fn agent(text: &str) -> Headers {
    vec![("user-agent".to_owned(), text.to_owned()), ("accept".to_owned(), "*/*".to_owned())]
}

fn target(random: &mut Random) -> String {
    let number = random.below(5_000);
    match number % 10 {
        0 => "/".to_owned(),
        1 => format!("/search?q=thing+{number}&page={}", number % 7),
        2 => format!("/static/app.{number:x}.js"),
        3 => format!("/api/v1/orders/{number}"),
        4 if number.is_multiple_of(50) => "/wp-login.php".to_owned(),
        5 if number.is_multiple_of(25) => "/.env".to_owned(),
        _ => format!("/products/{}/{number}?ref=list&utm_source=mail", ["shoes", "hats", "coats"][random.place(3)]),
    }
}

/// SplitMix64: <https://prng.di.unimi.it/splitmix64.c>
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }

    fn place(&mut self, length: usize) -> usize {
        usize::try_from(self.below(u64::try_from(length).unwrap())).unwrap()
    }
}
