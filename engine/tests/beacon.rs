//! The blobs that the script's own encoder made, read and written by the engine: `beacon/test/vectors.json`.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails loudly")]

use outwork_engine::beacon::{Batch, Environment, Event, Kind, Touch, open};
use serde_json::Value;
use std::{fs, path::Path};

fn vectors() -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../beacon/test/vectors.json");
    let file: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    file["vectors"].as_array().unwrap().clone()
}

fn bytes(hex: &Value) -> Vec<u8> {
    hex::decode(hex.as_str().unwrap())
}

mod hex {
    pub(super) fn decode(text: &str) -> Vec<u8> {
        let pairs = (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2).unwrap(), 16));
        pairs.map(Result::unwrap).collect()
    }
}

fn number(event: &Value, name: &str) -> i32 {
    event[name].as_i64().map_or(0, |number| i32::try_from(number).unwrap())
}

fn natural(event: &Value, name: &str) -> u32 {
    u32::try_from(number(event, name)).unwrap()
}

/// What a vector says happened, as the engine has it.
fn events(vector: &Value) -> Vec<Event> {
    let from = vector["from"].as_array();
    let from = from.map(|from| [0, 1].map(|axis: usize| i32::try_from(from[axis].as_i64().unwrap()).unwrap()));
    let (mut time, mut place) = (0, from.map(|[x, y]| (x, y)));
    let written = vector["events"].as_array().unwrap().iter();
    written
        .map(|event| {
            let at = natural(event, "at");
            let after = at - std::mem::replace(&mut time, at);
            let here = event["x"].as_i64().map(|_| (number(event, "x"), number(event, "y")));
            let (dx, dy) = here.map_or((0, 0), |(x, y)| {
                let (from_x, from_y) = place.replace((x, y)).unwrap_or((x, y));
                let step = |way: i32| way.clamp(-32_767, 32_767);
                (step(x - from_x), step(y - from_y))
            });
            let flag = |name: &str| event[name].as_bool().unwrap_or(false);
            Event {
                after,
                kind: kind(event, dx, dy),
                untrusted: flag("untrusted"),
                fractional: flag("fractional"),
                disagrees: flag("disagrees"),
            }
        })
        .collect()
}

fn kind(event: &Value, dx: i32, dy: i32) -> Kind {
    let byte = |name: &str| u8::try_from(number(event, name)).unwrap();
    let touch = Touch { dx, dy, radius: natural(event, "radius"), pressure: byte("pressure") };
    let offset = |name: &str| event[name].as_i64().map(|offset| i8::try_from(offset).unwrap());
    match event["kind"].as_str().unwrap() {
        "move" => {
            Kind::Move { dx, dy, coalesced: event["coalesced"].as_u64().map_or(1, |n| u32::try_from(n).unwrap()) }
        }
        "down" => Kind::Down { dx, dy, pressure: byte("pressure"), offset: offset("ox").zip(offset("oy")) },
        "up" => Kind::Up { dx, dy },
        "wheel" => Kind::Wheel { delta: number(event, "delta"), mode: byte("mode") },
        "touchstart" => Kind::TouchStart(touch),
        "touchmove" => Kind::TouchMove(touch),
        "touchend" => Kind::TouchEnd(touch),
        "key" => Kind::Key { dwell: natural(event, "dwell") },
        "focus" => Kind::Focus,
        "blur" => Kind::Blur,
        "shown" => Kind::Shown,
        "hidden" => Kind::Hidden,
        "navigated" => Kind::Navigated,
        "click" => Kind::Press,
        other => panic!("no kind `{other}`"),
    }
}

#[test]
fn the_engine_reads_and_writes_what_the_script_does() {
    let vectors = vectors();
    assert!(vectors.len() >= 3, "{} vectors", vectors.len());
    for vector in vectors {
        let (key, blob) = (bytes(&vector["key"]).try_into().unwrap(), bytes(&vector["blob"]));
        let expected = Batch {
            sequence: u32::try_from(vector["sequence"].as_u64().unwrap()).unwrap(),
            clock: vector["clock"].as_u64().unwrap(),
            environment: Environment(u16::try_from(vector["environment"].as_u64().unwrap()).unwrap()),
            events: events(&vector),
        };
        let read = open(&blob, &key).unwrap();
        assert_eq!(read.events.len(), expected.events.len(), "{}", vector["name"]);
        for (read, expected) in read.events.iter().zip(&expected.events) {
            assert_eq!(read, expected, "{}", vector["name"]);
        }
        assert_eq!(read, expected, "{}", vector["name"]);
        assert_eq!(read.write(&key), blob, "{}", vector["name"]);
    }
}
