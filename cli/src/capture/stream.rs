use outwork_engine::hello::{ClientHello, HelloError, reassemble};

use super::Assembly;

/// How far into a stream a first hello is looked for: past SOCKS, CONNECT, PROXY and STARTTLS.
const MAX_PREAMBLE: usize = 4096;

/// One direction of a TCP connection.
pub(super) struct Stream {
    /// The sequence number of the first byte.
    base: u32,
    assembly: Assembly,
    state: State,
}

enum State {
    /// No hello yet; none begins before `from`.
    Search {
        from: usize,
    },
    /// A hello ended here. A second one follows if the server asks for other key shares.
    Follow {
        at: usize,
    },
    Done,
}

impl Stream {
    pub(super) fn new(base: u32) -> Self {
        Self { base, assembly: Assembly::default(), state: State::Search { from: 0 } }
    }

    pub(super) fn base(&self) -> u32 {
        self.base
    }

    /// Adds a segment; the hellos that it completes come back.
    pub(super) fn add(&mut self, sequence: u32, payload: &[u8]) -> Vec<Result<ClientHello, HelloError>> {
        if matches!(self.state, State::Done) {
            return Vec::new();
        }
        let distance = sequence.wrapping_sub(self.base).cast_signed();
        match usize::try_from(distance) {
            Ok(offset) => self.assembly.add(offset, payload),
            // The head of the segment is older than the stream.
            Err(_) => {
                let older = usize::try_from(distance.unsigned_abs()).unwrap_or(usize::MAX);
                self.assembly.add(0, payload.get(older..).unwrap_or_default());
            }
        }
        let found: Vec<_> = std::iter::from_fn(|| self.next_hello()).collect();
        if self.assembly.is_full() {
            self.state = State::Done;
        }
        if matches!(self.state, State::Done) {
            self.assembly = Assembly::default();
        }
        found
    }

    /// Whether a hello has begun and its end is missing.
    pub(super) fn is_unfinished(&self) -> bool {
        let State::Search { from } = self.state else { return false };
        let rest = self.assembly.prefix().get(from..).unwrap_or_default();
        rest.get(5) == Some(&1) && reassemble(rest) == Err(HelloError::Truncated)
    }

    fn next_hello(&mut self) -> Option<Result<ClientHello, HelloError>> {
        match self.state {
            State::Search { from } => self.search(from),
            State::Follow { at } => self.follow(at),
            State::Done => None,
        }
    }

    /// Looks for the first hello. A malformed one is reported only where the stream begins with it: elsewhere the
    /// bytes may well be something else.
    fn search(&mut self, from: usize) -> Option<Result<ClientHello, HelloError>> {
        let prefix = self.assembly.prefix();
        let mut undecided = None;
        for at in from..prefix.len().min(MAX_PREAMBLE) {
            let rest = prefix.get(at..).unwrap_or_default();
            let (read, end) = match reassemble(rest) {
                Ok(whole) => (ClientHello::from_handshake(&whole.message), at.saturating_add(whole.consumed)),
                Err(error) => (Err(error), at),
            };
            match read {
                Ok(_) => {
                    self.state = State::Follow { at: end };
                    return Some(read);
                }
                Err(HelloError::Truncated) => undecided = undecided.or(Some(at)),
                Err(HelloError::NotHandshake | HelloError::NotClientHello) => {}
                Err(_) if at == 0 && rest.get(5) == Some(&1) => {
                    self.state = State::Done;
                    return Some(read);
                }
                Err(_) => {}
            }
        }
        self.state = match undecided {
            Some(from) => State::Search { from },
            None if prefix.len() >= MAX_PREAMBLE => State::Done,
            None => State::Search { from: prefix.len() },
        };
        None
    }

    /// Reads on after a hello: a change_cipher_spec record may come before the next.
    fn follow(&mut self, at: usize) -> Option<Result<ClientHello, HelloError>> {
        let rest = self.assembly.prefix().get(at..).unwrap_or_default();
        if let [20, 3, _, 0, 1, _, ..] = rest {
            self.state = State::Follow { at: at.saturating_add(6) };
            return self.next_hello();
        }
        let could_be_hello = rest.len() < 6 || matches!(rest, [22, 3, _, _, _, 1, ..]);
        match reassemble(rest) {
            Ok(whole) => {
                self.state = State::Follow { at: at.saturating_add(whole.consumed) };
                Some(ClientHello::from_handshake(&whole.message))
            }
            Err(HelloError::Truncated) if could_be_hello => None,
            Err(HelloError::NotHandshake) if rest.first() == Some(&20) && rest.len() < 6 => None,
            Err(_) => {
                self.state = State::Done;
                None
            }
        }
    }
}
