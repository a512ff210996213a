//! Clicks: how the pointer came there, and how long the button was down.

use super::{
    spread::{Share, Spread},
    walk::{At, Place},
};
use crate::beacon::{Feature, Features, Kind};

/// From how many pixels on a click is led there by moves, and by how many at least.
const WAY: f64 = 50.0;
const MOVES: u32 = 4;

#[derive(Default)]
struct Clicks {
    hold: Spread,
    hover: Spread,
    moves: Spread,
    pressure: Spread,
    offset: Spread,
    centred: Share,
    unled: Share,
    // Since the last click, or the flush before.
    since: Since,
    down: Option<f64>,
}

#[derive(Default)]
struct Since {
    from: Option<Place>,
    moves: u32,
    last_move: Option<f64>,
}

pub(super) fn describe(walk: &[At<'_>], features: &mut Features) {
    let mut clicks = Clicks::default();
    for at in walk {
        match at.event.kind {
            Kind::Move { .. } => clicks.approach(at),
            Kind::Down { pressure, offset, .. } => clicks.press(at, pressure, offset),
            Kind::Up { .. } => clicks.release(at),
            _ => {}
        }
    }
    clicks.write(features);
}

impl Clicks {
    fn approach(&mut self, at: &At<'_>) {
        self.since.from.get_or_insert(at.place);
        self.since.moves += 1;
        self.since.last_move = Some(at.time);
    }

    fn press(&mut self, at: &At<'_>, pressure: u8, offset: Option<(i8, i8)>) {
        self.pressure.add(1_000.0 * f64::from(pressure) / 255.0);
        if let Some((x, y)) = offset {
            let largest = x.unsigned_abs().max(y.unsigned_abs());
            self.offset.add(1_000.0 * f64::from(largest) / 127.0);
            self.centred.add(largest <= 1);
        }
        let since = core::mem::replace(&mut self.since, Since { from: Some(at.place), ..Since::default() });
        self.moves.add(since.moves.into());
        if let Some(time) = since.last_move {
            self.hover.add(at.time - time);
        }
        if since.from.is_some_and(|from| at.place.minus(from).length() >= WAY) {
            self.unled.add(since.moves < MOVES);
        }
        self.down = Some(at.time);
    }

    fn release(&mut self, at: &At<'_>) {
        if let Some(down) = self.down.take() {
            self.hold.add(at.time - down);
        }
    }

    fn write(&self, features: &mut Features) {
        features.set_rounded(Feature::ClickCount, self.pressure.count());
        features.set_known(Feature::ClickHold, self.hold.mean());
        features.set_known(Feature::ClickHoldSpread, self.hold.relative());
        features.set_known(Feature::ClickHover, self.hover.mean());
        features.set_known(Feature::ClickMoves, self.moves.mean());
        features.set_known(Feature::ClickPressure, self.pressure.mean());
        features.set_known(Feature::ClickOffset, self.offset.mean());
        features.set_known(Feature::ClickCentred, self.centred.thousandths());
        features.set_known(Feature::ClickUnled, self.unled.thousandths());
    }
}
