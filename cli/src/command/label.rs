use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use console::Term;
use serde_json::Value;

use crate::failure::Failure;
use crate::lines;
use crate::period::Period;
use crate::records::{Answers, Labels, Queue, Record, review};

/// Say of decision records whether a person or a program was behind them
///
/// Labels are a file of CSV, `by,id,label`: by `record`, `session`, `device` or `client`, the id that records have of it, and
/// `human`, `bot` or `bot:NAME`. A label of a record outweighs that of its session, its device and its client. The records are
/// written with a `label` where there is one, for `outwork capture records`.
///
/// `--review` shows the records without a label, those first that the model was least sure of, and takes a key for each. An
/// answer is in the file of labels at once, so that a review can be ended at any time and goes on where it ended. Where
/// standard input is no terminal, an answer is a line.
///
/// Exit code: 0; 2 if a file cannot be read or written.
#[derive(clap::Args)]
pub(crate) struct Label {
    /// Decision records, alone in their lines or in what collectors wrap around them; plain, gzip or zstd; `-` is standard input
    #[arg(required = true, value_name = "RECORDS")]
    files: Vec<PathBuf>,
    /// The file of labels; with `--review` it need not be there yet
    #[arg(long, value_name = "LABELS")]
    from: PathBuf,
    #[command(flatten)]
    period: Period,
    /// Ask for labels
    #[arg(long)]
    review: bool,
    /// Where to write the records; with `--review` they are not written unless given, otherwise standard output
    #[arg(short, long, value_name = "RECORDS")]
    output: Option<PathBuf>,
}

impl Label {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let mut labels = if self.review { Labels::open(&self.from)? } else { Labels::read(&self.from)? };
        if self.review {
            self.ask(&mut labels)?;
        }
        if let Some(path) = &self.output {
            let because = || Failure::because(format!("`{}` cannot be written", path.display()));
            let mut out = BufWriter::new(File::create(path).map_err(because())?);
            self.write(&mut labels, &mut out)?;
            out.flush().map_err(because())?;
        } else if !self.review {
            self.write(&mut labels, &mut io::stdout().lock())?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn ask(&self, labels: &mut Labels) -> Result<(), Failure> {
        if self.files.iter().any(|file| file.as_os_str() == "-") {
            return Err(Failure::new("standard input cannot hold both records and answers")
                .with_help("put the records into a file"));
        }
        let (mut queue, window) = (Queue::default(), self.period.window()?);
        lines::each_text(&self.files, |_, _, line| {
            let records = Record::all(line).into_iter().map(|(record, _)| record);
            let is_asked = |record: &Record| record.is_decided() && window.takes(record.at());
            records.filter(is_asked).for_each(|record| queue.add(record, labels));
            Ok(())
        })?;
        let records = queue.into_records();
        let is_terminal = io::stdin().is_terminal() && io::stdout().is_terminal();
        let mut answers = if is_terminal { Answers::Keys(Term::stdout()) } else { Answers::Lines(io::stdin().lock()) };
        let given = review(&records, labels, &mut answers, &mut io::stdout())?;
        eprintln!("{given} answers are in `{}`", self.from.display());
        Ok(())
    }

    /// Writes every record, with its label where there is one, and says how many there are of each.
    fn write(&self, labels: &mut Labels, out: &mut impl Write) -> Result<(), Failure> {
        let (mut counts, mut others, mut outside, mut undecided) =
            (BTreeMap::<String, u64>::new(), 0_u64, 0_u64, 0_u64);
        let window = self.period.window()?;
        lines::each_text(&self.files, |_, _, line| {
            let records = Record::all(line);
            others += u64::from(records.is_empty());
            for (record, mut json) in records {
                if !window.takes(record.at()) {
                    outside += 1;
                    continue;
                }
                if !record.is_decided() {
                    undecided += 1;
                    continue;
                }
                labels.meet(&record);
                let label = labels.of(&record).map(|(_, label)| label.to_owned()).or(record.label);
                *counts.entry(label.clone().unwrap_or_else(|| "no label".to_owned())).or_default() += 1;
                if let (Some(label), Some(object)) = (label, json.as_object_mut()) {
                    object.insert("label".to_owned(), Value::String(label));
                }
                writeln!(out, "{json}").map_err(Failure::because("the records cannot be written"))?;
            }
            Ok(())
        })?;
        let counts: Vec<String> = counts.iter().map(|(label, count)| format!("{count} {label}")).collect();
        eprintln!(
            "{}",
            if counts.is_empty() { "no records".to_owned() } else { format!("records: {}", counts.join(", ")) }
        );
        if outside > 0 {
            eprintln!("{outside} records of another time were passed over");
        }
        if undecided > 0 {
            eprintln!("{undecided} records of requests that ended before a decision were passed over");
        }
        if others > 0 {
            eprintln!("{others} lines are no records");
        }
        if labels.unmet() > 0 {
            eprintln!("{} labels are of nothing in these records", labels.unmet());
        }
        Ok(())
    }
}
