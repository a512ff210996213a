//! What a text must have for an expression to match in it.
//!
//! Looking for many literals costs one pass, however many there are, so an automaton need only be run on the few texts
//! that have what it cannot do without (Cox, "Regular Expression Matching with a Trigram Index", 2012; RE2's FilteredRE2).

use super::texts::{Piece, followed_by, nothing, texts};
use regex_syntax::hir::{Hir, HirKind};
use std::collections::BTreeSet;

/// The most literals of which one is needed.
const MOST: usize = 16;

/// Shorter literals are in too many texts.
const SHORTEST: usize = 3;

/// Longer literals are no rarer.
const LONG: usize = 10;

/// What most requests have: what is a part of it says nothing about a request. It decides speed, never answers.
const COMMON: &[&str] = &[
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (compatible; ",
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/png,image/svg+xml,*/*;q=0.8",
    "application/json, text/plain, */*",
    "https://www.example.com/index.html",
    "/index.php",
    "/static/assets/images/css/main.css",
    "/api/v1/js/app.js",
    "/images/logo.png",
    "/wp-content/uploads/photo.jpg",
    "en-US,en;q=0.9",
    "gzip, deflate, br, zstd",
];

/// Literals of which every text that matches has at least one, when there are such that few other texts have.
pub(super) fn needed(hir: &Hir) -> Option<BTreeSet<Piece>> {
    find(hir).filter(|found| found.worth > 0).map(|found| found.pieces)
}

struct Found {
    pieces: BTreeSet<Piece>,
    /// How rare the commonest of them is, by rough guess; 0 is no use.
    worth: usize,
}

impl Found {
    fn new(pieces: BTreeSet<Piece>) -> Option<Self> {
        let worth = pieces.iter().map(worth).min().unwrap_or(LONG);
        (pieces.len() <= MOST).then_some(Self { pieces, worth })
    }

    fn better(self, other: Self) -> Self {
        let rank = |found: &Self| (found.worth, usize::MAX - found.pieces.len());
        if rank(&other) > rank(&self) { other } else { self }
    }
}

fn find(hir: &Hir) -> Option<Found> {
    let whole = texts(hir).and_then(Found::new);
    if whole.is_some() {
        return whole;
    }
    match hir.kind() {
        HirKind::Concat(parts) => find_in_row(parts),
        HirKind::Capture(capture) => find(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => find(&repetition.sub),
        HirKind::Alternation(parts) => {
            let all: Option<Vec<Found>> = parts.iter().map(find).collect();
            Found::new(all?.into_iter().flat_map(|found| found.pieces).collect())
        }
        _ => None,
    }
}

/// The best of all runs of parts that are literals, and of what single parts need.
fn find_in_row(parts: &[Hir]) -> Option<Found> {
    let mut best: Option<Found> = None;
    let mut offer = |found: Option<Found>| {
        best = match (best.take(), found) {
            (Some(best), Some(found)) => Some(best.better(found)),
            (best, found) => best.or(found),
        };
    };
    let mut run = nothing();
    for part in parts {
        let own = texts(part);
        let longer = own.as_ref().and_then(|own| followed_by(&run, own)).filter(|longer| longer.len() <= MOST);
        match longer {
            Some(longer) => run = longer,
            None => {
                offer(Found::new(std::mem::replace(&mut run, nothing())));
                offer(find(part));
                run = own.filter(|own| own.len() <= MOST).unwrap_or_else(nothing);
            }
        }
    }
    offer(Found::new(run));
    best
}

fn worth(piece: &Piece) -> usize {
    let length = piece.text.len().min(LONG);
    let is_common = COMMON.iter().any(|text| is_in(piece, &text.to_ascii_lowercase()));
    if length < SHORTEST || is_common { 0 } else { length }
}

/// Whether a text in lower case has a literal, whatever its case.
fn is_in(piece: &Piece, text: &str) -> bool {
    let (text, part) = (text.as_bytes(), piece.text.to_ascii_lowercase());
    match (piece.from_start, piece.to_end) {
        (true, true) => text == part,
        (true, false) => text.starts_with(&part),
        (false, true) => text.ends_with(&part),
        (false, false) => text.windows(part.len().max(1)).any(|window| window == part),
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    fn shown(pattern: &str) -> Option<Vec<String>> {
        let pieces = needed(&parse(pattern).unwrap())?;
        Some(pieces.iter().map(|piece| String::from_utf8_lossy(&piece.text).into_owned()).collect())
    }

    #[test]
    fn finds_the_rarest_part() {
        for (pattern, pieces) in [
            (r"PerplexityBot/.+; \+https://perplexity\.ai/perplexitybot", &["PerplexityBot/"][..]),
            (r"vkShare[^+]+\+http://vk\.com/dev/Share", &["+http://vk.com/dev/Share"]),
            (r"AdsBot-Google([^-]|$)", &["AdsBot-Google"]),
            (r"^Mozilla/5\.0 .*Bytespider", &["Bytespider"]),
            (r"[Ss]crapy/[0-9]+", &["Scrapy/", "scrapy/"]),
            (r"(python|perl|ruby)-[a-z]+/\d", &["perl-", "python-", "ruby-"]),
            (r"(?:curl/\d+|wget/\d+)\.", &["curl/", "wget/"]),
            (r"^/[a-z]+\.atom$", &[".atom"]),
            (r"(x+sqlmap)+y", &["sqlmap"]),
        ] {
            assert_eq!(
                shown(pattern).as_deref(),
                Some(pieces.iter().map(|text| text.to_string()).collect::<Vec<_>>().as_slice()),
                "{pattern}"
            );
        }
    }

    #[test]
    fn is_silent_where_nothing_is_rare() {
        for pattern in
            [r"^\d+$", "Mozilla/5.0.*Chrome/[0-9]+", "(abc|.)x+", "(?:nikto)?a+b", "[a-z]{8}", r"\bx\w\b", "a.b"]
        {
            assert_eq!(shown(pattern), None, "{pattern}");
        }
    }
}
