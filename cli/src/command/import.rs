use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use outwork_compiler::Folder;
use outwork_import::crawlers::{self, Effect, Grouping};
use outwork_import::{Imported, anubis};

use crate::failure::Failure;
use crate::output::print;

/// Make a rule pack of what another project wrote
///
/// What could not be carried over is said on standard error, with its file and line, and stands in the pack as comments.
///
/// Exit code: 0 if the pack was written, 1 with `--strict` if something was lost, 2 if nothing could be imported.
#[derive(clap::Args)]
pub(crate) struct Import {
    #[command(subcommand)]
    from: From,
}

#[derive(clap::Subcommand)]
enum From {
    Anubis(Anubis),
    Crawlers(Crawlers),
}

/// A bot policy of Anubis: YAML, with all that it imports
#[derive(clap::Args)]
struct Anubis {
    /// A policy, a file with rules, or a folder of such: its `botPolicies.yaml`, else each of its files by name
    source: PathBuf,
    /// Anubis's data folder, which `(data)/…` stands for; else the nearest folder above that has the file
    #[arg(long)]
    data: Option<String>,
    /// Where to write an `outwork.toml` whose bands do what the policy's thresholds do
    #[arg(long)]
    policy: Option<PathBuf>,
    #[command(flatten)]
    output: Output,
}

/// A list of crawlers' user agents, with its own examples as tests
#[derive(clap::Args)]
struct Crawlers {
    /// crawler-user-agents.json, well-known-bots.json, robots.json of ai.robots.txt, or text with a piece of a user agent
    /// a line
    source: PathBuf,
    /// What the rules do
    #[arg(long, default_value = "tag", value_parser = ["score", "allow", "tag", "block", "decoy"])]
    action: String,
    /// Points in the layer `device`
    #[arg(long, allow_negative_numbers = true, value_parser = clap::value_parser!(i16).range(-100..=100))]
    score: Option<i16>,
    /// A rule for each kind that the list knows, or one for all
    #[arg(long, value_enum, default_value_t = By::Tag)]
    by: By,
    #[command(flatten)]
    output: Output,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum By {
    Tag,
    One,
}

/// Where the pack goes.
#[derive(clap::Args)]
struct Output {
    /// Where to write the pack; standard output without it
    #[arg(short, long)]
    output: Option<PathBuf>,
    /// Fail when something could not be carried over
    #[arg(long)]
    strict: bool,
}

impl Import {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        match self.from {
            From::Anubis(anubis) => anubis.run(),
            From::Crawlers(crawlers) => crawlers.run(),
        }
    }
}

impl Anubis {
    fn run(self) -> Result<ExitCode, Failure> {
        let entries = entries(&self.source)?;
        let imported = anubis::import(&Folder(PathBuf::new()), &entries, self.data.as_deref()).map_err(refused)?;
        let code = self.output.write(&imported)?;
        if let (Some(path), Some(policy)) = (&self.policy, &imported.policy) {
            let pack = self.output.output.as_deref().unwrap_or(Path::new("pack.toml"));
            write(path, &policy.replace("PACK", &relative(path, pack)))?;
        }
        Ok(code)
    }
}

impl Crawlers {
    fn run(self) -> Result<ExitCode, Failure> {
        let by = match self.by {
            By::Tag => Grouping::Tag,
            By::One => Grouping::One,
        };
        let effect = Effect { action: self.action, score: self.score };
        let path = self.source.display().to_string();
        let imported = crawlers::import(&Folder(PathBuf::new()), &path, by, &effect).map_err(refused)?;
        self.output.write(&imported)
    }
}

impl Output {
    /// Writes the pack, and says what was lost.
    fn write(&self, imported: &Imported) -> Result<ExitCode, Failure> {
        match &self.output {
            Some(path) => write(path, &imported.pack)?,
            None => print(&imported.pack)?,
        }
        for loss in &imported.losses {
            eprintln!("lost: {loss}");
        }
        eprintln!("{} rules, {} losses", imported.rules, imported.losses.len());
        Ok(if self.strict && !imported.losses.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    fs::write(path, text).map_err(Failure::because(format!("cannot write `{}`", path.display())))
}

fn refused(error: outwork_import::ImportError) -> Failure {
    Failure::new(error.to_string())
}

/// The pack's path as the policy beside it names it.
fn relative(policy: &Path, pack: &Path) -> String {
    let folder = policy.parent().unwrap_or(Path::new(""));
    pack.strip_prefix(folder).unwrap_or(pack).display().to_string()
}

/// The files to read: the one named, a folder's policy, or all of its files.
fn entries(source: &Path) -> Result<Vec<String>, Failure> {
    if !source.is_dir() {
        return Ok(vec![source.display().to_string()]);
    }
    let policy = source.join("botPolicies.yaml");
    if policy.is_file() {
        return Ok(vec![policy.display().to_string()]);
    }
    let unreadable = || Failure::because(format!("`{}` cannot be read", source.display()));
    let mut files = Vec::new();
    for entry in fs::read_dir(source).map_err(unreadable())? {
        let path = entry.map_err(unreadable())?.path();
        if path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml") {
            files.push(path.display().to_string());
        }
    }
    files.sort();
    if files.is_empty() {
        return Err(Failure::new(format!("`{}` has no YAML file", source.display())));
    }
    Ok(files)
}
