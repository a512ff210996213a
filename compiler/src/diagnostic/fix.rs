//! What a did-you-mean would put in the place of what was written.

use super::{Diagnostic, place::clip};
use crate::source::{Sources, Span};
use std::ops::Range;

/// Text for other text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What to replace.
    pub span: Span,
    /// What to put there.
    pub text: String,
}

/// The replacement, when the help names one and what it replaces is underlined.
pub(super) fn fix(diagnostic: &Diagnostic, sources: &Sources) -> Option<Fix> {
    let meant = diagnostic.help.as_deref()?.strip_prefix("did you mean `")?.strip_suffix("`?")?;
    let written = diagnostic.message.split('`').nth(1)?;
    let place = diagnostic.place.as_ref()?;
    let underlined = clip(place, sources);
    let text = sources.file(place.file)?.text.get(underlined.clone())?;
    let inner = within(text, written, meant)?;
    let range = underlined.start + inner.start..underlined.start + inner.end;
    Some(Fix { span: Span::new(place.file, range), text: meant.to_owned() })
}

/// Where `written` stands in the underlined text, with the name before it that `meant` has, too: a list is called `office`
/// in the message, and `lists.office` in the condition and in the help.
fn within(text: &str, written: &str, meant: &str) -> Option<Range<usize>> {
    let at = text.find(written).filter(|&at| text.rfind(written) == Some(at))?;
    let end = at + written.len();
    let prefix = meant.rsplit_once('.').map_or("", |(before, _)| before);
    let start = match text.get(..at)?.strip_suffix('.') {
        Some(before) if !prefix.is_empty() && before.ends_with(prefix) => before.len() - prefix.len(),
        _ => at,
    };
    Some(start..end)
}
