use std::fs;
use std::path::Path;

use outwork_compiler::Notes;
use outwork_engine::bundle::Bundle;
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

/// The bundle of a name among the files of a folder; none where no file there has it.
///
/// # Errors
/// The folder cannot be read, or the bundle cannot be used.
pub(crate) fn bundle(folder: &Path, name: &str) -> Result<Option<Bundled>, Failure> {
    let shown = folder.display();
    let because = || Failure::because(format!("`{shown}` cannot be read"));
    let entries = fs::read_dir(folder).map_err(because())?.collect::<Result<Vec<_>, _>>().map_err(because())?;
    for path in entries.into_iter().map(|entry| entry.path()).filter(|path| path.is_file()) {
        let bytes = fs::read(&path).map_err(Failure::because(format!("`{}` cannot be read", path.display())))?;
        if !bytes.starts_with(b"OUTWORK\0") || !is_named(&bytes, name) {
            continue;
        }
        return Bundled::load(&bytes, &path.display().to_string()).map(Some);
    }
    Ok(None)
}

/// Whether a bundle has this name. One that is damaged has none.
fn is_named(bytes: &[u8], name: &str) -> bool {
    Bundle::open(bytes).is_ok_and(|bundle| bundle.name() == Ok(name))
}
