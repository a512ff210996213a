//! The policy as Outwork's packs write it.

use crate::{Ask, Rule, Test, cel};
use std::{fmt::Write as _, fs, io, path::Path};

const POLICY: &str = "[policy]\nversion = \"1\"\nmode = \"enforce\"\npacks = [\"pack.toml\"]\n";
const HEAD: &str = "[pack]\nid = \"mix\"\nversion = \"1\"\nwhy = \"a bench\"\n";

/// A policy's folder: `outwork.toml` and one pack.
pub fn write_policy(rules: &[Rule], folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join("outwork.toml"), POLICY)?;
    fs::write(folder.join("pack.toml"), pack(rules))
}

/// One pack with these rules; the networks of each are a list.
pub fn pack(rules: &[Rule]) -> String {
    let mut text = HEAD.to_owned();
    for (number, rule) in rules.iter().enumerate() {
        write(&mut text, number, rule);
    }
    text
}

fn write(text: &mut String, number: usize, rule: &Rule) {
    let when = cel(rule, |place| format!("client.address in lists.n{number}-{place}").replace('-', "_"));
    let id = &rule.id;
    let _ = writeln!(text, "\n[[rule]]\nid = \"{id}\"\nwhen = '{when}'\naction = \"tag\"\nwhy = \"a bench\"");
    for (place, test) in rule.tests.iter().enumerate() {
        list(text, number, place, test);
    }
}

fn list(text: &mut String, number: usize, place: usize, test: &Test) {
    if let Ask::Within(networks) = &test.ask {
        let all: Vec<String> = networks.iter().map(|network| format!("\"{network}\"")).collect();
        let _ = writeln!(text, "\n[lists.n{number}_{place}]\ncidr = [{}]", all.join(", "));
    }
}
