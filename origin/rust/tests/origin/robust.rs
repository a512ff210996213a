//! What no honest edge sends: changed fields, and fields of a megabyte. They are refused, and soon.

use crate::{
    common::vectors,
    vectors::{verifier, verify},
};
use outwork_origin::structured::{dictionary, item, list};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Much more than any of it takes, also on a busy machine, and much less than what grows with the square of a megabyte.
const SOON: Duration = Duration::from_secs(20);

const FIELDS: [&str; 4] = ["outwork-risk", "signature-input", "signature", "content-digest"];

const PIECES: [&str; 28] = [
    "=",
    ",",
    ", ",
    ";",
    "(",
    ")",
    "\"",
    "\\",
    ":",
    "?1",
    "@",
    "%",
    "%\"",
    "%c3",
    "-",
    ".",
    " ",
    "\t",
    "\0",
    "\u{7f}",
    "\u{80}",
    "\u{ff}",
    "*",
    "a",
    "outwork",
    "sha-256",
    "1234567890123456",
    "",
];

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn next(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    /// The text with something in it replaced, repeated, cut out or put in.
    fn changed(&mut self, text: &Value) -> Value {
        let mut text: Vec<char> = text.as_str().unwrap().chars().collect();
        for _ in 0..=self.next(4) {
            let at = self.next(text.len() + 1);
            let end = text.len().min(at + [0, 1, 2, 8, 64][self.next(5)]);
            let put: Vec<char> = match self.next(4) {
                0 => PIECES[self.next(PIECES.len())].chars().collect(),
                1 => vec![char::from(u8::try_from(self.next(256)).unwrap())],
                2 => text[at..end].repeat(2),
                _ => Vec::new(),
            };
            text.splice(at..end, put);
        }
        text.into_iter().collect::<String>().into()
    }
}

#[test]
fn changed_requests_are_refused_and_nothing_else() {
    let (vectors, mut dice) = (vectors("evidence.json"), Dice(1));
    let verifier = verifier(vectors["keys"].as_str().unwrap(), &Value::Null);
    let cases = vectors["cases"].as_array().unwrap();
    let mut taken = 0;
    for _ in 0..20_000 {
        let mut case = cases[dice.next(cases.len())].clone();
        let request = &mut case["request"];
        let part = match ["method", "authority", "target", "headers"][dice.next(4)] {
            "headers" => match request["headers"].as_array_mut().unwrap().as_mut_slice() {
                [] => continue,
                lines => &mut lines[dice.next(lines.len())][dice.next(2)],
            },
            name => &mut request[name],
        };
        *part = dice.changed(part);
        taken += usize::from(verify(&verifier, &case).is_ok());
    }
    assert!((1..18_000).contains(&taken), "{taken}");
}

#[test]
fn any_bytes_are_a_structured_field_or_malformed() {
    let mut dice = Dice(2);
    let mut found = 0;
    for _ in 0..50_000 {
        let mut text: Vec<u8> = (0..dice.next(13)).flat_map(|_| PIECES[dice.next(PIECES.len())].bytes()).collect();
        // Pieces are UTF-8, and a field need not be.
        text.truncate(dice.next(text.len() + 1));
        found += usize::from(dictionary(&text).is_ok());
        found += usize::from(list(&text).is_ok());
        found += usize::from(item(&text).is_ok());
    }
    assert!(found > 1_000, "{found}");
}

/// Each is read from every one of its bytes again by a parser that looks back.
const REPEATED: [&str; 26] = [
    " ",
    "\t",
    "a",
    "a=1,",
    "a,",
    "a;",
    ";",
    "(",
    "(a ",
    "\"",
    "\"\\",
    "\"\\\"",
    "a=\"",
    ":",
    "a=:AAAA",
    "%",
    "a=%\"",
    "%c3",
    "1",
    "-",
    "a=0.",
    "=",
    ",",
    "\u{ff}",
    "outwork=(",
    "outwork;a",
];

#[test]
fn long_fields_are_refused_soon() {
    let vectors = vectors("evidence.json");
    let cases = vectors["cases"].as_array().unwrap();
    let honest = cases.iter().find(|case| case["name"] == "a bound body").unwrap();
    let verifier = verifier(vectors["keys"].as_str().unwrap(), &Value::Null);
    for size in [16 << 10, 1 << 20] {
        for field in FIELDS {
            for piece in REPEATED {
                let mut case = honest.clone();
                for line in case["request"]["headers"].as_array_mut().unwrap() {
                    if line[0] == field {
                        line[1] = json!(format!("{}{}", line[1].as_str().unwrap(), piece.repeat(size / piece.len())));
                    }
                }
                let began = Instant::now();
                // Blanks at the end belong to no value.
                assert_eq!(verify(&verifier, &case).is_ok(), matches!(piece, " " | "\t"), "{field} {piece}");
                assert!(began.elapsed() < SOON, "{field} {piece}: {:?}", began.elapsed());
            }
        }
    }
}

/// As many names as fit into the longest field that is read cost no more than as many times one name.
#[test]
fn parameters_cost_as_much_as_they_are_long() {
    let names: String = (0..4_000).map(|number| format!(";{}", name(number))).collect();
    let same = ";aaa".repeat(4_000);
    let fastest = |text: &str| {
        let text = format!("a{text}");
        let time = || {
            let began = Instant::now();
            assert_eq!(dictionary(text.as_bytes()).unwrap().len(), 1);
            began.elapsed()
        };
        (0..10).map(|_| time()).min().unwrap()
    };
    let (many, one) = (fastest(&names), fastest(&same));
    assert!(many < one * 20, "{many:?} beside {one:?}");
}

/// Three letters.
fn name(number: usize) -> String {
    [number / 400, number / 20 % 20, number % 20]
        .map(|digit| char::from(b"abcdefghijklmnopqrst"[digit]))
        .iter()
        .collect()
}
