use std::path::{Path, PathBuf};

use super::Session;
use crate::failure::Failure;
use crate::lines;

const HELP: &str =
    "a line is {\"source\", \"session_id\", \"user\", \"label\", \"pointer_type\", \"events\": [[ms, x, y, \"m\"]]}";

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
        lines::each(&self.files, HELP, |_, _, session| work(session)).map(|_| ())
    }

    /// As [`Self::each`], with the place of each session's file. What comes back is each file with its SHA-256.
    pub(crate) fn each_of(
        &self,
        mut work: impl FnMut(usize, Session) -> Result<(), Failure>,
    ) -> Result<Vec<(&Path, String)>, Failure> {
        let hashes = lines::each(&self.files, HELP, |file, _, session| work(file, session))?;
        Ok(self.files.iter().map(PathBuf::as_path).zip(hashes).collect())
    }
}

/// Reads the sessions of one file.
#[cfg(test)]
pub(super) fn read(
    name: &str,
    reader: impl std::io::Read,
    progress: &outwork_replay::Progress,
    work: &mut impl FnMut(Session) -> Result<(), Failure>,
) -> Result<(), Failure> {
    lines::read(name, reader, progress, &mut |number, line| match line {
        lines::Line::Whole(text) => work(lines::object(name, number, HELP, text)?),
        lines::Line::Long(_) => Err(Failure::new(lines::too_long())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use outwork_replay::Progress;

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
