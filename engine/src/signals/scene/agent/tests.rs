use super::{Agent, Engine, Family, Platform};

fn parse(text: &str) -> Agent {
    Agent::parse(text.as_bytes())
}

#[test]
fn chrome_is_read_in_full() {
    let agent =
        parse("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36");
    let expected = Agent {
        family: Some(Family::Chrome),
        engine: Some(Engine::Chromium),
        major: Some(147),
        engine_major: Some(147),
        platform: Some(Platform::Linux),
        reduced: true,
        well_formed: true,
        ..Agent::default()
    };
    assert_eq!(agent, expected);
}

#[test]
fn families_are_told_apart() {
    let family = |text| parse(text).family.map(Family::name);
    let cases = [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:150.0) Gecko/20100101 Firefox/150.0", Some("firefox")),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/147.0.7 Mobile/15E148 Safari/604.1",
            Some("chrome"),
        ),
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Mobile Safari/537.36 EdgA/147.0.0.0",
            Some("edge"),
        ),
        (
            "Mozilla/5.0 (Linux; Android 14; SM-S911B; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/147.0.0.0 Mobile Safari/537.36",
            Some("webview"),
        ),
        ("Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko", Some("ie")),
        ("curl/8.5.0", None),
        ("", None),
    ];
    for (text, expected) in cases {
        assert_eq!(family(text), expected, "{text}");
    }
}

#[test]
fn tools_and_crawlers_name_themselves() {
    assert_eq!(parse("curl/8.5.0").tool, Some("curl"));
    assert_eq!(parse("Python/3.11 aiohttp/3.14.5").tool, Some("python"));
    assert_eq!(parse("Mozilla/5.00 (Nikto/2.1.6) (Evasions:None)").tool, Some("nikto"));
    assert_eq!(parse("Fuzz Faster U Fool v1.1.0").tool, Some("ffuf"));
    assert!(parse("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)").crawler);
    assert!(
        parse("Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML, like Gecko; compatible; pageburst) Chrome/1.0").crawler
    );
    assert!(!parse("Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0)").crawler);
    assert!(!parse("Mozilla/5.0 (Linux; Android 8.1.0; CUBOT_POWER) AppleWebKit/537.36").crawler);
}

#[test]
fn a_template_that_does_not_hold_together_is_seen() {
    let formed = |text| parse(text).well_formed;
    assert!(!formed("Chrome/147.0.0.0"));
    assert!(!formed("Mozilla/5.0 (X11; Linux x86_64 AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0"));
    assert!(!formed("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/150.0"));
    assert!(formed("Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0"));
}
