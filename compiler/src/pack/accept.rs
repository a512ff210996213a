//! Warnings that an author accepts: `accept = ["OW0064"]`.

use crate::{
    context::Context,
    diagnostic::{Code, Diagnostic, Severity, did_you_mean},
    read::Keys,
    source::Span,
};

/// A warning that is not shown for what names it.
#[derive(Clone, Debug)]
pub(crate) struct Accepted {
    pub(crate) code: Code,
    /// Where it is named.
    pub(crate) span: Span,
}

/// Reads the key `accept`.
pub(crate) fn read(cx: &mut Context<'_>, keys: &Keys<'_, '_>) -> Vec<Accepted> {
    let mut accepted = Vec::new();
    for text in keys.texts(cx, "accept").unwrap_or_default() {
        match Code::ALL.iter().copied().find(|code| code.id() == text.value) {
            Some(code) if code.severity() == Severity::Warning => accepted.push(Accepted { code, span: text.span }),
            Some(code) => {
                let message = format!("`{}` is a mistake, and only warnings can be accepted", text.value);
                let help = format!("`outwork explain {}` tells what to do about it", code.id());
                cx.report(Diagnostic::new(Code::UnknownWord, text.span, message).help(help));
            }
            None => {
                let message = format!("`{}` is no code of a warning", text.value);
                let warnings =
                    Code::ALL.iter().filter(|code| code.severity() == Severity::Warning).map(|code| code.id());
                let help = did_you_mean(&text.value, warnings).map_or_else(
                    || "write the code that the warning is shown with, as `OW0064`".to_owned(),
                    |near| format!("did you mean `{near}`?"),
                );
                cx.report(Diagnostic::new(Code::UnknownWord, text.span, message).help(help));
            }
        }
    }
    cx.accepted.extend(accepted.iter().cloned());
    accepted
}
