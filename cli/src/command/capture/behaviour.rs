use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::process::ExitCode;

use clap::ValueEnum;
use outwork_replay::Rate;

use super::made::{Made, Output, say};
use crate::failure::Failure;
use crate::recorded::{InputKind, Maker, People, Session, Sessions, each_part};
use crate::rows::{Cell, Kind, Label, Meta, Span, Subject};

/// Rows of recorded sessions, as the edge would have observed them
///
/// Each session is cut into batches as the page's script sends them, written and opened as the edge opens them, and read by
/// the signals that rules read. What was observed after a second is no session yet: of each session there are windows of 1,
/// 3 and 10 seconds (the first with enough moves, that in the middle of the others, and the last), and all of it. The
/// session is the row's `id`.
///
/// Exit code: 0; 2 if a file cannot be read or written, or a line is no session.
#[derive(clap::Args)]
pub(crate) struct Behaviour {
    #[command(flatten)]
    sessions: Sessions,
    #[command(flatten)]
    output: Output,
    /// As from what input the sessions are taken
    #[arg(long, value_enum, default_value_t = InputKind::Auto)]
    input: InputKind,
    /// With fewer moves than that there is no row
    #[arg(long, default_value_t = 8, value_name = "COUNT")]
    moves: usize,
    /// Leave out the windows of 1, 3 and 10 seconds
    #[arg(long)]
    whole: bool,
    /// A source whose users are no people: who made what is found out by the same steps in other sources, and the others
    /// of its sessions are one person's. Can be given several times
    #[arg(long, value_name = "SOURCE")]
    unknown_people: Vec<String>,
}

impl Behaviour {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let mut made = Made::new(Subject::Behaviour);
        let mut people = People::new(&self.unknown_people);
        let (mut sought, mut few) = (Vec::new(), 0);
        let files = self.sessions.each_of(|file, session| {
            made.read(file, &session.source);
            let start = made.table.meta.len();
            let rows = match people.note(&session) {
                Maker::Known(person) => self.rows(file, &session, &person, &mut made)?,
                Maker::Sought(place) => {
                    let rows = self.rows(file, &session, &session.source, &mut made)?;
                    sought.push(Sought { source: session.source, rows: start..start + rows, place });
                    rows
                }
            };
            few += u64::from(rows == 0);
            Ok(())
        })?;
        let found = assign(&mut made.table.meta, &people, &sought);
        let (read, rows) = (made.all_read(), made.table.meta.len());
        let mut more = spans(&made.table.meta);
        more.extend((few > 0).then(|| format!("{few} sessions have fewer than {} moves, and no row", self.moves)));
        more.extend(found);
        made.finish(&self.output.output, &files, &self.command())?;
        say(read, "sessions", rows, &more)?;
        Ok(ExitCode::SUCCESS)
    }

    /// Adds the rows of a session; how many there are.
    fn rows(&self, file: usize, session: &Session, person: &str, made: &mut Made) -> Result<usize, Failure> {
        let name = &session.session_id;
        let label = Label::parse(&session.label);
        let (label, generator) = label.map_err(Failure::because(format!("session `{name}`")))?;
        let meta = Meta {
            source: session.source.clone(),
            id: session.session_id.clone(),
            person: person.to_owned(),
            generator,
            label: Some(label),
            kind: if session.is_touch() { Kind::Touch } else { Kind::Mouse },
            group: session.env.clone(),
            window: Span::Whole,
            rate: Rate::ALL,
        };
        let mut rows = 0;
        each_part(session, self.input, self.moves, |window, scene| {
            if !self.whole || window == Span::Whole {
                rows += 1;
                made.push(file, Meta { window, ..meta.clone() }, |signal| Cell::of((signal.read)(scene)));
            }
        })?;
        Ok(rows)
    }

    fn command(&self) -> String {
        let input = self.input.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
        let whole = if self.whole { " --whole" } else { "" };
        let unknown: String = self.unknown_people.iter().map(|source| format!(" --unknown-people {source}")).collect();
        format!("outwork capture behaviour --input {input} --moves {}{whole}{unknown}", self.moves)
    }
}

/// The rows of a session whose person is looked for.
struct Sought {
    source: String,
    rows: Range<usize>,
    place: usize,
}

/// Gives the rows of sessions to those who made them, and says how many were found of each source.
fn assign(rows: &mut [Meta], people: &People, sought: &[Sought]) -> Vec<String> {
    let mut sources: BTreeMap<&str, (usize, Vec<&str>)> = BTreeMap::new();
    for Sought { source, rows: place, place: at } in sought {
        let (sessions, makers) = sources.entry(source).or_default();
        *sessions += 1;
        if let Some(person) = people.find(*at) {
            makers.push(person);
            let rows = rows.get_mut(place.clone()).unwrap_or_default();
            rows.iter_mut().for_each(|row| person.clone_into(&mut row.person));
        }
    }
    let line = |(source, (sessions, makers)): (&str, (usize, Vec<&str>))| {
        let people = makers.iter().collect::<BTreeSet<_>>().len();
        format!("{} of {sessions} sessions of `{source}` are of {people} people of other sources", makers.len())
    };
    sources.into_iter().map(line).collect()
}

/// How many rows there are of each length.
fn spans(rows: &[Meta]) -> Vec<String> {
    let mut counts: BTreeMap<Span, usize> = BTreeMap::new();
    for row in rows {
        *counts.entry(row.window).or_default() += 1;
    }
    counts.into_iter().map(|(span, count)| format!("{count} rows of window `{}`", span.name())).collect()
}
