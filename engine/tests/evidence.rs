//! The evidence as an independent reader sees it: parsed by the `sfv` crate, verified by a plain HMAC.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

mod common;

use common::facts;
use hmac::{Hmac, KeyInit, Mac};
use outwork_engine::{
    decision::{Decision, Edit},
    facts::Facts,
    httpsig,
    policy::{Policy, Settings},
    rules::{Mode, Scratch},
    structured,
};
use sfv::{BareItem, Dictionary, ListEntry, Parser};
use sha2::Sha256;

fn parse(text: &str) -> Dictionary {
    Parser::new(text).parse().unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn decide(headers: &[(&[u8], &[u8])], change: impl Fn(&mut Facts<'_>)) -> Vec<(bool, String, String)> {
    let bundle = common::bundle();
    let policy = Policy::load(&bundle).unwrap();
    let mut facts = facts(headers);
    change(&mut facts);
    edits(&policy.assess(&facts, &common::keys(), &mut Scratch::default()).decide(&[]))
}

/// The evidence MAC of the first key, derived here once more from RFC 5869.
fn evidence_mac() -> Hmac<Sha256> {
    let mut key = [0; 32];
    hkdf::Hkdf::<Sha256>::new(None, &[b'A'; 32]).expand(b"outwork/v1/evidence", &mut key).unwrap();
    Hmac::new_from_slice(&key).unwrap()
}

/// The edits as text: whether it appends, the name, the value.
fn edits(decision: &Decision<'_>) -> Vec<(bool, String, String)> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    decision
        .edits
        .iter()
        .map(|edit| match edit {
            Edit::Remove(name) => (false, text(name), String::new()),
            Edit::Append(name, value) => (true, (*name).into(), text(value)),
        })
        .collect()
}

fn appended(edits: &[(bool, String, String)], name: &str) -> Vec<String> {
    edits.iter().filter(|(append, known, _)| *append && known == name).map(|(.., value)| value.clone()).collect()
}

#[test]
fn the_risk_field_is_a_dictionary_in_canonical_form() {
    let edits = decide(&[], |_| {});
    let risk = appended(&edits, "outwork-risk").concat();
    let parsed = parse(&risk);
    let token = |key: &str| match &parsed[key] {
        ListEntry::Item(item) => format!("{:?}", item.bare_item),
        ListEntry::InnerList(list) => format!("{:?}", list.items),
    };
    assert!(token("risk").contains('0'), "{}", token("risk"));
    assert!(token("verdict").contains("allow"));
    assert!(token("window").contains("none"));
    assert_eq!(token("reasons"), "[]");
    assert!(!parsed.contains_key("behaviour"), "a layer that saw nothing is not zero");
    assert_eq!(sfv::FieldType::serialize(&parsed).unwrap(), risk, "canonical");
}

#[test]
fn the_signature_is_an_rfc_9421_signature_over_the_request_and_the_risk() {
    let edits = decide(&[], |facts| {
        facts.request.authority = b"Shop.Example:443";
        facts.request.target = b"/a/b?x=1&y";
    });
    let risk = appended(&edits, "outwork-risk").concat();
    let input = appended(&edits, "signature-input").concat();
    let parameters = input.strip_prefix("outwork=").unwrap();
    let base = format!(
        "\"@method\": GET\n\"@authority\": shop.example\n\"@path\": /a/b\n\"@query\": ?x=1&y\n\
         \"outwork-risk\": {risk}\n\"@signature-params\": {parameters}"
    );
    let mut mac = evidence_mac();
    mac.update(base.as_bytes());
    let ListEntry::Item(item) = &parse(&appended(&edits, "signature").concat())["outwork"] else { panic!("an item") };
    let BareItem::ByteSequence(signature) = &item.bare_item else { panic!("a byte sequence") };
    mac.verify_slice(signature).unwrap();
    let ListEntry::InnerList(list) = &parse(&input)["outwork"] else { panic!("an inner list") };
    let parameter = |key: &str| format!("{:?}", list.params[key]);
    assert!(parameter("alg").contains("hmac-sha256"));
    assert!(parameter("tag").contains("outwork-evidence"));
    assert!(parameter("keyid").contains("now"));
    assert_eq!(list.items.len(), 5);
}

#[test]
fn every_inbound_copy_is_removed_and_signatures_of_others_stay() {
    let edits = decide(
        &[
            (b"outwork-risk", b"risk=0"),
            (b"outwork-risk", b"risk=1"),
            (b"outwork-anything", b"x"),
            (b"outwork_risk", b"risk=0"),
            (b"signature_input", b"outwork=()"),
            (b"outworker", b"somebody else's"),
            (b"signature-input", b"sig1=(\"@method\");created=1, outwork=(\"a,b\" \"@path\");x=\"\\\",\""),
            (b"signature", b"sig1=:AAAA:, outwork=:BBBB:"),
            (b"signature", b"outwork=:CCCC:"),
        ],
        |_| {},
    );
    let removed: Vec<&str> = edits.iter().filter(|(append, ..)| !append).map(|(_, name, _)| name.as_str()).collect();
    assert_eq!(
        removed,
        [
            "outwork-risk",
            "outwork-risk",
            "outwork-anything",
            "outwork_risk",
            "signature_input",
            "signature-input",
            "signature"
        ]
    );
    let inputs = appended(&edits, "signature-input");
    assert_eq!(inputs.len(), 2);
    assert_eq!(inputs[0], "sig1=(\"@method\");created=1");
    let signatures = appended(&edits, "signature");
    assert_eq!(signatures.len(), 2);
    assert_eq!(signatures[0], "sig1=:AAAA:");
    assert!(signatures[1].starts_with("outwork=:"));
}

#[test]
fn a_signature_field_that_would_spoil_ours_is_dropped() {
    let bad = [
        &b"sig=\"open"[..],
        b"sig=(1",
        b"a=1),",
        b"",
        b"  ",
        b"a=:QQ:",
        b"a=@1.5",
        br#"x=%"\\", outwork=:AAAA:, y="\\"""#,
        b"=:AA:",
        b"OUTWORK=:AA:",
        b"a b",
        b"\xff",
        b"a=:b",
        b"a=@@",
        b"a=\"\\q\"",
        b"1=2",
        b"a=:b:",
    ];
    for bad in bad {
        let edits = decide(&[(b"signature", bad)], |_| {});
        assert!(edits.contains(&(false, "signature".into(), String::new())), "{bad:?}");
        assert_eq!(appended(&edits, "signature").len(), 1, "{bad:?}");
    }
}

#[test]
fn a_clean_signature_of_somebody_else_is_not_touched() {
    let edits = decide(&[(b"signature", b"sig1=:AAAA:"), (b"signature-input", b"sig1=()")], |_| {});
    assert!(edits.iter().all(|(append, ..)| *append), "{edits:?}");
}

/// A date and a display string are of RFC 9651, and RFC 8941 does not know them.
const NEWER: &[u8] = br#"sig1=("@method");created=1;until=@1795305600, b=("@path");who=%"J%c3%bcrgen""#;

#[test]
fn dates_and_display_strings_of_others_stay() {
    let edits = decide(&[(b"signature", b"sig1=:AAAA:, b=:AAAA:"), (b"signature-input", NEWER)], |_| {});
    assert!(edits.iter().all(|(append, ..)| *append), "{edits:?}");
    let among = [NEWER, b" , outwork=(\"@path\");created=@1"].concat();
    let edits = decide(&[(b"signature-input", &among)], |_| {});
    let inputs = appended(&edits, "signature-input");
    assert_eq!((inputs.len(), inputs[0].as_bytes()), (2, NEWER));
    assert!(inputs[1].starts_with("outwork=(\"@method\""));
}

#[test]
fn without_evidence_only_what_names_us_is_removed() {
    let shadow = common::bundle_of(&Settings { mode: Mode::Shadow, ..Settings::default() });
    let policy = Policy::load(&shadow).unwrap();
    let decide = |headers: &[(&[u8], &[u8])]| {
        edits(&policy.assess(&facts(headers), &common::keys(), &mut Scratch::default()).decide(&[]))
    };
    for theirs in [NEWER, b"", b"keyId=\"a\",algorithm=\"rsa-sha256\"", b"(", b"\xff", b"a=1,"] {
        assert_eq!(decide(&[(b"signature-input", theirs), (b"signature", theirs)]), [], "{}", theirs.escape_ascii());
    }
    for ours in [&b"outwork=("[..], b"OUTWORK=:AA:", b"a=1), outwork=()", b"outwork=()"] {
        let edits = decide(&[(b"signature", ours)]);
        assert_eq!(edits, [(false, "signature".into(), String::new())], "{}", ours.escape_ascii());
    }
    let edits =
        decide(&[(b"signature", b"keyId=\"a\""), (b"signature", b"a=:QQ==:,outwork=:QQ==:"), (b"signature", b"b=@1 ")]);
    assert_eq!(appended(&edits, "signature"), ["keyId=\"a\"", "a=:QQ==:", "b=@1 "]);
    assert_eq!(edits.len(), 4, "{edits:?}");
}

#[test]
fn secrets_do_not_show() {
    assert_eq!(format!("{:?}", common::keys()), "[\"now\", \"before\"]");
}

/// What evidence is signed over is put together by hand, since it is for every request; it is what the reader of any signature builds.
#[test]
fn evidence_is_signed_over_the_base_of_the_standard() {
    for (scheme, authority, target) in [
        ("https", "shop.example", "/"),
        ("https", "Shop.Example:443", "/a/b?c=d&e"),
        ("http", "shop.example:80", "?"),
        ("http", "shop.example:8080", ""),
    ] {
        let change = |facts: &mut Facts<'_>| {
            facts.request.scheme = scheme.as_bytes();
            facts.request.authority = authority.as_bytes();
            facts.request.target = target.as_bytes();
        };
        let edits = decide(&[], change);
        let [risk, input, signature] =
            ["outwork-risk", "signature-input", "signature"].map(|name| appended(&edits, name).concat());
        let headers = [(&b"outwork-risk"[..], risk.as_bytes())];
        let mut facts = facts(&headers);
        change(&mut facts);
        let inputs = structured::Dictionary::read(input.as_bytes()).unwrap();
        let base = httpsig::base(inputs.get("outwork").unwrap().inner().unwrap(), &facts).unwrap();
        let mut mac = evidence_mac();
        mac.update(&base);
        let signatures = structured::Dictionary::read(signature.as_bytes()).unwrap();
        let signature = signatures.get("outwork").unwrap().item().unwrap().bare.bytes().unwrap();
        mac.verify_slice(&signature).unwrap();
    }
}
