//! The names that tell an agent in user agents.

use crate::{
    context::Context,
    diagnostic::{Code, Diagnostic},
    read::{Keys, Text},
};
use outwork_engine::agents::{MAX_NAME, MIN_NAME};

/// The most names of one agent.
const MOST: usize = 32;

/// User agents of real browsers, one of each make, in lower case: a name that stands in one of them would call people agents.
const BROWSERS: &[&str] = &[
    "mozilla/5.0 (windows nt 10.0; win64; x64) applewebkit/537.36 (khtml, like gecko) chrome/147.0.0.0 safari/537.36",
    "mozilla/5.0 (windows nt 10.0; wow64; trident/7.0; rv:11.0) like gecko",
    "mozilla/5.0 (windows nt 10.0; win64; x64) applewebkit/537.36 (khtml, like gecko) chrome/147.0.0.0 safari/537.36 edg/147.0.0.0",
    "mozilla/5.0 (windows nt 10.0; win64; x64) applewebkit/537.36 (khtml, like gecko) chrome/133.0.0.0 safari/537.36 opr/118.0.0.0",
    "mozilla/5.0 (windows nt 10.0; win64; x64; rv:150.0) gecko/20100101 firefox/150.0",
    "mozilla/5.0 (macintosh; intel mac os x 10_15_7) applewebkit/605.1.15 (khtml, like gecko) version/26.2 safari/605.1.15",
    "mozilla/5.0 (macintosh; intel mac os x 10.15; rv:150.0) gecko/20100101 firefox/150.0",
    "mozilla/5.0 (x11; linux x86_64) applewebkit/537.36 (khtml, like gecko) chrome/147.0.0.0 safari/537.36 vivaldi/7.1",
    "mozilla/5.0 (x11; ubuntu; linux x86_64; rv:150.0) gecko/20100101 firefox/150.0",
    "mozilla/5.0 (x11; cros x86_64 14541.0.0) applewebkit/537.36 (khtml, like gecko) chrome/147.0.0.0 safari/537.36",
    "mozilla/5.0 (iphone; cpu iphone os 18_7 like mac os x) applewebkit/605.1.15 (khtml, like gecko) version/26.2 mobile/15e148 safari/604.1",
    "mozilla/5.0 (ipad; cpu os 17_5 like mac os x) applewebkit/605.1.15 (khtml, like gecko) crios/147.0.0.0 mobile/15e148 safari/604.1",
    "mozilla/5.0 (iphone; cpu iphone os 18_7 like mac os x) applewebkit/605.1.15 (khtml, like gecko) fxios/150.0 mobile/15e148 safari/605.1.15",
    "mozilla/5.0 (iphone; cpu iphone os 18_7 like mac os x) applewebkit/605.1.15 (khtml, like gecko) mobile/15e148 [fban/fbios;fbav/500.0.0.0;fbdv/iphone16,1]",
    "mozilla/5.0 (iphone; cpu iphone os 18_7 like mac os x) applewebkit/605.1.15 (khtml, like gecko) mobile/15e148 instagram 350.0.0.0",
    "mozilla/5.0 (iphone; cpu iphone os 18_7 like mac os x) applewebkit/605.1.15 (khtml, like gecko) gsa/380.0 mobile/15e148 safari/604.1",
    "mozilla/5.0 (linux; android 10; k) applewebkit/537.36 (khtml, like gecko) chrome/147.0.0.0 mobile safari/537.36",
    "mozilla/5.0 (linux; android 14; sm-s918b build/up1a.231005.007; wv) applewebkit/537.36 (khtml, like gecko) version/4.0 chrome/147.0.0.0 mobile safari/537.36",
    "mozilla/5.0 (linux; android 13; pixel 7) applewebkit/537.36 (khtml, like gecko) samsungbrowser/27.0 chrome/125.0.0.0 mobile safari/537.36",
    "mozilla/5.0 (android 15; mobile; rv:150.0) gecko/150.0 firefox/150.0",
    "mozilla/5.0 (linux; u; android 9; en-us; cubot_x19) applewebkit/537.36 (khtml, like gecko) version/4.0 chrome/57.0.2987.108 ucbrowser/13.4.0 mobile safari/537.36",
    "mozilla/5.0 (linux; android 10; k) applewebkit/537.36 (khtml, like gecko) chrome/147.0.0.0 mobile safari/537.36 duckduckgo/5",
    "mozilla/5.0 (linux; android 10; harmonyos; els-an00) applewebkit/537.36 (khtml, like gecko) chrome/114.0.0.0 huaweibrowser/15.0 mobile safari/537.36",
    "mozilla/5.0 (windows nt 10.0; win64; x64) applewebkit/537.36 (khtml, like gecko) chrome/132.0.0.0 yabrowser/25.2.0.0 safari/537.36",
    "mozilla/5.0 (smart-tv; linux; tizen 6.0) applewebkit/537.36 (khtml, like gecko) version/6.0 tv safari/537.36",
    "mozilla/5.0 (web0s; linux/smarttv) applewebkit/537.36 (khtml, like gecko) chrome/94.0.4606.128 safari/537.36 webappmanager",
    "mozilla/5.0 (playstation; playstation 5/6.50) applewebkit/605.1.15 (khtml, like gecko) version/15.4 safari/605.1.15",
    "opera/9.80 (j2me/midp; opera mini/7.1; u; en) presto/2.8.119 version/11.10",
];

/// Reads them. What is wrong is reported and left out.
pub(super) fn read(cx: &mut Context<'_>, keys: &Keys<'_, '_>) -> Vec<String> {
    let texts = keys.texts(cx, "names").unwrap_or_default();
    if keys.has("names") && texts.is_empty() || texts.len() > MOST {
        let message = format!("an agent has from 1 to {MOST} names");
        let help = "leave `names` out where its signature alone tells it";
        cx.report(Diagnostic::new(Code::OutOfRange, keys.key_span("names"), message).help(help));
    }
    texts.into_iter().filter(|text| check(cx, text)).map(|text| text.value).collect()
}

fn check(cx: &mut Context<'_>, text: &Text) -> bool {
    let (name, lower) = (text.value.as_str(), text.value.to_ascii_lowercase());
    let (message, help) = if name.trim() != name || !name.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        (
            format!("`{}` cannot stand in a user agent", name.escape_debug()),
            "write ASCII, without blanks around it".into(),
        )
    } else if lower != name {
        (format!("`{name}` has capital letters"), format!("user agents are read in lower case: write `{lower}`"))
    } else if !(MIN_NAME..=MAX_NAME).contains(&name.len()) {
        (
            format!("`{name}` has {} characters", name.len()),
            format!("from {MIN_NAME} to {MAX_NAME}: shorter ones stand in words that mean something else"),
        )
    } else if let Some(browser) = BROWSERS.iter().find(|browser| browser.contains(name)) {
        (
            format!("`{name}` stands in the user agents of real browsers"),
            format!("people send `{browser}`: take a word that only the agent says"),
        )
    } else {
        return true;
    };
    cx.report(Diagnostic::new(Code::BadAgentName, text.span.clone(), message).help(help));
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_written_as_they_are_searched() {
        for browser in BROWSERS {
            assert_eq!(*browser, browser.to_ascii_lowercase());
        }
    }
}
