use clap::ValueEnum;
use outwork_engine::beacon::{Event, Kind, Touch};

use super::session::{Meta, Seen, Session, What};

/// As from what a session is played: recordings hold places and times, and seldom what the page would have said of them.
///
/// The figures are those that were measured in Chromium 156 (docs/behaviour.md, "In-page tells").
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum InputKind {
    /// What the page recorded, where a file has it, and `os` where not
    Auto,
    /// A mouse on the operating system: whole pixels, 3.6 events joined into a move, pressure 0.5
    Os,
    /// Puppeteer's mouse: fractions as they are, no events joined, pressure 0
    CdpPuppeteer,
    /// Playwright's mouse: fractions as they are, no events joined, pressure 0.5
    CdpPlaywright,
    /// Selenium's actions: whole pixels, no events joined, pressure 0.5
    Selenium,
}

/// How many events are joined into one move from the operating system: 3.6 on the mean.
const JOINED: [u32; 5] = [4, 3, 4, 4, 3];

/// A pressure of one half, as a blob has it.
const HALF: u8 = 128;

/// Makes events of what was recorded.
pub(crate) struct Sayer<'a> {
    kind: InputKind,
    meta: Option<&'a Meta>,
    touch: bool,
    moves: usize,
    presses: usize,
}

impl<'a> Sayer<'a> {
    pub(crate) fn new(kind: InputKind, session: &'a Session) -> Self {
        let meta = session.meta.as_ref().filter(|_| kind == InputKind::Auto);
        let kind = if kind == InputKind::Auto && meta.is_none() { InputKind::Os } else { kind };
        Self { kind, meta, touch: session.is_touch(), moves: 0, presses: 0 }
    }

    /// The event, `after` milliseconds and a step of whole pixels behind the one before it; none for a mouse button in a
    /// session by touch, of which the script takes the touch events alone.
    pub(crate) fn say(&mut self, seen: &Seen, after: u32, (dx, dy): (i32, i32)) -> Option<Event> {
        let touch = Touch { dx, dy, radius: 0, pressure: 0 };
        let kind = match seen.kind {
            What::Move => Kind::Move { dx, dy, coalesced: self.joined() },
            What::Down if self.touch => return None,
            What::Up if self.touch => Kind::TouchEnd(touch),
            What::Down => Kind::Down { dx, dy, pressure: self.pressure(), offset: None },
            What::Up => Kind::Up { dx, dy },
            What::Wheel => Kind::Wheel { delta: 0, mode: 0 },
            What::TouchStart => Kind::TouchStart(touch),
            What::TouchMove => Kind::TouchMove(touch),
            What::TouchEnd => Kind::TouchEnd(touch),
        };
        let shows_fractions = !matches!(self.kind, InputKind::Os | InputKind::Selenium);
        let fractional = shows_fractions && kind.step().is_some() && (seen.x.fract() != 0.0 || seen.y.fract() != 0.0);
        Some(Event { after, kind, untrusted: false, fractional, disagrees: false })
    }

    fn joined(&mut self) -> u32 {
        self.moves += 1;
        match self.meta {
            Some(meta) => {
                let moves: f64 = meta.ptype.values().sum();
                if moves > 0.0 { (meta.coal / moves).round() as u32 } else { 1 }
            }
            None if self.kind == InputKind::Os => JOINED.get(self.moves % JOINED.len()).copied().unwrap_or(1),
            None => 1,
        }
    }

    fn pressure(&mut self) -> u8 {
        let recorded = self.meta.and_then(|meta| meta.pres.get(self.presses));
        self.presses += 1;
        match (recorded, self.kind) {
            (Some(pressure), _) => (pressure.clamp(0.0, 1.0) * 255.0).round() as u8,
            (None, InputKind::CdpPuppeteer) => 0,
            (None, _) => HALF,
        }
    }
}
