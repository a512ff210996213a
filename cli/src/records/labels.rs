use std::collections::{BTreeMap, BTreeSet};
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Record;
use crate::failure::Failure;
use crate::rows::Label;

/// What a label is about. The first outweighs the others: who looked at one record knows most of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum By {
    Record,
    Session,
    Device,
    Client,
}

/// A line of a file of labels.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Line {
    by: By,
    id: String,
    label: String,
}

/// What is known of records, sessions, devices and clients: a file of CSV, to which answers are added as they come.
pub(crate) struct Labels {
    path: PathBuf,
    known: BTreeMap<(By, String), String>,
    met: BTreeSet<(By, String)>,
}

impl Labels {
    /// Reads a file of labels: `by,id,label`.
    ///
    /// # Errors
    /// Names the file, and the line that is no label or contradicts another.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let name = path.display();
        let file = std::fs::File::open(path).map_err(Failure::because(format!("`{name}` cannot be read")))?;
        let mut labels = Self { path: path.to_owned(), known: BTreeMap::new(), met: BTreeSet::new() };
        for (line, number) in csv::Reader::from_reader(file).into_deserialize::<Line>().zip(2_u64..) {
            let line = line.map_err(|error| {
                Failure::new(format!("`{name}`: {error}")).with_help(
                    "the first line is `by,id,label`, where `by` is `record`, `session`, `device` or `client`",
                )
            })?;
            Label::parse(&line.label).map_err(Failure::because(format!("{name}:{number}")))?;
            labels.add(line).map_err(Failure::because(format!("{name}:{number}")))?;
        }
        Ok(labels)
    }

    /// As [`Self::read`], of a file that need not be there yet.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        match std::fs::metadata(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                Ok(Self { path: path.to_owned(), known: BTreeMap::new(), met: BTreeSet::new() })
            }
            _ => Self::read(path),
        }
    }

    fn add(&mut self, Line { by, id, label }: Line) -> Result<(), String> {
        match self.known.insert((by, id.clone()), label.clone()) {
            Some(other) if other != label => Err(format!("`{id}` is `{label}` here and `{other}` above")),
            _ => Ok(()),
        }
    }

    /// Notes an answer, in the file first.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn say(&mut self, by: By, id: &str, label: &str) -> Result<(), Failure> {
        let line = Line { by, id: id.to_owned(), label: label.to_owned() };
        let name = self.path.display();
        let fails = |error: &dyn std::fmt::Display| Failure::new(format!("`{name}` cannot be written: {error}"));
        let file = OpenOptions::new().create(true).append(true).open(&self.path);
        let mut file = file.map_err(|error| fails(&error))?;
        let is_new = file.metadata().map_err(|error| fails(&error))?.len() == 0;
        let mut row = csv::WriterBuilder::new().has_headers(is_new).from_writer(Vec::new());
        row.serialize(&line).map_err(|error| fails(&error))?;
        let row = row.into_inner().map_err(|error| fails(&error))?;
        file.write_all(&row).and_then(|()| file.sync_data()).map_err(|error| fails(&error))?;
        self.known.insert((by, line.id), line.label);
        Ok(())
    }

    /// What is known of a record, and by what.
    pub(crate) fn of(&self, record: &Record) -> Option<(By, &str)> {
        By::ALL.into_iter().find_map(|by| {
            let id = by.id(record)?;
            self.known.get(&(by, id.to_owned())).map(|label| (by, label.as_str()))
        })
    }

    /// Notes that there is a record of these names.
    pub(crate) fn meet(&mut self, record: &Record) {
        let names = By::ALL.into_iter().filter_map(|by| Some((by, by.id(record)?.to_owned())));
        let known = names.filter(|name| self.known.contains_key(name));
        self.met.extend(known);
    }

    /// How many labels there are of what was not met.
    pub(crate) fn unmet(&self) -> usize {
        self.known.len() - self.met.len()
    }
}

impl By {
    const ALL: [Self; 4] = [Self::Record, Self::Session, Self::Device, Self::Client];

    /// What a record has of it.
    pub(crate) fn id(self, record: &Record) -> Option<&str> {
        let id = match self {
            Self::Record => Some(record.id()),
            Self::Session => record.outwork().session.as_deref(),
            Self::Device => Some(record.outwork().device_id.as_str()),
            Self::Client => record.client(),
        };
        id.filter(|id| !id.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::super::record::tests::{line, one};
    use super::*;

    fn file(name: &str, text: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("outwork-labels-{}-{name}.csv", std::process::id()));
        std::fs::write(&path, text).unwrap();
        path
    }

    #[test]
    fn the_closest_label_counts_and_answers_are_kept_at_once() {
        let path = file("kept", "by,id,label\nclient,c-d1,human\ndevice,d1,bot\n");
        let record = one(line("7Q3M", "d1", 0.5).as_bytes());
        let mut labels = Labels::read(&path).unwrap();
        assert_eq!(labels.of(&record), Some((By::Device, "bot")));
        labels.say(By::Record, "7Q3M", "bot:ghost, the second").unwrap();
        assert_eq!(labels.of(&record), Some((By::Record, "bot:ghost, the second")));
        let again = Labels::read(&path).unwrap();
        assert_eq!(again.of(&record), labels.of(&record));
        let other = one(line("7Q3N", "d2", 0.5).as_bytes());
        assert_eq!((labels.of(&other), labels.unmet()), (None, 3));
        labels.meet(&record);
        assert_eq!(labels.unmet(), 0);
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_file_that_is_not_there_is_begun() {
        let path = file("begun", "");
        std::fs::remove_file(&path).unwrap();
        Labels::open(&path).unwrap().say(By::Session, "s", "human").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "by,id,label\nsession,s,human\n");
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn what_is_no_label_is_refused_with_its_line() {
        for (text, part) in [
            ("by,id,label\nrecord,1,human\nrecord,1,bot\n", ":3: `1` is `bot` here and `human` above"),
            ("by,id,label\nrecord,1,cat\n", ":2: `cat` is no label"),
            ("by,id,label\ncookie,1,bot\n", "unknown variant `cookie`"),
            ("id,label\n1,bot\n", "missing field `by`"),
        ] {
            let path = file("wrong", text);
            let failure = format!("{:?}", Labels::read(&path).err());
            assert!(failure.contains(part), "{failure}");
            std::fs::remove_file(path).unwrap();
        }
    }
}
