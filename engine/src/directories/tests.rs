use super::*;
use alloc::{format, string::ToString};
use ed25519_dalek::SigningKey;
use proptest::prelude::*;

const URL: &str = "https://agent.example/.well-known/http-message-signatures-directory";
const SET: &str = "https://agent.example/keys.json";
const TYPE: &str = "application/http-message-signatures-directory+json";
const NOW: Time = Time(1_795_305_600_000_000);

fn later(micros: u64) -> Time {
    Time(NOW.0 + micros)
}

fn jwk(seed: u8, more: &str) -> String {
    use base64ct::{Base64UrlUnpadded, Encoding};
    let public = SigningKey::from_bytes(&[seed; 32]).verifying_key().to_bytes();
    format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{}"{more}}}"#, Base64UrlUnpadded::encode_string(&public))
}

fn set(keys: &[String]) -> String {
    format!(r#"{{"keys":[{}]}}"#, keys.join(","))
}

fn response(body: &str) -> Response<'_> {
    Response {
        status: 200,
        content_type: TYPE.as_bytes(),
        cache_control: b"max-age=600",
        retry_after: b"",
        body: body.as_bytes(),
    }
}

fn known(body: &str) -> Result<usize, FetchError> {
    let mut directories = Directories::of([URL]);
    directories.fetched(URL, &response(body), NOW, 0)?;
    Ok(directories.keys(URL, NOW).unwrap().len())
}

#[test]
fn a_directory_is_fetched_when_it_is_due() {
    let mut directories = Directories::of([URL, URL]);
    assert_eq!(directories.due(NOW).collect::<Vec<_>>(), [URL]);
    assert_eq!(directories.keys(URL, NOW), None);
    directories.began(URL, NOW);
    assert_eq!(directories.due(later(UNDER_WAY - 1)).count(), 0, "one fetch at a time");
    assert_eq!(directories.due(later(UNDER_WAY)).count(), 1, "and one that is lost is not waited for");
    directories.fetched(URL, &response(&set(&[jwk(1, "")])), NOW, 0).unwrap();
    assert_eq!(directories.keys(URL, NOW).map(<[Key]>::len), Some(1));
    assert_eq!(directories.due(later(600 * SECOND - 1)).count(), 0);
    assert_eq!(directories.due(later(600 * SECOND)).count(), 1);
    assert_eq!(directories.due(Time(5)).count(), 1, "a clock that was set back stops nothing");
}

#[test]
fn what_is_fresh_for_how_long_has_bounds() {
    for (control, expected) in [
        ("", HOUR),
        ("max-age=1", FRESH_LEAST),
        ("public, Max-Age=7200", 2 * HOUR),
        ("max-age=99999999999999999999", HOUR),
        ("max-age=999999999", FRESH_MOST),
        ("no-store", FRESH_LEAST),
        ("max-age=86400, no-cache", FRESH_LEAST),
    ] {
        let body = set(&[]);
        let answer = Response { cache_control: control.as_bytes(), ..response(&body) };
        for (random, sooner) in [(0, 0), (255, expected / 8)] {
            let mut directories = Directories::of([URL]);
            directories.fetched(URL, &answer, NOW, random).unwrap();
            assert_eq!(directories.due(later(expected - sooner - 1)).count(), 0, "{control}");
            assert_eq!(directories.due(later(expected - sooner)).count(), 1, "{control}");
        }
    }
}

#[test]
fn a_policy_may_have_directories_asked_sooner_or_later() {
    let body = set(&[jwk(1, "")]);
    for (seconds, control, expected) in
        [(1, "max-age=1", 1), (1, "no-store", 1), (1, "max-age=60", 60), (1, "", 3_600), (7_200, "max-age=60", 7_200)]
    {
        let mut directories = Directories::of([URL]).refreshed_after(seconds);
        let answer = Response { cache_control: control.as_bytes(), ..response(&body) };
        for _ in 0..2 {
            directories.fetched(URL, &answer, NOW, 0).unwrap();
            assert_eq!(directories.due(later(expected * SECOND - 1)).count(), 0, "{seconds} {control}");
            assert_eq!(directories.due(later(expected * SECOND)).count(), 1, "{seconds} {control}");
            // What others share leaves that as it is.
            let shared = Directories::from_bytes(&directories.part(URL).to_bytes()).unwrap();
            directories.adopt(shared);
        }
    }
}

#[test]
fn a_failure_keeps_what_is_known_and_is_tried_again() {
    let mut directories = Directories::of([URL]);
    directories.fetched(URL, &response(&set(&[jwk(1, "")])), NOW, 0).unwrap();
    let mut at = later(600 * SECOND);
    for wait in [10, 20, 40, 80, 160, 300, 300] {
        assert_eq!(directories.due(at).count(), 1);
        directories.failed(URL, at, 0);
        assert_eq!(directories.due(Time(at.0 + wait * SECOND - 1)).count(), 0, "{wait}");
        at = Time(at.0 + wait * SECOND);
    }
    assert_eq!(directories.keys(URL, later(STALE)).map(<[Key]>::len), Some(1));
    assert_eq!(directories.keys(URL, later(STALE + 1)), None, "what is too old is not known");
    directories.fetched(URL, &response(&set(&[jwk(2, ""), jwk(3, "")])), at, 0).unwrap();
    assert_eq!(directories.keys(URL, at).map(<[Key]>::len), Some(2), "what answers replaces");
}

#[test]
fn who_asks_to_be_left_alone_is() {
    let mut directories = Directories::of([URL]);
    let answer = Response { status: 503, retry_after: b"120", ..response("") };
    assert_eq!(directories.fetched(URL, &answer, NOW, 0), Err(FetchError::Status));
    assert_eq!(directories.due(later(120 * SECOND - 1)).count(), 0);
    let answer = Response { retry_after: b"99999999999", ..answer };
    directories.fetched(URL, &answer, NOW, 0).unwrap_err();
    assert_eq!(directories.due(later(HOUR)).count(), 1, "but not for ever");
}

#[test]
fn what_is_no_directory_has_failed() {
    let body = set(&[jwk(1, "")]);
    let fetched = |answer: &Response<'_>, url: &str| Directories::of([url]).fetched(url, answer, NOW, 0);
    for status in [301, 302, 304, 307, 308] {
        assert_eq!(fetched(&Response { status, ..response(&body) }, URL), Err(FetchError::Redirect));
    }
    for status in [0, 199, 201, 204, 206, 404, 500] {
        assert_eq!(fetched(&Response { status, ..response(&body) }, URL), Err(FetchError::Status));
    }
    for (content_type, directory, jwk_set) in [
        (TYPE, true, true),
        ("Application/HTTP-Message-Signatures-Directory+JSON; charset=utf-8", true, true),
        ("application/jwk-set+json", false, true),
        ("application/json;charset=utf-8", false, true),
        ("text/html", false, false),
        ("", false, false),
    ] {
        let answer = Response { content_type: content_type.as_bytes(), ..response(&body) };
        assert_eq!(
            (fetched(&answer, URL).is_ok(), fetched(&answer, SET).is_ok()),
            (directory, jwk_set),
            "{content_type}"
        );
    }
    let huge = format!("{}{}", set(&[]), " ".repeat(LARGEST));
    assert_eq!(known(&huge), Err(FetchError::TooLarge));
    assert_eq!(known(huge.get(..LARGEST).unwrap()), Ok(0));
    let many = |count: usize| set(&(0..count).map(|n| jwk(u8::try_from(n).unwrap(), "")).collect::<Vec<_>>());
    assert_eq!(known(&many(MOST_KEYS)), Ok(MOST_KEYS));
    assert_eq!(known(&many(MOST_KEYS + 1)), Err(FetchError::TooMany));
    for text in ["", "[]", "{}", "{\"keys\":{}}", "{\"keys\":[1]}", "{\"keys\":[]", "<html>", "{\"keys\":[]} x", "null"]
    {
        assert_eq!(known(text), Err(FetchError::Malformed), "{text}");
    }
}

#[test]
fn keys_that_cannot_verify_are_passed_over() {
    for (more, fits) in [
        ("", true),
        (r#","kid":"whatever","use":"sig","alg":"EdDSA","key_ops":["verify"]"#, true),
        (r#","x5c":[[[]]],"ext":true"#, true),
        (r#","use":"enc""#, false),
        (r#","use":1"#, false),
        (r#","alg":"HS256""#, false),
        (r#","key_ops":["sign"]"#, false),
        (r#","key_ops":"verify""#, false),
        (r#","kty":"oct""#, false),
        (r#","crv":"X25519""#, false),
        (r#","x":"AAAA""#, false),
        (r#","x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA""#, false),
        (r#","exp":"soon""#, false),
        (r#","nbf":-1"#, false),
    ] {
        assert_eq!(known(&set(&[jwk(1, more)])), Ok(usize::from(fits)), "{more}");
    }
    assert_eq!(known(&set(&[r#"{"kty":"RSA","n":"AQAB","e":"AQAB"}"#.to_string(), jwk(1, ""), jwk(1, "")])), Ok(1));
}

#[test]
fn a_key_has_a_term() {
    for (more, from, until) in [
        ("", 0, u64::MAX),
        (r#","nbf":1712793600,"exp":1715385600"#, 1_712_793_600, 1_715_385_600),
        (r#","nbf":1712793600000,"exp":1715385600000"#, 1_712_793_600, 1_715_385_600),
    ] {
        let mut directories = Directories::of([URL]);
        directories.fetched(URL, &response(&set(&[jwk(1, more)])), NOW, 0).unwrap();
        let key = directories.keys(URL, NOW).unwrap()[0];
        assert_eq!((key.from, key.until), (from, until));
        assert_eq!([from, until - 1, until].map(|at| key.is_good(at)), [true, true, false]);
    }
}

#[test]
fn what_is_shared_is_taken_over() {
    let mut directories = Directories::of([URL, SET]);
    directories.fetched(URL, &response(&set(&[jwk(1, "")])), NOW, 9).unwrap();
    directories.failed(SET, NOW, 200);
    let read = Directories::from_bytes(&directories.to_bytes()).unwrap();
    assert_eq!(read, directories);
    let mut fewer = Directories::of([URL]);
    fewer.adopt(read);
    assert_eq!(fewer.keys(URL, NOW).map(<[Key]>::len), Some(1));
    assert_eq!(fewer.keys(SET, NOW), None, "a policy that does not name it knows nothing of it");
    assert_eq!(fewer.all.len(), 1);
    assert_eq!(Directories::from_bytes(&[7; 9]), None);
}

proptest! {
    #[test]
    fn any_answer_is_one(body: Vec<u8>, content: Vec<u8>, control: Vec<u8>, status: u16, random: u8) {
        let mut directories = Directories::of([SET]);
        let answer = Response { status, content_type: &content, cache_control: &control, retry_after: &content, body: &body };
        let _ = directories.fetched(SET, &answer, NOW, random);
        prop_assert_eq!(directories.due(NOW).count(), 0);
        prop_assert_eq!(directories.due(later(FRESH_MOST + HOUR)).count(), 1);
        let _ = Directories::from_bytes(&body);
    }
}
