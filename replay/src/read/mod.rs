//! Readers of log lines: each a pure function of one line.

mod combined;
mod json;
mod layout;
mod map;
mod names;
mod time;
mod value;

pub use layout::{Field, Layout};
pub use map::MapError;

use crate::{Entry, Part, Reject, Spare, parts};
use std::borrow::Cow;

/// A way to write an access log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Envoy's JSON access log, as its `json_format` names things.
    Envoy,
    /// nginx's and Apache's combined and common formats.
    Combined,
    /// Cloudflare Logpush, dataset `http_requests`, as JSON.
    Logpush,
    /// Our own records.
    Records,
}

impl Format {
    /// Every format, in the order in which they are tried.
    pub const ALL: [Self; 4] = [Self::Records, Self::Logpush, Self::Envoy, Self::Combined];

    /// The name that the command line gives.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Envoy => "envoy",
            Self::Combined => "combined",
            Self::Logpush => "logpush",
            Self::Records => "records",
        }
    }

    /// The format of a line, by what stands in it.
    pub fn detect(line: &[u8]) -> Option<Self> {
        if combined::read(line, Spare::default()).is_ok() {
            return Some(Self::Combined);
        }
        let has = |name: &str| memchr::memmem::find(line, name.as_bytes()).is_some();
        match line.trim_ascii_start().first() {
            Some(b'{') if has("\"ClientRequestMethod\"") || has("\"ClientRequestURI\"") => Some(Self::Logpush),
            // A line that tells of its request itself has more to tell than the record in it.
            Some(b'{' | b'[') if holds_record(line) && !json::tells(line) => Some(Self::Records),
            Some(b'{') => Some(Self::Envoy),
            _ => None,
        }
    }
}

fn holds_record(line: &[u8]) -> bool {
    parts(line).iter().any(|part| matches!(part, Part::Record(_)))
}

/// Reads the lines of one format.
#[derive(Debug)]
pub struct Reader {
    format: Format,
    layout: Layout,
}

impl Reader {
    /// The reader of a format, in its usual layout.
    pub fn new(format: Format) -> Self {
        Self { format, layout: Layout::of(format) }
    }

    /// The reader of a JSON format, with names of the user's own beside the usual ones.
    pub fn with_layout(format: Format, layout: Layout) -> Self {
        Self { format, layout }
    }

    /// The format that it reads.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Reads one line, without its end; of several records in it the first.
    ///
    /// # Errors
    /// Says why the line is no request.
    pub fn read<'a>(&'a self, line: &'a [u8]) -> Result<Entry<'a>, Reject> {
        let mut first = None;
        self.each(line, Spare::default, |entry| _ = first.get_or_insert(entry));
        first.unwrap_or(Err(Reject::NoRecord))
    }

    /// Reads every request that a line tells of, into the lists of entries that are done with: a line may hold several records.
    pub(crate) fn each<'a>(
        &'a self,
        line: &'a [u8],
        mut spare: impl FnMut() -> Spare<'a>,
        mut take: impl FnMut(Result<Entry<'a>, Reject>),
    ) {
        match self.format {
            Format::Combined => take(combined::read(line, spare())),
            Format::Envoy | Format::Logpush => take(json::read(line, &self.layout, spare())),
            Format::Records => {
                let parts = parts(line);
                if parts.is_empty() {
                    take(Err(Reject::NoRecord));
                }
                for part in parts {
                    take(match part {
                        Part::Record(Cow::Borrowed(record)) => json::read(record.as_bytes(), &self.layout, spare()),
                        Part::Record(Cow::Owned(record)) => {
                            json::read(record.as_bytes(), &self.layout, Spare::default()).map(Entry::into_owned)
                        }
                        Part::Torn => Err(Reject::NoRecord),
                    });
                }
            }
        }
    }
}
