//! The requests as a script of wrk, which then sends them in turn.

use outwork_compiler::Request;
use std::fmt::Write as _;

/// What HTTP/1.1 does not carry as it is, or what changes how a connection is used.
const LEFT_OUT: &[&str] = &[
    "host",
    "connection",
    "content-length",
    "transfer-encoding",
    "expect",
    "upgrade",
    "te",
    "keep-alive",
    "proxy-connection",
    "x-forwarded-for",
    "x-forwarded-proto",
    "x-original-url",
    "x-envoy-original-path",
];

/// A script in Lua. Requests that HTTP/1.1 cannot carry are left out.
pub fn script(requests: &[Request]) -> String {
    let mut text = String::from("local all = {\n");
    for request in requests.iter().filter(|request| is_plain(request)) {
        let _ = writeln!(text, "[=[{}]=],", written(request));
    }
    text.push_str("}\nfor at, one in ipairs(all) do all[at] = one:gsub(\"\\n\", \"\\r\\n\") end\n");
    text.push_str("local at = 0\nfunction request() at = at % #all + 1; return all[at] end\n");
    text
}

/// One request with bare line feeds. A long bracket of Lua drops the first line feed, and there is none.
fn written(request: &Request) -> String {
    let mut text = format!("GET {} HTTP/1.1\nhost: shop.example\n", request.target);
    for (name, value) in &request.headers {
        let value = String::from_utf8_lossy(value);
        if !LEFT_OUT.contains(&name.to_ascii_lowercase().as_str()) {
            let _ = writeln!(text, "{name}: {value}");
        }
    }
    text + "\n"
}

fn is_plain(request: &Request) -> bool {
    let value =
        |value: &[u8]| value.iter().all(|&byte| (32..127).contains(&byte)) && !value.windows(2).any(|two| two == b"]=");
    let name = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let size: usize = request.headers.iter().map(|(name, value)| name.len() + value.len()).sum();
    size < 8_000 && request.headers.iter().all(|(known, text)| name(known) && value(text))
}
