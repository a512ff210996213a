//! Crawlers that say so: a word for it, or a page to read about it.

/// Whether a user agent has `bot` at the end of a word, `crawl`, `spider` or `slurp` anywhere, or the address of a page.
pub(super) fn is_named_in(text: &[u8]) -> bool {
    text.iter().enumerate().any(|(at, byte)| match byte {
        b'b' | b'B' => is_bot(text, at),
        b'c' | b'C' => starts_at(text, at, b"crawl"),
        b's' | b'S' => starts_at(text, at, b"spider") || starts_at(text, at, b"slurp"),
        b':' => starts_at(text, at, b"://"),
        _ => false,
    })
}

fn starts_at(text: &[u8], at: usize, word: &[u8]) -> bool {
    text.get(at..).is_some_and(|rest| starts(rest, word))
}

fn is_bot(text: &[u8], at: usize) -> bool {
    let Some((before, rest)) = text.split_at_checked(at) else { return false };
    starts(rest, b"bot") && ends_word(rest) && !is_phone_brand(before)
}

fn starts(text: &[u8], word: &[u8]) -> bool {
    text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

fn ends_word(text: &[u8]) -> bool {
    match text.get(3) {
        Some(b's' | b'S') => !text.get(4).is_some_and(u8::is_ascii_alphabetic),
        after => !after.is_some_and(u8::is_ascii_alphabetic),
    }
}

/// Cubot makes phones, whose model names stand in the user agents of their browsers.
fn is_phone_brand(before: &[u8]) -> bool {
    before.len().checked_sub(2).and_then(|start| before.get(start..)).is_some_and(|end| starts(end, b"cu"))
}
