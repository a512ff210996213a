//! Crawlers that say so: a word for it, or an address where to read about it.

/// Whether a user agent has `bot` at the end of a word, `crawl` or `spider` anywhere, or a contact like `+http`.
pub(super) fn is_named_in(text: &[u8]) -> bool {
    (0..text.len()).any(|at| {
        let Some((before, rest)) = text.split_at_checked(at) else { return false };
        match rest.first() {
            Some(b'b' | b'B') => starts(rest, b"bot") && ends_word(rest) && !is_phone_brand(before),
            Some(b'c' | b'C') => starts(rest, b"crawl"),
            Some(b's' | b'S') => starts(rest, b"spider") || starts(rest, b"slurp"),
            Some(b'+') => starts(rest, b"+http"),
            _ => false,
        }
    })
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
