//! What `outwork check --format` writes for other programs, of every bad pack.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails loudly")]

use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The folders of `tests/bad-packs`.
fn folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/bad-packs");
    let entries = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<_> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

fn entry(folder: &Path) -> &'static str {
    if folder.join("outwork.toml").exists() { "outwork.toml" } else { "pack.toml" }
}

fn check(folder: &Path, format: &str) -> String {
    let done = Command::new(env!("CARGO_BIN_EXE_outwork"))
        .args(["check", entry(folder), "--untested", "--format", format])
        .current_dir(folder)
        .output()
        .unwrap();
    String::from_utf8(done.stdout).unwrap()
}

fn json(folder: &Path, format: &str) -> Value {
    serde_json::from_str(&check(folder, format)).unwrap()
}

#[test]
fn sarif_is_what_its_schema_wants() {
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/sarif/sarif-schema-2.1.0.json");
    let mut schema: Value = serde_json::from_str(&fs::read_to_string(schema).unwrap()).unwrap();
    // Patterns of a property that we do not give close a bracket that they never opened.
    for part in ["run", "toolComponent"] {
        schema["definitions"][part]["properties"]["language"].as_object_mut().unwrap().remove("pattern").unwrap();
    }
    let validator = jsonschema::validator_for(&schema).unwrap();
    let mut fixes = 0;
    for folder in folders() {
        let log = json(&folder, "sarif");
        let errors: Vec<String> = validator.iter_errors(&log).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", folder.display());
        let run = &log["runs"][0];
        for result in run["results"].as_array().unwrap() {
            let rule = &run["tool"]["driver"]["rules"][usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
            assert_eq!(rule["id"], result["ruleId"]);
            fixes += usize::from(result["fixes"].is_array());
        }
    }
    assert!(fixes >= 5, "{fixes} fixes");
    let broken = serde_json::json!({"version": "2.1.0", "runs": [{"results": []}]});
    assert!(!validator.is_valid(&broken), "a schema that takes everything proves nothing");
}

#[test]
fn every_format_says_the_same() {
    for folder in folders() {
        let (plain, sarif) = (json(&folder, "json"), json(&folder, "sarif"));
        let (ours, results) = (&plain["diagnostics"], &sarif["runs"][0]["results"]);
        let annotations = check(&folder, "github");
        let count = ours.as_array().unwrap().len();
        assert_eq!((results.as_array().unwrap().len(), annotations.lines().count()), (count, count));
        for (at, line) in annotations.lines().enumerate() {
            let (one, result) = (&ours[at], &results[at]);
            assert_eq!((&one["code"], &one["severity"]), (&result["ruleId"], &result["level"]));
            let severity = one["severity"].as_str().unwrap();
            assert!(line.starts_with(&format!("::{severity} ")), "{line}");
            assert!(line.contains(&format!("title={}::", one["code"].as_str().unwrap())), "{line}");
            let region = &result["locations"][0]["physicalLocation"]["region"];
            assert_eq!(one.get("line").unwrap_or(&Value::Null), &region["startLine"]);
        }
    }
}

const PACK: &str = "[pack]\nid = \"p\"\nversion = \"1\"\nwhy = \"x\"\n[[rule]]\nid = \"r\"\nscore = 1\nwhy = \"x\"\n\
    when = 'request.path == \"/é😀\" || ua.famly == \"x\"'\n";

fn scratch(name: &str, pack: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("pack.toml"), pack).unwrap();
    folder
}

#[test]
fn columns_are_counted_as_each_format_wants() {
    let folder = scratch("columns", PACK);
    // `when = 'request.path == "/` has 26 letters, é one, 😀 one of two UTF-16 units, `" || ` five.
    let json = json(&folder, "json");
    let one = &json["diagnostics"][0];
    assert_eq!(
        (one["line"].as_u64(), one["column"].as_u64(), one["end_column"].as_u64()),
        (Some(9), Some(34), Some(42))
    );
    let sarif: Value = serde_json::from_str(&check(&folder, "sarif")).unwrap();
    let region = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"];
    assert_eq!((region["startColumn"].as_u64(), region["endColumn"].as_u64()), (Some(35), Some(43)));
    assert_eq!(sarif["runs"][0]["columnKind"], "utf16CodeUnits");
    assert!(check(&folder, "github").contains("line=9,col=34,endLine=9,endColumn=42,"));
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_fix_makes_the_mistake_go_away() {
    let mut applied = 0;
    for folder in folders() {
        let report = json(&folder, "json");
        for one in report["diagnostics"].as_array().unwrap().iter().filter(|one| one["fix"].is_object()) {
            let fix = &one["fix"];
            let file = fix["file"].as_str().unwrap();
            let copy = copy_of(&folder);
            let text = fs::read_to_string(copy.join(file)).unwrap();
            fs::write(copy.join(file), replaced(&text, fix)).unwrap();
            let now = json(&copy, "json");
            let left = now["diagnostics"].as_array().unwrap();
            assert!(
                !left.iter().any(|other| other["message"] == one["message"] && other["line"] == one["line"]),
                "{one:#}"
            );
            fs::remove_dir_all(copy).unwrap();
            applied += 1;
        }
    }
    assert!(applied >= 5, "{applied} fixes");
}

/// The text with a fix put in; columns are in characters.
fn replaced(text: &str, fix: &Value) -> String {
    let number = |key: &str| usize::try_from(fix[key].as_u64().unwrap()).unwrap() - 1;
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    let line: Vec<char> = lines[number("line")].chars().collect();
    let (before, after) = (&line[..number("column")], &line[number("end_column")..]);
    lines[number("line")] =
        before.iter().collect::<String>() + fix["text"].as_str().unwrap() + &after.iter().collect::<String>();
    lines.join("\n")
}

fn copy_of(folder: &Path) -> PathBuf {
    let copy = scratch("fixed", "");
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            fs::copy(&path, copy.join(path.file_name().unwrap())).unwrap();
        }
    }
    copy
}

const CLEAN: &str = r#"
[pack]
id = "clean"
version = "1"
why = "nothing is wrong with it"

[[rule]]
id = "clean.trace"
when = 'request.method == "TRACE"'
action = "block"
why = "no site of ours answers it"

[[rule.test]]
request = { method = "TRACE" }
fires = true

[[rule.test]]
request = { method = "GET" }
fires = false
"#;

/// The shipped policy is no example: it is warned of the day its lists grow old.
#[test]
fn a_clean_policy_is_an_empty_report() {
    let folder = scratch("clean", CLEAN);
    let report = json(&folder, "json");
    assert_eq!(report, serde_json::json!({"errors": 0, "warnings": 0, "diagnostics": []}));
    assert_eq!(json(&folder, "sarif")["runs"][0]["results"], serde_json::json!([]));
    assert_eq!(check(&folder, "github"), "");
}
