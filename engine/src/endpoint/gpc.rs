//! Global Privacy Control: who sends it is neither given a session nor observed.

use super::Context;

/// Whether the browser says `Sec-GPC: 1`. <https://www.w3.org/TR/gpc/>
pub(super) fn asks_not_to_be_observed(context: &Context<'_>) -> bool {
    context.values(b"sec-gpc").any(|value| value.trim_ascii() == b"1")
}
