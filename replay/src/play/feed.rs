//! Cuts the inputs into jobs.

use super::{Options, PlayError};
use crate::{
    Format, Input, Layout, Reader,
    blocks::{Block, Blocks},
};
use std::{io::Read, sync::Arc};

/// A block to be played.
pub(super) struct Job {
    /// Its place among all blocks.
    pub(super) ticket: u64,
    pub(super) file: usize,
    pub(super) block: Block,
    pub(super) reader: Arc<Reader>,
}

/// Reads the inputs, one after the other.
pub(super) struct Feed<'o> {
    inputs: Vec<Input>,
    options: &'o Options,
    pub(super) formats: Vec<Option<Format>>,
    pub(super) broken: Vec<(usize, String)>,
    number: u64,
}

impl<'o> Feed<'o> {
    pub(super) fn new(inputs: Vec<Input>, options: &'o Options) -> Self {
        Self { inputs, options, formats: Vec::new(), broken: Vec::new(), number: 0 }
    }

    /// Hands on every block, until it is told to stop.
    pub(super) fn each(&mut self, mut hand_on: impl FnMut(Job) -> bool) -> Result<(), PlayError> {
        for (file, input) in std::mem::take(&mut self.inputs).into_iter().enumerate() {
            self.formats.push(None);
            if !self.file(file, input, &mut hand_on)? {
                break;
            }
        }
        Ok(())
    }

    fn file(&mut self, file: usize, input: Input, hand_on: &mut impl FnMut(Job) -> bool) -> Result<bool, PlayError> {
        let mut blocks = Blocks::new(input.reader as Box<dyn Read>);
        let mut reader: Option<Arc<Reader>> = None;
        loop {
            let block = match blocks.next() {
                Ok(Some(block)) => block,
                Ok(None) => return Ok(true),
                Err(error) => {
                    self.broken.push((file, error.to_string()));
                    return Ok(true);
                }
            };
            let known = match &reader {
                Some(reader) => Arc::clone(reader),
                None => Arc::new(reader_for(&input.name, &block, self.options)?),
            };
            if block.lines().next().is_some() {
                reader.get_or_insert_with(|| Arc::clone(&known));
                if let Some(format) = self.formats.get_mut(file) {
                    *format = Some(known.format());
                }
            }
            let job = Job { ticket: self.number, file, block, reader: known };
            self.number += 1;
            if !hand_on(job) {
                return Ok(false);
            }
        }
    }
}

/// How many lines are looked at to find out a format.
const LOOKED_AT: usize = 100;

fn reader_for(name: &str, block: &Block, options: &Options) -> Result<Reader, PlayError> {
    let lines = || block.lines().take(LOOKED_AT).map(|(_, line)| line);
    let votes = |format| lines().filter(|line| Format::detect(line) == Some(format)).count();
    let looks = Format::ALL.into_iter().max_by_key(|&format| votes(format)).filter(|&format| votes(format) > 0);
    let format = match (options.format, looks) {
        (Some(format), _) => format,
        (None, Some(format)) => format,
        (None, None) if lines().next().is_none() => Format::Combined,
        (None, None) => return Err(PlayError::UnknownFormat(name.to_owned())),
    };
    let reader = match &options.map {
        Some(map) => {
            let layout = Layout::mapped(format, map).map_err(PlayError::Map)?;
            Reader::with_layout(format, layout)
        }
        None => Reader::new(format),
    };
    match looks {
        Some(looks) if looks != format && !lines().any(|line| reader.read(line).is_ok()) => {
            Err(PlayError::OtherFormat(name.to_owned(), format, looks))
        }
        _ => Ok(reader),
    }
}
