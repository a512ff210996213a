use std::fs;
use std::path::Path;

use outwork_compiler::Notes;
use outwork_engine::bundle::{Bundle, Digest256};
use outwork_engine::policy::Policy;

use crate::failure::Failure;

/// A bundle, loaded.
pub(crate) struct Bundled {
    pub(crate) policy: Policy,
    pub(crate) notes: Notes,
}

impl Bundled {
    /// # Errors
    /// The bundle cannot be used by this version.
    pub(crate) fn load(bytes: &[u8], name: &str) -> Result<Self, Failure> {
        let policy = Policy::load(bytes).map_err(|error| {
            Failure::new(format!("`{name}` cannot be used: {error}")).with_help(
                "explain with the version of `outwork` that is named in the record, or build that policy anew",
            )
        })?;
        Ok(Self { policy, notes: Notes::read(bytes).unwrap_or_default() })
    }
}

/// The bundle of a name among the files of a folder: the one of this checksum, where that is known. None where no file there is it.
///
/// # Errors
/// The folder cannot be read, or the bundle cannot be used; several have the name, and nothing says which one it was.
pub(crate) fn bundle(folder: &Path, name: &str, digest: Option<Digest256>) -> Result<Option<Bundled>, Failure> {
    let shown = folder.display();
    let because = || Failure::because(format!("`{shown}` cannot be read"));
    let entries = fs::read_dir(folder).map_err(because())?.collect::<Result<Vec<_>, _>>().map_err(because())?;
    let mut found: Option<(Vec<u8>, String)> = None;
    for path in entries.into_iter().map(|entry| entry.path()).filter(|path| path.is_file()) {
        let bytes = fs::read(&path).map_err(Failure::because(format!("`{}` cannot be read", path.display())))?;
        if !bytes.starts_with(b"OUTWORK\0") || !is_it(&bytes, name, digest) {
            continue;
        }
        let path = path.display().to_string();
        if let Some((_, other)) = found.as_ref().filter(|(known, _)| *known != bytes) {
            return Err(Failure::new(format!("`{other}` and `{path}` are both called {name}, and differ"))
                .with_help("give the log in which its chain begins: the record there names the bundle in full"));
        }
        found = Some((bytes, path));
    }
    found.map(|(bytes, path)| Bundled::load(&bytes, &path)).transpose()
}

/// Whether a bundle has this name and checksum. One that is damaged has none.
fn is_it(bytes: &[u8], name: &str, digest: Option<Digest256>) -> bool {
    Bundle::open(bytes)
        .is_ok_and(|bundle| bundle.name() == Ok(name) && digest.is_none_or(|digest| bundle.digest() == digest))
}
