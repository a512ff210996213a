//! What several readers of JSON share. The lexer is `hifijson`: no document is built, and nothing is read that nobody asks for.

use alloc::string::String;
use hifijson::{Error, Expect, SliceLexer, str::LexAlloc as _, token::Lex};

/// How deep what is passed over may go: reading it takes a frame of the stack a level.
pub(crate) const MAX_DEPTH: u8 = 32;

/// Reads an object, one member after another: `read` gets a member's key and the first byte of its value.
pub(crate) fn object<'a>(
    next: u8,
    lexer: &mut SliceLexer<'a>,
    mut read: impl FnMut(&str, u8, &mut SliceLexer<'a>) -> Result<(), Error>,
) -> Result<(), Error> {
    if next != b'{' {
        return Err(Expect::Value.into());
    }
    lexer.discarded().seq(b'}', Lex::ws_peek, |next, lexer| {
        lexer.expect(|_| Some(next), b'"').ok_or(Expect::String)?;
        let key = lexer.str_string()?;
        lexer.expect(Lex::ws_peek, b':').ok_or(Expect::Colon)?;
        let next = lexer.ws_peek().ok_or(Expect::Value)?;
        read(&key, next, lexer)
    })
}

/// A string; none where the value is another.
pub(crate) fn string(next: u8, lexer: &mut SliceLexer<'_>) -> Result<Option<String>, Error> {
    match next {
        b'"' => Ok(Some(lexer.discarded().str_string()?.into_owned())),
        _ => skip(next, lexer, MAX_DEPTH).map(|()| None),
    }
}

/// Passes over a value, as `hifijson::ignore` does, and no deeper than it may go.
pub(crate) fn skip(next: u8, lexer: &mut SliceLexer<'_>, depth: u8) -> Result<(), Error> {
    let inner = depth.checked_sub(1).ok_or(Expect::Value)?;
    match next {
        b'[' => lexer.discarded().seq(b']', Lex::ws_peek, |next, lexer| skip(next, lexer, inner)),
        b'{' => object(next, lexer, |_, next, lexer| skip(next, lexer, inner)),
        plain => hifijson::ignore::parse(plain, lexer),
    }
}
