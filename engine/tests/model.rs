//! Scoring allocates nothing.

use allocation_counter::measure;
use outwork_engine::{
    fact::Fact,
    model::Model,
    signals::{Kind, Value},
};

#[test]
fn a_score_with_its_reasons_allocates_nothing() {
    for bytes in [
        &include_bytes!("../../tests/fixtures/catboost/behaviour.model")[..],
        include_bytes!("../../tests/fixtures/catboost/device.model"),
    ] {
        let model = Model::load(bytes).unwrap();
        let mut said = 0;
        let counted = measure(|| {
            let binned = model.bin(|signal| match signal.kind {
                Kind::Text => Fact::Known(Value::Text(b"chrome")),
                _ => Fact::Known(Value::Int(60)),
            });
            let contributions = model.contributions(&binned).unwrap();
            said = model.reasons(&contributions).iter().count();
            model.score(&binned).unwrap();
        });
        assert_eq!(counted.count_total, 0, "{}", model.id());
        assert!(said > 0, "{}", model.id());
    }
}
