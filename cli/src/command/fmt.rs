use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use outwork_compiler::MAX_FILE_BYTES;
use similar::TextDiff;

use super::{check, publish};
use crate::failure::Failure;
use crate::output::print;

/// Lay packs and policies out alike
///
/// Keys stand in one order, strings and conditions are written one way, long arrays and conditions are broken. Comments,
/// the order of rules and the meaning stay.
///
/// Exit code: 0; with `--check` or `--diff` 1 if something would change; 1 if a file is not TOML.
#[derive(clap::Args)]
pub(crate) struct Fmt {
    /// Packs and policies, and folders of them; `-` reads standard input and writes standard output
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    /// Name what would change, and write nothing
    #[arg(long)]
    check: bool,
    /// Show what would change, and write nothing
    #[arg(long)]
    diff: bool,
}

impl Fmt {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        if self.paths == [Path::new("-")] {
            return self.pass_through();
        }
        let mut files = Vec::new();
        for path in &self.paths {
            find(path, &mut files)?;
        }
        let (mut changed, mut wrong) = (0, false);
        for file in &files {
            match self.format(file)? {
                Some(true) => changed += 1,
                Some(false) => {}
                None => wrong = true,
            }
        }
        let done = if self.writes() { "formatted" } else { "would change" };
        eprintln!("{changed} of {} files {done}", files.len());
        let complains = wrong || (changed > 0 && !self.writes());
        Ok(if complains { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }

    fn writes(&self) -> bool {
        !self.check && !self.diff
    }

    /// Whether a file changes; none when it is no TOML, which has been shown.
    fn format(&self, file: &Path) -> Result<Option<bool>, Failure> {
        let name = file.display().to_string();
        let text = read(file)?;
        let formatted = match outwork_compiler::format(&name, &text) {
            Ok(formatted) => formatted,
            Err(report) => {
                check::complain(&report)?;
                return Ok(None);
            }
        };
        if formatted == text {
            return Ok(Some(false));
        }
        if self.diff {
            let diff = TextDiff::from_lines(&text, &formatted).unified_diff().header(&name, &name).to_string();
            print(&diff)?;
        } else if self.check {
            println!("{name}");
        } else {
            publish::replace(file, formatted.as_bytes()).map_err(Failure::because(format!("cannot write `{name}`")))?;
            println!("{name}");
        }
        Ok(Some(true))
    }

    /// For editors: what comes in goes out formatted, or not at all.
    fn pass_through(&self) -> Result<ExitCode, Failure> {
        let mut bytes = Vec::new();
        let limited = std::io::stdin().take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes);
        limited.map_err(Failure::because("cannot read standard input"))?;
        let text = text("standard input", bytes)?;
        Ok(match outwork_compiler::format("-", &text) {
            Ok(formatted) => {
                if self.writes() {
                    print(&formatted)?;
                }
                if self.writes() || formatted == text { ExitCode::SUCCESS } else { ExitCode::FAILURE }
            }
            Err(report) => check::complain(&report)?,
        })
    }
}

/// A file itself, or the packs and policies of a folder, by name.
fn find(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    let unreadable = || Failure::because(format!("`{}` cannot be read", path.display()));
    let mut inside = Vec::new();
    for entry in fs::read_dir(path).map_err(unreadable())? {
        inside.push(entry.map_err(unreadable())?);
    }
    inside.sort_by_key(fs::DirEntry::file_name);
    for entry in inside {
        let name = entry.file_name().to_string_lossy().into_owned();
        // A link may lead out of the folder, or around in it.
        let kind = entry.file_type().map_err(unreadable())?;
        if kind.is_dir() && !name.starts_with('.') && name != "target" && name != "node_modules" {
            find(&entry.path(), files)?;
        } else if kind.is_file() && name.ends_with(".toml") && is_ours(&read(&entry.path())?) {
            files.push(entry.path());
        }
    }
    Ok(())
}

/// Whether a TOML file is a pack or a policy, also when it is broken.
fn is_ours(text: &str) -> bool {
    let header = |line: &str| ["[pack]", "[policy]"].iter().any(|header| line.trim_start().starts_with(header));
    text.lines().any(header)
}

fn read(file: &Path) -> Result<String, Failure> {
    let name = file.display().to_string();
    let unreadable = || Failure::because(format!("`{name}` cannot be read"));
    let mut bytes = Vec::new();
    let opened = fs::File::open(file).map_err(unreadable())?;
    opened.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable())?;
    text(&format!("`{name}`"), bytes)
}

fn text(name: &str, bytes: Vec<u8>) -> Result<String, Failure> {
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(Failure::new(format!("{name} is larger than {} MiB", MAX_FILE_BYTES >> 20)));
    }
    String::from_utf8(bytes).map_err(|_| Failure::new(format!("{name} is not UTF-8")))
}
