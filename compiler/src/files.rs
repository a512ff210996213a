//! Where a policy's files come from.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Read},
    path::PathBuf,
};

/// The largest file that is read: 16 MiB.
pub const MAX_FILE_BYTES: u64 = 16 << 20;

/// A place to read files from, by paths relative to it.
pub trait Files: Sync {
    /// The bytes of a file, of which no more than [`MAX_FILE_BYTES`] + 1 are wanted.
    ///
    /// # Errors
    /// As the place has them.
    fn read(&self, path: &str) -> io::Result<Vec<u8>>;
}

/// A folder of the file system.
#[derive(Clone, Debug)]
pub struct Folder(pub PathBuf);

impl Files for Folder {
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        fs::File::open(self.0.join(path))?.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

/// Files in memory, for tests and fuzzing.
impl Files for BTreeMap<String, Vec<u8>> {
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        self.get(path).cloned().ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "no such file"))
    }
}

/// `path` as `from`, a file of the same place, names it: without `.`, and without `..` where a folder can be left out.
pub(crate) fn relative_to(from: &str, path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let folder = if path.starts_with('/') { None } else { Some(folder) };
    for part in folder.into_iter().chain([path]).flat_map(|path| path.split('/')).filter(|part| *part != ".") {
        match parts.last() {
            Some(&last) if part == ".." && last != ".." && !last.is_empty() => {
                parts.pop();
            }
            // The empty part before an absolute path's first slash stays; other empty parts say nothing.
            _ if part.is_empty() && (folder.is_some() || !parts.is_empty()) => {}
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_relative_to_the_file_that_names_them() {
        for (from, path, expected) in [
            ("outwork.toml", "packs/a.toml", "packs/a.toml"),
            ("packs/a.toml", "../lists/x.txt", "lists/x.txt"),
            ("packs/a.toml", "./x.txt", "packs/x.txt"),
            ("outwork.toml", "../shared/a.toml", "../shared/a.toml"),
            ("../shared/a.toml", "../x.txt", "../x.txt"),
            ("packs/a.toml", "/etc/x.txt", "/etc/x.txt"),
        ] {
            assert_eq!(relative_to(from, path), expected, "{path} in {from}");
        }
    }
}
