//! Bytes as a line of every log format: read or refused, and what is read has facts that every signal reads.
#![no_main]

use libfuzzer_sys::fuzz_target;
use outwork_engine::{
    signals::{SIGNALS, Scene},
    time::Time,
};
use outwork_replay::{Format, Layout, Reader};

fuzz_target!(|data: &[u8]| {
    for format in Format::ALL {
        let reader = Reader::new(format);
        let Ok(entry) = reader.read(data) else { continue };
        assert!(!entry.method.is_empty() && !entry.target.is_empty());
        let lists = entry.lists();
        let facts = entry.facts(lists.first(), Time::default());
        let scene = Scene::new(&facts);
        for signal in SIGNALS {
            std::hint::black_box((signal.read)(&scene));
        }
    }
    let _ = Format::detect(data);
    if let Ok(text) = std::str::from_utf8(data) {
        let _ = Layout::mapped(Format::Envoy, text);
    }
});
