//! The body of an answer: `{"challenge":"…","answer":"123"}`, and no other JSON.
//!
//! The two members stand in any order, with white space where JSON has it. Their texts need no escapes, so none are read,
//! and nothing but these two members is taken.

/// An answer to a challenge, unchecked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer<'a> {
    /// The text of the challenge.
    pub challenge: &'a [u8],
    /// The counter.
    pub answer: &'a [u8],
}

/// Reads a body; none where it is anything else.
pub fn read_answer(body: &[u8]) -> Option<Answer<'_>> {
    let mut rest = body;
    expect(&mut rest, b'{')?;
    let first = member(&mut rest)?;
    expect(&mut rest, b',')?;
    let second = member(&mut rest)?;
    expect(&mut rest, b'}')?;
    if !rest.trim_ascii_start().is_empty() {
        return None;
    }
    match [first, second] {
        [(b"challenge", challenge), (b"answer", answer)] | [(b"answer", answer), (b"challenge", challenge)] => {
            Some(Answer { challenge, answer })
        }
        _ => None,
    }
}

fn member<'a>(rest: &mut &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
    let name = text(rest)?;
    expect(rest, b':')?;
    Some((name, text(rest)?))
}

/// A string of letters, digits, `-` and `_`.
fn text<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    expect(rest, b'"')?;
    let end = rest.iter().position(|&byte| !(byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'))?;
    let (text, after) = rest.split_at_checked(end)?;
    *rest = after;
    // White space is not skipped here: it would belong to the string.
    *rest = rest.strip_prefix(b"\"")?;
    Some(text)
}

/// JSON's white space, and one sign.
fn expect(rest: &mut &[u8], sign: u8) -> Option<()> {
    while let [b' ' | b'\t' | b'\n' | b'\r', after @ ..] = *rest {
        *rest = after;
    }
    let (&first, after) = rest.split_first()?;
    *rest = after;
    (first == sign).then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_orders_and_white_space_are_read() {
        let expected = Some(Answer { challenge: b"aZ-_09", answer: b"17" });
        for body in [
            r#"{"challenge":"aZ-_09","answer":"17"}"#,
            r#"{"answer":"17","challenge":"aZ-_09"}"#,
            " {\r\n\t\"challenge\" : \"aZ-_09\" ,\n\"answer\":\"17\" } \n",
        ] {
            assert_eq!(read_answer(body.as_bytes()), expected, "{body}");
        }
    }

    #[test]
    fn nothing_else_is_read() {
        for body in [
            "",
            "{}",
            "[]",
            "null",
            r#"{"challenge":"a"}"#,
            r#"{"challenge":"a","challenge":"b"}"#,
            r#"{"challenge":"a","answer":1}"#,
            r#"{"challenge":"a","answer":"1","more":"2"}"#,
            r#"{"challenge":"a","answer":"1",}"#,
            r#"{"challenge":"a","answer":"1"} x"#,
            r#"{"challenge":"\u0061","answer":"1"}"#,
            r#"{"challenge":"a ","answer":"1"}"#,
            r#"{"challenge":"a" "answer":"1"}"#,
            r#"{'challenge':'a','answer':'1'}"#,
        ] {
            assert_eq!(read_answer(body.as_bytes()), None, "{body}");
        }
    }
}
