//! Where requests name an account: `[account]`.

use crate::{
    context::Context,
    diagnostic::{Code, Diagnostic},
    read::{Keys, Text},
};
use outwork_engine::limits::{Account, Place};

pub(super) const KEYS: &[&str] = &["header", "cookie", "jwt"];
pub(super) const JWT: &[&str] = &["header", "cookie", "claim"];

/// Reads `[account]` of the root.
pub(super) fn read(cx: &mut Context<'_>, root: &Keys<'_, '_>) -> Option<Account> {
    let table = root.table(cx, "account")?;
    let keys = Keys::open(cx, root.file(), table, "[account]", KEYS);
    only_one(cx, &keys, KEYS)?;
    let Some(table) = keys.table(cx, "jwt") else {
        return place(cx, &keys).map(|place| Account { place, claim: None });
    };
    let keys = Keys::open(cx, root.file(), table, "a JWT", JWT);
    let claim = keys.required_text(cx, "claim").map(|claim| claim.value);
    only_one(cx, &keys, &["header", "cookie"])?;
    place(cx, &keys).map(|place| Account { place, claim })
}

/// Reports a table that names no field, or more than one.
fn only_one(cx: &mut Context<'_>, keys: &Keys<'_, '_>, known: &[&str]) -> Option<()> {
    let mut named = known.iter().filter(|key| keys.has(key));
    let (place, message) = match (named.next(), named.next()) {
        (Some(_), None) => return Some(()),
        (None, _) => (keys.span(), "no field is named that would say the account".to_owned()),
        (Some(first), Some(second)) => {
            (keys.key_span(second), format!("an account is named by `{first}` already, and by one field only"))
        }
    };
    let help = "write one of `header = \"x-user\"`, `cookie = \"uid\"`, \
                `jwt = { header = \"authorization\", claim = \"sub\" }`";
    cx.report(Diagnostic::new(Code::BadAccount, place, message).help(help));
    None
}

fn place(cx: &mut Context<'_>, keys: &Keys<'_, '_>) -> Option<Place> {
    let header = keys.text(cx, "header").and_then(|name| header(cx, name));
    header.or_else(|| keys.text(cx, "cookie").map(|name| Place::Cookie(name.value)))
}

/// A header's name: hosts hand them over in lower case.
fn header(cx: &mut Context<'_>, name: Text) -> Option<Place> {
    if name.value.bytes().any(|byte| byte.is_ascii_uppercase()) {
        let message = format!("the header `{}` is not in lower case, as all headers are here", name.value);
        let help = format!("write `{}`", name.value.to_ascii_lowercase());
        cx.report(Diagnostic::new(Code::HeaderCase, name.span, message).help(help));
        return None;
    }
    Some(Place::Header(name.value))
}
