use std::io::{self, BufRead, Write};

use console::Term;

use super::labels::By;
use super::shown::shown;
use super::{Labels, Record};
use crate::failure::Failure;

/// Where answers come from.
pub(crate) enum Answers<R> {
    /// A key each, without Enter.
    Keys(Term),
    /// A line each, of which the first letter counts; behind `n` a name may follow.
    Lines(R),
}

const KEYS: &str = "[h]uman, [b]ot, bot with a [n]ame; capitals: all of this client; [s]kip, [q]uit";

/// Shows each record and takes an answer, which is kept at once; how many there were. It ends with the answers.
pub(crate) fn review<R: BufRead>(
    records: &[Record],
    labels: &mut Labels,
    answers: &mut Answers<R>,
    out: &mut impl Write,
) -> Result<usize, Failure> {
    let fails = || Failure::because("the review cannot go on");
    let mut given = 0;
    for (at, record) in records.iter().enumerate() {
        // An answer about a client may have answered this one.
        if labels.of(record).is_some() {
            continue;
        }
        writeln!(out, "{} of {}, {}{KEYS}", at + 1, records.len(), shown(record)).map_err(fails())?;
        match ask(answers, out).map_err(fails())? {
            Answer::Quit => break,
            Answer::Skip => {}
            Answer::Label { label, all } => {
                let by = if !all { By::Record } else { record.client().map_or(By::Device, |_| By::Client) };
                labels.say(by, by.id(record).unwrap_or_default(), &label)?;
                given += 1;
            }
        }
    }
    Ok(given)
}

enum Answer {
    Label { label: String, all: bool },
    Skip,
    Quit,
}

/// Asks until the answer is one.
fn ask<R: BufRead>(answers: &mut Answers<R>, out: &mut impl Write) -> io::Result<Answer> {
    loop {
        let Some((key, rest)) = answers.next()? else { return Ok(Answer::Quit) };
        let name = match key.to_ascii_lowercase() {
            'h' => "human".to_owned(),
            'b' => "bot".to_owned(),
            'n' => match answers.name(&rest, out)? {
                Some(name) => format!("bot:{name}"),
                None => continue,
            },
            's' => return Ok(Answer::Skip),
            'q' => return Ok(Answer::Quit),
            _ => {
                writeln!(out, "{KEYS}")?;
                continue;
            }
        };
        return Ok(Answer::Label { label: name, all: key.is_ascii_uppercase() });
    }
}

impl<R: BufRead> Answers<R> {
    /// The next letter, and what stands behind it; nothing at the end.
    fn next(&mut self) -> io::Result<Option<(char, String)>> {
        match self {
            Self::Keys(term) => term.read_char().map(|key| Some((key, String::new()))),
            Self::Lines(lines) => loop {
                let mut line = String::new();
                if lines.read_line(&mut line)? == 0 {
                    return Ok(None);
                }
                let mut letters = line.trim().chars();
                if let Some(key) = letters.next() {
                    return Ok(Some((key, letters.as_str().trim().to_owned())));
                }
            },
        }
    }

    /// The name of a program; none where none is given.
    fn name(&mut self, rest: &str, out: &mut impl Write) -> io::Result<Option<String>> {
        let name = match self {
            Self::Keys(term) => {
                write!(out, "name: ")?;
                out.flush()?;
                term.read_line()?
            }
            Self::Lines(_) => rest.to_owned(),
        };
        let name = name.trim().to_owned();
        if name.is_empty() {
            writeln!(out, "a name is missing: `n NAME`")?;
        }
        Ok(Some(name).filter(|name| !name.is_empty()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::record::tests::{line, one};
    use super::*;

    #[test]
    fn answers_are_kept_as_they_come() {
        let path = std::env::temp_dir().join(format!("outwork-review-{}.csv", std::process::id()));
        let records: Vec<Record> = [("1", "a"), ("2", "a"), ("3", "b"), ("4", "c"), ("5", "d"), ("6", "e")]
            .map(|(id, device)| one(line(id, device, 0.5).as_bytes()))
            .into();
        let mut labels = Labels::open(&path).unwrap();
        let mut out = Vec::new();
        let mut answers = Answers::Lines(&b"H\n\nx\nn\nn ghost cursor\ns\nq\nh\n"[..]);
        assert_eq!(review(&records, &mut labels, &mut answers, &mut out).unwrap(), 2);
        assert_eq!(
            std::fs::read_to_string(&path).unwrap(),
            "by,id,label\nclient,c-a,human\nrecord,3,bot:ghost cursor\n"
        );
        let said = String::from_utf8(out).unwrap();
        assert!(said.contains("a name is missing") && said.contains("5 of 6, record 5") && !said.contains("record 6"));
        assert!(!said.contains("record 2"), "its client was answered");
        let mut answers = Answers::Lines(&b"b\n"[..]);
        let mut labels = Labels::open(&path).unwrap();
        let mut out = Vec::new();
        assert_eq!(review(&records, &mut labels, &mut answers, &mut out).unwrap(), 1);
        assert!(String::from_utf8(out).unwrap().starts_with("4 of 6, record 4"), "it goes on where it ended");
        std::fs::remove_file(path).unwrap();
    }
}
