//! Bytes as what a rate-limit service answers: it says something of each charge that it was asked about, or nothing.
#![no_main]

use libfuzzer_sys::fuzz_target;
use outwork_engine::limits::Limit;
use outwork_engine::limits::Mercy;
use outwork_engine::limits::Word;
use outwork_engine::risk::Band;
use outwork_engine::time::Time;
use outwork_filter::service::{answer, question};

fuzz_target!(|data: &[u8]| {
    for asked in 0..5 {
        let Some(heard) = answer(data, asked) else { continue };
        assert_eq!(heard.said.len(), asked);
        let _ = heard.called();
        let charge = Limit::default().charge(0, 7, Band::Low, Mercy::None);
        for said in heard.said {
            charge.follow(Word::default(), said, Time::from_seconds(1_795_305_600));
            // What the service said is none of our own questions.
            assert!(answer(&question("d", &[&charge], |_| "l"), 1).is_none());
        }
    }
});
