//! Bytes as HTML that arrives in chunks: the tag has one place at most, inside its chunk, and however a page is split,
//! whether it takes a tag is the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use outwork_insert::scanner::Scanner;

fuzz_target!(|data: &[u8]| {
    let Some((&size, page)) = data.split_first() else { return };
    let whole = places(page, page.len().max(1));
    let parts = places(page, usize::from(size).max(1));
    assert!(whole.len() <= 1);
    assert_eq!(whole.len(), parts.len());
    if let ([whole], [parts]) = (whole.as_slice(), parts.as_slice()) {
        // Split, the tag stands where it stood, or behind the end of the head.
        assert!(
            parts >= whole
                && page
                    .get(*whole..*parts)
                    .is_some_and(|between| !between.contains(&b'<') || between.starts_with(b"</"))
        );
    }
});

/// Where the tag goes in the page, read in chunks of this size.
fn places(page: &[u8], size: usize) -> Vec<usize> {
    let mut scanner = Scanner::default();
    let chunks = page.chunks(size).enumerate();
    chunks
        .filter_map(|(number, chunk)| {
            let at = scanner.read(chunk)?;
            assert!(at <= chunk.len());
            Some(number * size + at)
        })
        .collect()
}
