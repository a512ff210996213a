//! The page that asks for proof. It stands at the address that was asked for, so that loading it again asks for the same.

use super::LIFETIME;
use crate::{
    assets::{CHALLENGE_SCRIPT, CHALLENGE_STYLE, PREFIX},
    facts::Request,
};
use alloc::{format, string::String};

/// What the page may load: its own script and style. Nothing is inline.
pub const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; \
                          worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The longest target that a visitor without scripts is led back to, in bytes. It stands in the page twice, each byte as
/// three characters at most: 6 KiB of 15.
const MAX_TARGET: usize = 1_024;

/// What a page says.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// Why it is shown, in a plain sentence.
    pub why: &'a str,
    /// The challenge.
    pub challenge: &'a str,
    /// The work that it asks for.
    pub bits: u8,
    /// The seconds to wait without a script.
    pub wait: u16,
    /// Where [`return_to`] says that the visitor goes back to.
    pub target: &'a [u8],
    /// The reference.
    pub reference: &'a str,
    /// Whether it observes while it works, unless the visitor's browser asks it not to.
    pub observe: bool,
    /// Whom to ask: a link that was checked.
    pub contact: Option<&'a str>,
}

/// Where a visitor without scripts is led back to: what was asked for, or its path where that is too long. Nowhere, and so
/// empty, where the method is not `GET`: what was sent with it did not arrive, and has to be sent again.
pub fn return_to<'a>(request: &Request<'a>) -> &'a [u8] {
    if !matches!(request.method, b"GET" | b"HEAD") {
        return b"";
    }
    let fits = |target: &&[u8]| target.starts_with(b"/") && target.len() <= MAX_TARGET;
    [request.target, request.path()].into_iter().find(fits).unwrap_or(b"/")
}

/// Where a visitor without scripts waits: `/.well-known/outwork/challenge/wait?c=…&r=…`, percent-encoded.
pub fn wait_address(challenge: &str, target: &[u8]) -> String {
    [PREFIX, "challenge/wait?c=", challenge, "&r=", &percent_encode(target)].concat()
}

/// A `location` that leads to a target at this site. A target that begins with two slashes would lead to another: `/.`
/// before it means the same path.
pub fn location(target: &[u8]) -> String {
    let another_site = matches!(target, [b'/', b'/' | b'\\', ..]);
    let mut out = String::from(if another_site { "/." } else { "" });
    for &byte in target {
        match byte {
            b'!'..=b'~' if !b"\"<>\\^`{|}".contains(&byte) => out.push(char::from(byte)),
            _ => push_percent(&mut out, byte),
        }
    }
    out
}

/// Undoes [`percent_encode`]; none for what it never writes.
pub fn percent_decode(text: &[u8]) -> Option<alloc::vec::Vec<u8>> {
    let mut out = alloc::vec::Vec::with_capacity(text.len());
    let mut rest = text;
    loop {
        rest = match rest {
            [] => return Some(out),
            [b'%', high, low, after @ ..] => {
                let digit = |hex: &u8| char::from(*hex).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
                out.push(digit(high)? << 4 | digit(low)?);
                after
            }
            [byte, after @ ..] if is_unreserved(*byte) => {
                out.push(*byte);
                after
            }
            _ => return None,
        };
    }
}

/// Writes all but letters, digits and `-._~/` as `%XX`: what is left means nothing in a query or in HTML.
fn percent_encode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for &byte in bytes {
        if is_unreserved(byte) {
            out.push(char::from(byte));
        } else {
            push_percent(&mut out, byte);
        }
    }
    out
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte)
}

fn push_percent(out: &mut String, byte: u8) {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0').to_ascii_uppercase();
    out.extend(['%', digit(byte >> 4), digit(byte & 15)]);
}

/// The page, of a GET or of something that was sent.
pub fn page(page: &Page<'_>) -> String {
    let sent = page.target.is_empty();
    let link = wait_address(page.challenge, page.target).replace('&', "&amp;");
    let (wait, minutes) = (page.wait, LIFETIME / 60);
    let Page { why, challenge, bits, reference, .. } = *page;
    let notice = if sent {
        "<p><strong>What you sent has not arrived, and the site did nothing with it.</strong> When this check is done, go \
         back and send it again.</p>\n"
    } else {
        ""
    };
    let main = format!(
        "<main id=\"outwork\" data-challenge=\"{challenge}\" data-bits=\"{bits}\" data-method=\"{}\" \
         data-reference=\"{reference}\">\n\
         <h1>One moment, please</h1>\n\
         <p>{why} So it first makes sure that a browser asks, which takes about a second. You need not do anything.</p>\n\
         {notice}\
         <p id=\"outwork-status\" role=\"status\" aria-live=\"polite\">Please wait.</p>\n\
         <progress id=\"outwork-progress\" aria-label=\"Progress of the check\" hidden></progress>\n\
         <p><button type=\"button\" id=\"outwork-retry\" hidden>Try again</button>\n\
         <button type=\"button\" id=\"outwork-back\" hidden>Go back</button></p>\n\
         <p id=\"outwork-wait\">No script, or nothing happens? Wait {wait} seconds, then <a href=\"{link}\">go on without \
         it</a>. This page is good for {minutes} minutes.</p>\n\
         <p>Reference: <code>{reference}</code></p>\n{}</main>",
        if sent { "POST" } else { "GET" },
        contact(page.contact),
    );
    let head = format!(
        "<script src=\"{}\"{} defer></script>\n\
         <noscript><meta http-equiv=\"refresh\" content=\"{wait}; url={link}\"></noscript>\n",
        CHALLENGE_SCRIPT.path(),
        if page.observe { " data-start=\"auto\"" } else { "" },
    );
    document("One moment, please", &head, &main)
}

/// The page after a wait that leads nowhere, because something was sent.
pub fn done(contact_link: Option<&str>) -> String {
    let main = format!(
        "<main id=\"outwork\">\n<h1>Thank you</h1>\n<p>The check is done. What you sent has not arrived: please go back \
         to the page before the last, and send it again.</p>\n{}</main>",
        contact(contact_link),
    );
    document("Thank you", "", &main)
}

/// The page of a wait that did not lead back, with a link to begin anew.
pub fn failed(why: &str, again: &str, reference: &str, contact_link: Option<&str>) -> String {
    let again = again.replace('&', "&amp;").replace('\'', "&#39;");
    let main = format!(
        "<main id=\"outwork\">\n<h1>Please try once more</h1>\n<p>{why}</p>\n\
         <p><a href=\"{again}\">Open the page again</a></p>\n<p>Reference: <code>{reference}</code></p>\n{}</main>",
        contact(contact_link),
    );
    document("Please try once more", "", &main)
}

fn contact(link: Option<&str>) -> String {
    link.map_or_else(String::new, |link| {
        format!("<p>If this does not let you in, <a href=\"{link}\">tell the site</a> the reference.</p>\n")
    })
}

fn document(title: &str, head: &str, main: &str) -> String {
    let style = CHALLENGE_STYLE.path();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\"><meta \
         name=\"robots\" content=\"noindex\">\n<title>{title}</title>\n<link rel=\"stylesheet\" href=\"{style}\">\n{head}\
         </head>\n<body>{main}</body>\n</html>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::Fact;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    fn request<'a>(method: &'a [u8], target: &'a [u8]) -> Request<'a> {
        let (protocol, pseudo_order) = (Fact::Absent, Fact::Absent);
        Request { method, scheme: b"https", authority: b"shop.example", target, protocol, pseudo_order }
    }

    #[test]
    fn one_goes_back_to_what_was_asked_for_if_it_fits() {
        let long = [&b"/a?"[..], &[b'x'; MAX_TARGET]].concat();
        let longer = [&b"/"[..], &[b'x'; MAX_TARGET]].concat();
        for (method, target, expected) in [
            (&b"GET"[..], &b"/a?b=c"[..], &b"/a?b=c"[..]),
            (b"HEAD", b"/a", b"/a"),
            (b"GET", &long, b"/a"),
            (b"GET", &longer, b"/"),
            (b"GET", b"https://evil.example/", b"/"),
            (b"GET", b"*", b"/"),
            (b"POST", b"/a", b""),
            (b"DELETE", b"/a", b""),
        ] {
            assert_eq!(return_to(&request(method, target)), expected);
        }
    }

    #[test]
    fn a_location_stays_at_this_site() {
        for (target, expected) in [
            (&b"/a?b=c&d=%20"[..], "/a?b=c&d=%20"),
            (b"//evil.example/x", "/.//evil.example/x"),
            (b"/\\evil.example", "/./%5Cevil.example"),
            (b"/\t/evil.example", "/%09/evil.example"),
            (b"/a\r\nset-cookie: x=y", "/a%0D%0Aset-cookie:%20x=y"),
            (b"/\"><b>\xff", "/%22%3E%3Cb%3E%FF"),
        ] {
            assert_eq!(location(target), expected);
        }
    }

    #[test]
    fn a_page_has_at_most_15_kib_with_all_that_it_loads() {
        // A target stands in the page twice, three bytes for one at worst. A longer one than this makes the page larger,
        // never the script and the style, which are 12.4 KiB of it and load once for all pages.
        let target = [&b"/"[..], &[b'x'; 255]].concat();
        let (contact, challenge) = ("https://x.example/".repeat(7), "x".repeat(super::super::LENGTH));
        let why = "Why. ".repeat(20);
        let shown = Page {
            why: &why,
            challenge: &challenge,
            bits: 22,
            wait: 240,
            target: &target,
            reference: "0123456789ABCDEF",
            observe: true,
            contact: Some(&contact),
        };
        // The style and the script count too: a visitor loads all three.
        let assets = CHALLENGE_SCRIPT.content.len() + CHALLENGE_STYLE.content.len();
        assert!(page(&shown).len() + assets <= 15 * 1_024, "{} and {assets}", page(&shown).len());
        let target = [&b"/"[..], &[0xff; MAX_TARGET - 1]].concat();
        let longest = Page { target: &target, ..shown };
        assert!(page(&longest).len() <= 9 * 1_024, "{}", page(&longest).len());
    }

    #[test]
    fn only_a_policy_that_says_so_has_the_page_observe() {
        let shown = |observe| {
            let (why, challenge, reference) = ("Why.", "c", "R");
            page(&Page { why, challenge, bits: 1, wait: 1, target: b"/", reference, observe, contact: None })
        };
        assert!(!shown(false).contains("data-start"));
        assert!(shown(true).contains(" data-start=\"auto\" defer></script>"));
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded_and_means_nothing_in_html(bytes: Vec<u8>) {
            let text = percent_encode(&bytes);
            prop_assert!(!text.contains(['"', '\'', '<', '>', '&', ' ', ';', '=']));
            prop_assert_eq!(percent_decode(text.as_bytes()), Some(bytes));
        }

        #[test]
        fn any_text_is_decoded_or_refused(text: Vec<u8>) {
            let decoded = percent_decode(&text);
            prop_assert!(decoded.is_none_or(|bytes| bytes.len() <= text.len()));
        }

        #[test]
        fn no_target_leaves_its_place(target: Vec<u8>) {
            let location = location(&target);
            prop_assert!(location.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"<>".contains(&byte)));
            prop_assert!(!location.starts_with("//") && !location.starts_with("/\\"));
        }
    }
}
