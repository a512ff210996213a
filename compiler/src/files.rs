//! Where a policy's files come from.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

/// The largest file that is read: 16 MiB.
pub const MAX_FILE_BYTES: u64 = 16 << 20;

/// A place to read files from, by paths relative to it.
pub trait Files {
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

/// `path` as `from`, a file of the same place, names it.
pub(crate) fn relative_to(from: &str, path: &str) -> String {
    match Path::new(from).parent().and_then(Path::to_str) {
        Some(folder) if !folder.is_empty() && !Path::new(path).is_absolute() => format!("{folder}/{path}"),
        _ => path.to_owned(),
    }
}
