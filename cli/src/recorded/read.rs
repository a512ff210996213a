use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;

use outwork_replay::{Input, Progress};

use super::Session;
use crate::failure::Failure;

/// The longest line: the longest known session has 3,000 events and 90 kB.
const MAX_LINE: u64 = 16 << 20;

/// Recorded sessions, as a command takes them.
#[derive(clap::Args)]
pub(crate) struct Sessions {
    /// Recorded sessions: one JSON object a line, plain, gzip or zstd; `-` is standard input. docs/behaviour.md has the
    /// format
    #[arg(required = true, value_name = "SESSIONS")]
    files: Vec<PathBuf>,
}

impl Sessions {
    /// Reads every session in order, with a bar on standard error.
    ///
    /// # Errors
    /// Names the file and the line of what is no session.
    pub(crate) fn each(&self, mut work: impl FnMut(Session) -> Result<(), Failure>) -> Result<(), Failure> {
        let progress = Progress::default();
        let open = |path: &PathBuf| {
            let opened = Input::open(path, &progress);
            opened.map_err(Failure::because(format!("`{}` cannot be read", path.display())))
        };
        let inputs = self.files.iter().map(open).collect::<Result<Vec<_>, _>>()?;
        let size = inputs.iter().map(|input| input.size).sum::<Option<u64>>();
        crate::replay::with_bar(&progress, size, || {
            for input in inputs {
                read(&input.name, input.reader, &progress, &mut work)?;
            }
            Ok(())
        })
    }
}

/// Reads the sessions of one file.
pub(super) fn read(
    name: &str,
    reader: impl Read,
    progress: &Progress,
    work: &mut impl FnMut(Session) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut reader = BufReader::new(reader);
    let mut line = Vec::new();
    for number in 1_u64.. {
        line.clear();
        let at = |error: &dyn std::fmt::Display| Failure::new(format!("{name}:{number}: {error}"));
        let length = (&mut reader).take(MAX_LINE + 1).read_until(b'\n', &mut line).map_err(|error| at(&error))?;
        if length == 0 {
            break;
        }
        if line.len() as u64 > MAX_LINE {
            return Err(at(&format!("the line is longer than {} MiB", MAX_LINE >> 20)));
        }
        progress.add_lines(1);
        if line.trim_ascii().is_empty() {
            continue;
        }
        let session = serde_json::from_slice(&line).map_err(|error| {
            at(&error).with_help("a line is {\"source\", \"session_id\", \"user\", \"label\", \"pointer_type\", \"events\": [[ms, x, y, \"m\"]]}")
        })?;
        work(session)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(text: &[u8]) -> Result<usize, String> {
        let mut count = 0;
        let mut work = |_| {
            count += 1;
            Ok(())
        };
        read("x.jsonl", text, &Progress::default(), &mut work).map_err(|failure| format!("{failure:?}"))?;
        Ok(count)
    }

    const GOOD: &[u8] = br#"{"source":"s","session_id":"1","user":"u","label":"human","events":[[0,1,2.5,"m"]]}"#;

    #[test]
    fn sessions_are_read_line_by_line() {
        assert_eq!(count(&[GOOD, b"\n\n", GOOD].concat()), Ok(2));
        assert_eq!(count(b""), Ok(0));
    }

    #[test]
    fn a_mistake_has_its_file_and_line() {
        for bad in [&b"{"[..], b"[]", br#"{"source":1}"#] {
            let failure = count(&[GOOD, b"\n", bad].concat()).unwrap_err();
            assert!(failure.contains("x.jsonl:2: "), "{failure}");
        }
        let short = GOOD.iter().map(|&byte| byte as char).collect::<String>().replace(r#","m""#, "");
        assert!(count(short.as_bytes()).unwrap_err().contains("[milliseconds, x, y, kind]"));
        let other = GOOD.iter().map(|&byte| byte as char).collect::<String>().replace(r#""m""#, r#""q""#);
        assert!(count(other.as_bytes()).unwrap_err().contains("unknown variant `q`"));
    }
}
