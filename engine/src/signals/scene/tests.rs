use super::Scene;
use crate::{fact::Fact, signals::Sample};

const COOKIES: &[(&[u8], &[u8])] = &[(b"cookie", b"a=1; b = \"2\""), (b"x-y", b"z"), (b"cookie", b"c=3;a=4;flag")];

fn check(sample: Sample, headers: &[(&[u8], &[u8])], test: impl Fn(&Scene<'_>)) {
    let facts = sample.facts(headers);
    test(&Scene::new(&facts));
}

#[test]
fn cookies_are_found_in_every_cookie_header() {
    check(Sample::GET, COOKIES, |scene| {
        let cookie = |name: &str| scene.cookie(name.as_bytes());
        assert_eq!(cookie("a"), Fact::Known(b"1".as_slice()));
        assert_eq!(cookie("b"), Fact::Known(b"\"2\"".as_slice()));
        assert_eq!(cookie("c"), Fact::Known(b"3".as_slice()));
        assert_eq!(cookie("flag"), Fact::Absent);
        assert_eq!(cookie("A"), Fact::Absent);
    });
}

#[test]
fn parameters_are_raw_and_the_first_counts() {
    check(Sample { target: "/p?a=1%20&b&a=2&=x&c=d=e", ..Sample::GET }, &[], |scene| {
        let param = |name: &str| scene.param(name.as_bytes());
        assert_eq!(param("a"), Fact::Known(b"1%20".as_slice()));
        assert_eq!(param("b"), Fact::Known(b"".as_slice()));
        assert_eq!(param("c"), Fact::Known(b"d=e".as_slice()));
        assert_eq!(param(""), Fact::Absent);
    });
}

#[test]
fn headers_are_found_by_any_name() {
    check(Sample::GET, COOKIES, |scene| {
        assert_eq!(scene.header(b"x-y"), Fact::Known(b"z".as_slice()));
        assert_eq!(scene.header(b"cookie"), Fact::Known(b"a=1; b = \"2\"".as_slice()));
        assert_eq!(scene.header(b"accept"), Fact::Absent);
    });
}

#[test]
fn one_browser_keeps_its_device_parts_from_page_to_image() {
    let agent: &[u8] =
        b"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36";
    let page: [(&[u8], &[u8]); 3] = [(b"user-agent", agent), (b"accept", b"text/html"), (b"accept-language", b"de")];
    let image: [(&[u8], &[u8]); 3] = [(b"user-agent", agent), (b"accept-language", b"de"), (b"referer", b"/")];
    let fresh = Sample { ja4: Fact::Known("t13d1517h2_8daaf6152771_cb7bf5808d99"), ..Sample::GET };
    let resumed = Sample { ja4: Fact::Known("t13d1518h2_8daaf6152771_e2d80978ab2e"), ..Sample::GET };
    check(fresh, &page, |one| check(resumed, &image, |two| assert_eq!(one.device_parts(), two.device_parts())));
    check(fresh, &page, |one| check(fresh, &[], |two| assert_ne!(one.device_parts(), two.device_parts())));
}
