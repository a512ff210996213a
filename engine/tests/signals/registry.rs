//! Every signal: registered, in order, with a page whose examples hold.

use outwork_engine::{
    fact::Fact,
    facts::Session,
    keys::Keyring,
    signals::{Kind, PAGES, SIGNALS, Scene, Value, by_name, sample_agents},
    window::Decay,
};
use std::{collections::BTreeSet, fs, path::Path};

#[test]
fn names_stand_in_order_and_are_found() {
    assert!(SIGNALS.is_sorted_by(|one, two| one.name < two.name));
    assert_eq!(SIGNALS.len(), PAGES.len());
    for (at, signal) in SIGNALS.iter().enumerate() {
        assert_eq!(by_name(signal.name), Some(at), "{}", signal.name);
    }
    assert_eq!(by_name("ua.nonsense"), None);
}

/// A signal that nobody registered would never run.
#[test]
fn every_file_is_registered() {
    const CONTRACT: [&str; 3] = ["mod", "registry", "scene"];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/signals");
    let files: BTreeSet<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .filter(|name| !CONTRACT.contains(&name.as_str()))
        .collect();
    let registered: BTreeSet<String> = SIGNALS.iter().map(|signal| signal.name.replace(['.', '-'], "_")).collect();
    assert_eq!(files, registered);
}

#[test]
fn every_example_holds() {
    let keys = Keyring::parse("a:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE").unwrap();
    let (mut wrong, agents) = (Vec::new(), sample_agents());
    for (signal, page) in SIGNALS.iter().zip(PAGES) {
        assert!(!page.examples.is_empty(), "{} has no example", signal.name);
        for (number, (sample, expected)) in page.examples.iter().enumerate() {
            let headers: Vec<(&[u8], &[u8])> =
                sample.headers.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect();
            let mut facts = sample.facts(&headers);
            let window = sample.visit.map(|visit| visit.window(facts.now));
            if let Some(window) = &window {
                facts.session = Session::Window(window, sample.visit.and_then(|visit| visit.clearance(facts.now)));
            }
            let scene = Scene::opened(&facts, &keys, Decay::default()).knowing(&agents);
            let reading = (signal.read)(&scene);
            if reading != expected.reading() {
                wrong.push(format!("{} example {number}: {reading:?}, expected {expected:?}", signal.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_example_has_the_kind_of_its_signal() {
    for (signal, page) in SIGNALS.iter().zip(PAGES) {
        for value in page.examples.iter().filter_map(|(_, expected)| expected.reading().known()) {
            assert_eq!(value.kind(), signal.kind, "{}", signal.name);
        }
        let known = page.examples.iter().any(|(_, expected)| expected.reading().is_known());
        assert!(known, "{} has no example with a value", signal.name);
    }
}

/// A truth value of which only one side is shown is a test that cannot fail.
#[test]
fn every_truth_value_is_shown_both_ways() {
    for (signal, page) in SIGNALS.iter().zip(PAGES) {
        let shown =
            |value| page.examples.iter().any(|(_, expected)| expected.reading() == Fact::Known(Value::Bool(value)));
        let is_bool = signal.kind == Kind::Bool;
        assert!(!is_bool || (shown(true) && shown(false)), "{}", signal.name);
    }
}
