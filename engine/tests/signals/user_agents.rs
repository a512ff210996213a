//! User agents whose browser somebody else determined.

use crate::request::{Recorded, data, lines, say};

fn request(user_agent: &str) -> Recorded {
    Recorded { headers: vec![("user-agent".into(), user_agent.into())], ..Recorded::default() }
}

/// The families of uap-core that are browsers of ours.
fn ours(family: &str) -> Option<&'static str> {
    Some(match family {
        "Chrome" | "Chrome Mobile" | "Chrome Mobile iOS" | "HeadlessChrome" | "Chromium" => "chrome",
        "Edge" | "Edge Mobile" => "edge",
        "Firefox" | "Firefox Mobile" | "Firefox iOS" => "firefox",
        "Safari" | "Mobile Safari" => "safari",
        "Opera" | "Opera Mobile" => "opera",
        "Opera Mini" => "opera-mini",
        "Samsung Internet" => "samsung",
        "Yandex Browser" => "yandex",
        "Vivaldi" => "vivaldi",
        "UC Browser" => "uc",
        "IE" => "ie",
        "Chrome Mobile WebView" => "webview",
        "Whale" => "whale",
        _ => return None,
    })
}

/// `user_agent_string` and `family` of each case; the file is YAML of one fixed form.
fn uap_cases(text: &str) -> Vec<(String, String)> {
    let field = |line: &str, name: &str| line.trim_start_matches("  - ").trim().strip_prefix(name).map(unquote);
    let mut cases = Vec::new();
    let mut user_agent = String::new();
    for line in text.lines() {
        if let Some(text) = field(line, "user_agent_string: ") {
            user_agent = text;
        } else if let Some(family) = field(line, "family: ") {
            cases.push((user_agent.clone(), family));
        }
    }
    cases
}

fn unquote(text: &str) -> String {
    let text = text.trim();
    let single = text.strip_prefix('\'').and_then(|text| text.strip_suffix('\''));
    let double = || text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    single.map(|text| text.replace("''", "'")).or_else(|| double().map(str::to_owned)).unwrap_or_else(|| text.into())
}

/// Some cases are from logs that write `+` for a space.
fn as_sent(text: &str) -> String {
    if text.contains(' ') { text.into() } else { text.replace('+', " ") }
}

/// Small browsers have few cases, old ones most of them: they are told, the others held to 98 %.
#[test]
fn families_agree_with_uap_core() {
    let Some(text) = data("uap_test_ua.yaml.gz") else { return };
    let cases = uap_cases(&text);
    assert_eq!(cases.len(), 1_601);
    let known: Vec<_> = cases.iter().filter_map(|(text, family)| Some((as_sent(text), ours(family)?))).collect();
    let (mut main, mut wrong) = (0, 0);
    for (text, family) in &known {
        let is_main = !matches!(*family, "uc" | "opera-mini" | "whale" | "vivaldi" | "yandex");
        let read = request(text).read("ua.family");
        main += usize::from(is_main);
        wrong += usize::from(is_main && read != *family);
        if read != *family {
            say(&format!("uap-core says {family}, ours {read}: {text}"));
        }
    }
    say(&format!("{} of {main} cases of the main browsers agree with uap-core", main - wrong));
    assert!(main >= 70 && wrong * 50 <= main, "{wrong} of {main}");
}

/// 5,000 user agents of real visitors with what their browsers said of themselves to scripts.
#[test]
fn platforms_and_phones_agree_with_real_visitors() {
    let Some(text) = data("user_agents_sample_5000.jsonl.gz") else { return };
    let visitors = lines(&text);
    let (mut platforms, mut phones, mut formed) = (0, 0, 0);
    for visitor in &visitors {
        let request = request(visitor["ua"].as_str().unwrap());
        let platform = match visitor["platform"].as_str().unwrap() {
            "Win32" => "windows",
            "MacIntel" => "macos",
            "iPhone" | "iPad" => "ios",
            _ => "other",
        };
        platforms += usize::from(platform == "other" || request.read("ua.platform") == platform);
        phones += usize::from((request.read("ua.mobile") == "true") == (visitor["dev"] == "mobile"));
        formed += usize::from(request.read("ua.well_formed") != "false");
        assert_eq!(request.read("ua.tool"), "absent", "{visitor}");
        assert_ne!(request.read("ua.crawler"), "true", "{visitor}");
    }
    say(&format!("of {} visitors {platforms} platforms, {phones} phones agree, {formed} well-formed", visitors.len()));
    assert!(formed * 100 >= visitors.len() * 99);
    assert!(phones * 100 >= visitors.len() * 98);
    assert!(platforms * 100 >= visitors.len() * 80);
}

/// Most crawlers and tools of the maintained list say what they are; lists know the others by name.
#[test]
fn crawlers_are_seen_by_what_they_say() {
    let Some(text) = data("crawler-user-agents.json") else { return };
    let crawlers: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    let instances = crawlers.iter().flat_map(|crawler| crawler["instances"].as_array().unwrap());
    let texts: Vec<&str> = instances.map(|text| text.as_str().unwrap()).collect();
    let names_itself = |text: &&&str| {
        let request = request(text);
        request.read("ua.crawler") == "true"
            || [request.read("ua.tool"), request.read("ua.automation")] != ["absent", "absent"]
    };
    let seen = texts.iter().filter(names_itself).count();
    say(&format!("{seen} of {} user agents of crawlers and tools name what they are", texts.len()));
    assert!(seen * 100 >= texts.len() * 80, "{seen} of {}", texts.len());
}
