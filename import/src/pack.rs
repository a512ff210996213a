//! Packs as text. What is written here is formatted afterwards; it only has to be right.

use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The longest id of a rule.
const MAX_ID: usize = 64;

/// The most bytes that a condition should have; the compiler takes 8 KiB.
pub(crate) const MAX_CONDITION: usize = 7 << 10;

/// A pack that grows.
#[derive(Debug, Default)]
pub(crate) struct Pack {
    text: String,
    rules: usize,
    ids: BTreeSet<String>,
    lists: BTreeSet<String>,
    /// Lists come after the rules.
    tail: String,
}

/// A rule to be written.
#[derive(Debug, Default)]
pub(crate) struct Rule<'a> {
    /// What it was called; an id is made of it.
    pub(crate) name: &'a str,
    /// Lines before it, without `#`.
    pub(crate) comments: Vec<String>,
    pub(crate) when: String,
    /// `key = value` lines between `when` and `why`.
    pub(crate) effect: Vec<String>,
    pub(crate) references: Vec<String>,
    pub(crate) why: String,
    /// User agents, and whether the rule fires for them.
    pub(crate) tests: Vec<(String, bool)>,
}

impl Pack {
    /// Begins with comments and the pack's head.
    pub(crate) fn begin(id: &str, why: &str, first_match: bool, comments: &[String]) -> Self {
        let mut pack = Self::default();
        comment(&mut pack.text, comments);
        let matching = if first_match { "match = \"first\"\n" } else { "" };
        pack.line(&format!("\n[pack]\nid = {}\nversion = \"1\"\n{matching}why = {}\n", string(id), string(why)));
        pack
    }

    /// Adds a rule; its id.
    pub(crate) fn rule(&mut self, prefix: &str, rule: &Rule<'_>) -> String {
        let id = self.unused_id(prefix, rule.name);
        self.rules += 1;
        self.text.push('\n');
        comment(&mut self.text, &rule.comments);
        self.line(&format!("[[rule]]\nid = {}\nwhen = {}", string(&id), string(&rule.when)));
        for effect in &rule.effect {
            self.line(effect);
        }
        if !rule.references.is_empty() {
            self.line(&format!("references = {}", strings(&rule.references)));
        }
        self.line(&format!("why = {}", string(&rule.why)));
        for (agent, fires) in &rule.tests {
            let agent = string(agent);
            self.line(&format!(
                "\n[[rule.test]]\nrequest = {{ headers = [[\"user-agent\", {agent}]] }}\nfires = {fires}"
            ));
        }
        id
    }

    /// Adds a list of `kind`, `cidr` or `strings`; its name.
    pub(crate) fn list(&mut self, wanted: &str, kind: &str, entries: &[String]) -> String {
        let plain: String = wanted.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        let plain = plain.trim_matches('_').to_ascii_lowercase();
        let stem = if plain.starts_with(|c: char| c.is_ascii_alphabetic()) { plain } else { format!("list_{plain}") };
        let name = unused(&self.lists, &stem, "_");
        self.lists.insert(name.clone());
        let _ = writeln!(self.tail, "\n[lists.{name}]\n{kind} = {}", strings(entries));
        name
    }

    /// How many rules it has.
    pub(crate) fn rules(&self) -> usize {
        self.rules
    }

    /// The pack's text.
    pub(crate) fn finish(self) -> String {
        self.text + &self.tail
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn unused_id(&mut self, prefix: &str, name: &str) -> String {
        let mut plain = String::new();
        for c in name.chars().flat_map(char::to_lowercase) {
            let kept = c.is_ascii_alphanumeric() || c == '_' || c == '.';
            match (kept, plain.ends_with('-')) {
                (true, _) => plain.push(c),
                (false, false) => plain.push('-'),
                (false, true) => {}
            }
        }
        let stem = format!("{prefix}.{}", plain.trim_matches(['-', '.']));
        let stem: String = stem.trim_end_matches('.').chars().take(MAX_ID - 5).collect();
        let id = unused(&self.ids, &stem, "-");
        self.ids.insert(id.clone());
        id
    }
}

fn unused(taken: &BTreeSet<String>, stem: &str, with: &str) -> String {
    let numbered = (2_usize..).map(|number| format!("{stem}{with}{number}"));
    std::iter::once(stem.to_owned()).chain(numbered).find(|name| !taken.contains(name)).unwrap_or_default()
}

fn comment(text: &mut String, lines: &[String]) {
    for line in lines.iter().flat_map(|text| text.split('\n')) {
        let line: String = line.chars().filter(|c| !c.is_control()).collect();
        text.push_str(format!("# {line}").trim_end());
        text.push('\n');
    }
}

fn strings(texts: &[String]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| string(text)).collect();
    format!("[{}]", texts.join(", "))
}

/// A TOML string, literal where it would have escapes otherwise.
pub(crate) fn string(text: &str) -> String {
    let control = text.chars().any(char::is_control);
    let plain = !control && !text.contains(['"', '\\']);
    if plain {
        return format!("\"{text}\"");
    }
    if !control && !text.contains('\'') {
        return format!("'{text}'");
    }
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_ids_that_nothing_else_has() {
        let mut pack = Pack::default();
        assert_eq!(pack.unused_id("anubis", "Allow: \u{e9}A bot!"), "anubis.allow-a-bot");
        assert_eq!(pack.unused_id("anubis", "allow-a-bot"), "anubis.allow-a-bot-2");
        assert!(pack.unused_id("anubis", &"x".repeat(200)).len() <= MAX_ID);
        assert_eq!(pack.unused_id("anubis", "\u{1F600}"), "anubis");
    }

    #[test]
    fn strings_are_toml() {
        for text in ["a", "a \"b\"", "it's \"so\" \\ \u{7f} \n", "'", "\\"] {
            let document = format!("x = {}", string(text));
            let read: std::collections::BTreeMap<String, String> = toml_of(&document);
            assert_eq!(read["x"], text, "{document}");
        }
    }

    fn toml_of(document: &str) -> std::collections::BTreeMap<String, String> {
        toml::from_str(document).unwrap()
    }
}
