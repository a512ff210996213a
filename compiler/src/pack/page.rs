//! docs/packs.md has every key that is read, and no other.

use super::{KEYS, effect, policy, session, test};
use crate::{compile_files, lists};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

fn page() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/packs.md")).unwrap()
}

/// The keys under each heading of the page: what stands first in the rows of the first table there.
fn on_page(page: &str) -> BTreeMap<String, BTreeSet<&str>> {
    let sections = page.split("\n#").skip(1).filter_map(|section| section.split_once('\n'));
    let with_table = sections.filter_map(|(heading, text)| Some((heading, text.split_once("| key |")?.1)));
    with_table
        .map(|(heading, table)| {
            let rows = table.lines().take_while(|line| line.starts_with('|') || line.starts_with(" type"));
            let keys = rows.filter_map(|row| row.strip_prefix("| `")?.split('`').next()).collect();
            (heading.trim_start_matches('#').trim().replace('`', ""), keys)
        })
        .collect()
}

#[test]
fn the_page_has_the_keys_that_are_read() {
    let heading = |name: &str| match name {
        "rule" | "rule.test" | "limit" | "transaction" | "transaction.test" | "model" | "agent" | "override" => {
            format!("[[{name}]]")
        }
        "limit.cost" => "cost".into(),
        "limit.refill_scale" => "refill_scale".into(),
        "limit.penalty" => "penalty".into(),
        "account.jwt" => "jwt".into(),
        "policy.challenge.bits" => "bits".into(),
        "policy.challenge.wait" => "wait".into(),
        _ => format!("[{name}]"),
    };
    let others = [
        ("A pack", policy::PACK),
        ("A policy", policy::POLICY),
        ("[lists.name]", lists::KEYS),
        ("{ file }", lists::FILE),
        ("{ canary }", effect::CANARY),
        ("request", test::REQUEST),
        ("session", session::SESSION),
    ];
    let read: BTreeMap<String, BTreeSet<&str>> = KEYS
        .iter()
        .map(|(name, keys)| (heading(name), *keys))
        .chain(others.map(|(name, keys)| (name.to_owned(), keys)))
        .map(|(name, keys)| (name, keys.iter().copied().collect()))
        .collect();
    assert_eq!(on_page(&page()), read);
}

#[test]
fn the_pack_on_the_page_is_right() {
    let page = page();
    let pack = page.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let files = BTreeMap::from([("pack.toml".to_owned(), pack.as_bytes().to_vec())]);
    let compiled = compile_files(&files, "pack.toml").map_err(|report| report.render(false)).unwrap();
    assert!(compiled.warnings.is_empty(), "{}", compiled.warnings.render(false));
    assert_eq!((compiled.rules, compiled.limits, compiled.tests.len()), (2, 1, 1));
}
