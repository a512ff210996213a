use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use outwork_compiler::{FRESH_DAYS, ListSource, list_sources};

use crate::command::complain;
use crate::failure::Failure;
use crate::instant;
use crate::published::{Change, Fetched, Origin, of_file, taken_in, write};

/// Refresh the lists of networks that their operators publish
///
/// Every list of the policy that has a `source` is fetched from there, by HTTPS, and replaces its file: the whole file or
/// nothing. A list is left as it is, and said to be, when it cannot be fetched or read to its last entry, has networks that
/// nobody on the internet has, was published before what the file has, shrinks by more than half, grows more than tenfold,
/// keeps less than half of its addresses, or takes in those of a list that is published elsewhere, for another agent. A file
/// that is not there is made. In the end the policy is checked.
///
/// Exit code: 0 if every list is fresh, 1 if one was left as it was or the policy has mistakes now; with --check, 1 if one
/// would change, too.
#[derive(clap::Args)]
pub(crate) struct Update {
    /// A folder with an `outwork.toml`, that file, or a pack
    #[arg(default_value = ".")]
    policy: PathBuf,
    /// Write nothing, and show what would change
    #[arg(long)]
    check: bool,
    /// Refresh this list alone, by its name; may be given again
    #[arg(long, value_name = "LIST")]
    only: Vec<String>,
    /// Take this list however much it changes and however old it is; may be given again
    #[arg(long, value_name = "LIST")]
    accept: Vec<String>,
    /// Take copies from this folder, each at HOST/PATH of its URL: as old as they say
    #[arg(long, value_name = "DIR", conflicts_with = "mirror")]
    from: Option<PathBuf>,
    /// Ask this server in their operators' place, which has copies at HOST/PATH of their URLs: as old as they say
    #[arg(long, value_name = "URL")]
    mirror: Option<String>,
}

/// The most networks that are shown one by one.
const MOST_SHOWN: usize = 10;

/// What became of a list.
enum Outcome {
    Fresh,
    Changes,
}

impl Update {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let sources = match list_sources(&self.policy) {
            Ok(sources) => sources,
            Err(report) => return complain(&report),
        };
        for name in self.only.iter().chain(&self.accept) {
            if !sources.iter().any(|source| source.name == *name) {
                let known: Vec<&str> = sources.iter().map(|source| source.name.as_str()).collect();
                let help = format!("those that are published elsewhere: {}", known.join(", "));
                return Err(Failure::new(format!("no list `{name}` has a `source`")).with_help(help));
            }
        }
        let (origin, folder) = (self.origin(), folder(&self.policy));
        let asked = sources.iter().filter(|source| self.only.is_empty() || self.only.contains(&source.name));
        let (mut complaints, mut changes) = (0, 0);
        for source in asked {
            match self.refresh(&origin, &folder, source, &sources)? {
                Ok(Outcome::Fresh) => {}
                Ok(Outcome::Changes) => changes += 1,
                Err(why) => {
                    complaints += 1;
                    eprintln!("error: {}: left as it is: {why}", source.name);
                }
            }
        }
        if complaints > 0 || self.check && changes > 0 {
            return Ok(ExitCode::FAILURE);
        }
        // The tests of a rule may name an address that its operator has given up.
        match outwork_compiler::compile(&self.policy) {
            Ok(_) => Ok(ExitCode::SUCCESS),
            Err(report) => complain(&report),
        }
    }

    fn origin(&self) -> Origin {
        match (&self.from, &self.mirror) {
            (Some(folder), _) => Origin::Folder(folder.clone()),
            (None, Some(url)) => Origin::mirror(url),
            (None, None) => Origin::internet(),
        }
    }

    /// Refreshes one list. The inner error says why it stays as it is.
    fn refresh(
        &self,
        origin: &Origin,
        folder: &Path,
        source: &ListSource,
        all: &[ListSource],
    ) -> Result<Result<Outcome, String>, Failure> {
        let file = &folder.join(&source.file);
        let before = read(file)?;
        // Lists that share a source overlap as their operator wants them to.
        let apart = all.iter().filter(|other| other.urls.iter().all(|url| !source.urls.contains(url)));
        let others = apart.map(|other| Ok((other.name.as_str(), read(&folder.join(&other.file))?)));
        let others = others.collect::<Result<Vec<_>, Failure>>()?;
        let fetched = origin.fetch(source).and_then(|fetched| {
            let change = self.change(&before, &fetched, source, &others)?;
            Ok((fetched, change))
        });
        let (fetched, change) = match fetched {
            Ok(fetched) => fetched,
            Err(why) => return Ok(Err(why)),
        };
        show(&source.name, &change, &fetched);
        if !self.check {
            write(file, &before, &source.urls, &fetched)?;
        }
        Ok(Ok(if change.is_none() { Outcome::Fresh } else { Outcome::Changes }))
    }

    /// How a list changes; why that is not taken.
    fn change(
        &self,
        before: &str,
        fetched: &Fetched,
        source: &ListSource,
        others: &[(&str, String)],
    ) -> Result<Change, String> {
        let before = of_file(before)?;
        let change = Change::between(&before, &fetched.networks);
        let mut doubt = older(fetched.published, source.published).or_else(|| change.doubt());
        for (name, text) in others {
            let taken = taken_in(&before, &fetched.networks, &of_file(text).map_err(|why| format!("`{name}`: {why}"))?);
            let doubtful =
                |(both, all)| format!("it takes in {both} of the {all} addresses of `{name}`, a list of its own");
            doubt = doubt.or(taken.map(doubtful));
        }
        match doubt.filter(|_| !self.accept.contains(&source.name)) {
            Some(doubt) => Err(format!("{doubt}; `--accept {}` takes it", source.name)),
            None => Ok(change),
        }
    }
}

/// That what is published is older than what is there: a copy that nobody keeps. A file of a day to come is of no day.
fn older(published: Option<u64>, there: Option<u64>) -> Option<String> {
    let (published, there) = (published?, there.filter(|there| *there <= instant::this_day())?);
    let (day, file) = (instant::shown_day(published), instant::shown_day(there));
    (published < there).then(|| format!("what is published is of {day}, older than what the file has, of {file}"))
}

/// A list's file, or nothing where it is still to be made.
fn read(file: &Path) -> Result<String, Failure> {
    match fs::read_to_string(file) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(String::new()),
        read => read.map_err(Failure::because(format!("cannot read `{}`", file.display()))),
    }
}

/// The folder that a policy's paths start from.
fn folder(policy: &Path) -> PathBuf {
    if policy.is_dir() { policy.to_owned() } else { policy.parent().map_or_else(PathBuf::new, Path::to_owned) }
}

fn show(name: &str, change: &Change, fetched: &Fetched) {
    let (count, published) = (fetched.networks.len(), fetched.published.map(published).unwrap_or_default());
    if change.is_none() {
        println!("{name}: unchanged, {count} networks{published}");
        return;
    }
    println!("{name}: {} added, {} removed, {count} networks{published}", change.added.len(), change.removed.len());
    for (sign, networks) in [('+', &change.added), ('-', &change.removed)] {
        networks.iter().take(MOST_SHOWN).for_each(|network| println!("  {sign} {network}"));
        if let Some(more) = networks.len().checked_sub(MOST_SHOWN).filter(|&more| more > 0) {
            println!("  {sign} and {more} more");
        }
    }
}

/// When a list was published, and how long ago where that is long.
fn published(day: u64) -> String {
    let (shown, age) = (instant::shown_day(day), instant::this_day().saturating_sub(day));
    let ago = if age > FRESH_DAYS { format!(", {age} days ago") } else { String::new() };
    format!(", published {shown}{ago}")
}
