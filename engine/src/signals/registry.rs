//! The schema: every signal, once.

use super::{Kind, Page, Signal, ua_present};

macro_rules! registry {
    ($($module:ident $name:literal $kind:ident,)*) => {
        /// Every signal, in the order of its name.
        pub static SIGNALS: &[Signal] = &[$(Signal { name: $name, kind: Kind::$kind, read: $module::read }),*];

        /// The page of every signal, in the order of [`SIGNALS`].
        pub static PAGES: &[Page] = &[$($module::PAGE),*];
    };
}

registry! {
    ua_present "ua.present" Bool,
}

/// The place of a signal in [`SIGNALS`].
pub fn by_name(name: &str) -> Option<usize> {
    SIGNALS.binary_search_by(|signal| signal.name.cmp(name)).ok()
}
