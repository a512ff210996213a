use std::fs;
use std::path::Path;

use outwork_compiler::Notes;
use outwork_engine::bundle::{Bundle, BundleError, Digest256, FORMAT};
use outwork_engine::policy::{LoadError, Policy};

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
        let ours = env!("CARGO_PKG_VERSION");
        let policy = Policy::load(bytes).map_err(|error| match error {
            LoadError::Bundle(BundleError::Format { found }) => {
                Failure::new(format!("`{name}` is a bundle of format {found}: this `outwork` ({ours}) reads {FORMAT}"))
                    .with_help(format!(
                        "`{name}` is read by the `outwork` that it was published with: keep that beside it, or its sources (docs/records.md). \
                         Without `--bundles` and `-p` the decision is told by ids"
                    ))
            }
            error => Failure::new(format!("`{name}` cannot be used: {error}")),
        })?;
        Ok(Self { policy, notes: Notes::read(bytes).unwrap_or_default() })
    }
}

/// The bundle of a name among the files of a folder: the one of this checksum, where that is known. None where no file there is it.
///
/// # Errors
/// The folder cannot be read, or the bundle is there and cannot be used, as one of another format; several have the name, and nothing says which one it was.
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

/// Whether a bundle, of whatever format, has this name and checksum. One that is damaged has none.
fn is_it(bytes: &[u8], name: &str, digest: Option<Digest256>) -> bool {
    Bundle::open_any(bytes)
        .is_ok_and(|(_, bundle)| bundle.name() == Ok(name) && digest.is_none_or(|digest| bundle.digest() == digest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest, Sha256};

    #[test]
    fn a_bundle_of_another_format_is_found_and_named() {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../compiler/tests/everything");
        let compiled = outwork_compiler::compile(&source).unwrap_or_else(|report| panic!("{}", report.render(false)));
        let (folder, mut bytes) = (tempfile::tempdir().unwrap(), compiled.bundle);
        let name = Bundle::open(&bytes).unwrap().name().unwrap().to_owned();
        let file = folder.path().join("of-that-day.bundle");
        std::fs::write(&file, &bytes).unwrap();
        assert!(bundle(folder.path(), &name, None).unwrap().is_some());
        // As format 6 had it: the same container, and sections that nobody here reads.
        bytes.splice(8..10, 6_u16.to_le_bytes());
        let end = bytes.len() - 32;
        let digest: Digest256 = Sha256::digest(&bytes[..end]).into();
        bytes.splice(end.., digest);
        std::fs::write(&file, &bytes).unwrap();
        for known in [None, Some(digest)] {
            let failure = format!("{:?}", bundle(folder.path(), &name, known).err().unwrap());
            assert!(failure.contains("of-that-day.bundle` is a bundle of format 6: this `outwork`"), "{failure}");
            assert!(failure.contains("published with"), "{failure}");
        }
        assert!(bundle(folder.path(), &name, Some([0; 32])).unwrap().is_none());
        assert!(bundle(folder.path(), "another", None).unwrap().is_none());
    }
}
