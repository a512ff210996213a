//! Files of JSON objects, one a line, and what their bytes hash to.

use std::fmt::Display;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use outwork_replay::{Input, Progress};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::failure::Failure;

/// The longest line: the longest known session has 3,000 events and 90 kB.
const MAX_LINE: u64 = 16 << 20;

/// A line of a file, without the white space around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line<'l> {
    Whole(&'l [u8]),
    /// The beginning of one that is longer than any can be; the rest of it was passed over.
    Long(&'l [u8]),
}

/// What is wrong with a line that is longer.
pub(crate) fn too_long() -> String {
    format!("longer than {} MiB", MAX_LINE >> 20)
}

/// Reads every object of every file in order, with a bar on standard error: `work` is told the place of the file, and that of
/// the line in it. `help` says what a line is. Files are plain, gzip or zstd; `-` is standard input. What comes back is the
/// SHA-256 of each file, as it is stored.
///
/// # Errors
/// Names the file that cannot be read, or its line that is no such object.
pub(crate) fn each<T: DeserializeOwned>(
    files: &[PathBuf],
    help: &str,
    mut work: impl FnMut(usize, u64, T) -> Result<(), Failure>,
) -> Result<Vec<String>, Failure> {
    each_text(files, |at, number, line| {
        let name = files.get(at).map(|path| path.display().to_string()).unwrap_or_default();
        work(at, number, object(&name, number, help, line)?)
    })
}

/// As [`each`], of lines that may be anything; those that are empty are passed over.
pub(crate) fn each_text(
    files: &[PathBuf],
    mut work: impl FnMut(usize, u64, &[u8]) -> Result<(), Failure>,
) -> Result<Vec<String>, Failure> {
    each_line(files, |at, number, line| match line {
        Line::Whole(text) => work(at, number, text),
        Line::Long(_) => {
            let name = files.get(at).map(|path| path.display().to_string()).unwrap_or_default();
            Err(Failure::new(format!("{name}:{number}: the line is {}", too_long())))
        }
    })
}

/// As [`each_text`], for those whom a line that is too long does not keep from the rest.
pub(crate) fn each_line(
    files: &[PathBuf],
    mut work: impl FnMut(usize, u64, Line<'_>) -> Result<(), Failure>,
) -> Result<Vec<String>, Failure> {
    let progress = Progress::default();
    let open = |path: &PathBuf| {
        open(path, &progress).map_err(Failure::because(format!("`{}` cannot be read", path.display())))
    };
    let inputs = files.iter().map(open).collect::<Result<Vec<_>, _>>()?;
    let size = inputs.iter().map(|(input, _)| input.size).sum::<Option<u64>>();
    crate::replay::with_bar(&progress, size, || {
        let mut hashes = Vec::new();
        for (at, (input, hash)) in inputs.into_iter().enumerate() {
            read(&input.name, input.reader, &progress, &mut |number, line| work(at, number, line))?;
            hashes.push(hash.hex());
        }
        Ok(hashes)
    })
}

/// The object of a line.
pub(crate) fn object<T: DeserializeOwned>(name: &str, number: u64, help: &str, line: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(line).map_err(|error| Failure::new(format!("{name}:{number}: {error}")).with_help(help))
}

/// Reads the lines of one file.
pub(crate) fn read(
    name: &str,
    reader: impl Read,
    progress: &Progress,
    work: &mut impl FnMut(u64, Line<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut reader = BufReader::new(reader);
    let mut line = Vec::new();
    for number in 1_u64.. {
        line.clear();
        let at = |error: &dyn Display| Failure::new(format!("{name}:{number}: {error}"));
        let length = (&mut reader).take(MAX_LINE + 1).read_until(b'\n', &mut line).map_err(|error| at(&error))?;
        if length == 0 {
            break;
        }
        progress.add_lines(1);
        if line.len() as u64 > MAX_LINE && !line.ends_with(b"\n") {
            reader.skip_until(b'\n').map_err(|error| at(&error))?;
            work(number, Line::Long(line.trim_ascii()))?;
        } else if !line.trim_ascii().is_empty() {
            work(number, Line::Whole(line.trim_ascii()))?;
        }
    }
    Ok(())
}

/// As [`Input::open`], with the hash of what is read.
fn open(path: &Path, progress: &Progress) -> io::Result<(Input, Hash)> {
    let (name, hash) = (path.display().to_string(), Hash::default());
    if path.as_os_str() == "-" {
        let input = Input::of(name, Hashed { raw: io::stdin(), hash: hash.clone() }, None, progress)?;
        return Ok((input, hash));
    }
    let file = File::open(path)?;
    let size = file.metadata().ok().filter(|meta| meta.is_file()).map(|meta| meta.len());
    Ok((Input::of(name, Hashed { raw: file, hash: hash.clone() }, size, progress)?, hash))
}

/// The hash of what was read so far.
#[derive(Clone, Default)]
struct Hash(Arc<Mutex<Sha256>>);

impl Hash {
    fn add(&self, bytes: &[u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).update(bytes);
    }

    fn hex(&self) -> String {
        let hash = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone().finalize();
        hash.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

struct Hashed<R> {
    raw: R,
    hash: Hash,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.raw.read(into)?;
        self.hash.add(into.get(..read).unwrap_or_default());
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<(u64, usize, bool)> {
        let mut found = Vec::new();
        read("f", text.as_bytes(), &Progress::default(), &mut |number, line| {
            found.push(match line {
                Line::Whole(text) => (number, text.len(), true),
                Line::Long(text) => (number, text.len(), false),
            });
            Ok(())
        })
        .unwrap();
        found
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_over_and_the_next_are_read() {
        let most = usize::try_from(MAX_LINE).unwrap();
        let (longest, longer) = ("a".repeat(most), "a".repeat(most + most / 2));
        assert_eq!(lines(&format!("{longest}\n\nb")), [(1, most, true), (3, 1, true)]);
        assert_eq!(lines(&format!("a\n{longer}\nbc\n")), [(1, 1, true), (2, most + 1, false), (3, 2, true)]);
        assert_eq!(lines(&longer), [(1, most + 1, false)]);
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), format!("a\n{longer}\n")).unwrap();
        let error = each_text(&[file.path().to_path_buf()], |_, _, _| Ok(())).unwrap_err();
        assert!(format!("{error:?}").contains(":2: the line is longer than 16 MiB"), "{error:?}");
    }
}
