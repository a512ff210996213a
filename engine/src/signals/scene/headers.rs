//! Well-known headers, found in one pass over the list.

use crate::{fact::Fact, facts::Unlisted};

macro_rules! known {
    ($($variant:ident $name:literal,)*) => {
        /// A header that signals ask for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub(crate) enum Known { $($variant),* }

        impl Known {
            const ALL: &[Self] = &[$(Self::$variant),*];
            #[cfg(test)]
            const NAMES: &[&[u8]] = &[$($name),*];
            const HASHES: [u64; Self::COUNT] = [$(fnv1a($name)),*];
            const COUNT: usize = Self::ALL.len();

            /// The well-known header of this name in lower case.
            pub(crate) fn find(name: &[u8]) -> Option<Self> {
                match name {
                    $($name => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

known! {
    Accept b"accept",
    AcceptEncoding b"accept-encoding",
    AcceptLanguage b"accept-language",
    AccessControlRequestMethod b"access-control-request-method",
    Authorization b"authorization",
    CacheControl b"cache-control",
    Connection b"connection",
    ContentLength b"content-length",
    ContentType b"content-type",
    Cookie b"cookie",
    Dnt b"dnt",
    Forwarded b"forwarded",
    Host b"host",
    IfModifiedSince b"if-modified-since",
    IfNoneMatch b"if-none-match",
    IfRange b"if-range",
    KeepAlive b"keep-alive",
    Origin b"origin",
    Pragma b"pragma",
    Priority b"priority",
    ProxyConnection b"proxy-connection",
    Range b"range",
    Referer b"referer",
    SecChUa b"sec-ch-ua",
    SecChUaMobile b"sec-ch-ua-mobile",
    SecChUaPlatform b"sec-ch-ua-platform",
    SecFetchDest b"sec-fetch-dest",
    SecFetchMode b"sec-fetch-mode",
    SecFetchSite b"sec-fetch-site",
    SecFetchUser b"sec-fetch-user",
    SecGpc b"sec-gpc",
    SecPurpose b"sec-purpose",
    SecWebsocketVersion b"sec-websocket-version",
    Te b"te",
    TransferEncoding b"transfer-encoding",
    UpgradeInsecureRequests b"upgrade-insecure-requests",
    UserAgent b"user-agent",
    Via b"via",
    XRequestedWith b"x-requested-with",
}

impl Known {
    /// FNV-1a of the name.
    pub(crate) fn hash(self) -> u64 {
        Self::HASHES.get(self as usize).copied().unwrap_or(0)
    }

    const fn bit(self) -> u64 {
        1 << self as u8
    }

    /// Whether the header comes and goes with the state of the page or the body, not with the client that sends it.
    pub(crate) const fn is_state(self) -> bool {
        const STATE: u64 = Known::Authorization.bit()
            | Known::CacheControl.bit()
            | Known::Connection.bit()
            | Known::ContentLength.bit()
            | Known::ContentType.bit()
            | Known::Cookie.bit()
            | Known::Host.bit()
            | Known::IfModifiedSince.bit()
            | Known::IfNoneMatch.bit()
            | Known::IfRange.bit()
            | Known::KeepAlive.bit()
            | Known::Origin.bit()
            | Known::Pragma.bit()
            | Known::Range.bit()
            | Known::Referer.bit()
            | Known::TransferEncoding.bit();
        STATE & self.bit() != 0
    }
}

// One bit a header in a `u64`.
const _: () = assert!(Known::COUNT <= 64);

/// Where each well-known header stands in a list.
pub(crate) struct Index {
    // INVARIANT: an entry means something only where `seen` has its bit.
    first: [u16; Known::COUNT],
    seen: u64,
    repeated: u64,
    // Those that were not sent, if they are not in `seen`.
    unsent: u64,
    // INVARIANT: the place in `Known::ALL` of each of the first entries, or NOT_KNOWN.
    kinds: [u8; REMEMBERED],
    // INVARIANT: the bit of each of the first entries that is no well-known header.
    others: u32,
}

/// Which headers there are, as far as two words can tell: a bit for each that is well known, and for each other one of 64
/// by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Marks {
    known: u64,
    others: u64,
}

impl Marks {
    /// The mark of a well-known header.
    pub(crate) const fn of(header: Known) -> Self {
        Self { known: header.bit(), others: 0 }
    }

    /// The mark of another, which many share.
    pub(crate) fn of_other(name: &[u8]) -> Self {
        let byte = |byte: Option<&u8>| byte.copied().map_or(0, usize::from);
        let hash = name.len() ^ byte(name.last()).rotate_left(1) ^ byte(name.get(name.len() / 2)).rotate_left(2);
        Self { known: 0, others: 1 << (hash % 64) }
    }

    /// Both.
    pub(crate) const fn with(self, other: Self) -> Self {
        Self { known: self.known | other.known, others: self.others | other.others }
    }

    /// Whether they may have a header in common.
    pub(crate) const fn meet(self, other: Self) -> bool {
        self.known & other.known | self.others & other.others != 0
    }
}

/// Browsers send 10 to 25 headers; what stands behind these is looked up again when asked for.
const REMEMBERED: usize = 32;
const NOT_KNOWN: u8 = u8::MAX;
const _: () = assert!(REMEMBERED == u32::BITS as usize);

impl Index {
    /// The index of a list. Entries after the 65,535th are not looked at: no host passes as many.
    pub(crate) fn of(list: &[(&[u8], &[u8])], unlisted: Unlisted<'_>) -> Self {
        let unsent = unsent(unlisted);
        let kinds = [NOT_KNOWN; REMEMBERED];
        let mut index = Self { first: [0; Known::COUNT], seen: 0, repeated: 0, unsent, kinds, others: 0 };
        for (at, (name, _)) in (0..u16::MAX).zip(list) {
            match Known::find(name) {
                Some(header) => index.note(header, at),
                None => index.others |= 1_u32.checked_shl(at.into()).unwrap_or(0),
            }
        }
        index
    }

    fn note(&mut self, header: Known, at: u16) {
        if let Some(kind) = self.kinds.get_mut(usize::from(at)) {
            *kind = header as u8;
        }
        if self.has(header) {
            self.repeated |= header.bit();
        } else if let Some(place) = self.first.get_mut(header as usize) {
            *place = at;
            self.seen |= header.bit();
        }
    }

    /// Whether the client sent the header.
    pub(crate) const fn sent(&self, header: Known) -> Fact<bool> {
        if self.has(header) {
            Fact::Known(true)
        } else if self.unsent & header.bit() != 0 {
            Fact::Known(false)
        } else {
            Fact::Unavailable
        }
    }

    /// Whether the list has the header.
    pub(crate) const fn has(&self, header: Known) -> bool {
        self.seen & header.bit() != 0
    }

    /// The marks of the well-known headers in the list.
    pub(crate) const fn marks(&self) -> Marks {
        Marks { known: self.seen, others: 0 }
    }

    /// The place of the header's first entry.
    pub(crate) fn place(&self, header: Known) -> Option<usize> {
        if self.has(header) { self.first.get(header as usize).map(|&at| at.into()) } else { None }
    }

    /// The places of entries that may be other than well-known headers, in order, in a list of this many entries.
    pub(crate) fn others(&self, len: usize) -> impl Iterator<Item = usize> + use<> {
        let mut left = self.others;
        let remembered = core::iter::from_fn(move || {
            let at = (left != 0).then(|| left.trailing_zeros() as usize);
            left &= left.wrapping_sub(1);
            at
        });
        remembered.chain(REMEMBERED..len)
    }

    /// Which well-known header the entry at a place is, given its name.
    pub(crate) fn kind(&self, at: usize, name: &[u8]) -> Option<Known> {
        match self.kinds.get(at) {
            Some(&kind) => Known::ALL.get(usize::from(kind)).copied(),
            None => Known::find(name),
        }
    }

    /// How many well-known headers have more than one entry, `cookie` apart: HTTP/2 clients split it (RFC 9113, 8.2.3).
    pub(crate) const fn repeated(&self) -> u32 {
        (self.repeated & !Known::Cookie.bit()).count_ones()
    }
}

/// The well-known headers that were not sent unless they are in the list.
fn unsent(unlisted: Unlisted<'_>) -> u64 {
    match unlisted {
        Unlisted::Absent => u64::MAX,
        Unlisted::Unavailable { except } => {
            except.iter().filter_map(|name| Known::find(name)).fold(0, |bits, header| bits | header.bit())
        }
    }
}

/// FNV-1a with the 64-bit offset basis and prime of draft-eastlake-fnv.
pub(crate) const fn fnv1a(bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325;
    let mut rest = bytes;
    while let [byte, after @ ..] = rest {
        hash = (hash ^ *byte as u64).wrapping_mul(0x0100_0000_01b3);
        rest = after;
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::{Index, Known, fnv1a};
    use crate::{fact::Fact, facts::Unlisted};
    use alloc::vec::Vec;

    #[test]
    fn fnv_agrees_with_its_published_vectors() {
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn every_name_is_found_in_lower_case() {
        for (&header, &name) in Known::ALL.iter().zip(Known::NAMES) {
            assert_eq!(Known::find(name), Some(header));
            assert_eq!(header.hash(), fnv1a(name));
            assert!(name.iter().all(|byte| byte.is_ascii_lowercase() || *byte == b'-'));
        }
        assert_eq!(Known::find(b"x-unknown"), None);
    }

    #[test]
    fn places_are_first_entries() {
        let list: [(&[u8], &[u8]); 4] = [(b"x", b""), (b"accept", b"a"), (b"cookie", b"b"), (b"accept", b"c")];
        let index = Index::of(&list, Unlisted::Absent);
        assert_eq!(index.place(Known::Accept), Some(1));
        assert_eq!(index.place(Known::Te), None);
        assert_eq!(index.repeated(), 1);
    }

    #[test]
    fn others_are_those_that_are_not_well_known() {
        let names: [&[u8]; 4] = [b"x", b"accept", b"y", b"te"];
        let list: Vec<(&[u8], &[u8])> = names.iter().cycle().take(40).map(|&name| (name, b"".as_slice())).collect();
        let others = |len: usize| Index::of(&list[..len], Unlisted::Absent).others(len).collect::<Vec<_>>();
        assert!(others(0).is_empty());
        assert_eq!(others(6), [0, 2, 4]);
        assert!(others(40).into_iter().eq((0..32).step_by(2).chain(32..40)));
    }

    #[test]
    fn what_is_not_listed_was_not_sent_only_where_the_source_says_so() {
        let list: [(&[u8], &[u8]); 1] = [(b"accept", b"a")];
        let all = Index::of(&list, Unlisted::Absent);
        let part = Index::of(&list, Unlisted::Unavailable { except: &[b"te", b"accept", b"x-other"] });
        let sent = |index: &Index| [Known::Accept, Known::Te, Known::Via].map(|header| index.sent(header));
        assert_eq!(sent(&all), [Fact::Known(true), Fact::Known(false), Fact::Known(false)]);
        assert_eq!(sent(&part), [Fact::Known(true), Fact::Known(false), Fact::Unavailable]);
    }
}
