//! Writing a list's file: the whole of it, or nothing.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use tempfile::NamedTempFile;

use super::Fetched;
use crate::failure::Failure;
use crate::instant::shown_day;

/// Writes a list, in the place of another where there is one, whose first comment stays: it says what the list is.
pub(crate) fn write(path: &Path, before: &str, urls: &[String], fetched: &Fetched) -> Result<(), Failure> {
    let what = before.lines().next().filter(|line| line.starts_with('#') && !is_ours(line));
    let mut text = what.map(|what| format!("{what}\n")).unwrap_or_default();
    text += &format!("# Source: {}\n", urls.join(" "));
    text += &format!("# As of {}. Refreshed by `outwork lists update`.\n", shown_day(fetched.as_of));
    if let Some(day) = fetched.published {
        text += &format!("# Published {}.\n", shown_day(day));
    }
    fetched.networks.iter().for_each(|network| text += &format!("{network}\n"));
    let failed = || Failure::because(format!("cannot write `{}`", path.display()));
    // A link stays one, and the file that it leads to is replaced; one that leads nowhere is an error.
    let is_there = path.symlink_metadata().is_ok();
    let path = &if is_there { path.canonicalize().map_err(failed())? } else { path.to_owned() };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let mut file = beside(folder).map_err(failed())?;
    file.write_all(text.as_bytes()).map_err(failed())?;
    if is_there {
        let mode = fs::metadata(path).map_err(failed())?.permissions();
        file.as_file().set_permissions(mode).map_err(failed())?;
    }
    file.as_file().sync_all().map_err(failed())?;
    file.persist(path).map_err(|error| error.error).map_err(failed())?;
    Ok(())
}

/// A file that others may read as any that is made here, once it is whole.
fn beside(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}

fn is_ours(line: &str) -> bool {
    line.starts_with("# Source: ") || line.starts_with("# As of ")
}
