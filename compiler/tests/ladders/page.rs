//! docs/limits.md: its example, played.

use super::site::Site;
use outwork_compiler::compile_files;
use outwork_engine::decision::Verdict::{self, Allow, Block, Challenge, Throttle};
use std::{collections::BTreeMap, fs, path::Path};

fn site() -> Site {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/limits.md")).unwrap();
    let limit = page.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let bait = "[[rule]]\nid = \"bait\"\nwhen = 'request.path == \"/.env\"'\naction = \"decoy\"\nwhy = \"bait\"\n";
    let pack = format!("[pack]\nid = \"p\"\nversion = \"1\"\nwhy = \"x\"\n{limit}{bait}");
    let files = BTreeMap::from([("p.toml".to_owned(), pack.into_bytes())]);
    Site::new(&compile_files(&files, "p.toml").unwrap_or_else(|report| panic!("{}", report.render(false))))
}

/// What five attempts a second see, and how many of them pass.
fn attempts(seconds: u64) -> (Vec<(u64, Verdict)>, usize) {
    let mut site = site();
    let (mut changes, mut passed): (Vec<(u64, Verdict)>, usize) = (Vec::new(), 0);
    for second in 0..seconds {
        for _ in 0..5 {
            let seen = site.ask(second, "/login", |request| request.method = "POST".into());
            passed += usize::from(seen.verdict == Allow);
            let worst = changes.last().map(|(_, verdict)| *verdict);
            if seen.verdict != Allow && worst != Some(seen.verdict) {
                changes.push((second, seen.verdict));
            }
        }
    }
    (changes, passed)
}

#[test]
fn who_works_off_a_list_sees_what_the_page_says() {
    let (changes, passed) = attempts(3_600);
    assert_eq!(changes, [(4, Throttle), (34, Challenge), (96, Block)]);
    assert_eq!(passed, 116);
}
