//! `fmt` and `import`, as a user runs them.
#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const UNTIDY: &str = "[pack]\nwhy='x'\nid = 'demo'\nversion=\"1\"\n[[rule]]\nid = \"demo.a\"\nwhen='ua.mobile&&ua.present'\nwhy = \"x\"\nscore=1\n";
const TIDY: &str = "[pack]\nid = \"demo\"\nversion = \"1\"\nwhy = \"x\"\n\n[[rule]]\nid = \"demo.a\"\nwhen = 'ua.mobile && ua.present'\nscore = 1\nwhy = \"x\"\n";

/// A folder of its own, which is removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.0.join(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).unwrap()
    }

    fn run(&self, arguments: &[&str], input: &str) -> (i32, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_outwork"));
        let pipes = command.args(arguments).current_dir(&self.0).stdin(Stdio::piped());
        let mut child = pipes.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (status.code().unwrap(), text(stdout), text(stderr))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

#[test]
fn packs_are_checked_shown_and_formatted() {
    let folder = Folder::new("fmt");
    folder.write("a.toml", UNTIDY);
    folder.write("Cargo.toml", "[package]\nname='not ours'\n");
    assert_eq!(folder.run(&["fmt", "--check"], ""), (1, "./a.toml\n".into(), "1 of 1 files would change\n".into()));
    let (code, diff, _) = folder.run(&["fmt", "--diff", "a.toml"], "");
    assert!(code == 1 && diff.contains("-when='ua.mobile&&ua.present'\n+when = 'ua.mobile && ua.present'\n"), "{diff}");
    assert_eq!(folder.read("a.toml"), UNTIDY);
    assert_eq!(folder.run(&["fmt"], "").0, 0);
    assert_eq!(folder.read("a.toml"), TIDY);
    assert_eq!(folder.run(&["fmt", "--check"], ""), (0, String::new(), "0 of 1 files would change\n".into()));
    assert_eq!(folder.read("Cargo.toml"), "[package]\nname='not ours'\n");
}

#[test]
fn an_editor_gets_its_text_back() {
    let folder = Folder::new("fmt-stdin");
    assert_eq!(folder.run(&["fmt", "-"], UNTIDY), (0, TIDY.into(), String::new()));
    assert_eq!(folder.run(&["fmt", "-", "--check"], UNTIDY).0, 1);
}

#[test]
fn what_is_no_toml_is_left_alone() {
    let folder = Folder::new("fmt-broken");
    folder.write("a.toml", "[pack]\nid = \n");
    let (code, _, complaint) = folder.run(&["fmt"], "");
    assert!(code == 1 && complaint.contains("OW0004") && complaint.contains("a.toml:2:"), "{complaint}");
    assert_eq!(folder.read("a.toml"), "[pack]\nid = \n");
    assert_eq!(folder.run(&["fmt", "nowhere.toml"], "").0, 2);
}

const ANUBIS: &str = "bots:
- import: (data)/bots/a.yaml
- {name: dns, expression: 'verifyFCrDNS(remoteAddress)', action: ALLOW}
- {name: weigh, user_agent_regex: Mozilla, action: WEIGH, weight: {adjust: 10}}
";

#[test]
fn an_anubis_policy_becomes_a_policy_and_says_what_it_lost() {
    let folder = Folder::new("import");
    fs::create_dir_all(folder.0.join("data/bots")).unwrap();
    folder.write("data/botPolicies.yaml", ANUBIS);
    folder.write("data/bots/a.yaml", "- {name: no agent, expression: 'userAgent == \"\"', action: DENY}\n");
    let import = ["import", "anubis", "data/botPolicies.yaml", "-o", "anubis.toml", "--policy", "outwork.toml"];
    let (code, _, said) = folder.run(&import, "");
    assert_eq!(code, 0);
    assert!(said.starts_with("lost: data/botPolicies.yaml:3: `dns`: `verifyFCrDNS` asks name servers"), "{said}");
    assert!(said.ends_with("2 rules, 2 losses\n"), "{said}");
    assert_eq!(folder.run(&["check", "."], "").0, 0);
    assert_eq!(folder.run(&["fmt", "--check"], "").0, 0, "what is imported is formatted");
    let pack = folder.read("anubis.toml");
    assert!(pack.contains("# data/bots/a.yaml:1: no agent\n[[rule]]\nid = \"anubis.no-agent\"\n"), "{pack}");
    assert_eq!(folder.run(&[&import[..], &["--strict"]].concat(), "").0, 1);
    let (code, _, said) = folder.run(&["import", "anubis", "data/nothing.yaml"], "");
    assert!(code == 2 && said.starts_with("error: `data/nothing.yaml` cannot be read"), "{said}");
}
