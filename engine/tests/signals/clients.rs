//! 201 live connections of 55 clients, 43 recorded browsers, and FoxIO's table: whose TLS it is.

use crate::request::{Recorded, data, lines, say};
use std::collections::BTreeMap;

/// Each connection with its class and client.
fn connections() -> Option<Vec<(String, String, Recorded)>> {
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let recorded = |line: &serde_json::Value| {
        let headers = line.get("headers").cloned().unwrap_or_else(|| serde_json::json!([]));
        let request = Recorded { ja4: Some(text(&line["ja4"])), ..Recorded::of_headers(&headers) };
        (text(&line["class"]), text(&line["client"]), request)
    };
    Some(lines(&data("real_clients_tls_http.jsonl.gz")?).iter().map(recorded).collect())
}

#[test]
fn libraries_are_known_and_browsers_are_never_taken_for_one() {
    let Some(connections) = connections() else { return };
    assert_eq!(connections.len(), 201);
    for (class, client, request) in &connections {
        let (library, family) = (request.read("tls.library"), request.read("tls.family"));
        let is_tool = matches!(class.as_str(), "http-library" | "load-tool" | "scanner") || client.contains("OkHttp");
        assert_eq!(library != "absent", is_tool, "{client}: {library}");
        assert_eq!(family != "absent", !is_tool, "{client}: {family}");
    }
}

#[test]
fn no_recorded_browser_is_taken_for_a_library_or_another_browser() {
    let Some(text) = data("real_browser_ja4_h2.json") else { return };
    let browsers: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    assert_eq!(browsers.len(), 43);
    for browser in &browsers {
        let request = Recorded { ja4: browser["ja4"].as_str().map(str::to_owned), ..Recorded::default() };
        let expected = match browser["browser"].as_str().unwrap() {
            "chrome" | "edge" => "chromium",
            "firefox" | "tor" => "firefox",
            other => other,
        };
        assert_eq!(request.read("tls.family"), expected, "{}", browser["file"]);
        assert_eq!(request.read("tls.library"), "absent", "{}", browser["file"]);
    }
}

#[test]
fn the_published_table_agrees() {
    let Some(text) = data("ja4plus-mapping.csv") else { return };
    let mut compared = 0;
    for columns in text.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>()) {
        let (application, library, ja4) = (columns[0], columns[1], columns[4]);
        if ja4.is_empty() {
            continue;
        }
        let request = Recorded { ja4: Some(ja4.to_owned()), ..Recorded::default() };
        let (family, of) = (request.read("tls.family"), request.read("tls.library"));
        match application {
            "Chromium Browser" => assert_eq!((&*family, &*of), ("chromium", "absent"), "{ja4}"),
            "Mozilla Firefox" => assert_eq!((&*family, &*of), ("firefox", "absent"), "{ja4}"),
            "Safari" => assert_eq!((&*family, &*of), ("safari", "absent"), "{ja4}"),
            _ if of != "absent" => assert!(library.to_lowercase().contains(&of), "{ja4}: {of}, not {library}"),
            _ => continue,
        }
        compared += 1;
    }
    assert!(compared >= 19, "{compared}");
}

/// The live browsers were headless and say so, or were told not to; all else about them holds together.
#[test]
fn live_browsers_do_not_contradict_themselves() {
    let Some(connections) = connections() else { return };
    let live =
        connections.iter().filter(|(class, ..)| class == "real-browser-headless" || class == "browser-automation");
    let mut seen = 0;
    for (_, client, request) in live.filter(|(_, _, request)| !request.headers.is_empty()) {
        assert_eq!(request.contradictions(), Vec::<&str>::new(), "{client}");
        seen += 1;
    }
    assert!(seen >= 30, "{seen}");
}

/// curl_cffi imitates all of it; what the others get wrong is told, so that a change in what is seen is noticed.
#[test]
fn impersonators_with_wrong_headers_contradict_themselves() {
    let Some(connections) = connections() else { return };
    let mut clients = BTreeMap::new();
    for (_, client, request) in connections.iter().filter(|(class, ..)| class == "impersonator") {
        clients.insert(client.as_str(), request.contradictions());
    }
    for (client, contradictions) in &clients {
        say(&format!("{client}: {}", contradictions.join(" ")));
    }
    let caught = |client: &str| clients.get(client).is_some_and(|contradictions| !contradictions.is_empty());
    let expected = [
        "rnet:Chrome131",
        "rnet:Chrome133",
        "rnet:Chrome136",
        "rnet:Edge131",
        "rnet:Firefox133",
        "rnet:Firefox136",
        "primp:safari_26",
    ];
    for client in expected {
        assert!(caught(client), "{client}");
    }
}
