//! Ids that were given up: what records, dashboards and overrides of old say under an id stays about one rule.

use crate::{
    context::Context,
    diagnostic::{Code, Diagnostic},
    read::Text,
};

/// Reports every id in use that some pack of the policy has retired.
pub(super) fn check<'a>(cx: &mut Context<'_>, retired: &[Text], ids: impl Iterator<Item = &'a Text>, what: &str) {
    for id in ids {
        let Some(given_up) = retired.iter().find(|retired| retired.value == id.value) else { continue };
        let message = format!("the id `{}` of a {what} was retired", id.value);
        cx.report(
            Diagnostic::new(Code::RetiredId, id.span.clone(), message)
                .label("used again here")
                .related(given_up.span.clone(), "retired here")
                .help("give it an id that was never used"),
        );
    }
}
