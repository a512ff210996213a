//! A model of any bytes: refused, or it is read the same again, and scores rows as the slow reference does.
//!
//! A checksum guards every model, so the target also makes that right.
#![no_main]

use libfuzzer_sys::fuzz_target;
use outwork_engine::{
    container::DIGEST,
    fact::Fact,
    model::{Bins, Cell, Model, Parts, read, reference, write},
    signals::{Reading, Value},
};
use sha2::{Digest, Sha256};

const NUMBERS: [u16; 6] = [0, 1, 255, 4_096, 40_000, u16::MAX];
const TEXTS: [&[u8]; 3] = [b"", b"chrome", b"\xff\x00"];

fuzz_target!(|data: &[u8]| {
    score(data);
    if let Some(end) = data.len().checked_sub(DIGEST) {
        let mut bytes = data.to_vec();
        let digest = Sha256::digest(&bytes[..end]);
        bytes[end..].copy_from_slice(&digest);
        score(&bytes);
    }
});

fn score(bytes: &[u8]) {
    let Ok(parts) = read(bytes) else { return };
    let written = write(&parts).expect("what was read can be written");
    assert_eq!(read(&written).as_ref(), Ok(&parts));
    let Ok(model) = Model::load(bytes) else { return };
    for turn in 0..8 {
        let row: Vec<Option<Cell<'_>>> = (0..parts.inputs.len()).map(|place| cell(&parts, place, turn)).collect();
        let mut cells = row.iter();
        let binned = model.bin(|_| reading(cells.next().copied().flatten()));
        let score = model.score(&binned).map(|score| (score.sum, score.probability));
        assert_eq!(score, reference::score(&parts, &row));
        let slow = reference::contributions(&parts, &row);
        let fast = model.contributions(&binned);
        assert_eq!(fast.map(|fast| fast.by_input()[..parts.inputs.len()].to_vec()), slow);
        if let (Some((sum, _)), Some(fast)) = (score, fast) {
            assert_eq!(fast.by_input().iter().sum::<i32>(), sum - model.mean());
            assert!(model.reasons(&fast).iter().all(|(reason, adds)| !reason.is_empty() && adds != 0));
        }
    }
}

/// Of each eighth value one is missing.
fn cell(parts: &Parts, place: usize, turn: usize) -> Option<Cell<'static>> {
    let at = place.wrapping_mul(7) + turn;
    let value = match parts.inputs.get(place)?.bins {
        Bins::Number(_) => Cell::Number(NUMBERS[at % NUMBERS.len()]),
        Bins::Text { .. } => Cell::Text(TEXTS[at % TEXTS.len()]),
    };
    Some(value).filter(|_| at % 8 != 0)
}

fn reading(cell: Option<Cell<'_>>) -> Reading<'_> {
    match cell {
        Some(Cell::Number(number)) => Fact::Known(Value::Int(number.into())),
        Some(Cell::Text(text)) => Fact::Known(Value::Text(text)),
        None => Fact::Absent,
    }
}
