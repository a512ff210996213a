//! What is formatted means the same, keeps its comments, and stays as it is when it is formatted again.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

use outwork_compiler::{Files, Folder, Notes, compile_files, format};
use outwork_engine::bundle::{Bundle, Section};
use proptest::prelude::*;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

fn rules() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../rules")
}

fn formatted(name: &str, text: &str) -> String {
    format(name, text).unwrap_or_else(|report| panic!("{}", report.render(false)))
}

/// Every TOML file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn what_is_shipped_is_formatted() {
    let files = files(&rules());
    assert!(files.len() > 10);
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        assert!(formatted("x.toml", &text) == text, "run `outwork fmt {}`", file.display());
    }
}

/// The shipped rules, written badly and then formatted.
struct Rewritten {
    folder: Folder,
    format: bool,
}

impl Files for Rewritten {
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        let bytes = self.folder.read(path)?;
        if !path.ends_with(".toml") {
            return Ok(bytes);
        }
        let text = untidy(std::str::from_utf8(&bytes).unwrap(), 7);
        Ok(if self.format { formatted(path, &text) } else { text }.into_bytes())
    }
}

#[test]
fn a_formatted_policy_compiles_to_the_same_bundle() {
    let bundle = |format| {
        let files = Rewritten { folder: Folder(rules()), format };
        compile_files(&files, "outwork.toml").unwrap_or_else(|report| panic!("{}", report.render(false))).bundle
    };
    let (before, after) = (bundle(false), bundle(true));
    let (notes_before, notes_after) = (Notes::read(&before).unwrap(), Notes::read(&after).unwrap());
    assert_ne!(notes_before, notes_after, "the conditions were written alike already");
    assert_eq!(notes_before.atoms, notes_after.atoms);
    let (before, after) = (Bundle::open(&before).unwrap(), Bundle::open(&after).unwrap());
    for section in Section::OF_HOSTS {
        assert_eq!(before.section(section), after.section(section), "{section:?}");
    }
}

/// A pack as nobody should write it: other blanks, and conditions without spaces.
fn untidy(text: &str, seed: usize) -> String {
    let mut out = String::new();
    for (at, line) in text.lines().enumerate() {
        let turn = (at * 31 + seed) % 7;
        let line = match line.split_once(" = ") {
            Some(("when", condition)) if !condition.contains("'''") => {
                format!("when={}", condition.replace(" && ", "&&").replace(" || ", "  ||"))
            }
            Some((key, value)) if !key.contains(['"', '\'', '[', '{', '(', '.', ' ']) && turn < 3 => {
                format!("{}{key}   ={value}", "  ".repeat(turn))
            }
            _ => line.to_owned(),
        };
        out.push_str(&line);
        out.push_str(if turn == 4 && line.is_empty() { "\n\n\n" } else { "\n" });
    }
    out
}

#[test]
fn comments_stay_where_they_belong() {
    let written = "# head\n\n\n\n#   about the pack\n[ pack ]   # of mine\nwhy='x'\n  # about the id\nid = 'a' # short\nversion=\"1\"\n\n[[rule]]\nwhy = \"x\"\nscore=1\n# about when\nwhen='a.b&&c'\nid='r'\n[lists.l]\nstrings=[ 'a', # one\n 'b']\n#end\n";
    let tidy = "# head\n\n#   about the pack\n[pack] # of mine\n# about the id\nid = \"a\" # short\nversion = \"1\"\nwhy = \"x\"\n\n[[rule]]\nid = \"r\"\n# about when\nwhen = 'a.b && c'\nscore = 1\nwhy = \"x\"\n\n[lists.l]\nstrings = [ 'a', # one\n 'b']\n\n#end\n";
    assert_eq!(formatted("x.toml", written), tidy);
}

#[test]
fn what_is_no_toml_is_told_with_its_place() {
    let report = format("x.toml", "[pack]\nid = \nversion = \"1\"\n").unwrap_err().render(false);
    assert!(report.starts_with("error[OW0004]") && report.contains("x.toml:2:"), "{report}");
}

/// The value of a document without the blanks of its conditions.
fn meaning(text: &str) -> toml::Table {
    fn strip(value: &mut toml::Value) {
        match value {
            toml::Value::Table(table) => table.iter_mut().for_each(|(key, value)| match value {
                toml::Value::String(text) if key == "when" => text.retain(|c| !c.is_whitespace()),
                value => strip(value),
            }),
            toml::Value::Array(items) => items.iter_mut().for_each(strip),
            _ => {}
        }
    }
    let mut table = toml::Value::Table(text.parse().unwrap());
    strip(&mut table);
    table.try_into().unwrap()
}

fn check(text: &str) {
    let Ok(once) = format("x.toml", text) else { return };
    assert_eq!(once, formatted("x.toml", &once), "formatted again, it changes\n{text}");
    assert_eq!(meaning(text), meaning(&once), "{text}");
    let comments = |text: &str| text.matches('#').count();
    assert_eq!(comments(text), comments(&once), "{text}\n{once}");
}

fn piece() -> impl Strategy<Value = String> {
    let words: &[&str] = &[
        "[pack]\n",
        "[[rule]]\n",
        "[[rule.test]]\n",
        "[lists.a]\n",
        "[policy]\n",
        "[a.b]\n",
        "# note\n",
        "\n\n\n",
        "\r\n",
        "id = 'a'\n",
        "id=\"b\" # c\n",
        "why = \"it's \\\"so\\\"\"\n",
        "why = '''\na\n'''\n",
        "version = 1 \n",
        "until = 2026-12-31\n",
        "when = 'a&&b||!(c)'\n",
        "when = '''\na\n  && b in [ 1,2 ]\n'''\n",
        "when = \"x == 'y'\"\n",
        "when = \"a // b\"\n",
        "score=-5\n",
        "tags = [ 'a',\n'b' ]\n",
        "strings = [ # x\n 'a' ]\n",
        "request={path='/',headers=[['a','b']],asn=1}\n",
        "x.y = 1.5\n",
        "'quoted key' = true\n",
        "cidr = []\n",
        "mode = { canary = 5 }\n",
        "key = [ 'ip' , ]\n",
    ];
    prop_oneof![prop::sample::select(words).prop_map(str::to_owned), "strings = \\[( \"[a-z./]{1,30}\",){0,12}\\]\n"]
}

proptest! {
    #[test]
    fn whatever_is_formatted_stays(pieces in prop::collection::vec(piece(), 0..24)) {
        check(&pieces.concat());
    }

    #[test]
    fn junk_is_formatted_or_refused(text in ".{0,200}", when in "[a-z.()&|!=\"' \\[\\],<>?:\n-]{0,60}") {
        check(&text);
        if !when.contains("'''") {
            check(&format!("[[rule]]\nwhen = '''{when}'''\n"));
        }
    }
}

#[test]
fn files_with_mistakes_are_formatted_as_well() {
    for file in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/bad-packs")) {
        if let Ok(text) = fs::read_to_string(&file) {
            check(&text);
        }
    }
    for file in files(&rules()) {
        (0..4).for_each(|seed| check(&untidy(&fs::read_to_string(&file).unwrap(), seed)));
    }
}
