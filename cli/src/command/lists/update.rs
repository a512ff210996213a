use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ipnet::IpNet;
use outwork_compiler::{FRESH_DAYS, ListSource, list_sources};

use crate::command::complain;
use crate::failure::Failure;
use crate::instant;
use crate::published::{Change, Origin, Published, list, of_file, taken_in, write};

/// Refresh the lists of networks that their operators publish
///
/// Every list of the policy that has a `source` is fetched from there, by HTTPS, and replaces its file: the whole file or
/// nothing. A list is left as it is, and said to be, when it cannot be fetched or read to its last entry, has networks that
/// nobody on the internet has, is older than the file, shrinks by more than half, grows more than tenfold, keeps less than half of its
/// addresses, or takes in those of a list that is published elsewhere, for another agent. A file that is not there is made. In the end
/// the policy is checked.
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
    /// Take copies from this folder, each at HOST/PATH of its URL
    #[arg(long, value_name = "DIR", conflicts_with = "mirror")]
    from: Option<PathBuf>,
    /// Ask this server in their operators' place, which has copies at HOST/PATH of their URLs
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
        let fetched = fetched(origin, source).and_then(|fetched| {
            let change = self.change(&before, &fetched, source, &others)?;
            Ok((fetched, change))
        });
        let (Fetched { networks, day }, change) = match fetched {
            Ok(fetched) => fetched,
            Err(why) => return Ok(Err(why)),
        };
        let today = today();
        show(&source.name, &change, networks.len(), day);
        if let Some(day) = day.filter(|day| today.saturating_sub(*day) > FRESH_DAYS) {
            let (name, age) = (&source.name, today.saturating_sub(day));
            eprintln!("warning: {name}: what is published is {age} days old: is it still kept there?");
        }
        if !self.check {
            write(file, &before, &source.urls, &instant::shown_day(day.unwrap_or(today)), &networks)?;
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
        let mut doubt = older(fetched.day, source.day).or_else(|| change.doubt());
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

/// A list as all of its places have it.
struct Fetched {
    /// Merged and sorted.
    networks: Vec<IpNet>,
    /// The day since 1970 that its places say it is of; of several the first.
    day: Option<u64>,
}

fn fetched(origin: &Origin, source: &ListSource) -> Result<Fetched, String> {
    let (mut all, mut days) = (Vec::new(), Vec::new());
    for url in &source.urls {
        let Published { text, modified } = origin.get(url).map_err(|why| format!("{url}: {why}"))?;
        let list = list(&text, source.format).map_err(|why| format!("{url}: {why}"))?;
        all.extend(list.networks);
        days.extend(list.day.or(modified));
    }
    let mut networks = IpNet::aggregate(&all);
    networks.sort();
    // Clocks differ: what is of tomorrow is of today.
    Ok(Fetched { networks, day: days.into_iter().min().map(|day| day.min(today())) })
}

/// That what is published is older than what is there: a copy that nobody keeps. A file of a day to come is of no day.
fn older(published: Option<u64>, there: Option<u64>) -> Option<String> {
    let (published, there) = (published?, there.filter(|there| *there <= today())?);
    let (is_of, file) = (instant::shown_day(published), instant::shown_day(there));
    (published < there).then(|| format!("what is published is of {is_of}, older than the file, which is of {file}"))
}

/// Days since 1970.
fn today() -> u64 {
    instant::today().seconds() / 86_400
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

fn show(name: &str, change: &Change, count: usize, day: Option<u64>) {
    let of = day.map(|day| format!(", of {}", instant::shown_day(day))).unwrap_or_default();
    if change.is_none() {
        println!("{name}: unchanged, {count} networks{of}");
        return;
    }
    println!("{name}: {} added, {} removed, {count} networks{of}", change.added.len(), change.removed.len());
    for (sign, networks) in [('+', &change.added), ('-', &change.removed)] {
        networks.iter().take(MOST_SHOWN).for_each(|network| println!("  {sign} {network}"));
        if let Some(more) = networks.len().checked_sub(MOST_SHOWN).filter(|&more| more > 0) {
            println!("  {sign} and {more} more");
        }
    }
}
