//! The combined and common log formats of nginx and Apache.
//!
//! `client identity user [time] "request" status bytes "referrer" "user agent"`, and what stands behind it is passed over.
//! Where the first word is no address and the second is one, the first is the host that was asked for, as in Apache's
//! `vhost_combined`. <https://httpd.apache.org/docs/2.4/mod/mod_log_config.html>

use super::{time, value};
use crate::{Entry, Reject, Spare, Text};
use memchr::memchr;
use outwork_engine::{fact::Fact, facts::Protocol};
use std::borrow::Cow;
use std::net::IpAddr;

pub(super) fn read<'a>(line: &'a [u8], spare: Spare<'a>) -> Result<Entry<'a>, Reject> {
    let mut entry = Entry { headers: spare.headers, unsent: spare.unsent, ..Entry::EMPTY };
    let rest = client(line, &mut entry)?;
    let (stamp, rest) = time_of(rest)?;
    let (request, rest) = quoted(rest)?;
    // What is wrong in the fields that every such log has is told before what is wrong in the request.
    let (status, rest) = word(rest.trim_ascii_start());
    entry.status = Some(number(status).ok_or(Reject::NotCombined)?);
    let (size, rest) = word(rest);
    if size != b"-" && (size.is_empty() || !size.iter().all(u8::is_ascii_digit)) {
        return Err(Reject::NotCombined);
    }
    entry.time = Some(time::common(stamp)?);
    line_of(request, &mut entry)?;
    if let Ok((referer, rest)) = quoted(rest) {
        header(&mut entry, b"referer", referer);
        if let Ok((agent, _)) = quoted(rest) {
            header(&mut entry, b"user-agent", agent);
        }
    }
    Ok(entry)
}

/// The words before the time: a client, perhaps a host before it, identity and user, which are not looked at.
fn client<'a>(line: &'a [u8], entry: &mut Entry<'a>) -> Result<&'a [u8], Reject> {
    let (first, rest) = word(line);
    if first.is_empty() || matches!(first.first(), Some(b'{' | b'[' | b'"')) {
        return Err(Reject::NotCombined);
    }
    let (second, after) = word(rest);
    let client = match (value::address(first), value::address(second)) {
        (Some(address), _) => Some((address, rest)),
        (None, Some(address)) => {
            entry.authority = Fact::Known(Cow::Borrowed(first));
            Some((address, after))
        }
        (None, None) => None,
    };
    let (address, rest): (Option<IpAddr>, _) = client.map_or((None, rest), |(address, rest)| (Some(address), rest));
    // A name that a log puts in place of the address hides it.
    entry.address = address.map_or(Fact::Unavailable, Fact::Known);
    Ok(rest)
}

/// The time in brackets: users may have spaces in their names, so it is looked for.
fn time_of(rest: &[u8]) -> Result<(&[u8], &[u8]), Reject> {
    let (start, end) = (memchr(b'[', rest), memchr(b']', rest));
    let (start, end) = start.zip(end).ok_or(Reject::NotCombined)?;
    let stamp = rest.get(start + 1..end).ok_or(Reject::NotCombined)?;
    Ok((stamp, rest.get(end + 1..).unwrap_or_default()))
}

/// A text in quotes, with its escapes, and what follows it.
fn quoted(rest: &[u8]) -> Result<(&[u8], &[u8]), Reject> {
    let inside = rest.trim_ascii_start().strip_prefix(b"\"").ok_or(Reject::NotCombined)?;
    let mut from = 0;
    while let Some(at) = memchr::memchr2(b'"', b'\\', inside.get(from..).unwrap_or_default()) {
        let at = from + at;
        if inside.get(at) == Some(&b'"') {
            let (text, rest) = inside.split_at_checked(at).ok_or(Reject::NotCombined)?;
            return Ok((text, rest.get(1..).unwrap_or_default()));
        }
        from = at + 2;
    }
    Err(Reject::NotCombined)
}

/// `GET /path HTTP/1.1`
fn line_of<'a>(request: &'a [u8], entry: &mut Entry<'a>) -> Result<(), Reject> {
    let (method, rest) = word(request);
    let is_method = !method.is_empty() && method.iter().all(|byte| byte.is_ascii_alphabetic() || *byte == b'-');
    let end = memchr::memrchr(b' ', rest);
    let (target, protocol) = match end.and_then(|end| rest.split_at_checked(end)) {
        Some((target, protocol)) => (target, protocol.trim_ascii_start()),
        None => return Err(Reject::NoRequestLine),
    };
    if !is_method || target.is_empty() || !protocol.starts_with(b"HTTP/") {
        return Err(Reject::NoRequestLine);
    }
    entry.method = Cow::Borrowed(method);
    entry.target = unescape(target);
    entry.protocol = Protocol::parse(protocol).map_or(Fact::Unavailable, Fact::Known);
    Ok(())
}

fn header<'a>(entry: &mut Entry<'a>, name: &'static [u8], value: &'a [u8]) {
    if value == b"-" {
        entry.unsent.push(Cow::Borrowed(name));
    } else {
        entry.headers.push((Cow::Borrowed(name), unescape(value)));
    }
}

/// Up to the next space, and what follows it.
fn word(text: &[u8]) -> (&[u8], &[u8]) {
    match memchr(b' ', text) {
        Some(at) => (text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default()),
        None => (text, b""),
    }
}

fn number(text: &[u8]) -> Option<u16> {
    std::str::from_utf8(text).ok()?.parse().ok().filter(|status| (0..=999).contains(status))
}

/// nginx writes `\xHH` for what it escapes; Apache does so, too, and `\"`, `\\`, `\n`, `\t` and the like.
fn unescape(text: &[u8]) -> Text<'_> {
    if memchr(b'\\', text).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [byte, after @ ..] = rest {
        let (byte, after) = if *byte == b'\\' { escape(after) } else { (*byte, after) };
        out.push(byte);
        rest = after;
    }
    Cow::Owned(out)
}

/// What a backslash and the text behind it stand for; itself, where that is no escape.
fn escape(after: &[u8]) -> (u8, &[u8]) {
    let hex = |digit: u8| char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    match after {
        [b'x', high, low, rest @ ..] => match (hex(*high), hex(*low)) {
            (Some(high), Some(low)) => (high << 4 | low, rest),
            _ => (b'\\', after),
        },
        [b'n', rest @ ..] => (b'\n', rest),
        [b'r', rest @ ..] => (b'\r', rest),
        [b't', rest @ ..] => (b'\t', rest),
        [b'v', rest @ ..] => (0x0b, rest),
        [byte @ (b'"' | b'\\'), rest @ ..] => (*byte, rest),
        _ => (b'\\', after),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use outwork_engine::time::Time;
    use proptest::prelude::*;

    const NGINX: &[u8] =
        br#"203.0.113.7 - - [22/Nov/2026:00:00:01 +0000] "GET /a?b=\x22c HTTP/2.0" 200 512 "-" "curl/8.5.0""#;

    #[test]
    fn a_line_of_nginx_is_read() {
        let entry = read(NGINX, Spare::default()).unwrap();
        assert_eq!(entry.time, Some(Time::from_seconds(1_795_305_601)));
        assert_eq!((&entry.method[..], &entry.target[..]), (&b"GET"[..], &b"/a?b=\"c"[..]));
        assert_eq!(entry.protocol, Fact::Known(Protocol::Http2));
        assert_eq!(entry.address, Fact::Known("203.0.113.7".parse().unwrap()));
        assert_eq!(entry.header(b"user-agent"), Some(&b"curl/8.5.0"[..]));
        assert_eq!(entry.unsent, [Cow::Borrowed(&b"referer"[..])]);
        assert_eq!((entry.scheme, entry.authority), (Fact::Unavailable, Fact::Unavailable));
        assert_eq!(entry.status, Some(200));
    }

    #[test]
    fn variants_are_read() {
        let common =
            read(br#"2001:db8::1 - frank x [10/Oct/2000:13:55:36 -0700] "POST / HTTP/1.0" 302 -"#, Spare::default())
                .unwrap();
        assert_eq!(common.address, Fact::Known("2001:db8::1".parse().unwrap()));
        assert!(common.headers.is_empty() && common.unsent.is_empty());
        let host = read(br#"shop.example:443 192.0.2.1 - - [10/Oct/2000:13:55:36 +0000] "GET / HTTP/1.1" 200 5 "https://a/" "x \"y\" \xe4" "192.0.2.9""#, Spare::default()).unwrap();
        assert_eq!(host.authority, Fact::Known(Cow::Borrowed(&b"shop.example:443"[..])));
        assert_eq!(host.address, Fact::Known("192.0.2.1".parse().unwrap()));
        assert_eq!(host.header(b"user-agent"), Some(&b"x \"y\" \xe4"[..]));
        let named =
            read(br#"host.example - - [10/Oct/2000:13:55:36 +0000] "GET / HTTP/1.1" 200 5"#, Spare::default()).unwrap();
        assert_eq!(named.address, Fact::Unavailable);
    }

    #[test]
    fn what_is_no_such_line_says_why() {
        let with =
            |request: &str| format!("192.0.2.1 - - [10/Oct/2000:13:55:36 +0000] \"{request}\" 400 0 \"-\" \"-\"");
        let wrong = |line: &str| read(line.as_bytes(), Spare::default()).unwrap_err();
        assert_eq!(wrong(&with("\\x16\\x03\\x01")), Reject::NoRequestLine);
        assert_eq!(wrong(&with("-")), Reject::NoRequestLine);
        assert_eq!(wrong(&with("GET /")), Reject::NoRequestLine);
        assert_eq!(wrong("192.0.2.1 - - [yesterday] \"GET / HTTP/1.1\" 200 0"), Reject::BadTime);
        assert_eq!(wrong("192.0.2.1 - - [10/Oct/2000:13:55:36 +0000] \"GET / HTTP/1.1\" 200"), Reject::NotCombined);
        assert_eq!(wrong("{\"a\": [\"b\"]}"), Reject::NotCombined);
        assert_eq!(wrong(""), Reject::NotCombined);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(line: Vec<u8>, at in 0..NGINX.len(), with: Vec<u8>) {
            let _ = read(&line, Spare::default());
            let mut near = NGINX.to_vec();
            near.splice(at..(at + with.len()).min(NGINX.len()), with);
            let _ = read(&near, Spare::default());
        }

        #[test]
        fn what_nginx_escapes_comes_back(text: Vec<u8>) {
            let plain = |byte: u8| (0x20..0x7f).contains(&byte) && byte != b'"' && byte != b'\\';
            let written: Vec<u8> = text.iter()
                .flat_map(|&byte| if plain(byte) { vec![byte] } else { format!("\\x{byte:02X}").into_bytes() }).collect();
            prop_assert_eq!(unescape(&written), text);
        }
    }
}
