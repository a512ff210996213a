use outwork_engine::model::Model;
use outwork_engine::signals::{Kind, Value};

use crate::train::{Data, bin};

/// The inputs of a model as numbers, for what cannot read texts: those as the bins that the model puts them into. Numbers are
/// taken by the logarithm: most signals are counts, times or distances with long tails.
pub(crate) fn features(model: &Model, data: &Data) -> Vec<Vec<Option<f64>>> {
    let row = |row: usize| {
        let binned = bin(model, data, row);
        let value = |(signal, bin): (&outwork_engine::signals::Signal, &u8)| match signal.kind {
            Kind::Text => (*bin > 0).then(|| f64::from(*bin)),
            _ => data.reading(row, signal).known().and_then(|value| number(&value)).map(f64::ln_1p),
        };
        model.inputs().map(|(signal, _)| signal).zip(binned.bins()).map(value).collect()
    };
    (0..data.rows.len()).map(row).collect()
}

fn number(value: &Value<'_>) -> Option<f64> {
    match value {
        Value::Int(number) => Some(*number as f64),
        Value::Bool(is) => Some(f64::from(u8::from(*is))),
        _ => None,
    }
}
