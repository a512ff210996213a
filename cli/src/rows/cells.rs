use outwork_engine::signals::{Kind, Reading, Signal, Value};

/// One signal of every row.
#[derive(Clone)]
pub(crate) struct Column {
    /// Which signal.
    pub(crate) signal: &'static Signal,
    /// A cell a row.
    pub(crate) cells: Cells,
}

/// The cells of a column; none is a feature that is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cells {
    /// Whole numbers, clamped as models clamp them, and truths as 0 and 1.
    Numbers(Vec<Option<u16>>),
    /// Texts; what is not UTF-8 has U+FFFD in it.
    Texts(Vec<Option<String>>),
}

/// One value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cell {
    Number(u16),
    Text(String),
}

impl Cell {
    /// What a model sees of a reading: nothing of what is absent or unavailable, and nothing of an address.
    pub(crate) fn of(reading: Reading<'_>) -> Option<Self> {
        match reading.known()? {
            Value::Bool(value) => Some(Self::Number(value.into())),
            Value::Int(value) => Some(Self::Number(clamp(value))),
            Value::Text(text) => Some(Self::Text(String::from_utf8_lossy(text).into_owned())),
            Value::Address(_) => None,
        }
    }
}

/// A number as models take it.
pub(crate) fn clamp(value: i64) -> u16 {
    u16::try_from(value.max(0)).unwrap_or(u16::MAX)
}

#[cfg(test)]
impl Cells {
    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Numbers(cells) => cells.len(),
            Self::Texts(cells) => cells.len(),
        }
    }
}

impl Column {
    /// An empty column; none of a signal whose values no model takes.
    pub(crate) fn new(signal: &'static Signal) -> Option<Self> {
        let cells = match signal.kind {
            Kind::Bool | Kind::Int => Cells::Numbers(Vec::new()),
            Kind::Text => Cells::Texts(Vec::new()),
            Kind::Address => return None,
        };
        Some(Self { signal, cells })
    }

    /// Adds a cell. One of another type than the column's counts as missing; signals keep to their types.
    pub(super) fn push(&mut self, cell: Option<Cell>) {
        match &mut self.cells {
            Cells::Numbers(cells) => cells.push(cell.and_then(|cell| match cell {
                Cell::Number(number) => Some(number),
                Cell::Text(_) => None,
            })),
            Cells::Texts(cells) => cells.push(cell.and_then(|cell| match cell {
                Cell::Text(text) => Some(text),
                Cell::Number(_) => None,
            })),
        }
    }

    /// The cell of a row; none where it is missing.
    pub(crate) fn cell(&self, row: usize) -> Option<Cell> {
        match &self.cells {
            Cells::Numbers(cells) => cells.get(row).copied().flatten().map(Cell::Number),
            Cells::Texts(cells) => cells.get(row).cloned().flatten().map(Cell::Text),
        }
    }

    /// Adds the cells of another column of the same signal.
    pub(super) fn append(&mut self, other: Self) {
        match (&mut self.cells, other.cells) {
            (Cells::Numbers(cells), Cells::Numbers(more)) => cells.extend(more),
            (Cells::Texts(cells), Cells::Texts(more)) => cells.extend(more),
            (Cells::Numbers(_), Cells::Texts(_)) | (Cells::Texts(_), Cells::Numbers(_)) => {
                debug_assert!(false, "the columns of a signal are of its type");
            }
        }
    }
}
