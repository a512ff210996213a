//! What happened in the page.

/// One event, relative to the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// Milliseconds since the event before it; since the beginning of recording, for the first.
    pub after: u32,
    /// What it was.
    pub kind: Kind,
    /// Whether the browser says that no user made it (`isTrusted` is false).
    pub untrusted: bool,
    /// Whether the page was given fractions of a pixel; false for events without a place.
    pub fractional: bool,
    /// Whether `movementX` and `movementY` disagree with the difference of screen places; false for events without a
    /// place.
    pub disagrees: bool,
}

/// What happened. Places are differences of whole CSS pixels, to the right and down, since the event with a place before
/// it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// The pointer moved.
    Move {
        /// To the right.
        dx: i32,
        /// Down.
        dy: i32,
        /// How many events the browser joined into this one: 1 where it joined none.
        coalesced: u32,
    },
    /// A button went down.
    Down {
        /// To the right.
        dx: i32,
        /// Down.
        dy: i32,
        /// `pressure`, 0 to 255 for 0 to 1.
        pressure: u8,
        /// How far the pointer is from the centre of the element under it, in 127ths of half its width and height; none
        /// where that is not known.
        offset: Option<(i8, i8)>,
    },
    /// A button went up.
    Up {
        /// To the right.
        dx: i32,
        /// Down.
        dy: i32,
    },
    /// The wheel turned.
    Wheel {
        /// `deltaY`, in the unit that `mode` names.
        delta: i32,
        /// `deltaMode`: 0 pixels, 1 lines, 2 pages.
        mode: u8,
    },
    /// A finger came down.
    TouchStart(Touch),
    /// A finger moved.
    TouchMove(Touch),
    /// A finger went up.
    TouchEnd(Touch),
    /// A key went up; which one is never told.
    Key {
        /// How long it was down, in milliseconds.
        dwell: u32,
    },
    /// The window got the focus.
    Focus,
    /// The window lost the focus.
    Blur,
    /// The page became visible.
    Shown,
    /// The page was hidden.
    Hidden,
    /// A single-page application showed another page.
    Navigated,
    /// A click that no pointer made: by the keyboard or by assistive technology.
    Press,
}

/// A finger on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Touch {
    /// To the right.
    pub dx: i32,
    /// Down.
    pub dy: i32,
    /// The radius of the contact, in quarters of a pixel.
    pub radius: u32,
    /// `force`, 0 to 255 for 0 to 1.
    pub pressure: u8,
}

impl Kind {
    /// How far the pointer or finger went since the last event with a place; none for an event without one.
    pub const fn step(&self) -> Option<(i32, i32)> {
        match *self {
            Self::Move { dx, dy, .. } | Self::Down { dx, dy, .. } | Self::Up { dx, dy } => Some((dx, dy)),
            Self::TouchStart(touch) | Self::TouchMove(touch) | Self::TouchEnd(touch) => Some((touch.dx, touch.dy)),
            _ => None,
        }
    }
}

/// What the page says of its browser, a bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Environment(pub u16);

impl Environment {
    /// `navigator.webdriver` is true.
    pub const WEBDRIVER: Self = Self(1);
    /// `getCoalescedEvents` exists.
    pub const COALESCES: Self = Self(1 << 1);
    /// `navigator.maxTouchPoints` is not zero.
    pub const TOUCH: Self = Self(1 << 2);
    /// `(pointer: fine)` matches.
    pub const FINE_POINTER: Self = Self(1 << 3);
    /// `(hover: hover)` matches.
    pub const HOVER: Self = Self(1 << 4);
    /// The outer window is smaller than the inner one, or has no size.
    pub const FRAMELESS: Self = Self(1 << 5);
    /// `navigator.languages` is empty.
    pub const NO_LANGUAGES: Self = Self(1 << 6);
    /// `navigator.plugins` is empty in a Chromium on a desktop.
    pub const NO_PLUGINS: Self = Self(1 << 7);
    /// The screen is smaller than the window.
    pub const SMALL_SCREEN: Self = Self(1 << 8);
    /// `navigator.userAgentData` is missing in a Chromium.
    pub const NO_BRANDS: Self = Self(1 << 9);
    /// No pointer was used since the page was loaded.
    pub const NO_POINTER: Self = Self(1 << 10);
    /// What speaks against a person once it was seen: it stays while a window is observed.
    pub const TELLS: Self = Self(
        Self::WEBDRIVER.0
            | Self::FRAMELESS.0
            | Self::NO_LANGUAGES.0
            | Self::NO_PLUGINS.0
            | Self::SMALL_SCREEN.0
            | Self::NO_BRANDS.0,
    );
    /// All bits that version 1 of the blob knows.
    pub const ALL: Self = Self(0x07FF);

    /// Whether any bit of `other` is set here.
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The bits of both.
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}
