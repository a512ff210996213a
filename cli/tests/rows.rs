//! `outwork capture`, as a user runs it.
#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A folder of its own, in which commands run, and which is removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("rows-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.0.join(name), text).unwrap();
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.0.join(name)).unwrap()
    }

    fn run(&self, arguments: &str) -> (i32, String, String) {
        self.run_with(arguments, "")
    }

    fn run_with(&self, arguments: &str, input: &str) -> (i32, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_outwork"));
        let pipes = command.args(arguments.split(' ')).current_dir(&self.0).stdin(Stdio::piped());
        let mut child = pipes.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // A command that reads nothing may be gone before it is written.
        drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
        let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (status.code().unwrap(), text(stdout), text(stderr))
    }

    /// What a command says that succeeds.
    fn say(&self, arguments: &str) -> String {
        let (code, out, error) = self.run(arguments);
        assert_eq!((code, error.as_str()), (0, ""), "{arguments}");
        out
    }

    /// The rows of a file in CSV, by the names of their columns.
    fn table(&self, name: &str) -> Vec<Vec<(String, String)>> {
        let mut text = String::new();
        let bytes = self.read(name);
        if name.ends_with(".gz") {
            flate2::read::GzDecoder::new(bytes.as_slice()).read_to_string(&mut text).unwrap();
        } else {
            text = String::from_utf8(bytes).unwrap();
        }
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let names: Vec<String> = reader.headers().unwrap().iter().map(String::from).collect();
        let row = |row: csv::StringRecord| names.iter().cloned().zip(row.iter().map(String::from)).collect();
        reader.records().map(|record| row(record.unwrap())).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

/// The cell of a row.
fn cell<'a>(row: &'a [(String, String)], column: &str) -> &'a str {
    &row.iter().find(|(name, _)| name == column).unwrap().1
}

/// So many moves of a path that bends and changes its speed, 16 ms apart.
fn session(source: &str, user: &str, label: &str, from: u32, moves: u32) -> String {
    let event = |n: u32| {
        let at = f64::from(n) * 0.021;
        let x = 600.0 + 400.0 * (at * 1.7).sin() + 90.0 * (at * 5.1).cos();
        let y = 400.0 + 250.0 * (at * 1.1).cos() + 60.0 * (at * 4.3).sin();
        format!("[{},{x:.0},{y:.0},\"m\"]", n * 16)
    };
    let events = (from..from + moves).map(event).collect::<Vec<_>>().join(",");
    format!(
        "{{\"source\":\"{source}\",\"session_id\":\"{user}/1\",\"user\":\"{user}\",\"label\":\"{label}\",\"pointer_type\":\"mouse\",\"env\":\"made\",\"events\":[{events}]}}\n"
    )
}

const PROVENANCE: &str = "| file | licence |\n|---|---|\n| a | MIT |\n";

#[test]
fn sessions_become_rows_of_windows() {
    let folder = Folder::new("behaviour");
    folder.write("PROVENANCE.md", PROVENANCE);
    folder.write("a.jsonl", &(session("made", "ann", "human", 0, 600) + &session("made", "p", "bot:bend", 0, 7)));
    let said = folder.say("capture behaviour a.jsonl -o rows.csv");
    assert!(said.starts_with("2 sessions, 8 rows\n") && said.contains("1 sessions have fewer than 8 moves"), "{said}");
    let rows = folder.table("rows.csv");
    let windows: Vec<&str> = rows.iter().map(|row| cell(row, "window")).collect();
    assert_eq!(windows, ["1s", "1s", "1s", "3s", "3s", "3s", "10s", "whole"]);
    let whole = rows.last().unwrap();
    let heads = ["source", "id", "person", "generator", "label", "kind", "group", "window"];
    assert_eq!(heads.map(|name| cell(whole, name)), ["made", "ann/1", "made/ann", "", "0", "mouse", "made", "whole"]);
    // Counts fade a little between batches, as the window does.
    let moves: u32 = cell(whole, "pointer.events").parse().unwrap();
    assert!((590..=600).contains(&moves), "{moves}");
    assert_eq!((cell(whole, "pointer.coalesced"), cell(whole, "key.dwell")), ("360", ""));
    assert_eq!(cell(&rows[0], "pointer.events"), "63");
}

#[test]
fn rows_are_the_same_in_every_format_and_run() {
    let folder = Folder::new("formats");
    folder.write("a.jsonl", &(session("made", "ann", "human", 0, 600) + &session("made", "p", "bot:bend", 300, 90)));
    for out in ["one.parquet", "two.parquet", "rows.csv", "rows.csv.gz"] {
        folder.say(&format!("capture behaviour a.jsonl -o {out}"));
    }
    assert_eq!(folder.read("one.parquet"), folder.read("two.parquet"));
    assert_eq!(folder.table("rows.csv"), folder.table("rows.csv.gz"));
    let shown = folder.say("capture show one.parquet --signal pointer.events");
    for part in [
        "made: 2 read of a.jsonl, 12 rows of 2 people or seeds\n",
        "made, people, mouse                                     8        1  1s 3, 3s 3, 10s 1, whole 1\n",
        "made, bend, mouse                                       4        1  1s 2, 3s 1, whole 1\n",
        "pointer.events                                    missing      5 %     half     95 %\n",
    ] {
        assert!(shown.contains(part), "{part} in\n{shown}");
    }
    folder.say("capture behaviour a.jsonl --whole -o whole.csv --input selenium");
    let rows = folder.table("whole.csv");
    assert_eq!((rows.len(), cell(&rows[0], "pointer.coalesced")), (2, "100"));
}

#[test]
fn movements_of_unknown_people_are_given_to_whom_they_were_cut_from() {
    let folder = Folder::new("people");
    let cut = session("cut", "c1", "human", 100, 40) + &session("cut", "c2", "human", 5_000, 40);
    folder.write("cut.jsonl", &cut);
    folder.write("whole.jsonl", &session("made", "ann", "human", 0, 600));
    let said = folder.say("capture behaviour cut.jsonl whole.jsonl -o rows.csv --whole --unknown-people cut");
    assert!(said.contains("1 of 2 sessions of `cut` are of 1 people of other sources"), "{said}");
    let rows = folder.table("rows.csv");
    let people: Vec<&str> = rows.iter().map(|row| cell(row, "person")).collect();
    assert_eq!(people, ["made/ann", "cut", "made/ann"]);
    assert!(rows.iter().take(2).all(|row| cell(row, "source") == "cut"));
}

const REQUESTS: &str = r#"{"source":"lab","client":"curl","label":"bot:curl","group":"debian","person":"curl","request":{"protocol":"HTTP/2","pseudo_order":"mpsa","headers":[["user-agent","curl/8.5.0"],["accept","*/*"]],"ordered":true,"ja4":"t13d3012h2_1d37bd780c83_882d495ac381","alpn":"h2","tls_version":"TLSv1.3","asn":64500}}
{"source":"lab","client":"firefox","label":"human","id":"f1","request":{"headers":[["user-agent","Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0"]]}}
"#;

#[test]
fn requests_become_rows_with_and_without_tls() {
    let folder = Folder::new("device");
    folder.write("requests.jsonl", REQUESTS);
    let said = folder.say("capture device requests.jsonl --without-tls --as-worker -o rows.csv");
    assert_eq!(said, "2 requests, 6 rows\n");
    let rows = folder.table("rows.csv");
    let shown = |columns: [&str; 5]| -> Vec<_> {
        rows.iter().map(|row| columns.map(|column| cell(row, column).to_owned()).join(" ")).collect()
    };
    assert_eq!(
        shown(["id", "person", "generator", "label", "group"]),
        [
            "curl/1 curl curl 1 debian",
            "curl/1 curl curl 1 debian, no TLS",
            "curl/1 curl curl 1 debian, Worker",
            "f1 lab/firefox  0 ",
            "f1 lab/firefox  0 , no TLS",
            "f1 lab/firefox  0 , Worker",
        ]
    );
    assert_eq!(
        shown(["tls.ja4_version", "tls.alpn", "header.pseudo_order", "ua.tool", "network.asn"])[..3],
        ["t13 h2 mpsa curl 64500", "  mpsa curl 64500", " h2  curl 64500"]
    );
    assert!(rows[0].iter().all(|(name, _)| !name.starts_with("session.") && name != "client.address"));
    folder.say("capture device requests.jsonl -o rows.parquet");
    folder.write("a.jsonl", &session("made", "ann", "human", 0, 90));
    folder.say("capture behaviour a.jsonl -o behaviour.parquet");
    let (code, _, error) = folder.run("capture show rows.parquet behaviour.parquet");
    assert!(
        code == 2 && error.contains("`behaviour.parquet` is about behaviour, `rows.parquet` about device"),
        "{error}"
    );
}

/// A record, with what a model said and what it looked at.
fn record(id: &str, client: &str, probability: f64, features: &str) -> String {
    format!(
        "{{\"time\":1795305601000,\"risk_score\":40,\"metadata\":{{\"uid\":\"{id}\"}},\"http_request\":{{\"http_method\":\"GET\",\"url\":{{\"scheme\":\"https\",\"hostname\":\"shop.example\",\"path\":\"/a\"}}}},\"src_endpoint\":{{\"uid\":\"{client}\"}},\"unmapped\":{{\"outwork\":{{\"verdict\":\"tag\",\"device_id\":\"d-{client}\",\"session\":\"s-{client}\",\"models\":[{{\"id\":\"m-1\",\"slot\":\"behaviour\",\"probability\":{probability},\"in_force\":true}}],\"features\":{{{features}}}}}}}}}\n"
    )
}

fn records() -> String {
    record("r1", "a", 0.9, r#""pointer.speed":300,"ua.family":"chrome","beacon.webdriver":true"#)
        + "a line of another program\n"
        + &record("r2", "b", 0.55, r#""pointer.speed":70000"#)
        + &record("r3", "c", 0.2, r#""ua.family":"firefox""#)
        + &record("r4", "c", 0.3, "")
}

#[test]
fn records_are_labelled_from_a_file_and_become_rows() {
    let folder = Folder::new("records");
    folder.write("records.jsonl", &records());
    folder.write("labels.csv", "by,id,label\nrecord,r1,bot:ghost\nclient,c,human\ndevice,d-x,bot\n");
    let (code, out, said) = folder.run("label records.jsonl --from labels.csv -o labelled.jsonl");
    assert_eq!((code, out.as_str()), (0, ""));
    let shown =
        "records: 1 bot:ghost, 2 human, 1 no label\n1 lines are no records\n1 labels are of nothing in these records\n";
    assert_eq!(said, shown);
    let said = folder.say("capture records labelled.jsonl --about behaviour --source mine -o rows.csv");
    assert_eq!(said, "4 records, 2 rows\n  2 records have no such features, and no row\n  1 rows have no label\n");
    let text = String::from_utf8(folder.read("rows.csv")).unwrap();
    let expected = "source,id,person,generator,label,kind,group,window,beacon.webdriver,pointer.speed\n\
        mine,s-a,mine/a,ghost,1,mouse,shop.example,whole,1,300\n\
        mine,s-b,mine/b,,,mouse,shop.example,whole,,65535\n";
    assert_eq!(text, expected);
    folder.say("capture records labelled.jsonl --about device -o rows.parquet");
    let said = folder.say("capture show rows.parquet --signal ua.family");
    assert!(said.contains("traffic, ghost, device") && said.contains("  firefox 1"), "{said}");
    folder.write("old.jsonl", &record("r1", "a", 0.5, r#""pointer.speed":"fast""#));
    let (code, _, error) = folder.run("capture records old.jsonl --about behaviour -o x");
    assert!(code == 2 && error.contains("old.jsonl:1: `pointer.speed` has a value of another type"), "{error}");
    folder.write("none.jsonl", &record("r1", "a", 0.5, ""));
    let (code, _, error) = folder.run("capture records none.jsonl --about device -o x");
    assert!(code == 2 && error.contains("help: records hold features where `features = true`"), "{error}");
}

#[test]
fn what_ended_before_a_decision_is_neither_labelled_nor_a_row() {
    let folder = Folder::new("undecided");
    let decided = record("r1", "a", 0.5, r#""pointer.speed":7"#);
    let ended = decided.replace("\"r1\"", "\"r2\"").replace(r#""verdict":"tag""#, r#""undecided":{"stage":"body"}"#);
    assert_ne!(ended, decided.replace("\"r1\"", "\"r2\""));
    folder.write("records.jsonl", &(decided + &ended));
    folder.write("labels.csv", "by,id,label\nclient,a,human\n");
    let (code, _, said) = folder.run("label records.jsonl --from labels.csv -o labelled.jsonl");
    let passed_over = "1 records of requests that ended before a decision were passed over";
    assert_eq!((code, said), (0, format!("records: 1 human\n{passed_over}\n")));
    assert_eq!(folder.read("labelled.jsonl").iter().filter(|byte| **byte == b'\n').count(), 1);
    let said = folder.say("capture records records.jsonl --about behaviour -o rows.csv");
    assert!(said.starts_with("1 records, 1 rows") && said.contains(passed_over), "{said}");
    let asked = folder.run_with("label records.jsonl --from labels.csv --review -o labelled.jsonl", "").1;
    assert!(!asked.contains("r2"), "{asked}");
}

#[test]
fn rows_of_sampled_records_keep_their_rate_and_their_time_counts() {
    let folder = Folder::new("sampled");
    let sampled = |id: &str, rate: &str| {
        record(id, "a", 0.5, r#""pointer.speed":7"#)
            .replace("\"features\":", &format!("\"sampled\":{rate},\"features\":"))
    };
    folder.write("records.jsonl", &(sampled("r1", "0.1") + &record("r2", "b", 0.5, r#""pointer.speed":8"#)));
    let capture = |more: &str| folder.say(&format!("capture records records.jsonl --about behaviour {more}"));
    assert_eq!(
        capture("-o rows.csv"),
        "2 records, 2 rows\n  2 rows have no label\n  1 rows are of sampled records: training and evaluation weigh them by their column `sampled`\n"
    );
    let text = String::from_utf8(folder.read("rows.csv")).unwrap();
    assert!(text.starts_with("source,id,person,generator,label,kind,group,window,sampled,pointer.speed\n"), "{text}");
    let rates: Vec<String> = folder.table("rows.csv").iter().map(|row| cell(row, "sampled").to_owned()).collect();
    assert_eq!(rates, ["100", ""]);
    capture("-o rows.parquet");
    assert!(folder.say("capture show rows.parquet").contains("2"), "it is read again");
    let none = folder.run("capture records records.jsonl --about behaviour -o x --until 2026-11-22").2;
    assert!(none.contains("no record"), "{none}");
    let some = capture("-o since.csv --since 2026-11-22 --until 2026-11-23T00:00:00Z");
    assert!(some.starts_with("2 records, 2 rows"), "{some}");
    let (code, _, error) = folder.run("capture records records.jsonl --about behaviour -o x --since 7d --until 9d");
    assert!(code == 2 && error.contains("nothing is from "), "{error}");
    folder.write("zero.jsonl", &sampled("r1", "0"));
    let (code, _, error) = folder.run("capture records zero.jsonl --about behaviour -o x");
    assert!(code == 2 && error.contains("zero.jsonl:1: `sampled` is 0, which is not from 0.001 to 1"), "{error}");
}

#[test]
fn records_are_reviewed_those_first_that_were_least_sure() {
    let folder = Folder::new("review");
    folder.write("records.jsonl", &records());
    let review = |answers: &str| {
        let command = "label records.jsonl --from labels.csv --review -o labelled.jsonl";
        let (code, out, error) = folder.run_with(command, answers);
        assert_eq!(code, 0, "{error}");
        out
    };
    let first = review("h\nq\n");
    assert!(first.starts_with("1 of 3, record r2 of 2026-11-22T00:00:01Z\n") && first.contains("2 of 3, record r4"));
    assert_eq!(folder.read("labels.csv"), b"by,id,label\nrecord,r2,human\n");
    let second = review("B\nn ghost\n");
    assert!(second.starts_with("1 of 2, record r4") && second.contains("2 of 2, record r1"), "{second}");
    assert_eq!(folder.read("labels.csv"), b"by,id,label\nrecord,r2,human\nclient,c,bot\nrecord,r1,bot:ghost\n");
    let labelled = String::from_utf8(folder.read("labelled.jsonl")).unwrap();
    assert_eq!(labelled.lines().filter(|line| line.contains("\"label\":\"bot\"")).count(), 2);
    let (code, _, error) = folder.run("label - --from labels.csv --review");
    assert!(code == 2 && error.contains("standard input cannot hold both"), "{error}");
}

#[test]
fn the_examples_of_the_page_run() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/rows.md")).unwrap();
    let block = |kind: &str| page.split(&format!("```{kind}\n")).nth(1).unwrap().split("```").next().unwrap();
    let folder = Folder::new("page");
    folder.write("sessions.jsonl", &session("made", "ann", "human", 0, 600));
    folder.write("requests.jsonl", block("json"));
    folder.write("labels.csv", block("csv"));
    folder.write("records.jsonl", &(records() + &record("7Q3M0000000000V1", "z", 0.5, r#""pointer.speed":1"#)));
    let commands =
        page.lines().filter(|line| line.starts_with("outwork capture ") || line.starts_with("outwork label "));
    let mut count = 0;
    for command in commands {
        let (code, _, error) = folder.run_with(&command["outwork ".len()..], "s\nq\n");
        assert_eq!(code, 0, "{command}: {error}");
        count += 1;
    }
    assert_eq!(count, 6);
    assert!(String::from_utf8(folder.read("labelled.jsonl")).unwrap().contains("\"label\":\"human\""));
}

#[test]
fn what_cannot_be_read_is_named() {
    let folder = Folder::new("bad");
    folder.write("bad.jsonl", &(session("made", "ann", "human", 0, 9) + "{\"source\":1}\n"));
    folder.write("label.jsonl", &session("made", "ann", "person", 0, 9));
    folder.write("label.json", r#"{"source":"s","client":"c","label":"cat","request":{}}"#);
    for (arguments, part) in [
        ("capture behaviour bad.jsonl -o x", "bad.jsonl:2: "),
        ("capture behaviour bad.jsonl -o x", "help: a line is {\"source\""),
        ("capture behaviour none -o x", "`none` cannot be read"),
        ("capture behaviour label.jsonl -o x", "session `ann/1`: `person` is no label: write `human`"),
        ("capture device bad.jsonl -o x", "bad.jsonl:1: unknown field `session_id`"),
        ("capture device label.json -o x", "label.json:1: `cat` is no label"),
        ("capture show bad.jsonl", "`bad.jsonl` is no Parquet file"),
    ] {
        let (code, _, error) = folder.run(arguments);
        assert!(code == 2 && error.contains(part), "{arguments}: {error}");
    }
}
