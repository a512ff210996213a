//! Which account a request is of, for limits that count accounts.
//!
//! Nothing here is verified: the origin does that. Whoever asks can leave the account out, make one up, or name that of
//! somebody else, unless something in front of the filter sets the header.

use crate::{fact::Fact, json, signals::Scene};
use alloc::{borrow::Cow, string::String, vec::Vec};
use base64ct::{Base64UrlUnpadded, Encoding};
use hifijson::{Error, SliceLexer, num::LexWrite as _, token::Lex};
use serde::{Deserialize, Serialize};

/// What is longer names no account: servers refuse such headers, and reading them costs time.
pub const MAX_CREDENTIAL: usize = 8 << 10;

/// Where the name of an account stands in a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// In which field.
    pub place: Place,
    /// Under which name in the payload of a JWT (RFC 7519) that the field holds; none where it is all of the field.
    pub claim: Option<String>,
}

/// A field of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Place {
    /// The first header of this name, in lower case.
    Header(String),
    /// The first cookie of this name.
    Cookie(String),
}

impl Account {
    /// The field, as it was sent.
    pub fn field<'a>(&self, scene: &Scene<'a>) -> Fact<&'a [u8]> {
        match &self.place {
            Place::Header(name) => scene.header(name.as_bytes()),
            Place::Cookie(name) => scene.cookie(name.as_bytes()),
        }
    }

    /// The account that a field names; none where it names none.
    pub fn read<'a>(&self, field: &'a [u8]) -> Option<Cow<'a, [u8]>> {
        let field = field.trim_ascii();
        if field.is_empty() || field.len() > MAX_CREDENTIAL {
            return None;
        }
        match &self.claim {
            None => Some(Cow::Borrowed(field)),
            Some(claim) => claim_of(without_scheme(field), claim).map(Cow::Owned),
        }
    }
}

/// What follows `Bearer` (RFC 6750), or all of it.
fn without_scheme(field: &[u8]) -> &[u8] {
    match field.split_at_checked(7) {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case(b"bearer ") => token.trim_ascii_start(),
        _ => field,
    }
}

/// A claim of a token: its text, or its number as written.
fn claim_of(token: &[u8], name: &str) -> Option<Vec<u8>> {
    let mut parts = token.split(|&byte| byte == b'.');
    let (Some(_), Some(payload), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return None;
    };
    let payload = Base64UrlUnpadded::decode_vec(core::str::from_utf8(payload).ok()?).ok()?;
    let mut lexer = SliceLexer::new(&payload);
    let claim = lexer.exactly_one(Lex::ws_peek, |next, lexer| member(next, lexer, name)).ok().flatten();
    claim.filter(|text| !text.is_empty())
}

/// The text or number of one member of an object. Of two with one name the later counts, as with most parsers.
fn member(next: u8, lexer: &mut SliceLexer<'_>, name: &str) -> Result<Option<Vec<u8>>, Error> {
    let mut found = None;
    json::object(next, lexer, |key, next, lexer| {
        if key == name {
            found = text(next, lexer)?;
            return Ok(());
        }
        json::skip(next, lexer, json::MAX_DEPTH)
    })?;
    Ok(found)
}

/// A string, or a number as written; none where the value is another.
fn text(next: u8, lexer: &mut SliceLexer<'_>) -> Result<Option<Vec<u8>>, Error> {
    match next {
        b'-' | b'0'..=b'9' => Ok(Some(lexer.num_bytes().validated()?.0.to_vec())),
        _ => json::string(next, lexer).map(|text| text.map(String::into_bytes)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::Sample;
    use alloc::format;

    fn jwt(payload: &str) -> Vec<u8> {
        let encoded = |text: &str| Base64UrlUnpadded::encode_string(text.as_bytes());
        format!("{}.{}.c2lnbmF0dXJl", encoded("{\"alg\":\"RS256\"}"), encoded(payload)).into_bytes()
    }

    fn account(claim: Option<&str>) -> Account {
        Account { place: Place::Header("authorization".into()), claim: claim.map(Into::into) }
    }

    fn sub(field: &[u8]) -> Option<Vec<u8>> {
        account(Some("sub")).read(field).map(Cow::into_owned)
    }

    #[test]
    fn a_claim_is_text_or_a_number() {
        for (payload, expected) in [
            (r#"{"sub":"alice"}"#, Some("alice")),
            (r#"{"iss":"x","sub":"al\u0069ce","exp":1}"#, Some("alice")),
            (r#"{"sub":1234567890123456789012}"#, Some("1234567890123456789012")),
            (r#"{"sub":-5}"#, Some("-5")),
            (r#"{"s\u0075b":"alice"}"#, Some("alice")),
            (r#" {"sub" : "alice" } "#, Some("alice")),
            (r#"{"sub":"first","sub":"last"}"#, Some("last")),
            (r#"{"act":{"sub":"inner"}}"#, None),
            (r#"{"roles":["a",{"b":[1,2,null]}],"sub":"alice"}"#, Some("alice")),
            (r#"{"sub":""}"#, None),
            (r#"{"sub":null}"#, None),
            (r#"{"sub":true}"#, None),
            (r#"{"sub":["alice"]}"#, None),
            (r#"{"name":"alice"}"#, None),
            (r#"["sub","alice"]"#, None),
            (r#"{"sub":"alice"} more"#, None),
            (r#"{"sub":"alice""#, None),
            (r#"{"sub":01}"#, None),
            (r#"{"sub":1.}"#, None),
            (r#"{sub:"alice"}"#, None),
            (r#"{"sub":"\ud800"}"#, None),
            ("", None),
        ] {
            assert_eq!(sub(&jwt(payload)).as_deref(), expected.map(str::as_bytes), "{payload}");
        }
    }

    #[test]
    fn a_scheme_before_the_token_makes_no_difference() {
        let token = jwt(r#"{"sub":"alice"}"#);
        for scheme in ["Bearer ", "bearer   ", ""] {
            assert_eq!(sub(&[scheme.as_bytes(), &token].concat()), Some(b"alice".into()), "{scheme:?}");
        }
        assert_eq!(sub(&[b"Basic ", token.as_slice()].concat()), sub(&token), "the header of a token is not read");
    }

    #[test]
    fn what_is_no_token_names_nobody() {
        let token = jwt(r#"{"sub":"alice"}"#);
        let more = [token.as_slice(), b".x"].concat();
        let padded = format!("e30.{}.x", base64ct::Base64::encode_string(br#"{"sub":"a"}"#));
        for field in [b"".as_slice(), b" ", b"..", b"a.b", b"a.b.c", b"a.\xff.c", &more, padded.as_bytes()] {
            assert_eq!(sub(field), None, "{}", field.escape_ascii());
        }
    }

    #[test]
    fn what_is_passed_over_is_as_deep_as_claims_are() {
        let nested = |depth| [r#"{"x":"#, &"[".repeat(depth), &"]".repeat(depth), r#","sub":"a"}"#].concat();
        let read = [1, 32, 33, 3_000].map(|depth| sub(&jwt(&nested(depth))).is_some());
        assert_eq!(read, [true, true, false, false]);
    }

    #[test]
    fn a_field_is_an_account_up_to_its_longest() {
        let whole = |field: &[u8]| account(None).read(field).map(Cow::into_owned);
        assert_eq!((whole(b" alice "), whole(b" ")), (Some(b"alice".into()), None));
        let long = [b'a'; MAX_CREDENTIAL + 1];
        assert_eq!((whole(&long[1..]).is_some(), whole(&long)), (true, None));
    }

    #[test]
    fn a_field_is_a_header_or_a_cookie() {
        let headers: [(&[u8], &[u8]); 2] = [(b"x-user", b"alice"), (b"cookie", b"a=1; uid=bob")];
        let facts = Sample::GET.facts(&headers);
        let scene = Scene::new(&facts);
        let field = |place| Account { place, claim: None }.field(&scene);
        assert_eq!(field(Place::Header("x-user".into())), Fact::Known(b"alice".as_slice()));
        assert_eq!(field(Place::Cookie("uid".into())), Fact::Known(b"bob".as_slice()));
        assert_eq!(field(Place::Header("x-account".into())), Fact::Absent);
    }
}
