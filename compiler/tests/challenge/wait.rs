//! The way through without a script.

use crate::site::{SETTINGS, Seen, Site, Visitor, header, solve};
use outwork_engine::decision::Verdict;

const TARGET: &str = "/login?next=%2Fcart&x=<\"&amp;";

/// A site, a visitor without scripts, and where its page leads.
fn challenged(target: &str) -> (Site, Visitor, Seen) {
    let (mut site, visitor) = (Site::new(SETTINGS), Visitor::new());
    let page = site.get(&visitor, target);
    (site, visitor, page)
}

#[test]
fn who_waits_goes_back_to_where_they_were_for_less_long() {
    let (mut site, mut visitor, page) = challenged(TARGET);
    let link = page.wait_link();
    let early = site.get(&visitor, &link);
    assert_eq!(early.reply().status, 403);
    assert!(early.reply().body.contains("http-equiv=\"refresh\" content=\"5; url="));
    assert_eq!((early.token(), early.wait_link()), (page.token(), link.clone()), "the same page again");
    site.second = 4;
    assert!(site.get(&visitor, &link).reply().body.contains("content=\"1; url="));
    site.second = 5;
    let given = site.get(&visitor, &link);
    assert_eq!((given.reply().status, header(given.reply(), "location")), (303, Some(&*format!("{link}&k=1"))));
    visitor.keep(given.reply());
    let back = site.get(&visitor, &format!("{link}&k=1"));
    assert_eq!((back.reply().status, header(back.reply(), "set-cookie")), (303, None));
    assert_eq!(header(back.reply(), "location"), Some("/login?next=%2Fcart&x=%3C%22&amp;"));
    assert_eq!(site.get(&visitor, TARGET).verdict, Some(Verdict::Tag));
    site.second = 5 + 600;
    assert_eq!(site.get(&visitor, TARGET).verdict, Some(Verdict::Challenge));
}

/// Over and over it would be challenged, wait, and be led back to be challenged.
#[test]
fn who_keeps_no_cookie_is_told_so_instead_of_going_round() {
    for (mut site, visitor, page) in [challenged(TARGET), {
        let (mut site, visitor) = (Site::new(SETTINGS), Visitor::new());
        let page = site.send(&visitor.request("POST", "/login"), b"");
        (site, visitor, page)
    }] {
        site.second = 5;
        let given = site.get(&visitor, &page.wait_link());
        assert_eq!(given.reply().status, 303);
        let next = header(given.reply(), "location").unwrap().to_owned();
        for second in [5, 6, 299] {
            site.second = second;
            let told = site.get(&visitor, &next);
            let (reply, body) = (told.reply(), &told.reply().body);
            assert_eq!((reply.status, header(reply, "location"), header(reply, "set-cookie")), (403, None, None));
            for part in ["<h1>", "keeps no cookies", "http: instead of https:", "Reference: <code>", "/help\">"] {
                assert!(body.contains(part), "{part}: {body}");
            }
            assert!(!body.contains("http-equiv"), "it goes on by hand: {body}");
        }
        let problem = site.get(&visitor.clone().with("accept", "*/*"), &next);
        assert_eq!(header(problem.reply(), "content-type"), Some("application/problem+json"));
    }
}

/// Saying that one has a clearance gives none, and spends none.
#[test]
fn who_begins_with_the_second_step_is_not_let_through() {
    let (mut site, mut visitor, page) = challenged(TARGET);
    let (link, second) = (page.wait_link(), format!("{}&k=1", page.wait_link()));
    assert!(site.get(&visitor, &second).reply().body.contains("content=\"5; url="), "it is too early for that too");
    site.second = 5;
    let told = site.get(&visitor, &second);
    assert_eq!((told.reply().status, header(told.reply(), "set-cookie")), (403, None));
    visitor.keep(site.get(&visitor.clone(), &link).reply());
    let elsewhere = second.replace("/login", "/other");
    assert_ne!(elsewhere, second);
    assert_eq!(site.get(&visitor, &elsewhere).reply().status, 403, "the challenge is for one target here too");
    assert_eq!(site.get(&visitor, &second).reply().status, 303);
}

#[test]
fn loading_it_twice_leads_back_twice_and_clears_once() {
    let (mut site, mut visitor, page) = challenged(TARGET);
    site.second = 5;
    let link = page.wait_link();
    visitor.keep(site.get(&visitor, &link).reply());
    let again = site.get(&visitor, &link);
    assert_eq!((again.reply().status, header(again.reply(), "set-cookie")), (303, None));
    let bare = Visitor { cookies: Vec::new(), ..visitor };
    assert_eq!(site.get(&bare, &link).reply().status, 409, "one wait clears one visitor");
}

#[test]
fn who_worked_meanwhile_is_led_back_too() {
    let (mut site, mut visitor, page) = challenged(TARGET);
    visitor.keep(&site.answer(&visitor.clone(), &page.token(), &solve(&page.token(), 3)));
    site.second = 5;
    assert_eq!(site.get(&visitor, &page.wait_link()).reply().status, 303);
}

#[test]
fn nobody_is_led_elsewhere() {
    let (mut site, visitor, page) = challenged(TARGET);
    site.second = 5;
    let (start, _) = page.wait_link().split_once("&r=").map(|(start, rest)| (start.to_owned(), rest.len())).unwrap();
    for target in ["https%3A%2F%2Fevil.example", "//evil.example", "/login", "", "%zz", "<script>"] {
        let seen = site.get(&visitor, &format!("{start}&r={target}"));
        let reply = seen.reply();
        assert!(matches!(reply.status, 400 | 403), "{target}: {}", reply.status);
        assert_eq!((header(reply, "location"), header(reply, "set-cookie")), (None, None));
        let link = reply.body.split("<a href=\"").nth(1).unwrap();
        assert!(link.starts_with('/') && !link.starts_with("//"), "{target}: {link}");
    }
    // A target that names another site, as a path of this one.
    let page = site.get(&visitor, "//login.evil.example/odd");
    site.second = 20;
    let mut visitor = visitor;
    visitor.keep(site.get(&visitor.clone(), &page.wait_link()).reply());
    let back = site.get(&visitor, &page.wait_link());
    assert_eq!(header(back.reply(), "location"), Some("/.//login.evil.example/odd"));
}

#[test]
fn who_sent_something_is_told_to_send_it_again() {
    let (mut site, mut visitor) = (Site::new(SETTINGS), Visitor::new());
    let page = site.send(&visitor.request("POST", "/login"), b"");
    site.second = 5;
    visitor.keep(site.get(&visitor.clone(), &page.wait_link()).reply());
    let done = site.get(&visitor, &format!("{}&k=1", page.wait_link()));
    assert_eq!((done.reply().status, header(done.reply(), "location")), (200, None));
    assert!(done.reply().body.contains("send it again"));
    assert_eq!(site.send(&visitor.request("POST", "/login"), b"").verdict, Some(Verdict::Tag));
}

#[test]
fn a_wait_of_another_or_too_long_ago_is_refused_on_a_page() {
    let (mut site, visitor, page) = challenged(TARGET);
    let link = page.wait_link();
    site.second = 5;
    let moved = Visitor { address: "203.0.113.8", ..visitor.clone() };
    let other = Visitor { language: "de", ..visitor.clone() };
    for (visitor, word) in [(&moved, "network address has changed"), (&other, "another browser")] {
        let seen = site.get(visitor, &link);
        assert_eq!(seen.reply().status, 403);
        assert!(seen.reply().body.contains(word) && seen.reply().body.contains("<h1>"), "{}", seen.reply().body);
    }
    site.second = 300;
    assert_eq!(site.get(&visitor, &link).reply().status, 410);
    let program = visitor.with("accept", "*/*");
    let problem = site.get(&program, &link);
    assert_eq!(header(problem.reply(), "content-type"), Some("application/problem+json"));
}
