use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ValueEnum;
use outwork_engine::signals::{Kind as SignalKind, SIGNALS, by_name};
use outwork_replay::Rate;

use super::made::{Made, Output, say};
use crate::failure::Failure;
use crate::lines;
use crate::period::Period;
use crate::records::{Feature, Record};
use crate::rows::{Cell, Kind, Label, Meta, Span, Subject};

/// Rows of decision records, with the features that they hold
///
/// Records hold what the models look at where `features = true` stands under `[policy]`; `outwork label` gives them labels.
/// The columns are the signals that any of them has. Rows without a label are written, too.
///
/// Exit code: 0; 2 if a file cannot be read or written, or there are no features at all.
#[derive(clap::Args)]
pub(crate) struct Records {
    /// Decision records, alone in their lines or in what collectors wrap around them; plain, gzip or zstd; `-` is standard input
    #[arg(required = true, value_name = "RECORDS")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    period: Period,
    #[command(flatten)]
    output: Output,
    /// Which of the features the rows are of
    #[arg(long, value_enum)]
    about: About,
    /// What the rows have as their source
    #[arg(long, default_value = "traffic")]
    source: String,
}

#[derive(Clone, Copy, ValueEnum)]
enum About {
    /// What pages reported; a row has the person of its client
    Behaviour,
    /// What requests say by themselves; a row has the person of its device
    Device,
}

/// A row in the making.
struct Row {
    file: usize,
    meta: Meta,
    cells: BTreeMap<usize, Cell>,
}

#[derive(Default)]
struct Counts {
    records: u64,
    others: u64,
    empty: u64,
    unlabelled: u64,
    sampled: u64,
    outside: u64,
    undecided: u64,
}

impl Records {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let window = self.period.window()?;
        let (mut rows, mut counts, mut read) = (Vec::new(), Counts::default(), Vec::new());
        let hashes = lines::each_text(&self.files, |file, number, line| {
            let records = Record::all(line);
            counts.others += u64::from(records.is_empty());
            for (record, _) in records {
                if !window.takes(record.at()) {
                    counts.outside += 1;
                    continue;
                }
                if !record.is_decided() {
                    counts.undecided += 1;
                    continue;
                }
                counts.records += 1;
                read.push(file);
                let name = self.files.get(file).map(|path| path.display().to_string()).unwrap_or_default();
                let row = self.row(file, &record).map_err(Failure::because(format!("{name}:{number}")))?;
                counts.empty += u64::from(row.cells.is_empty());
                counts.sampled += u64::from(row.meta.rate < Rate::ALL && !row.cells.is_empty());
                rows.extend(Some(row).filter(|row| !row.cells.is_empty()));
            }
            Ok(())
        })?;
        counts.unlabelled = rows.iter().filter(|row| row.meta.label.is_none()).count() as u64;
        if counts.records == 0 && counts.outside > 0 {
            return Err(Failure::new("no record is of that time"));
        }
        if rows.is_empty() {
            return Err(Failure::new("no record has a feature of these models")
                .with_help("records hold features where `features = true` stands under `[policy]`"));
        }
        let made = self.table(rows, &read);
        let files: Vec<(&Path, String)> = self.files.iter().map(PathBuf::as_path).zip(hashes).collect();
        let written = made.table.meta.len();
        made.finish(&self.output.output, &files, &self.command())?;
        say(counts.records, "records", written, &counts.said())?;
        Ok(ExitCode::SUCCESS)
    }

    fn row(&self, file: usize, record: &Record) -> Result<Row, String> {
        let subject = self.about.subject();
        let label = record.label.as_deref().map(Label::parse).transpose()?;
        let (label, generator) = label.map_or((None, None), |(label, generator)| (Some(label), generator));
        let features = record.outwork().features.iter();
        let cell = |(name, feature): (&String, &Feature)| {
            let at = by_name(name)?;
            let signal = SIGNALS.get(at).filter(|signal| Subject::of(signal) == Some(subject))?;
            let is_right = feature.is_text() == (signal.kind == SignalKind::Text);
            Some(if is_right { Ok((at, feature.cell())) } else { Err(format!("`{name}` has a value of another type")) })
        };
        let cells = features.filter_map(cell).collect::<Result<BTreeMap<usize, Cell>, _>>()?;
        let outwork = record.outwork();
        let (who, id, window) = match self.about {
            About::Behaviour => {
                (record.client().unwrap_or(&outwork.device_id), outwork.session.as_deref(), Span::Whole)
            }
            About::Device => (outwork.device_id.as_str(), None, Span::Request),
        };
        let meta = Meta {
            source: self.source.clone(),
            id: id.unwrap_or(record.id()).to_owned(),
            person: format!("{}/{who}", self.source),
            generator,
            label,
            kind: self.about.kind(record),
            group: record.http_request.url.hostname.clone(),
            window,
            rate: record.rate()?,
        };
        Ok(Row { file, meta, cells })
    }

    fn table(&self, rows: Vec<Row>, read: &[usize]) -> Made {
        let signals: BTreeSet<usize> = rows.iter().flat_map(|row| row.cells.keys().copied()).collect();
        let signals = signals.into_iter().filter_map(|at| SIGNALS.get(at));
        let mut made = Made::of(self.about.subject(), signals);
        read.iter().for_each(|file| made.read(*file, &self.source));
        for Row { file, meta, mut cells } in rows {
            made.push(file, meta, |signal| cells.remove(&by_name(signal.name)?));
        }
        made
    }

    fn command(&self) -> String {
        format!("outwork capture records --about {} --source {}", self.about.subject().name(), self.source)
    }
}

impl About {
    fn subject(self) -> Subject {
        match self {
            Self::Behaviour => Subject::Behaviour,
            Self::Device => Subject::Device,
        }
    }

    /// By touch are those whose page saw touches and no moves of a mouse, as far as the models look at either.
    fn kind(self, record: &Record) -> Kind {
        let count = |name: &str| match record.outwork().features.get(name) {
            Some(Feature::Number(number)) => *number,
            _ => 0,
        };
        match self {
            Self::Device => Kind::Device,
            Self::Behaviour if count("touch.events") > count("pointer.events") => Kind::Touch,
            Self::Behaviour => Kind::Mouse,
        }
    }
}

impl Counts {
    fn said(&self) -> Vec<String> {
        let lines = [
            (self.empty, "records have no such features, and no row"),
            (self.unlabelled, "rows have no label"),
            (self.sampled, "rows are of sampled records: training and evaluation weigh them by their column `sampled`"),
            (self.outside, "records of another time were passed over"),
            (self.undecided, "records of requests that ended before a decision were passed over"),
            (self.others, "lines are no records"),
        ];
        lines.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect()
    }
}
