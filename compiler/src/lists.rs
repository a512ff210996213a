//! Lists: networks, strings or numbers, in the pack or in files of their own.

use crate::{
    cel::Shared,
    context::Context,
    diagnostic::{Code, Diagnostic},
    files::relative_to,
    pack::{Accepted, read_accepted},
    published::{self, SourceOf},
    read::{Keys, Text},
    source::{FileId, Span},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// The lists of one pack.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    /// The place of the first among the lists of all packs.
    first: usize,
    named: Vec<(String, Contents)>,
    broken: BTreeSet<String>,
    names: Vec<Named>,
}

/// What a list is called.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    pub(crate) name: String,
    /// Where it is named.
    pub(crate) span: Span,
    /// The warnings that it accepts.
    pub(crate) accepted: Vec<Accepted>,
    /// Where the networks of its file come from.
    pub(crate) source: Option<SourceOf>,
}

/// What a list has.
#[derive(Clone, Debug)]
pub(crate) enum Contents {
    Networks(BTreeSet<(IpAddr, u8)>),
    Strings(BTreeSet<String>),
    Numbers(Shared<BTreeSet<i64>>),
}

/// The most mistakes of one list file that are shown.
const MAX_SHOWN: usize = 10;

/// The keys of a list.
pub(crate) const KEYS: &[&str] = &["cidr", "strings", "numbers", "why", "accept"];

/// The keys of a list's source.
pub(crate) const FILE: &[&str] = &["file", "source", "format"];

const KINDS: [&str; 3] = ["cidr", "strings", "numbers"];

impl Lists {
    /// Reads `[lists.*]`; places are counted from `first`.
    pub(crate) fn read(cx: &mut Context<'_>, pack: &Keys<'_, '_>, first: usize) -> Self {
        let mut lists = Self { first, ..Self::default() };
        let Some((table, range)) = pack.table(cx, "lists") else { return lists };
        let names: BTreeMap<&str, _> =
            table.iter().map(|(key, value)| (key.get_ref().as_ref(), (key, value))).collect();
        let outer = Keys::open(cx, pack.file(), (table, range), "lists", &names.keys().copied().collect::<Vec<_>>());
        for (name, (key, value)) in names {
            if !is_name(name) {
                let message = format!("`{name}` cannot be the name of a list");
                let help =
                    format!("conditions write `lists.name`: use letters, digits and `_`, as in `{}`", as_name(name));
                cx.report(Diagnostic::new(Code::BadName, outer.at(key.span()), message).help(help));
            }
            match outer.table_of(cx, value, name).and_then(|table| read_list(cx, pack.file(), table)) {
                Some(Read { contents, accepted, source }) => {
                    lists.named.push((name.to_owned(), contents));
                    lists.names.push(Named { name: name.to_owned(), span: outer.at(key.span()), accepted, source });
                }
                None => {
                    lists.broken.insert(name.to_owned());
                }
            }
        }
        lists
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.named.iter().map(|(name, _)| name.as_str())
    }

    pub(crate) fn place(&self, name: &str) -> Option<usize> {
        self.names().position(|known| known == name).map(|at| self.first + at)
    }

    /// Whether a list of this name was found, and found wrong.
    pub(crate) fn is_broken(&self, name: &str) -> bool {
        self.broken.contains(name)
    }

    pub(crate) fn contents(&self, place: usize) -> Option<&Contents> {
        self.at(place).map(|(_, contents)| contents)
    }

    pub(crate) fn name(&self, place: usize) -> &str {
        self.at(place).map_or("", |(name, _)| name)
    }

    /// What the lists are called, in the order of their contents.
    pub(crate) fn take_names(&mut self) -> Vec<Named> {
        std::mem::take(&mut self.names)
    }

    pub(crate) fn into_contents(self) -> impl Iterator<Item = Contents> {
        self.named.into_iter().map(|(_, contents)| contents)
    }

    fn at(&self, place: usize) -> Option<&(String, Contents)> {
        self.named.get(place.checked_sub(self.first)?)
    }
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn as_name(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

/// What is read of a list.
struct Read {
    contents: Contents,
    accepted: Vec<Accepted>,
    source: Option<SourceOf>,
}

fn read_list<'t>(cx: &mut Context<'_>, file: FileId, table: (&DeTable<'t>, std::ops::Range<usize>)) -> Option<Read> {
    let keys = Keys::open(cx, file, table, "a list", KEYS);
    let accepted = read_accepted(cx, &keys);
    let kinds: Vec<&str> = KINDS.into_iter().filter(|kind| keys.has(kind)).collect();
    let [kind] = kinds.as_slice() else {
        let message = if kinds.is_empty() { "a list has no contents" } else { "a list has contents of two kinds" };
        let help = "give it one of `cidr`, `strings` and `numbers`, an array or `{ file = \"…\" }`";
        cx.report(Diagnostic::new(Code::ListKind, keys.span(), message).help(help));
        return None;
    };
    let value = keys.get(kind)?;
    let mut source = None;
    let entries = match value.get_ref() {
        DeValue::Array(items) => items
            .iter()
            .map(|item| entry(cx, &keys, item, kind))
            .collect::<Vec<_>>()
            .into_iter()
            .collect::<Option<Vec<_>>>()?,
        DeValue::Table(table) => {
            let (entries, from) = file_entries(cx, file, kind, (table, value.span()))?;
            source = from;
            entries
        }
        _ => return keys.wrong_type(cx, value, kind, "an array or `{ file = \"…\" }`"),
    };
    contents(cx, kind, entries).map(|contents| Read { contents, accepted, source })
}

fn entry(cx: &mut Context<'_>, keys: &Keys<'_, '_>, item: &Spanned<DeValue<'_>>, kind: &str) -> Option<Text> {
    if kind != "numbers" {
        return keys.text_of(cx, item, "an entry");
    }
    let number = keys.integer_of(cx, item, "an entry")?;
    Some(Text { value: number.to_string(), span: keys.at(item.span()) })
}

/// The lines of a list's file, without blank ones and comments.
fn file_entries<'t>(
    cx: &mut Context<'_>,
    file: FileId,
    kind: &str,
    table: (&DeTable<'t>, std::ops::Range<usize>),
) -> Option<(Vec<Text>, Option<SourceOf>)> {
    let keys = Keys::open(cx, file, table, "a list's source", FILE);
    let named = keys.required_text(cx, "file")?;
    let from = cx.sources.file(file).map(|source| source.path.clone()).unwrap_or_default();
    let path = relative_to(&from, &named.value);
    let is_to_come = cx.fetches_lists && keys.has("source") && cx.lacks(&path);
    let opened = if is_to_come { Some(cx.empty(&path)) } else { cx.open(&path, Some(&named.span)) };
    let text_of_list = opened.as_ref().map_or("", |(_, text)| text);
    let source = published::read(cx, &keys, kind, (&path, text_of_list));
    let (list, text) = opened?;
    let mut entries = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let content = line.split('#').next().unwrap_or_default();
        let value = content.trim();
        if !value.is_empty() {
            let at = start + content.len() - content.trim_start().len();
            entries.push(Text { value: value.to_owned(), span: Span::new(list, at..at + value.len()) });
        }
        start += line.len();
    }
    Some((entries, source))
}

fn contents(cx: &mut Context<'_>, kind: &str, entries: Vec<Text>) -> Option<Contents> {
    match kind {
        "cidr" => parsed(cx, entries, network).map(Contents::Networks),
        "numbers" => parsed(cx, entries, number).map(|numbers| Contents::Numbers(numbers.into())),
        _ => Some(Contents::Strings(entries.into_iter().map(|entry| entry.value).collect())),
    }
}

fn parsed<T: Ord>(
    cx: &mut Context<'_>,
    entries: Vec<Text>,
    parse: impl Fn(&str) -> Result<T, BadEntry>,
) -> Option<BTreeSet<T>> {
    let mut values = BTreeSet::new();
    let mut wrong = Vec::new();
    for entry in entries {
        match parse(&entry.value) {
            Ok(value) => {
                values.insert(value);
            }
            Err(bad) => wrong.push(bad.at(entry.span)),
        }
    }
    if wrong.is_empty() {
        return Some(values);
    }
    let more = wrong.len().saturating_sub(MAX_SHOWN);
    for (at, diagnostic) in wrong.into_iter().take(MAX_SHOWN).enumerate() {
        let last = more > 0 && at + 1 == MAX_SHOWN;
        cx.report(if last {
            diagnostic.note(format!("{more} more entries of this list are wrong"))
        } else {
            diagnostic
        });
    }
    None
}

/// Why an entry is none.
#[derive(Debug)]
pub(crate) struct BadEntry {
    code: Code,
    message: String,
    help: String,
}

impl BadEntry {
    pub(crate) fn at(self, place: Span) -> Diagnostic {
        Diagnostic::new(self.code, place, self.message).help(self.help)
    }
}

fn number(text: &str) -> Result<i64, BadEntry> {
    text.parse().map_err(|_| BadEntry {
        code: Code::BadListEntry,
        message: format!("`{text}` is no whole number"),
        help: "write one number a line; `#` begins a comment".into(),
    })
}

/// The network of one address.
pub(crate) fn whole(address: IpAddr) -> (IpAddr, u8) {
    (address, if address.is_ipv4() { 32 } else { 128 })
}

/// Reads `203.0.113.0/24`, or an address, which is a network of one.
pub(crate) fn network(text: &str) -> Result<(IpAddr, u8), BadEntry> {
    let bad = |message: String, help: &str| BadEntry { code: Code::BadAddress, message, help: help.into() };
    let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
    let Ok(address) = address.parse::<IpAddr>() else {
        return Err(bad(
            format!("`{text}` is no network"),
            "write `203.0.113.0/24`, `2001:db8::/32` or a single address",
        ));
    };
    let (_, longest) = whole(address);
    let Some(prefix) = prefix else { return Ok((address, longest)) };
    let Some(length) = prefix.parse::<u8>().ok().filter(|&length| length <= longest && !prefix.starts_with('+')) else {
        return Err(bad(
            format!("`/{prefix}` is no prefix length of this address"),
            &format!("it goes from 0 to {longest}"),
        ));
    };
    let first = first_of(address, length);
    if first != address {
        return Err(BadEntry {
            code: Code::HostBits,
            message: format!("`{text}` has bits set below its prefix"),
            help: format!("write `{first}/{length}` for the network, or `{address}` for the address alone"),
        });
    }
    Ok((address, length))
}

/// The first address of the network of this length that has an address.
pub(crate) fn first_of(address: IpAddr, length: u8) -> IpAddr {
    match address {
        IpAddr::V4(v4) => IpAddr::V4((v4.to_bits() & !u32::MAX.checked_shr(length.into()).unwrap_or(0)).into()),
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & !u128::MAX.checked_shr(length.into()).unwrap_or(0)).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_networks_and_refuses_what_only_looks_like_one() {
        assert_eq!(network("203.0.113.0/24").unwrap(), ("203.0.113.0".parse().unwrap(), 24));
        assert_eq!(network("2001:db8::1").unwrap(), ("2001:db8::1".parse().unwrap(), 128));
        assert_eq!(network("0.0.0.0/0").unwrap().1, 0);
        for bad in ["", "203.0.113", "203.0.113.0/33", "203.0.113.0/", "203.0.113.0/+8", "2001:db8::/129", "a/8"] {
            assert_eq!(network(bad).unwrap_err().code, Code::BadAddress, "{bad}");
        }
        let bits = network("203.0.113.7/24").unwrap_err();
        assert_eq!(bits.code, Code::HostBits);
        assert!(bits.help.contains("203.0.113.0/24"));
    }
}
