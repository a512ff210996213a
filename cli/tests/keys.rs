//! `outwork keys`, as a user runs it.
#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use base64ct::{Base64, Base64UrlUnpadded, Encoding};

const MASTERS: &str =
    "2026-11:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=,2026-08:QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI=";

fn run(arguments: &[&str], masters: Option<&str>, input: &str) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_outwork"));
    command.arg("keys").args(arguments).env_remove("OUTWORK_KEYS").stdin(Stdio::piped());
    let pipes = command.envs(masters.map(|masters| ("OUTWORK_KEYS", masters)));
    let mut child = pipes.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Who does not read its input has ended already.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}

#[test]
fn a_new_key_is_one_that_hosts_take_and_differs_from_the_last() {
    let (code, key, said) = run(&["new", "--id", "edge-1"], None, "");
    assert_eq!(code, 0);
    let secret = key.strip_prefix("master:edge-1:").unwrap().trim();
    assert!(key.lines().count() == 1 && !said.contains(secret), "the secret is on standard output alone");
    assert_ne!(run(&["new", "--id", "edge-1"], None, "").1, key);
    let (_, dated, _) = run(&["new"], None, "");
    assert_eq!(dated.rfind(':'), Some("master:2026-11-22-7q3m".len()));
    // Of eight hosts of one day, too, some have ids of their own: one chance in 2^140 that none differs.
    let ids = [(); 8].map(|()| run(&["new"], None, "").1.rsplit_once(':').unwrap().0.to_owned());
    assert!(ids.iter().any(|id| *id != ids[0]), "{ids:?}");
    let (code, _, said) = run(&["evidence"], Some(key.trim()), "");
    assert_eq!((code, said.as_str()), (0, ""), "it says what it is");
    assert_eq!(run(&["new", "--id", "no good"], None, "").0, 2);
}

#[test]
fn origins_get_the_keys_that_the_shared_vectors_verify_with() {
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../origin/vectors/evidence.json");
    let vectors: serde_json::Value = serde_json::from_str(&fs::read_to_string(vectors).unwrap()).unwrap();
    let wanted: Vec<(&str, Vec<u8>)> =
        listed(vectors["keys"].as_str().unwrap(), |key| Base64::decode_vec(key).unwrap());
    let (code, printed, said) = run(&["evidence"], Some(MASTERS), "");
    assert!(code == 0 && said.contains("of 1, 2 that it is a host's own key"), "{said}");
    assert_eq!(listed(printed.trim(), |key| Base64UrlUnpadded::decode_vec(key).unwrap()), wanted);
    assert_eq!(run(&["evidence", "--from", "-"], None, &format!("{MASTERS}\n")).1, printed);
    let (_, audit, _) = run(&["audit"], Some(MASTERS), "");
    assert!(audit.starts_with("audit:2026-11:") && audit.contains(",audit:2026-08:"), "{audit}");
    for (other, kind) in [(&audit, "records"), (&printed, "evidence")] {
        let (code, _, said) = run(&["evidence"], Some(other.trim()), "");
        assert!(code == 2 && said.contains(&format!("key `2026-11` is one of {kind}: a host gets")), "{said}");
    }
}

fn listed(text: &str, decode: fn(&str) -> Vec<u8>) -> Vec<(&str, Vec<u8>)> {
    let entries = text.split(',').map(|entry| entry.strip_prefix("evidence:").unwrap().split_once(':').unwrap());
    entries.map(|(id, key)| (id, decode(key))).collect()
}

#[test]
fn mistakes_are_named_and_no_secret_is_repeated() {
    for (masters, expected) in [
        (None, "no keys: set `OUTWORK_KEYS`"),
        (Some("a:QUFB"), "the secret of key `a` has 3 bytes"),
        (Some("QUFBQUFB"), "key 1 in `OUTWORK_KEYS` is not of the form"),
    ] {
        let (code, out, said) = run(&["evidence"], masters, "");
        assert_eq!((code, out.as_str()), (2, ""));
        assert!(said.contains(expected) && !said.contains("QUFB"), "{said}");
    }
    let (code, _, said) = run(&["evidence", "--from", "/nowhere/keys"], Some(MASTERS), "");
    assert!(code == 2 && said.contains("`/nowhere/keys` cannot be read"), "{said}");
}

#[test]
fn two_keys_of_one_id_are_named_with_where_they_stand() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let masters =
        "master:a:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE,master:a:QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI";
    let audit: Vec<String> =
        masters.split(',').map(|master| run(&["audit"], Some(master), "").1.trim().to_owned()).collect();
    let (audit, secrets, log) = (audit.join("\n"), path("audit.keys"), path("records.jsonl"));
    for (name, text) in [(&secrets, audit.as_str()), (&log, "{}\n"), (&path("masters"), masters)] {
        fs::write(name, text).unwrap();
    }
    let (code, _, said) = run(&["evidence", "--from", &path("masters")], None, "");
    assert!(code == 2 && said.contains(&format!("two keys in `{}` have the id `a`", path("masters"))), "{said}");
    assert!(run(&["evidence"], Some(masters), "").2.contains("two keys in `OUTWORK_KEYS` have the id `a`"));
    let from_file = ["--audit-keys", secrets.as_str()];
    for (more, variable, place) in [
        (&from_file[..], None, secrets.as_str()),
        (&[], Some(("OUTWORK_AUDIT_KEYS", audit.as_str())), "OUTWORK_AUDIT_KEYS"),
        (&[], Some(("OUTWORK_KEYS", masters)), "OUTWORK_KEYS"),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_outwork"));
        command.args(["verify", "--audit", log.as_str()]).args(more).env_remove("OUTWORK_KEYS");
        let output = command.env_remove("OUTWORK_AUDIT_KEYS").envs(variable).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(said.contains(&format!("error: two keys in `{place}` have the id `a`")), "{said}");
    }
}
