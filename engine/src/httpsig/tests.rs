use super::*;
use crate::{signals::Sample, structured::Value};
use alloc::format;
use proptest::prelude::*;

type Sent<'a> = (&'a [u8], &'a [u8]);

fn request<'a>(headers: &'a [Sent<'a>], scheme: &'a str, authority: &'a str, target: &'a str) -> Facts<'a> {
    let mut facts = Sample::GET.facts(headers);
    facts.request.method = b"POST";
    facts.request.scheme = scheme.as_bytes();
    facts.request.authority = authority.as_bytes();
    facts.request.target = target.as_bytes();
    facts
}

fn lines_of(input: &str, facts: &Facts<'_>) -> Result<String, BaseError> {
    let text = format!("sig={input}");
    let read = Dictionary::read(text.as_bytes()).unwrap();
    let built = base(read.get("sig").and_then(Value::inner).unwrap(), facts)?;
    let built = String::from_utf8(built).unwrap();
    let (lines, end) = built.split_once("\"@signature-params\": ").unwrap();
    assert_eq!(end, input);
    Ok(lines.into())
}

#[test]
fn components_have_the_values_of_the_standard() {
    // RFC 9421, 2.1 and 2.2.
    let headers: [Sent<'_>; 9] = [
        (b"date", b"Tue, 20 Apr 2021 02:07:56 GMT"),
        (b"x-ows-header", b"  Leading and trailing whitespace.   "),
        (b"cache-control", b"max-age=60"),
        (b"cache-control", b"   must-revalidate"),
        (b"example-dict", b"  a=1,    b=2;x=1;y=2,   c=(a   b   c), d"),
        (b"example-header", b"value, with, lots"),
        (b"example-header", b"of, commas"),
        (b"empty", b""),
        (b"host", b"www.example.com"),
    ];
    let facts = request(&headers, "https", "www.Example.com:443", "/path?param=value&foo=bar&baz=batman&qux=");
    for (component, value) in [
        (r#""date""#, "Tue, 20 Apr 2021 02:07:56 GMT"),
        (r#""x-ows-header""#, "Leading and trailing whitespace."),
        (r#""cache-control""#, "max-age=60, must-revalidate"),
        (r#""empty""#, ""),
        (r#""example-dict";key="a""#, "1"),
        (r#""example-dict";key="d""#, "?1"),
        (r#""example-dict";key="b""#, "2;x=1;y=2"),
        (r#""example-dict";key="c""#, "(a b c)"),
        (r#""example-header";bs"#, ":dmFsdWUsIHdpdGgsIGxvdHM=:, :b2YsIGNvbW1hcw==:"),
        (r#""@method""#, "POST"),
        (r#""@target-uri""#, "https://www.example.com/path?param=value&foo=bar&baz=batman&qux="),
        (r#""@authority""#, "www.example.com"),
        (r#""@scheme""#, "https"),
        (r#""@request-target""#, "/path?param=value&foo=bar&baz=batman&qux="),
        (r#""@path""#, "/path"),
        (r#""@query""#, "?param=value&foo=bar&baz=batman&qux="),
        (r#""@query-param";name="baz""#, "batman"),
        (r#""@query-param";name="qux""#, ""),
    ] {
        let lines = lines_of(&format!("({component});created=1"), &facts);
        assert_eq!(lines, Ok(format!("{component}: {value}\n")));
    }
    let both = lines_of(r#"("@method" "date");created=1618884473;keyid="a""#, &facts).unwrap();
    assert_eq!(both, "\"@method\": POST\n\"date\": Tue, 20 Apr 2021 02:07:56 GMT\n");
}

#[test]
fn parameters_of_a_query_are_encoded_in_one_way() {
    // RFC 9421, 2.2.8.
    let target = "/parameters?var=this%20is%20a%20big%0Amultiline%20value&bar=with+plus+whitespace&fa%C3%A7ade%22%3A%20=something";
    let facts = request(&[], "https", "www.example.com", target);
    for (name, value) in [
        ("var", "this%20is%20a%20big%0Amultiline%20value"),
        ("bar", "with%20plus%20whitespace"),
        ("fa%C3%A7ade%22%3A%20", "something"),
    ] {
        let component = format!(r#""@query-param";name="{name}""#);
        assert_eq!(lines_of(&format!("({component})"), &facts), Ok(format!("{component}: {value}\n")));
    }
}

#[test]
fn what_is_left_out_of_a_target_has_its_default() {
    let facts = request(&[], "http", "a:80", "?");
    let lines = lines_of(r#"("@authority" "@path" "@query" "@target-uri")"#, &facts).unwrap();
    assert_eq!(lines, "\"@authority\": a\n\"@path\": /\n\"@query\": ?\n\"@target-uri\": http://a/?\n");
    assert_eq!(lines_of(r#"("@query")"#, &request(&[], "https", "a", "/")).unwrap(), "\"@query\": ?\n");
}

#[test]
fn a_signature_over_something_else_has_no_base() {
    let headers: [Sent<'_>; 2] = [(b"a", b"x=1"), (b"b", b"(")];
    let mut facts = request(&headers, "https", "a", "/?q=1&q=2");
    for input in [
        r#"("missing")"#,
        r#"("A")"#,
        r#"("a" "a")"#,
        r#"(a)"#,
        r#"("@status")"#,
        r#"("@method";req)"#,
        r#"("@nothing")"#,
        r#"("a";req)"#,
        r#"("a";key=x)"#,
        r#"("a";key="y")"#,
        r#"("b";key="x")"#,
        r#"("a";key="x";bs)"#,
        r#"("@query-param";name="q")"#,
        r#"("@query-param";name="p")"#,
        r#"("@query-param")"#,
    ] {
        assert_eq!(lines_of(input, &facts), Err(BaseError::Invalid), "{input}");
    }
    for input in [r#"("a";sf)"#, r#"("a";tr)"#] {
        assert_eq!(lines_of(input, &facts), Err(BaseError::Unsupported), "{input}");
    }
    let many = |count: usize| {
        let names: Vec<String> = (0..count).map(|n| format!(r#""a";key="x";z{n}"#)).collect();
        format!("({})", names.join(" "))
    };
    assert_eq!(lines_of(&many(2), &facts), Err(BaseError::Invalid));
    facts.seen.authority = false;
    assert_eq!(lines_of(r#"("@authority")"#, &facts), Err(BaseError::Unsupported));
}

proptest! {
    #[test]
    fn any_components_have_a_base_or_none(input in "\\(([\"@abpathquery;=]|\"@query\"|;name=\"a\"| |\"a\";bs){0,20}\\)", target in "[/?&=a%+0-9]{0,20}") {
        let facts = request(&[(b"a", b"x=1")], "https", "h", &target);
        let text = format!("s={input}");
        if let Some(read) = Dictionary::read(text.as_bytes()) {
            let _ = base(read.get("s").and_then(Value::inner).unwrap(), &facts);
        }
    }
}
