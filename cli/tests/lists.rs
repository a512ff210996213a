//! `lists update` and `agents`, as a user runs them: from copies in a folder, and from a server.
#![expect(clippy::unwrap_used, reason = "a test fails loudly")]

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const PACK: &str = r#"
[pack]
id = "mine"
version = "1"
why = "what my site wants"

[lists.finder]
cidr = { file = "finder.txt", source = ["https://finder.example/v4.json", "https://finder.example/v6.json"], format = "prefixes" }

[lists.monitor]
cidr = { file = "monitor.txt", source = ["https://monitor.example/ips"], format = "text" }

[[agent]]
id = "finder.search"
name = "FinderBot"
purpose = "search"
names = ["finderbot"]
networks = ["finder"]
directory = "https://finder.example"
why = "it sends us visitors"

[[agent]]
id = "monitor.uptime"
name = "Monitor"
purpose = "monitoring"
names = ["uptime-monitor"]
networks = ["monitor"]
why = "it wakes us"
"#;

const FINDER: &str = "# Networks of FinderBot.\n# Source: x\n8.8.8.0/24\n";
const MONITOR: &str = "# Addresses of Monitor.\n9.9.9.9\n";
const MORE: &str = "9.9.9.9\n9.9.9.10\n";
const V4: &str = r#"{"prefixes": [{"ipv4Prefix": "8.8.8.0/24"}, {"ipv4Prefix": "8.8.10.0/24"}]}"#;
const V6: &str = r#"{"prefixes": [{"ipv6Prefix": "2a00:1450::/64"}]}"#;

/// A policy with copies of what is published, in a folder of its own.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("lists-{name}-{}", std::process::id()));
        for (file, text) in [
            ("outwork.toml", "[policy]\nversion = \"1\"\npacks = [\"mine.toml\"]\n"),
            ("mine.toml", PACK),
            ("finder.txt", FINDER),
            ("monitor.txt", MONITOR),
            ("copies/finder.example/v4.json", V4),
            ("copies/finder.example/v6.json", V6),
            ("copies/monitor.example/ips", "9.9.9.9\n9.9.9.10\n"),
        ] {
            let file = path.join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        Self(path)
    }

    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        let Output { status, stdout, stderr } =
            Command::new(env!("CARGO_BIN_EXE_outwork")).args(arguments).current_dir(&self.0).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (status.code().unwrap(), text(stdout), text(stderr))
    }

    fn publish(&self, url: &str, text: &str) {
        fs::write(self.0.join("copies").join(url), text).unwrap();
    }

    fn text(&self, file: &str) -> String {
        fs::read_to_string(self.0.join(file)).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

#[test]
fn lists_are_replaced_whole_and_say_where_they_come_from() {
    let folder = Folder::new("replaced");
    let (code, out, error) = folder.run(&["lists", "update", "--from", "copies"]);
    assert_eq!((code, error.as_str()), (0, ""), "{out}");
    assert!(out.contains("finder: 2 added, 0 removed, 3 networks\n  + 8.8.10.0/24\n"), "{out}");
    let text = folder.text("finder.txt");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "# Networks of FinderBot.");
    assert_eq!(lines[1], "# Source: https://finder.example/v4.json https://finder.example/v6.json");
    assert!(lines[2].starts_with("# As of 20") && lines[2].ends_with("Refreshed by `outwork lists update`."), "{text}");
    assert_eq!(lines[3..], ["8.8.8.0/24", "8.8.10.0/24", "2a00:1450::/64"]);
    let names: Vec<_> = fs::read_dir(&folder.0).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 5, "nothing else is left there: {names:?}");
    let (code, out, _) = folder.run(&["lists", "update", "--from", "copies", "--check"]);
    assert_eq!((code, out.as_str()), (0, "finder: unchanged, 3 networks\nmonitor: unchanged, 2 networks\n"));
}

#[test]
fn a_check_writes_nothing() {
    let folder = Folder::new("check");
    let (code, out, _) = folder.run(&["lists", "update", "--check", "--from", "copies"]);
    assert_eq!((code, folder.text("finder.txt").as_str(), folder.text("monitor.txt").as_str()), (1, FINDER, MONITOR));
    assert!(out.contains("monitor: 1 added, 0 removed, 2 networks\n  + 9.9.9.10/32\n"), "{out}");
}

#[test]
fn what_is_doubtful_leaves_its_list_and_refreshes_the_others() {
    let folder = Folder::new("doubtful");
    let update = ["lists", "update", "--from", "copies"];
    for (published, why) in [
        ("<html>\n", "`<html>` is no network"),
        ("", "it is empty"),
        ("0.0.0.0/0\n", "wider than any operator's network"),
        ("9.9.9.9\n192.168.1.0/24\n", "nobody on the internet has"),
        ("9.9.9.0/24\n", "it grows from 1 to 256 addresses, more than tenfold; `--accept monitor` takes it"),
    ] {
        folder.publish("monitor.example/ips", published);
        let (code, _, error) = folder.run(&update);
        assert_eq!((code, folder.text("monitor.txt").as_str()), (1, MONITOR), "{published:?}");
        assert!(error.starts_with("error: monitor: left as it is: ") && error.contains(why), "{published:?}: {error}");
        assert!(folder.text("finder.txt").contains("8.8.10.0/24"), "the other list is fresh");
    }
    let (code, _, error) = folder.run(&[&update[..], &["--accept", "monitor"]].concat());
    assert_eq!((code, error.as_str()), (0, ""));
    assert!(folder.text("monitor.txt").ends_with("\n9.9.9.0/24\n"));
    folder.publish("monitor.example/ips", "9.9.9.9\n");
    let (code, _, error) = folder.run(&update);
    assert!(code == 1 && error.contains("by more than half"), "{error}");
    let (code, _, error) = folder.run(&["lists", "update", "--only", "findr"]);
    assert_eq!(code, 2);
    assert!(error.contains("no list `findr` has a `source`"), "{error}");
}

#[test]
fn the_networks_of_one_agent_do_not_become_those_of_another() {
    let folder = Folder::new("beside");
    folder.publish("finder.example/v6.json", r#"{"prefixes": [{"ipv4Prefix": "9.9.9.9/32"}]}"#);
    let update = ["lists", "update", "--from", "copies", "--only", "finder"];
    let (code, _, error) = folder.run(&update);
    let why = "it takes in 1 of the 1 addresses of `monitor`, a list of its own; `--accept finder` takes it";
    assert!(code == 1 && error.contains(why), "{error}");
    assert_eq!(folder.text("finder.txt"), FINDER);
    // A list of the same source is meant to have the same networks.
    let both = PACK.replace(
        "source = [\"https://monitor.example/ips\"]",
        "source = [\"https://monitor.example/ips\", \"https://finder.example/v6.json\"]",
    );
    assert_ne!(both, PACK);
    fs::write(folder.0.join("mine.toml"), both).unwrap();
    let (code, _, error) = folder.run(&update);
    assert_eq!((code, error.as_str()), (0, ""));
}

/// What is published with the day on which it was made.
fn made(day: &str) -> String {
    V6.replacen('{', &format!(r#"{{"creationTime": "{day}T23:00:52.000000", "#), 1)
}

#[test]
fn a_copy_is_of_the_day_that_it_says() {
    let folder = Folder::new("day");
    let shipped = FINDER.replace("# Source: x\n", "# As of 2026-08-20. Made by scripts/lists.\n");
    fs::write(folder.0.join("finder.txt"), &shipped).unwrap();
    let update = ["lists", "update", "--from", "copies", "--only", "finder"];
    folder.publish("finder.example/v6.json", &made("2025-01-31"));
    let (code, out, error) = folder.run(&update);
    assert_eq!((code, error.as_str()), (0, ""), "nobody knows when what the file has was published");
    let said = out.strip_prefix("finder: 2 added, 0 removed, 3 networks, published 2025-01-31, ");
    assert!(said.is_some_and(|said| said.split('\n').next().unwrap().ends_with(" days ago")), "{out}");
    let days = "\n# As of 2025-01-31. Refreshed by `outwork lists update`.\n# Published 2025-01-31.\n8.8.8.0/24\n";
    assert!(folder.text("finder.txt").contains(days));
    let (_, _, warned) = folder.run(&["check"]);
    assert!(warned.contains("OW0107") && warned.contains("the list `finder` is "), "nobody keeps it: {warned}");
    // Of two places the older one says how old the whole is.
    folder.publish("finder.example/v4.json", &V4.replacen('{', r#"{"creationTime": "2025-02-28", "#, 1));
    let (_, out, _) = folder.run(&update);
    assert!(out.starts_with("finder: unchanged, 3 networks, published 2025-01-31, "), "{out}");
    folder.publish("finder.example/v6.json", &made("2999-01-01"));
    folder.publish("finder.example/v4.json", V4);
    let (code, out, error) = folder.run(&update);
    assert_eq!((code, error.as_str()), (0, ""), "what is of a day to come is of today");
    assert!(!out.contains("2999") && !out.contains("ago") && !folder.text("finder.txt").contains("2999"), "{out}");
}

#[test]
fn what_its_operator_left_unchanged_is_not_old() {
    let folder = Folder::new("unchanged");
    // A list of which nothing says a day is of today, as what an operator has is.
    assert_eq!(folder.run(&["lists", "update", "--from", "copies"]).0, 0);
    let fresh = folder.text("finder.txt");
    let there = fresh.replace("lists update`.\n", "lists update`.\n# Published 2025-01-31.\n");
    assert_ne!(there, fresh);
    fs::write(folder.0.join("finder.txt"), there).unwrap();
    let (code, _, warned) = folder.run(&["check"]);
    assert!(code == 0 && !warned.contains("OW0107"), "{warned}");
    folder.publish("finder.example/v6.json", &made("2025-01-31"));
    let (code, out, error) = folder.run(&["lists", "update", "--from", "copies", "--only", "finder"]);
    assert_eq!((code, error.as_str()), (0, ""), "what is as old as what the file has is taken");
    assert!(out.starts_with("finder: unchanged, 3 networks, published 2025-01-31, "), "{out}");
}

#[test]
fn an_older_copy_changes_nothing() {
    let folder = Folder::new("older");
    let there = FINDER.replace("# Source: x\n", "# As of 2025-02-01. Made by hand.\n# Published 2025-03-01.\n");
    fs::write(folder.0.join("finder.txt"), &there).unwrap();
    folder.publish("finder.example/v6.json", &made("2025-02-28"));
    let update = ["lists", "update", "--from", "copies", "--only", "finder"];
    for arguments in [&update[..], &[&update[..], &["--check"]].concat()] {
        let (code, out, error) = folder.run(arguments);
        assert_eq!((code, out.as_str(), folder.text("finder.txt")), (1, "", there.clone()));
        let why = "what is published is of 2025-02-28, older than what the file has, of 2025-03-01; `--accept finder` takes it";
        assert_eq!(error, format!("error: finder: left as it is: {why}\n"));
    }
    let (code, _, _) = folder.run(&[&update[..], &["--accept", "finder"]].concat());
    assert_eq!(code, 0);
    assert!(folder.text("finder.txt").contains("\n# Published 2025-02-28.\n"));
    folder.publish("finder.example/v6.json", &made("2025-03-01"));
    assert_eq!(folder.run(&update).0, 0, "a newer one");
    assert_eq!(folder.run(&update).0, 0, "and the same once more");
}

#[test]
fn a_server_says_when_its_file_changed() {
    let folder = Folder::new("modified");
    let address = serve(|path| match path {
        "/monitor.example/ips" => answered("200 OK", "last-modified: Tue, 04 Mar 2025 10:00:00 GMT\r\n", MORE),
        "/finder.example/v6.json" => {
            answered("200 OK", "last-modified: Tue, 04 Mar 2025 10:00:00 GMT\r\n", &made("2025-02-28"))
        }
        _ => ok(V4),
    });
    let mirror = format!("http://{address}");
    let (code, _, error) = folder.run(&["lists", "update", "--mirror", &mirror]);
    assert_eq!(code, 0, "{error}");
    assert!(folder.text("monitor.txt").contains("\n# Published 2025-03-04.\n"));
    assert!(folder.text("monitor.txt").contains("\n# As of 2025-03-04. "), "a mirror has copies");
    assert!(folder.text("finder.txt").contains("\n# Published 2025-02-28.\n"), "what a list says of itself goes first");
    let monitor = "# As of 2025-03-05.\n# Published 2025-03-05.\n9.9.9.9\n";
    fs::write(folder.0.join("monitor.txt"), monitor).unwrap();
    let (code, _, error) = folder.run(&["lists", "update", "--only", "monitor", "--mirror", &mirror]);
    assert!(code == 1 && error.contains("is of 2025-03-04, older than what the file has"), "{error}");
    assert_eq!(folder.text("monitor.txt"), monitor);
}

#[test]
fn a_file_that_is_not_there_is_made() {
    let folder = Folder::new("made");
    fs::remove_file(folder.0.join("finder.txt")).unwrap();
    let (code, out, _) = folder.run(&["lists", "update", "--check", "--from", "copies"]);
    assert_eq!((code, folder.0.join("finder.txt").exists()), (1, false), "{out}");
    let (code, out, error) = folder.run(&["lists", "update", "--from", "copies"]);
    assert_eq!((code, error.as_str()), (0, ""));
    assert!(out.starts_with("finder: 3 added, 0 removed, 3 networks\n"), "{out}");
    assert!(folder.text("finder.txt").starts_with("# Source: https://finder.example/v4.json "));
    fs::remove_file(folder.0.join("monitor.txt")).unwrap();
    let (code, _, error) = folder.run(&["check"]);
    assert!(code == 1 && error.contains("OW0001"), "a build needs it: {error}");
    let (code, _, error) = folder.run(&["lists", "update", "--from", "nowhere"]);
    assert!(code == 1 && error.contains("error: monitor: left as it is: "), "{error}");
    assert!(!folder.0.join("monitor.txt").exists());
}

#[cfg(unix)]
#[test]
fn a_link_stays_one_and_modes_are_kept() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let folder = Folder::new("linked");
    let (link, file) = (folder.0.join("finder.txt"), folder.0.join("copies/finder.txt"));
    fs::rename(&link, &file).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    symlink("copies/finder.txt", &link).unwrap();
    let update = ["lists", "update", "--from", "copies"];
    let (code, _, error) = folder.run(&update);
    assert_eq!((code, error.as_str()), (0, ""));
    assert_eq!(fs::read_link(&link).unwrap(), Path::new("copies/finder.txt"));
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
    assert!(fs::read_to_string(&file).unwrap().contains("8.8.10.0/24"));
    // One that is made here has the mode of any.
    fs::remove_file(folder.0.join("monitor.txt")).unwrap();
    assert_eq!(folder.run(&update).0, 0);
    let mode = |file: &str| fs::metadata(folder.0.join(file)).unwrap().permissions().mode();
    assert_eq!(mode("monitor.txt"), mode("mine.toml"));
    fs::remove_file(&file).unwrap();
    let (code, _, error) = folder.run(&update);
    assert!(code == 2 && error.contains("cannot write") && fs::read_link(&link).is_ok(), "it leads nowhere: {error}");
}

#[test]
fn a_policy_that_is_wrong_afterwards_is_said_to_be() {
    let folder = Folder::new("wrong");
    let rule = r#"
[[rule]]
id = "monitor.tag"
when = 'agent.id == "monitor.uptime"'
action = "tag"
why = "x"

[[rule.test]]
request = { address = "9.9.9.9", headers = [["user-agent", "uptime-monitor/1"]] }
fires = true
"#;
    fs::write(folder.0.join("mine.toml"), PACK.to_owned() + rule).unwrap();
    folder.publish("monitor.example/ips", "9.9.9.10\n");
    let (code, _, error) = folder.run(&["lists", "update", "--from", "copies", "--accept", "monitor"]);
    assert!(code == 1 && error.contains("OW0032") && error.contains("monitor.tag"), "{error}");
}

/// Answers each request with what stands for its path; ends with the test.
fn serve(answer: impl Fn(&str) -> Vec<u8> + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            drop(stream.and_then(|stream| reply(stream, &answer)));
        }
    });
    address
}

fn reply(mut stream: TcpStream, answer: &impl Fn(&str) -> Vec<u8>) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
    stream.write_all(&answer(first.split(' ').nth(1).unwrap_or_default()))
}

fn ok(body: &str) -> Vec<u8> {
    answered("200 OK", "", body)
}

/// An answer whose other headers are whole lines.
fn answered(status: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}").into_bytes()
}

fn to(location: &str) -> Vec<u8> {
    format!("HTTP/1.1 302 Found\r\nlocation: {location}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").into_bytes()
}

#[test]
fn a_server_has_the_copies_and_may_send_on_within_itself() {
    let folder = Folder::new("server");
    let address = serve(|path| match path {
        "/finder.example/v4.json" => to("/moved.json"),
        "/moved.json" => ok(V4),
        "/finder.example/v6.json" => ok(V6),
        "/monitor.example/ips" => ok("9.9.9.9\n9.9.9.10\n"),
        _ => b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".to_vec(),
    });
    let (code, out, error) = folder.run(&["lists", "update", "--mirror", &format!("http://{address}/")]);
    assert_eq!((code, error.as_str()), (0, ""), "{out}");
    assert!(folder.text("finder.txt").contains("2a00:1450::/64"));
}

#[test]
fn a_server_that_misbehaves_changes_nothing() {
    type Answer = fn(&str) -> Vec<u8>;
    let cases: [(&str, Answer, &str); 9] = [
        ("elsewhere", |_| to("http://127.0.0.1:9/ips"), "another host"),
        ("circle", |path| to(path), "sends on more than 3 times"),
        ("gone", |_| b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_vec(), "404"),
        (
            "part",
            |_| answered("206 Partial Content", "", MORE),
            "it answers 206 Partial Content, and only 200 is a whole list",
        ),
        ("changed", |_| answered("203 Non-Authoritative Information", "", MORE), "only 200"),
        ("empty", |_| b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n".to_vec(), "only 200"),
        ("huge", |_| ok(&"9.9.9.9\n".repeat(600_000)), "larger than 4 MiB"),
        ("cut", |_| b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n9.9.9.9\n".to_vec(), "error: monitor"),
        ("silent", |_| Vec::new(), "error: monitor"),
    ];
    for (name, answer, why) in cases {
        let folder = Folder::new(name);
        let mirror = format!("http://{}", serve(answer));
        let (code, _, error) = folder.run(&["lists", "update", "--only", "monitor", "--mirror", &mirror]);
        assert_eq!((code, folder.text("monitor.txt").as_str()), (1, MONITOR), "{name}");
        assert!(error.contains(why), "{name}: {error}");
    }
}

#[test]
fn agents_are_listed_with_what_proves_them() {
    let folder = Folder::new("agents");
    let (code, out, said) = folder.run(&["agents"]);
    assert_eq!(code, 0);
    assert!(said.contains("without `--agents-cluster` fetches no directory"), "{said}");
    assert!(!said.contains("known by nothing else"), "its network tells it, too: {said}");
    assert_eq!(
        out,
        "finder.search   FinderBot  search      1 network; signature, where the host fetches https://finder.example\n\
         monitor.uptime  Monitor    monitoring  1 network\n"
    );
    let (_, json, _) = folder.run(&["agents", "--json"]);
    let listed: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(listed[0]["purpose"], "search");
}
