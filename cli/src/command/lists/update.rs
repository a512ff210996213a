use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ipnet::IpNet;
use outwork_compiler::{ListSource, list_sources};

use crate::command::complain;
use crate::failure::Failure;
use crate::instant;
use crate::published::{Change, Origin, networks, of_file, taken_in, write};

/// Refresh the lists of networks that their operators publish
///
/// Every list of the policy that has a `source` is fetched from there, by HTTPS, and replaces its file: the whole file or
/// nothing. A list is left as it is, and said to be, when it cannot be fetched or read to its last entry, has networks that
/// nobody on the internet has, shrinks by more than half, grows more than tenfold, keeps less than half of its addresses, or takes in
/// those of a list that is published elsewhere, for another agent. In the end the policy is checked.
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
    /// Take this list however much it changes in size; may be given again
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
        let (change, after) = match self.change(origin, &before, source, &others.collect::<Result<Vec<_>, Failure>>()?)
        {
            Ok(change) => change,
            Err(why) => return Ok(Err(why)),
        };
        show(&source.name, &change, after.len());
        if !self.check {
            let day = instant::shown(instant::today());
            write(file, &before, &source.urls, day.get(..10).unwrap_or_default(), &after)?;
        }
        Ok(Ok(if change.is_none() { Outcome::Fresh } else { Outcome::Changes }))
    }

    fn change(
        &self,
        origin: &Origin,
        before: &str,
        source: &ListSource,
        others: &[(&str, String)],
    ) -> Result<(Change, Vec<IpNet>), String> {
        let mut all = Vec::new();
        for url in &source.urls {
            let text = origin.get(url).map_err(|why| format!("{url}: {why}"))?;
            all.extend(networks(&text, source.format).map_err(|why| format!("{url}: {why}"))?);
        }
        let mut after = IpNet::aggregate(&all);
        after.sort();
        let before = of_file(before)?;
        let change = Change::between(&before, &after);
        let mut doubt = change.doubt();
        for (name, text) in others {
            let taken = taken_in(&before, &after, &of_file(text).map_err(|why| format!("`{name}`: {why}"))?);
            let doubtful =
                |(both, all)| format!("it takes in {both} of the {all} addresses of `{name}`, a list of its own");
            doubt = doubt.or(taken.map(doubtful));
        }
        match doubt.filter(|_| !self.accept.contains(&source.name)) {
            Some(doubt) => Err(format!("{doubt}; `--accept {}` takes it", source.name)),
            None => Ok((change, after)),
        }
    }
}

fn read(file: &Path) -> Result<String, Failure> {
    fs::read_to_string(file).map_err(Failure::because(format!("cannot read `{}`", file.display())))
}

/// The folder that a policy's paths start from.
fn folder(policy: &Path) -> PathBuf {
    if policy.is_dir() { policy.to_owned() } else { policy.parent().map_or_else(PathBuf::new, Path::to_owned) }
}

fn show(name: &str, change: &Change, count: usize) {
    if change.is_none() {
        println!("{name}: unchanged, {count} networks");
        return;
    }
    println!("{name}: {} added, {} removed, {count} networks", change.added.len(), change.removed.len());
    for (sign, networks) in [('+', &change.added), ('-', &change.removed)] {
        networks.iter().take(MOST_SHOWN).for_each(|network| println!("  {sign} {network}"));
        if let Some(more) = networks.len().checked_sub(MOST_SHOWN).filter(|&more| more > 0) {
            println!("  {sign} and {more} more");
        }
    }
}
