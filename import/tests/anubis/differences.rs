//! What does not decide alike: each holds, and is told in docs/import.md. A difference that is gone fails the test.

use crate::{
    Outwork, data, import,
    reference::{Anubis, Verdict},
    requests::{header, plain},
};
use outwork_compiler::Request;
use std::{fs, path::Path};

struct Difference {
    /// As docs/import.md names it.
    title: &'static str,
    /// The rules, in YAML; the default policy without any.
    rules: Option<&'static str>,
    request: Request,
    /// Whether name servers confirm the client.
    confirmed: bool,
    anubis: Verdict,
    outwork: Verdict,
}

const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/150.0";

fn differences() -> Vec<Difference> {
    let request = |change: &dyn Fn(&mut Request)| {
        let mut request = plain(BROWSER);
        change(&mut request);
        request
    };
    let difference = |title, rules, request, anubis, outwork| Difference {
        title,
        rules,
        request,
        confirmed: false,
        anubis,
        outwork,
    };
    let yandex = request(&|request| {
        header(request, "user-agent", "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)")
    });
    vec![
        Difference {
            confirmed: true,
            ..difference(
                "Name servers are not asked",
                Some("- import: (data)/crawlers/yandexbot.yaml\n- {name: rest, path_regex: ., action: DENY}\n"),
                yandex,
                Verdict::Allow,
                Verdict::Deny,
            )
        },
        difference(
            "A path is matched as it was sent",
            None,
            request(&|request| request.target = "/robots%2Etxt".into()),
            Verdict::Allow,
            Verdict::Challenge,
        ),
        difference(
            "The first of several headers counts",
            Some(
                "- {name: a, expression: 'headers[\"X-A\"].contains(\"two\")', action: DENY}\n- {name: rest, path_regex: ., action: ALLOW}\n",
            ),
            request(&|request| {
                request.headers.extend([("x-a".into(), b"one".to_vec()), ("x-a".into(), b"two".to_vec())]);
            }),
            Verdict::Deny,
            Verdict::Allow,
        ),
        difference(
            "An expression that fails matches nothing",
            Some(
                "- {name: a, expression: 'headers[\"X-A\"] == \"b\"', action: DENY}\n- {name: rest, path_regex: ., action: ALLOW}\n",
            ),
            request(&|_| {}),
            Verdict::Error,
            Verdict::Allow,
        ),
        difference(
            "Sizes are bytes",
            Some("- {name: a, expression: 'size(path) <= 2', action: DENY}\n"),
            request(&|request| request.target = "/é".into()),
            Verdict::Deny,
            Verdict::Allow,
        ),
        difference(
            "Letters are folded in ASCII only",
            Some("- {name: a, user_agent_regex: '(?i:kagi)', action: DENY}\n"),
            request(&|request| header(request, "user-agent", "\u{212A}agi")),
            Verdict::Deny,
            Verdict::Allow,
        ),
        difference(
            "Weights below zero are zero",
            Some(
                "bots:\n- {name: a, path_regex: ., action: WEIGH, weight: {adjust: -5}}\nthresholds:\n- {name: a, expression: weight < 0, action: DENY}\n",
            ),
            request(&|_| {}),
            Verdict::Deny,
            Verdict::Allow,
        ),
        difference(
            "A threshold challenges nothing that could not answer",
            Some("- {name: a, path_regex: ., action: WEIGH, weight: {adjust: 5}}\n"),
            request(&|request| request.target = "/healthz".into()),
            Verdict::Challenge,
            Verdict::Exempt,
        ),
        difference(
            "A challenge by rule does not outweigh a threshold that denies",
            Some(
                "bots:\n- {name: a, path_regex: ., action: WEIGH, weight: {adjust: 50}}\n- {name: b, path_regex: ., action: CHALLENGE}\nthresholds:\n- {name: a, expression: weight >= 50, action: DENY}\n",
            ),
            request(&|_| {}),
            Verdict::Challenge,
            Verdict::Deny,
        ),
    ]
}

#[test]
fn the_differences_that_are_told_are_there() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/import.md")).unwrap();
    for (number, difference) in differences().into_iter().enumerate() {
        let file = match difference.rules {
            None => data().join("botPolicies.yaml"),
            Some(rules) => {
                let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("anubis-{number}.yaml"));
                fs::write(&file, rules).unwrap();
                file
            }
        };
        let title = difference.title;
        let anubis = Anubis::read(&data(), &file).decide(&difference.request, difference.confirmed).0;
        let outwork = Outwork::load(&import(&file)).decide(&difference.request).0;
        assert_eq!((&anubis, &outwork), (&difference.anubis, &difference.outwork), "{title}");
        assert_ne!(anubis, outwork, "{title}: the difference is gone, and docs/import.md still tells it");
        assert!(page.contains(&format!("**{title}.**")), "docs/import.md does not tell: {title}");
    }
    assert_eq!(
        page.matches("\n- **").count(),
        differences().len(),
        "docs/import.md tells a difference that no test holds"
    );
}
