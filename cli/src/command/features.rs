use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ValueEnum;
use csv::Writer;
use flate2::Compression;
use flate2::write::GzEncoder;
use outwork_engine::beacon::{FEATURES, Features};

use crate::failure::Failure;
use crate::recorded::{Half, InputKind, Session, Sessions, observe};

/// Write the behaviour features of recorded sessions as CSV
///
/// Each session is cut into batches as the page's script sends them, written and opened as the edge opens them, and the
/// features are computed by the code that runs at the edge, so that who trains on them sees what serving sees. A missing
/// feature is an empty cell. `half` is `tune` or `report`, by a hash of the user: choose thresholds on one, report on the
/// other. docs/behaviour.md has the features with their formulas, and the format of sessions.
///
/// Exit code: 0; 2 if a file cannot be read or written, or a line is no session.
#[derive(clap::Args)]
pub(crate) struct FeaturesOf {
    #[command(flatten)]
    sessions: Sessions,
    /// Where to write: `.csv`, or `.csv.gz` for gzip; standard output unless given
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
    /// What a row is
    #[arg(long, value_enum, default_value_t = Per::Session)]
    per: Per,
    /// As from what input the sessions are taken
    #[arg(long, value_enum, default_value_t = InputKind::Auto)]
    input: InputKind,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Per {
    /// A session: all its batches, as its window merges them
    Session,
    /// A batch, by itself
    Batch,
}

impl FeaturesOf {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let path = self.output.as_deref();
        let name = path.map_or_else(|| "standard output".into(), |path| format!("`{}`", path.display()));
        let because = |error: io::Error| Failure::new(format!("{name} cannot be written: {error}"));
        let mut table = Table::open(path).map_err(because)?;
        let (mut gone, mut write) = (false, |row: Vec<String>| match table.row(row) {
            // A reader who has seen enough, as `head` does, is no failure.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
            written => written.map(|()| true).map_err(because),
        });
        write(head())?;
        self.sessions.each(|session| {
            if !gone {
                for row in self.rows(&session)? {
                    gone |= !write(row)?;
                }
            }
            Ok(())
        })?;
        if !gone {
            table.finish().map_err(because)?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn rows(&self, session: &Session) -> Result<Vec<Vec<String>>, Failure> {
        let (mut rows, mut batches, mut events) = (Vec::new(), 0, 0);
        observe(session, self.input, |observed| {
            batches += 1;
            if self.per == Per::Batch {
                rows.push(row(session, batches, observed.events, &observed.features));
                return Ok(());
            }
            events += observed.events;
            rows = vec![row(session, batches, events, &observed.window.features)];
            Ok(())
        })?;
        Ok(rows)
    }
}

/// What a row says of its session: `batches` is the number of the batch where a row is one.
const COLUMNS: [&str; 9] =
    ["source", "session_id", "user", "label", "pointer_type", "env", "half", "batches", "events"];

fn head() -> Vec<String> {
    COLUMNS.iter().copied().chain(FEATURES.iter().map(|feature| feature.name())).map(String::from).collect()
}

fn row(session: &Session, batches: usize, events: usize, features: &Features) -> Vec<String> {
    let Session { source, session_id, user, label, pointer_type, env, .. } = session;
    let texts = [source, session_id, user, label, pointer_type, env].map(Clone::clone);
    let counts = [session.half().map_or("", Half::name).to_owned(), batches.to_string(), events.to_string()];
    let value = |feature| features.get(feature).known().map(|value| value.to_string()).unwrap_or_default();
    texts.into_iter().chain(counts).chain(FEATURES.iter().copied().map(value)).collect()
}

/// A table that is written, packed where its name says so.
enum Table {
    Plain(Writer<Box<dyn Write>>),
    Packed(Writer<GzEncoder<File>>),
}

impl Table {
    fn open(path: Option<&Path>) -> io::Result<Self> {
        Ok(match path {
            None => Self::Plain(Writer::from_writer(Box::new(io::stdout()))),
            Some(path) if path.extension().is_some_and(|extension| extension == "gz") => {
                Self::Packed(Writer::from_writer(GzEncoder::new(File::create(path)?, Compression::default())))
            }
            Some(path) => Self::Plain(Writer::from_writer(Box::new(File::create(path)?))),
        })
    }

    fn row(&mut self, row: Vec<String>) -> io::Result<()> {
        let written = match self {
            Self::Plain(table) => table.write_record(row),
            Self::Packed(table) => table.write_record(row),
        };
        written.map_err(io::Error::from)
    }

    fn finish(self) -> io::Result<()> {
        match self {
            Self::Plain(mut table) => table.flush(),
            Self::Packed(table) => {
                let packed = table.into_inner().map_err(|error| io::Error::from(error.error().kind()))?;
                packed.finish().map(|_| ())
            }
        }
    }
}
