//! `outwork capture`, as a user runs it.
#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

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
        let mut command = Command::new(env!("CARGO_BIN_EXE_outwork"));
        let Output { status, stdout, stderr } =
            command.args(arguments.split(' ')).current_dir(&self.0).output().unwrap();
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
