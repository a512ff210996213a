//! Fields that say a thing twice, or nothing.

use super::*;

#[test]
fn of_one_label_the_last_member_is_the_one() {
    let good = Signed::new().headers();
    let see = |headers: &[(&'static str, String)]| {
        seen(headers, "shop.example", &[agent(Some(DIRECTORY), vec![])], Some(&fetched(DIRECTORY, &[1])))
    };
    let with = |place: usize, line: &str| {
        let mut headers = good.clone();
        headers.insert(place, ("signature-input", line.into()));
        see(&headers)
    };
    let stale = Signed::new().term(-900, -600).headers()[1].1.clone();
    assert_eq!(with(2, &stale), INVALID, "the one that does not hold came last");
    assert_eq!(with(1, &stale), VERIFIED);
    assert_eq!(with(2, "sig1=(\"@authority\")"), None, "the last has no tag");
    assert_eq!(with(2, "sig1"), None);
}

#[test]
fn an_empty_name_is_one_that_was_not_sent() {
    let pinned = [agent(None, vec![public(1)])];
    for empty in ["", "  "] {
        let signed = Signed::new().named(r#""@authority""#, " ");
        let signed = Signed { agent: Some(empty.into()), ..signed };
        assert_eq!(signed.seen_by(&pinned, None), VERIFIED, "{empty:?}");
    }
}
