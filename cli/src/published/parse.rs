//! Reading what an operator publishes: every entry, or none of them.

use std::net::IpAddr;

use ipnet::IpNet;
use outwork_compiler::ListFormat;
use serde::Deserialize;

use crate::instant;

/// No list that is published has more: those that are shipped have some hundred.
const MAX_NETWORKS: usize = 100_000;

/// The widest networks that an operator's crawlers come from: a whole /8 is some registry's.
const WIDEST: (u8, u8) = (9, 20);

/// What nobody on the internet has, one a line.
const RESERVED: &str = include_str!("../../../scripts/listing/reserved.txt");

/// Documentation of IPv6, of which one address stands in a shipped list, for a rule's test.
const DOCUMENTED: &str = "2001:db8::/32";

#[derive(Deserialize)]
struct Published {
    /// When it was made, where its operator says so in a way that is known.
    #[serde(rename = "creationTime")]
    made: Option<serde_json::Value>,
    prefixes: Vec<Prefix>,
}

/// What an operator publishes.
#[derive(Debug)]
pub(crate) struct List {
    /// Merged and sorted.
    pub(crate) networks: Vec<IpNet>,
    /// The day since 1970 on which it says that it was made.
    pub(crate) day: Option<u64>,
}

/// One of the two; what else stands beside it is for others.
#[derive(Deserialize)]
struct Prefix {
    #[serde(rename = "ipv4Prefix")]
    v4: Option<String>,
    #[serde(rename = "ipv6Prefix")]
    v6: Option<String>,
}

/// A published list; why it cannot be used, in a line.
pub(crate) fn list(text: &str, format: ListFormat) -> Result<List, String> {
    let (entries, day) = match format {
        ListFormat::Prefixes => prefixes(text)?,
        ListFormat::Text => (lines(text, |line| line), None),
        ListFormat::Csv => {
            (lines(text, |line| line.split(',').next().unwrap_or_default().trim().trim_matches('"')), None)
        }
    };
    if entries.len() > MAX_NETWORKS {
        return Err(format!("it has {} networks, and {MAX_NETWORKS} is the most", entries.len()));
    }
    let networks = entries.iter().map(|entry| public(entry)).collect::<Result<Vec<_>, _>>()?;
    if networks.is_empty() {
        return Err("it is empty".into());
    }
    Ok(List { networks: merged(networks), day })
}

/// The networks of a list's file, as the compiler reads them.
pub(crate) fn of_file(text: &str) -> Result<Vec<IpNet>, String> {
    Ok(merged(lines(text, |line| line).iter().map(|entry| network(entry)).collect::<Result<Vec<_>, _>>()?))
}

fn merged(networks: Vec<IpNet>) -> Vec<IpNet> {
    let mut merged = IpNet::aggregate(&networks);
    merged.sort();
    merged
}

fn prefixes(text: &str) -> Result<(Vec<String>, Option<u64>), String> {
    let published: Published =
        serde_json::from_str(text).map_err(|error| format!("it is no list of prefixes: {error}"))?;
    let entry = |(at, prefix): (usize, Prefix)| match (prefix.v4, prefix.v6) {
        (Some(one), None) | (None, Some(one)) => Ok(one),
        _ => Err(format!("its prefix {at} is neither an `ipv4Prefix` nor an `ipv6Prefix`")),
    };
    let day = published.made.as_ref().and_then(serde_json::Value::as_str).and_then(instant::day);
    Ok((published.prefixes.into_iter().enumerate().map(entry).collect::<Result<_, _>>()?, day))
}

fn lines(text: &str, entry: impl Fn(&str) -> &str) -> Vec<String> {
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
    lines.filter(|line| !line.is_empty()).map(|line| entry(line).to_owned()).collect()
}

fn network(text: &str) -> Result<IpNet, String> {
    let parsed = text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    let network: IpNet = parsed.map_err(|_| format!("`{}` is no network", text.escape_debug()))?;
    if network.trunc() == network { Ok(network) } else { Err(format!("`{text}` has bits set below its prefix")) }
}

/// A network that an operator can have.
fn public(text: &str) -> Result<IpNet, String> {
    let network = network(text)?;
    let widest = if network.addr().is_ipv4() { WIDEST.0 } else { WIDEST.1 };
    if network.prefix_len() < widest {
        return Err(format!("`{text}` is wider than any operator's network"));
    }
    let reserved = RESERVED.lines().chain([DOCUMENTED]).filter_map(|text| text.parse::<IpNet>().ok());
    match reserved.into_iter().find(|reserved| reserved.contains(&network) || network.contains(reserved)) {
        Some(reserved) => Err(format!("`{text}` lies in `{reserved}`, which nobody on the internet has")),
        None => Ok(network),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, format: ListFormat) -> Result<Vec<String>, String> {
        list(text, format).map(|list| list.networks.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn each_format_is_read_merged_and_sorted() {
        let json = r#"{"creationTime": "2026-11-01", "prefixes": [
            {"ipv6Prefix": "2a00::/32"}, {"ipv4Prefix": "66.249.65.0/24"}, {"ipv4Prefix": "66.249.64.0/24", "service": "x"}]}"#;
        let expected = Ok(vec!["66.249.64.0/23".to_owned(), "2a00::/32".to_owned()]);
        assert_eq!(read(json, ListFormat::Prefixes), expected);
        assert_eq!(read("# Ours\r\n2a00::/32\r\n66.249.65.0/24\n\n66.249.64.0/24 # new\n", ListFormat::Text), expected);
        assert_eq!(read("66.249.64.0/23,DE,,\n\"2a00::/32\",US,,\n", ListFormat::Csv), expected);
        assert_eq!(read("8.8.8.8\n", ListFormat::Text), Ok(vec!["8.8.8.8/32".to_owned()]));
    }

    #[test]
    fn a_list_may_say_when_it_was_made() {
        let day = |made: &str| {
            let text = format!(r#"{{"creationTime": {made}, "prefixes": [{{"ipv4Prefix": "8.8.8.0/24"}}]}}"#);
            list(&text, ListFormat::Prefixes).unwrap().day
        };
        for made in [r#""2026-11-22T14:46:08.000000""#, r#""2026-11-22""#, r#""2026-11-22T00:00:00Z""#] {
            assert_eq!(day(made), Some(20_779), "{made}");
        }
        for made in ["null", "1795305600", r#""yesterday""#, r#""2026-13-22""#, r#""1960-01-01""#, r#""2026-11-229""#] {
            assert_eq!(day(made), None, "{made}");
        }
    }

    #[test]
    fn one_wrong_entry_spoils_all() {
        assert!(RESERVED.lines().all(|line| line.starts_with('#') || line.parse::<IpNet>().is_ok()));
        for (text, why) in [
            ("", "empty"),
            ("# nothing\n", "empty"),
            ("8.8.8.8\n<html>\n", "no network"),
            ("8.8.8.8/33\n", "no network"),
            ("8.8.8.8/24\n", "below its prefix"),
            ("0.0.0.0/0\n", "wider"),
            ("::/0\n", "wider"),
            ("17.0.0.0/8\n", "wider"),
            ("8.8.8.8\n10.1.2.0/24\n", "nobody"),
            ("192.168.0.1\n", "nobody"),
            ("127.0.0.1\n", "nobody"),
            ("203.0.113.7\n", "nobody"),
            ("fd00::/32\n", "nobody"),
            ("::1\n", "nobody"),
            ("::ffff:8.8.8.8\n", "nobody"),
            ("169.254.169.254\n", "nobody"),
            ("224.0.0.1\n", "nobody"),
        ] {
            let refused = list(text, ListFormat::Text).unwrap_err();
            assert!(refused.contains(why), "{text:?}: {refused}");
        }
        for text in [
            "",
            "[]",
            "{}",
            r#"{"prefixes": []}"#,
            r#"{"prefixes": [{}]}"#,
            r#"{"prefixes": ["8.8.8.0/24"]}"#,
            r#"{"prefixes": [{"ipv4Prefix": "8.8.8.0/24", "ipv6Prefix": "2a00::/32"}]}"#,
            r#"{"prefixes": [{"ipv4Prefix": "0.0.0.0/0"}]}"#,
            r#"{"prefixes": [{"ipv4Prefix": 8}]}"#,
        ] {
            assert!(list(text, ListFormat::Prefixes).is_err(), "{text}");
        }
    }
}
