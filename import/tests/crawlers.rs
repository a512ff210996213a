//! Lists of crawlers become packs whose tests are the lists' own examples.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

use outwork_compiler::{Compiled, Folder, compile_files};
use outwork_import::{
    Imported,
    crawlers::{Effect, Grouping, import},
};
use std::{collections::BTreeMap, path::Path};

fn tagged() -> Effect {
    Effect { action: "tag".into(), score: Some(20) }
}

fn imported(text: &str, by: Grouping) -> Imported {
    let files = BTreeMap::from([("list".to_owned(), text.as_bytes().to_vec())]);
    import(&files, "list", by, &tagged()).unwrap()
}

fn compiled(imported: &Imported) -> Compiled {
    let files = BTreeMap::from([("pack.toml".to_owned(), imported.pack.clone().into_bytes())]);
    compile_files(&files, "pack.toml").unwrap_or_else(|report| panic!("{}", report.render(false)))
}

#[test]
fn plain_text_is_a_piece_of_a_user_agent_a_line() {
    let list = imported("# mine\nFooBot\n\nBarBot/ # comment\n", Grouping::One);
    assert_eq!((list.rules, compiled(&list).tests.len(), list.losses.len()), (1, 2, 0));
    assert!(
        list.pack.contains("strings = [\"BarBot/\", \"FooBot\"]") && list.pack.contains("score = 20"),
        "{}",
        list.pack
    );
}

#[test]
fn kinds_become_rules_and_what_cannot_be_asked_is_told() {
    let list = imported(
        r#"[{"pattern": "Foo\\/", "tags": ["seo"], "instances": ["Foo/1", "Other/2"]},
            {"pattern": "(?<!cu)bot", "tags": ["seo"], "instances": ["bot"]},
            {"pattern": "^Bar [0-9]+$", "tags": ["academic"], "instances": ["Bar 12"]}]"#,
        Grouping::Tag,
    );
    assert_eq!((list.rules, compiled(&list).tests.len()), (2, 2));
    let told: Vec<String> = list.losses.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 3, "{told:?}");
    assert_eq!(told.first().unwrap(), "list: `Foo\\/`: its own user agent `Other/2` does not match it");
    assert!(told.get(1).unwrap().contains("look-around") && told.get(2).unwrap().contains("left out"), "{told:?}");
}

#[test]
fn what_a_crawler_must_not_be_is_asked_too() {
    let list = imported(
        r#"[{"id": "a", "categories": ["x"], "pattern": {"accepted": ["Foo"], "forbidden": ["FooLib"]},
             "instances": {"accepted": ["Foo/1"], "rejected": ["FooLib/1"]}}]"#,
        Grouping::Tag,
    );
    compiled(&list);
    let condition =
        r#"request.headers["user-agent"].contains("Foo") && !(request.headers["user-agent"].contains("FooLib"))"#;
    assert!(list.pack.contains(condition), "{}", list.pack);
}

#[test]
fn what_is_no_list_is_refused() {
    for text in ["", "# nothing\n", "[{]", "{\"a\": 1}", "[1, 2]"] {
        let files = BTreeMap::from([("list".to_owned(), text.as_bytes().to_vec())]);
        let error = import(&files, "list", Grouping::Tag, &tagged()).unwrap_err().to_string();
        assert!(error.starts_with("`list` "), "{error}");
    }
}

#[test]
fn published_lists_compile_with_their_own_examples() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/lists");
    if !folder.exists() {
        println!("NOT RUN: {} is not there", folder.display());
        return;
    }
    let least = [("crawler-user-agents.json", 1_600), ("well-known-bots.json", 700), ("ai-robots.json", 160)];
    for (name, tests) in least {
        let list = import(&Folder(folder.clone()), name, Grouping::Tag, &tagged()).unwrap();
        assert!(compiled(&list).tests.len() >= tests, "{name}: {}", compiled(&list).tests.len());
        let one = import(&Folder(folder.clone()), name, Grouping::One, &tagged()).unwrap();
        println!(
            "{name}: {} rules, {} as one, {} tests, {} losses",
            list.rules,
            one.rules,
            compiled(&one).tests.len(),
            list.losses.len()
        );
    }
}
