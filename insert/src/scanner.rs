//! Where in a stream of HTML the tag goes: before `</head>`, or else at the beginning of `<body>`.
//!
//! The scanner follows the tokenizer of the HTML standard as far as it tells tags from text: comments, quoted values and
//! elements whose content is text. It keeps a few bytes of state and none of the stream, so that nothing has to be held
//! back: where `</head>` is split between two chunks, the tag goes directly behind it, which parsers put into the head as
//! well. One case of the standard is not followed: a script that itself opens a comment with another script in it.

/// What a page says that has the script already.
const OWN: &[u8] = b"/.well-known/outwork/beacon";

/// Elements whose content is text, whatever it looks like.
const TEXTUAL: [&[u8]; 8] =
    [b"script", b"style", b"title", b"textarea", b"noscript", b"iframe", b"noembed", b"noframes"];

/// Reads HTML in chunks.
#[derive(Clone, Debug, Default)]
pub struct Scanner {
    state: State,
    name: Name,
    /// Where in this chunk the tag began that is being read.
    began: Option<usize>,
    /// How many bytes of [`OWN`] have just been read inside a script's tag.
    matched: usize,
    found: bool,
    done: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Text,
    /// After `<`.
    Open,
    /// After `</`.
    EndOpen,
    /// In the name of a tag.
    Name,
    /// Between or in the names of attributes.
    Tag,
    /// After `=`.
    Equals,
    /// In a value without quotes.
    Bare,
    /// In a value between these quotes.
    Quoted(u8),
    /// After `<!`, and after `<!-`.
    Bang { dash: bool },
    /// In what ends at the next `>`.
    Bogus,
    /// In a comment, after so many dashes, of which more than two count as two.
    Comment { dashes: u8 },
    /// In a comment, after `--!`.
    CommentBang,
    /// In the text of an element, after so many bytes of its end tag `</name`.
    Textual { element: usize, matched: usize },
}

/// The name of a tag in lower case, as far as it can be one that matters.
#[derive(Clone, Copy, Debug, Default)]
struct Name {
    letters: [u8; 8],
    // INVARIANT: at most one more than there are letters.
    length: usize,
    end: bool,
}

impl Name {
    fn push(&mut self, byte: u8) {
        if let Some(place) = self.letters.get_mut(self.length) {
            *place = byte.to_ascii_lowercase();
        }
        self.length = (self.length + 1).min(self.letters.len() + 1);
    }

    fn is(&self, name: &[u8]) -> bool {
        self.letters.get(..self.length) == Some(name)
    }
}

impl Scanner {
    /// Whether there is nothing left to look for: the tag has its place, or the page has the script already.
    pub fn is_done(&self) -> bool {
        self.done
    }

    /// Reads the next chunk. Returns where in it the tag goes, once at most in a stream.
    pub fn read(&mut self, chunk: &[u8]) -> Option<usize> {
        self.began = None;
        for (at, &byte) in chunk.iter().enumerate() {
            if self.done {
                return None;
            }
            let place = self.step(at, byte);
            if place.is_some() {
                self.done = true;
                return place;
            }
        }
        None
    }

    fn step(&mut self, at: usize, byte: u8) -> Option<usize> {
        match self.state {
            State::Text if byte == b'<' => {
                self.began = Some(at);
                self.state = State::Open;
            }
            State::Text => {}
            State::Open => self.open(at, byte),
            State::EndOpen => self.end_open(byte),
            State::Name | State::Tag | State::Equals | State::Bare | State::Quoted(_) => return self.inside(at, byte),
            State::Bang { dash } => self.bang(byte, dash),
            State::Bogus if byte == b'>' => self.state = State::Text,
            State::Bogus => {}
            State::Comment { dashes } => self.comment(byte, dashes),
            State::CommentBang => self.comment_bang(byte),
            State::Textual { element, matched } => self.textual(byte, element, matched),
        }
        None
    }

    fn open(&mut self, at: usize, byte: u8) {
        self.state = match byte {
            b'/' => State::EndOpen,
            b'!' => State::Bang { dash: false },
            b'?' => State::Bogus,
            // The one before it is text.
            b'<' => {
                self.began = Some(at);
                return;
            }
            _ if byte.is_ascii_alphabetic() => return self.begin(byte, false),
            _ => State::Text,
        };
    }

    fn end_open(&mut self, byte: u8) {
        self.state = match byte {
            b'>' => State::Text,
            _ if byte.is_ascii_alphabetic() => return self.begin(byte, true),
            _ => State::Bogus,
        };
    }

    fn begin(&mut self, byte: u8, end: bool) {
        self.name = Name { end, ..Name::default() };
        self.name.push(byte);
        (self.matched, self.found) = (0, false);
        self.state = State::Name;
    }

    /// Between `<` and `>`.
    fn inside(&mut self, at: usize, byte: u8) -> Option<usize> {
        let space = byte.is_ascii_whitespace();
        self.find(byte);
        self.state = match (self.state, byte) {
            (State::Quoted(quote), _) if byte == quote => State::Tag,
            (State::Quoted(_), _) => return None,
            (_, b'>') => return self.close(at),
            (State::Equals, b'"' | b'\'') => State::Quoted(byte),
            (State::Equals, _) if space => State::Equals,
            (State::Equals, _) => State::Bare,
            (State::Bare, _) if space => State::Tag,
            (State::Bare, _) => State::Bare,
            (State::Name, _) if space || byte == b'/' => State::Tag,
            (State::Name, _) => {
                self.name.push(byte);
                State::Name
            }
            (State::Tag, b'=') => State::Equals,
            _ => State::Tag,
        };
        None
    }

    /// Looks for [`OWN`]. Of its beginnings only `/` is an ending too.
    fn find(&mut self, byte: u8) {
        if OWN.get(self.matched) != Some(&byte) {
            let slash = self.matched > 0 && OWN.get(self.matched - 1) == Some(&b'/');
            self.matched = usize::from(slash);
            if OWN.get(self.matched) != Some(&byte) {
                self.matched = 0;
            }
        }
        if OWN.get(self.matched) == Some(&byte) {
            self.matched += 1;
        }
        if self.matched == OWN.len() {
            (self.matched, self.found) = (0, true);
        }
    }

    /// After `>`.
    fn close(&mut self, at: usize) -> Option<usize> {
        self.state = State::Text;
        if self.name.end {
            return self.name.is(b"head").then_some(self.began.unwrap_or(at + 1));
        }
        self.done = self.found && self.name.is(b"script");
        if let Some(element) = TEXTUAL.iter().position(|name| self.name.is(name)) {
            self.state = State::Textual { element, matched: 0 };
        }
        self.name.is(b"body").then_some(at + 1)
    }

    fn bang(&mut self, byte: u8, dash: bool) {
        self.state = match (byte, dash) {
            (b'-', false) => State::Bang { dash: true },
            // The two dashes that open a comment may close it too.
            (b'-', true) => State::Comment { dashes: 2 },
            (b'>', _) => State::Text,
            _ => State::Bogus,
        };
    }

    fn comment(&mut self, byte: u8, dashes: u8) {
        self.state = match (byte, dashes) {
            (b'>', 2) => State::Text,
            (b'!', 2) => State::CommentBang,
            (b'-', _) => State::Comment { dashes: (dashes + 1).min(2) },
            _ => State::Comment { dashes: 0 },
        };
    }

    fn comment_bang(&mut self, byte: u8) {
        self.state = match byte {
            b'>' => State::Text,
            b'-' => State::Comment { dashes: 1 },
            _ => State::Comment { dashes: 0 },
        };
    }

    fn textual(&mut self, byte: u8, element: usize, matched: usize) {
        let name = TEXTUAL.get(element).copied().unwrap_or_default();
        let wanted = match matched {
            0 => Some(b'<'),
            1 => Some(b'/'),
            _ => name.get(matched - 2).copied(),
        };
        self.state = match wanted {
            Some(wanted) if byte.eq_ignore_ascii_case(&wanted) => State::Textual { element, matched: matched + 1 },
            None if byte == b'>' => State::Text,
            None if byte.is_ascii_whitespace() || byte == b'/' => {
                self.name = Name { end: true, ..Name::default() };
                State::Tag
            }
            _ => State::Textual { element, matched: usize::from(byte == b'<') },
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TAG: &str = "{tag}";

    /// The pages that the Worker's tests read too: what they are, and what becomes of them.
    fn pages() -> Vec<(String, String)> {
        let text = include_str!("../../tests/insert/pages.json");
        let pages: Vec<serde_json::Value> = serde_json::from_str(text).unwrap();
        let text = |page: &serde_json::Value, name: &str| page[name].as_str().unwrap().to_owned();
        pages.iter().map(|page| (text(page, "becomes").replace(TAG, ""), text(page, "becomes"))).collect()
    }

    /// The page as it goes on, read in these chunks.
    fn insert(chunks: &[&[u8]]) -> String {
        let mut scanner = Scanner::default();
        let mut out = Vec::new();
        for chunk in chunks {
            let place = scanner.read(chunk);
            let (before, after) = chunk.split_at(place.unwrap_or(chunk.len()));
            out.extend_from_slice(before);
            out.extend_from_slice(if place.is_some() { TAG.as_bytes() } else { b"" });
            out.extend_from_slice(after);
        }
        String::from_utf8_lossy(&out).into_owned()
    }

    #[test]
    fn the_tag_goes_where_the_list_says() {
        for (page, becomes) in pages() {
            assert_eq!(insert(&[page.as_bytes()]), becomes);
        }
    }

    #[test]
    fn wherever_a_page_is_split_the_tag_stands_before_or_right_behind_the_end_of_the_head() {
        for (page, becomes) in pages() {
            let behind = becomes.find(TAG).map(|at| {
                let (before, after) = (&becomes[..at], &becomes[at + TAG.len()..]);
                let end = if after.starts_with("</") { after.find('>').unwrap() + 1 } else { 0 };
                [before, &after[..end], TAG, &after[end..]].concat()
            });
            for at in 0..=page.len() {
                let made = insert(&[&page.as_bytes()[..at], &page.as_bytes()[at..]]);
                assert!(made == becomes || Some(&made) == behind.as_ref(), "{at}: {made}");
            }
            let bytes: Vec<_> = page.as_bytes().chunks(1).collect();
            let made = insert(&bytes);
            assert!(made == becomes || Some(&made) == behind.as_ref(), "{made}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_take_one_tag_at_most_and_lose_nothing(
            parts in prop::collection::vec(
                prop_oneof![
                    Just("<head>".to_owned()), Just("</head>".into()), Just("<body a='>'>".into()), Just("<!--".into()),
                    Just("-->".into()), Just("<script ".into()), Just("</script>".into()), "\\PC{0,6}", "[<>/!a'\"= -]{0,6}",
                ],
                0..30,
            ),
        ) {
            let page: String = parts.concat();
            let chunks: Vec<_> = parts.iter().map(String::as_bytes).collect();
            let made = insert(&chunks);
            prop_assert!(made.matches(TAG).count() <= 1);
            prop_assert_eq!(made.replacen(TAG, "", 1), page);
        }
    }
}
