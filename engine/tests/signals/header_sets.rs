//! 2,400 header sets that header-generator made from recorded browser traffic: what contradicts in them is noise.

use crate::request::{Recorded, contradiction_signals, data, lines, say};
use outwork_engine::facts::Protocol;
use std::collections::BTreeMap;

/// The browser that the file names, and the request.
fn header_sets() -> Option<Vec<(String, Recorded)>> {
    let sets = lines(&data("real_browser_headers_2400.jsonl.gz")?);
    assert_eq!(sets.len(), 2_400);
    let recorded = |set: &serde_json::Value| {
        let protocol = if set["http"] == "1" { Protocol::Http11 } else { Protocol::Http2 };
        let request = Recorded { protocol: Some(protocol), ..Recorded::of_headers(&set["headers"]) };
        (set["browser"].as_str().unwrap().to_owned(), request)
    };
    Some(sets.iter().map(recorded).collect())
}

/// At most 1 % of the sets by any one signal. Sets that say themselves that they are crawlers (72 of `pageburst`) claim
/// no browser, so no signal compares them with one.
#[test]
fn no_signal_contradicts_real_browsers_often() {
    let Some(sets) = header_sets() else { return };
    let mut rates: BTreeMap<&str, usize> = contradiction_signals().into_iter().map(|name| (name, 0)).collect();
    for name in sets.iter().flat_map(|(_, request)| request.contradictions()) {
        *rates.entry(name).or_default() += 1;
    }
    for (name, count) in rates.iter().filter(|(_, count)| **count > 0) {
        say(&format!("{name}: {count} of {} header sets", sets.len()));
    }
    let most = sets.len() / 100;
    assert!(rates.values().all(|&count| count <= most), "{rates:#?}");
}

/// A signal that reads nothing of a browser would be quiet as well.
#[test]
fn the_signals_do_compare_real_browsers() {
    let Some(sets) = header_sets() else { return };
    let compared = |name: &str| sets.iter().filter(|(_, request)| request.read(name) == "true").count();
    for name in ["header.order_matches", "header.accept_matches", "header.te_matches", "hints.presence_matches"] {
        assert!(compared(name) > 2_000, "{name} compares {} of 2,400", compared(name));
    }
    for name in ["hints.major_matches", "hints.platform_matches", "hints.mobile_matches", "fetch.consistent"] {
        assert!(compared(name) > 1_400, "{name} compares {} of 2,400", compared(name));
    }
}

#[test]
fn the_browser_of_every_set_is_read_from_its_user_agent() {
    let Some(sets) = header_sets() else { return };
    let wrong: Vec<_> = sets.iter().filter(|(browser, request)| request.read("ua.family") != *browser).collect();
    for (browser, request) in &wrong {
        say(&format!("{browser}: {:?}", request.header("user-agent")));
    }
    // Safari's sets hold a few views inside apps and Brave on iOS, which name themselves.
    assert!(wrong.len() * 100 <= 2 * sets.len(), "{} of {}", wrong.len(), sets.len());
}
