//! What signing costs a decision: `./scripts/bench evidence`. Told a folder with `enforce.bundle` and `shadow.bundle`, it prints
//! for each line with a name the microseconds of a whole decision: a policy in shadow signs nothing, and is the same otherwise.

use outwork_engine::{
    fact::Fact,
    facts::{Connection, Facts, Headers, Protocol, Request, Seen, Session},
    keys::Keyring,
    policy::Policy,
    rules::Scratch,
    time::Time,
};
use std::{error::Error, fs, hint::black_box, io, path::Path, time::Instant};

/// Decisions of a slice, some milliseconds: a slice that the system interrupts is one of many.
const SLICE: u64 = 200;
const SLICES: usize = 40;
const KEYS: &str = "bench:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=";
const HEADERS: [(&[u8], &[u8]); 9] = [
    (
        b"user-agent",
        b"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
    ),
    (b"accept", b"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
    (b"accept-language", b"en-GB,en;q=0.9"),
    (b"accept-encoding", b"gzip, deflate, br, zstd"),
    (b"sec-fetch-site", b"same-origin"),
    (b"sec-fetch-mode", b"navigate"),
    (b"sec-fetch-dest", b"document"),
    (b"referer", b"https://shop.example/basket?step=1"),
    (b"cookie", b"session=8d1f2c; theme=dark; _ga=GA1.2.3.4"),
];

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("no folder")?;
    let read = |name: &str| fs::read(Path::new(&folder).join(name));
    let (enforce, shadow) = (read("enforce.bundle")?, read("shadow.bundle")?);
    let (enforce, shadow) = (Policy::load(&enforce)?, Policy::load(&shadow)?);
    let body = vec![b'x'; 4_096];
    let mut line = String::new();
    while io::stdin().read_line(&mut line)? > 0 {
        let taken = match line.trim() {
            "unsigned" => microseconds(&shadow, "GET", Fact::Unavailable)?,
            "signed" => microseconds(&enforce, "GET", Fact::Unavailable)?,
            "unsigned body" => microseconds(&shadow, "POST", Fact::Known(&body))?,
            "signed body" => microseconds(&enforce, "POST", Fact::Known(&body))?,
            other => return Err(format!("`{other}` is nothing to measure").into()),
        };
        println!("{taken:.3}");
        line.clear();
    }
    Ok(())
}

/// The median of slices.
fn microseconds(policy: &Policy, method: &str, body: Fact<&[u8]>) -> Result<f64, Box<dyn Error>> {
    let keys = Keyring::parse(KEYS)?;
    let mut scratch = Scratch::default();
    let mut slice = |_| {
        let begun = Instant::now();
        for at in 0..SLICE {
            let facts = facts(method, body, at);
            black_box(policy.assess(black_box(&facts), &keys, &mut scratch).decide(&[]));
        }
        begun.elapsed().as_secs_f64() * 1e6 / SLICE as f64
    };
    let mut taken: Vec<f64> = (0..SLICES).map(&mut slice).collect();
    taken.sort_by(f64::total_cmp);
    Ok(taken[SLICES / 2])
}

fn facts<'a>(method: &'a str, body: Fact<&'a [u8]>, at: u64) -> Facts<'a> {
    Facts {
        now: Time::from_seconds(1_795_305_600 + at),
        entropy: u128::from(at).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835).to_le_bytes(),
        request: Request {
            method: method.as_bytes(),
            scheme: b"https",
            authority: b"shop.example",
            target: b"/checkout?product=ravelin&count=1",
            protocol: Fact::Known(Protocol::Http2),
            pseudo_order: Fact::Unavailable,
        },
        headers: Headers { list: &HEADERS, ordered: true },
        seen: Seen::ALL,
        connection: Connection { address: Fact::Known([203, 0, 113, 7].into()), ..Connection::UNAVAILABLE },
        session: Session::Cookie,
        body,
        directories: None,
    }
}
